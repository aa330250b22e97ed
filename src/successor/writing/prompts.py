"""What a model is asked: a signature, the function, tests of one who sees it, tests of one who
does not. The goal is the user's own; nothing else in the first question is anybody's.
"""

from __future__ import annotations

from successor.llm import Message
from successor.writing.reading import Signature

_CODE = """\
You write Python functions. What you answer is read by a program and run in a sandbox, against \
tests that others wrote for the same goal without seeing it. Nobody reads it: comments and claims \
count for nothing."""
_TESTS = """\
You write tests for a Python function that you do not see, from its goal and its signature. What \
you answer is read by a program: the calls are put to several functions that others wrote for the \
same goal. A wrong expectation is worse than none."""
_BLOCK = "in one block of code that begins with ```python and ends with ```"


def for_signature(goal: str, name: str) -> tuple[Message, ...]:
    """The conversation that asks how the function is called."""
    text = (
        f"Goal: {goal}\n\nHow should a Python function named {name} that does this be called? "
        "Give every parameter and the result a type hint, of Python's own types where they will "
        f"do. Answer with the signature alone, {_BLOCK}. For another function it might be:\n\n"
        "```python\ndef mean(values: list[float]) -> float: ...\n```"
    )
    return Message("system", _CODE), Message("user", text)


def for_code(goal: str, name: str, signature: Signature) -> tuple[Message, ...]:
    """The conversation that asks for the function."""
    text = (
        f"{_given(goal, signature)}\n\nWrite the function {name}. Handle edge cases; arguments "
        "that make no sense raise TypeError or ValueError. Begin it with a docstring that says "
        "what it does and has at least two examples in doctest form (>>>), with exactly what they "
        f"print. Use Python's standard library only. Answer with the whole file {_BLOCK}: imports "
        "and the function; no tests, and nothing that runs when it is imported."
    )
    return Message("system", _CODE), Message("user", text)


def for_visible_tests(name: str) -> str:
    """What the conversation that led to a function goes on with."""
    return (
        f"Now its tests, {_BLOCK}. First name the edge cases of {name} there, each in a comment of "
        "its own that begins with `# - `. Then write at most ten short tests for pytest, of "
        "ordinary and of edge cases: functions named test_... without fixtures, after `import "
        f"pytest` and `from {name} import {name}`."
    )


def for_held_out_tests(goal: str, name: str, signature: Signature) -> tuple[Message, ...]:
    """The conversation that asks for tests, and in which the function is never shown."""
    text = (
        f"{_given(goal, signature)}\n\nWrite eight tests for pytest, {_BLOCK}. Each is a "
        "function named test_... with a single statement in it: either\n\n"
        f"    assert {name}(...) == ...\n\nwith the arguments and the expected value written out, "
        f"or\n\n    with pytest.raises(ValueError):\n        {name}(...)\n\n"
        "Take ordinary inputs and edge cases. Test only what the goal makes certain: where it "
        "leaves open what happens, write no test. Work out every expected value step by step "
        "before you write it down."
    )
    return Message("system", _TESTS), Message("user", text)


def _given(goal: str, signature: Signature) -> str:
    return f"Goal: {goal}\n\nThe signature of the function:\n\n```python\n{signature.stub}\n```"

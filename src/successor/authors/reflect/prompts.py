"""What a model is told when it shall write a better text, and how its answer is read."""

from __future__ import annotations

import re
from collections.abc import Sequence

from successor.authors.reflect.practice import Trace
from successor.llm import Message

_SHOWN = 1500
"""Characters of one question, answer or remark that are shown."""
_BLOCK = re.compile(r"^(`{3,}|~{3,})[^\n`]*\n(.*?)\n?^\1[ \t]*$", re.MULTILINE | re.DOTALL)

_PROMPT = """\
You improve the instructions that a language model is given before each question. The questions
vary; the model sees the instructions and one question, nothing else.
"""
_SCAFFOLD = """\
You improve a Python program that answers questions with the help of a language model. It is a
generator `solve(question)`: it yields a text to ask the model and is sent the answer, as often as
it likes, and returns its own answer. It has the standard library only, must not keep anything
between questions, and must not draw random numbers.
"""
_ASKED = """\
Find out why the answers above fell short. Look for what is common to them: the form that an answer
has to have, facts and steps that the model lacked, mistakes that it makes again and again. Write
down what helps with questions of this kind, not the answers to these ones.

Give the whole new text in one block between lines of ``` and nothing after it.
"""
_MERGED = """\
Both are good, each on other questions. Write one that has the strengths of both.

Give the whole new text in one block between lines of ``` and nothing after it.
"""


def reflecting(goal: str, text: str, traces: Sequence[Trace], *, scaffold: bool) -> Message:
    """To change a text for what became of it on some items."""
    shown = "\n".join(_trace(number, each) for number, each in enumerate(traces, 1))
    return Message("user", f"{_head(goal, scaffold)}\n{_text('Now', text)}\n{shown}\n{_ASKED}")


def merging(goal: str, first: str, second: str, *, scaffold: bool) -> Message:
    """To put two texts together."""
    both = f"{_text('One', first)}\n{_text('Another', second)}"
    return Message("user", f"{_head(goal, scaffold)}\n{both}\n{_MERGED}")


def read(said: str) -> str | None:
    """The text in the last whole block of an answer; None when there is none."""
    found = _BLOCK.findall(said)
    text = found[-1][1].strip("\n") if found else ""
    return f"{text}\n" if text.strip() else None


def _head(goal: str, scaffold: bool) -> str:  # noqa: FBT001 - of this file alone
    return f"{_SCAFFOLD if scaffold else _PROMPT}\nThe goal: {goal}\n"


def _text(which: str, text: str) -> str:
    return f"{which}:\n````\n{text.rstrip()}\n````\n"


def _trace(number: int, trace: Trace) -> str:
    course = "".join(f"In between: {_cut(each)}\n" for each in trace.course)
    return (
        f"Question {number}: {_cut(trace.question)}\n{course}"
        f"Answer: {_cut(trace.said)}\nScore: {trace.score:g} of 1; {_cut(trace.feedback)}\n"
    )


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} [... {len(text) - _SHOWN} more]"

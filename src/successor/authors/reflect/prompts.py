"""What a model is told when it shall write a better text, and how its answer is read.

Written for small models too. What they were shown is fenced off and what they shall do comes after
it, or they go on with it: answer the questions, or make up more of them. They are not asked to
reason aloud, which took all the tokens that they had; and they are told how much they may write.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypedDict, Unpack

from successor.authors.reflect.practice import Trace
from successor.llm import Message

_SHOWN = 1500
"""Characters of one question, answer or remark that are shown."""
_FENCE = re.compile(r"^(?:`{3,}|~{3,})[^\n`]*$", re.MULTILINE)
_BLOCK = re.compile(r"^(`{3,}|~{3,})[^\n`]*\n(.*?)\n?^\1[ \t]*$", re.MULTILINE | re.DOTALL)

_PROMPT = """\
You improve the instructions that an assistant, a language model, is given before each question.
The questions vary; the assistant sees the instructions and one question, nothing else.
"""
_SCAFFOLD = """\
You improve a Python program that answers questions with the help of a language model. It is a
generator `solve(question)`: it yields a text to ask the model and is sent the answer, as often as
it likes, and returns its own answer. It has the standard library only, must not keep anything
between questions, and must not draw random numbers.
"""
_ASKED = """\
Look for what the answers that fell short have in common: the form that an answer has to have, facts
and steps that were lacking, mistakes that are made again and again. Then write {what} anew, so that
other questions of this kind are answered better: say what helps with all of them. Do not answer
these questions, and do not quote them.

Reply with {what} alone, whole, in one block between lines of ```, of at most {words} words.
"""
_MERGED = """\
Both are good, each on other questions. Write {what} anew, with the strengths of both.

Reply with {what} alone, whole, in one block between lines of ```, of at most {words} words.
"""


class Form(TypedDict):
    """What kind of text it is to be."""

    scaffold: bool
    words: int
    """At most."""


def reflecting(goal: str, text: str, traces: Sequence[Trace], **form: Unpack[Form]) -> Message:
    """To change a text for what became of it on some items."""
    shown = _fenced("\n".join(_trace(number, each) for number, each in enumerate(traces, 1)))
    what = _what(form["scaffold"])
    head = f"{_head(goal, form)}\n{what.capitalize()} now:\n{_fenced(text)}"
    asked = _ASKED.format(what=what, words=form["words"])
    return Message("user", f"{head}\nWhat became of some questions:\n{shown}\n{asked}")


def merging(goal: str, first: str, second: str, **form: Unpack[Form]) -> Message:
    """To put two texts together."""
    both = f"One:\n{_fenced(first)}\nAnother:\n{_fenced(second)}"
    asked = _MERGED.format(what=_what(form["scaffold"]), words=form["words"])
    return Message("user", f"{_head(goal, form)}\n{both}\n{asked}")


def read(said: str, *, whole: bool) -> str | None:
    """The text in an answer: its last closed block; in an answer that is whole, what follows its
    last fence, or all of it, where nothing is closed. None when there is none.

    A text that was not meant as one is no worse than a bad one: items will tell.
    """
    blocks = [block for _, block in _BLOCK.findall(said)]
    pieces = _FENCE.split(said) if whole and not blocks else []
    found = [text.strip("\n") for text in blocks[-1:] or pieces if text.strip()]
    return f"{found[-1]}\n" if found else None


def _what(scaffold: bool) -> str:  # noqa: FBT001 - of this file alone
    return "the program" if scaffold else "the instructions"


def _head(goal: str, form: Form) -> str:
    return f"{_SCAFFOLD if form['scaffold'] else _PROMPT}\nThe goal: {goal}\n"


def _fenced(text: str) -> str:
    return f"````\n{text.rstrip()}\n````\n"


def _trace(number: int, trace: Trace) -> str:
    course = "".join(f"In between: {_cut(each)}\n" for each in trace.course)
    return (
        f"Question {number}: {_cut(trace.question)}\n{course}"
        f"Its answer: {_cut(trace.said)}\nScore: {trace.score:g} of 1; {_cut(trace.feedback)}\n"
    )


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} [... {len(text) - _SHOWN} more]"

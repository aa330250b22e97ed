"""The program in an answer: replacements, a region or a whole file, read strictly.

An answer that is not exactly what was asked for is told back to the model, once: to guess what
it may have meant would screen programs that nobody wrote.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from successor.authors.llm.settings import Form
from successor.authors.regions import only_region, with_region
from successor.authors.requirements import UnreadableError, require_program

_SEARCH, _WITH, _END = "<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE"
_OPENS = re.compile(r"(`{3,})[ \t]*(python|py|python3)?[ \t]*", re.IGNORECASE)
_THOUGHTS = re.compile(r"\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
_SHOWN = 60


@dataclass(frozen=True)
class Replacement:
    """Whole lines, and what is to stand in their place."""

    search: tuple[str, ...]
    replace: tuple[str, ...]


def program(answer: str, form: Form, base: str, function: str) -> str:
    """The text of the program that an answer makes of the base. Where one region of that is marked
    as what may change, the answer is that region.

    Args:
        function: dotted name of the target, which has to stay callable as it was; "" for none.

    Raises:
        UnreadableError: when it makes none, or one that differs where it may not.
    """
    said = thought_through(answer)
    if form == "diff":
        text = replaced(base, replacements(said))
    else:
        text = with_region(base, whole(said)) if only_region(base) else whole(said)
    require_program(text, base, function)
    return text


def thought_through(answer: str) -> str:
    """The answer without what was thought before it.

    Raises:
        UnreadableError: when the thinking has no end.
    """
    said = _THOUGHTS.sub("", answer, count=1)
    if re.match(r"\s*<think(ing)?>", said):
        raise UnreadableError("truncated", "The answer ends before the thinking does.")
    return said


def replacements(answer: str) -> list[Replacement]:
    """The SEARCH/REPLACE blocks of an answer, in their order.

    Raises:
        UnreadableError: when there is none, or one has no end.
    """
    found, search, replace = list[Replacement](), list[str](), list[str]()
    part = "between"
    for line in answer.splitlines():
        mark = line.rstrip()
        if part == "between":
            part = "search" if mark == _SEARCH else part
        elif part == "search":
            if mark == _WITH:
                part = "replace"
            else:
                search.append(line)
        elif mark == _END:
            found.append(Replacement(tuple(search), tuple(replace)))
            search, replace, part = [], [], "between"
        else:
            replace.append(line)
    if part != "between":
        lacking = _WITH if part == "search" else _END
        raise UnreadableError(
            "truncated", f"A SEARCH block is open at the end: {lacking} is missing."
        )
    if not found:
        raise UnreadableError("nothing to read", f"There is no block that begins with {_SEARCH}.")
    return found


def replaced(base: str, blocks: list[Replacement]) -> str:
    """The base with each block's lines replaced, one block after the other.

    Raises:
        UnreadableError: when the lines of a block are not there exactly once.
    """
    lines = base.splitlines()
    for number, block in enumerate(blocks, 1):
        places = _places(lines, block.search)
        first = next((line.strip() for line in block.search if line.strip()), "")
        which = f"SEARCH block {number} ({first[:_SHOWN]!r})"
        if not places:
            told = f"{which} is not in the program: copy whole lines exactly, indentation included."
            raise UnreadableError("not found", told)
        if len(places) > 1:
            told = f"{which} is in the program {len(places)} times: add lines that tell which."
            raise UnreadableError("found twice", told)
        lines[places[0] : places[0] + len(block.search)] = block.replace
    return _joined(lines, base)


def whole(answer: str) -> str:
    """The only block of code of an answer.

    Raises:
        UnreadableError: when there is none, it has no end, or there are several.
    """
    blocks, fence, inside = list[str](), "", list[str]()
    for line in answer.splitlines():
        opens = _OPENS.fullmatch(line)
        if fence and line.rstrip() == fence:
            blocks.append(_joined(inside))
            fence, inside = "", []
        elif fence:
            inside.append(line)
        elif opens:
            fence = opens[1]
    if fence:
        raise UnreadableError("truncated", "The block of code has no end.")
    if len(blocks) != 1:
        told = f"There are {len(blocks)} blocks of code: give exactly one, with the whole file."
        raise UnreadableError("nothing to read", told)
    return blocks[0]


def _places(lines: list[str], wanted: tuple[str, ...]) -> list[int]:
    """Where these lines begin; blanks at their ends make no difference."""
    if not any(line.strip() for line in wanted):
        return []
    bare, search = [line.rstrip() for line in lines], [line.rstrip() for line in wanted]
    size = len(search)
    return [at for at in range(len(bare) - size + 1) if bare[at : at + size] == search]


def _joined(lines: list[str], like: str = "") -> str:
    end = "\r\n" if "\r\n" in like else "\n"
    return "".join(f"{line}{end}" for line in lines)

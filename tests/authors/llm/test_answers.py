"""What is read of an answer, and each way in which one is turned away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from successor.authors.llm.answers import program
from successor.authors.llm.prompts import asks, may_change
from successor.authors.llm.settings import Form
from successor.authors.requirements import UnreadableError

BASE = """\
import math


def area(radius, scale=1):
    value = radius * radius
    return math.pi * value * scale


def twice(x):
    return x + x
"""
REGIONS = """\
def area(radius):
    # EVOLVE-BLOCK-START
    value = radius ** 2
    # EVOLVE-BLOCK-END
    return 3 * value
"""


def diff(*blocks: tuple[str, str]) -> str:
    return "\n".join(
        f"<<<<<<< SEARCH\n{search}\n=======\n{replace}\n>>>>>>> REPLACE"
        for search, replace in blocks
    )


def block(text: str) -> str:
    return f"```python\n{text}```"


def fault(answer: str, form: Form = "diff", base: str = BASE, function: str = "area") -> str:
    with pytest.raises(UnreadableError) as caught:
        program(answer, form, base, function)
    assert str(caught.value)
    return caught.value.fault


def test_replacements_are_made_one_after_the_other():
    answer = diff(
        ("    value = radius * radius", "    value = radius**2"),
        ("    return math.pi * value * scale", "    return scale * math.pi * value"),
    )
    text = program(f"First this.\n{answer}\nThat is all.", "diff", BASE, "area")
    assert "    value = radius**2\n    return scale * math.pi * value\n" in text
    assert text.count("\n") == BASE.count("\n")


def test_a_whole_file_is_the_only_block_of_code():
    text = BASE.replace("radius * radius", "radius**2")
    assert (
        program(f"<think>\n```python\n1\n```\n</think>\n{block(text)}", "whole", BASE, "") == text
    )
    longer = f"````python\n{text}````"
    assert program(longer, "anew", BASE, "area") == text


def test_lines_that_are_not_there():
    assert fault(diff(("    value = radius * 2", "    value = 1"))) == "not found"
    assert fault(diff(("value = radius * radius", "value = 1"))) == "not found"  # indentation
    assert fault(diff(("", "    value = 1"))) == "not found"
    twice_the_same = ("    value = radius * radius", "    value = radius**2")
    assert fault(diff(twice_the_same, twice_the_same)) == "not found"


def test_lines_that_are_there_twice():
    twice = BASE + "\n\ndef thrice(x):\n    return x + x\n"
    assert fault(diff(("    return x + x", "    return 2 * x")), base=twice) == "found twice"


def test_an_answer_without_what_was_asked_for():
    assert fault("I would use a formula.") == "nothing to read"
    assert fault("I would use a formula.", "whole") == "nothing to read"
    assert fault(block("a = 1\n") + "\n" + block("b = 1\n"), "whole") == "nothing to read"
    assert fault(block(BASE.replace("radius * radius", "1"))) == "nothing to read"  # no diff


def test_an_answer_that_breaks_off():
    assert fault("<<<<<<< SEARCH\n    value = radius * radius\n") == "truncated"
    assert fault("<<<<<<< SEARCH\n    value = radius * radius\n=======\n    value") == "truncated"
    assert fault(f"```python\n{BASE}", "whole") == "truncated"
    assert fault("<think>\nLet me see", "whole") == "truncated"


def test_what_is_not_python():
    assert fault(block("def area(radius, scale=1):\n    return (\n"), "whole") == "not Python"
    assert fault(block("a = 'x\0'\n"), "whole") == "not Python"
    deep = f"def area(radius, scale=1):\n    return {'+'.join('1' * 5000)}\n"
    assert fault(block(deep), "whole") == "not Python"


def test_the_target_keeps_its_name_and_parameters():
    renamed = BASE.replace("def area", "def surface")
    assert fault(block(renamed), "whole") == "wrong function"
    for other in ("radius", "r, scale=1", "radius, scale=2", "radius, *, scale=1"):
        changed = BASE.replace("radius, scale=1", other)
        assert fault(block(changed), "whole") == "wrong function"
    assert fault(block(BASE.replace("def area", "async def area")), "whole") == "wrong function"
    hinted = BASE.replace("radius, scale=1", "radius: float, scale: int = 1")
    assert program(block(hinted), "whole", BASE, "area") == hinted


def test_lines_outside_the_markers_stay():
    inside = REGIONS.replace("radius ** 2", "radius * radius")
    assert program(block(inside), "whole", REGIONS, "area") == inside
    outside = REGIONS.replace("3 * value", "4 * value")
    changed = diff(("    return 3 * value", "    return 4 * value"))
    assert fault(changed, "diff", REGIONS) == "outside"
    assert fault(block(outside), "whole", REGIONS) == "unchanged"
    both = f"{REGIONS}{REGIONS.replace('area', 'volume')}"
    lacking = both.replace("    # EVOLVE-BLOCK-END\n", "", 1).replace("** 2", "* radius", 1)
    assert fault(block(lacking), "whole", both) == "outside"


def test_the_same_program_is_no_answer():
    assert fault(block(BASE), "whole") == "unchanged"
    assert fault(diff(("    return x + x", "    return x + x"))) == "unchanged"


def test_line_ends_stay_what_they_were():
    base = BASE.replace("\n", "\r\n")
    answer = diff(("    return x + x", "    return 2 * x"))
    assert program(answer, "diff", base, "area") == base.replace("x + x", "2 * x")


@given(st.text(alphabet="<>=SEARCH REPLAC`python\n\0é'\"(", max_size=300))
def test_no_answer_does_anything_but_be_turned_away(answer: str):
    for form in ("diff", "whole"):
        with pytest.raises(UnreadableError):
            program(answer, form, BASE, "area")


@pytest.mark.parametrize(
    "said",
    [
        "value = radius * radius\n",
        "    value = radius * radius\n",
        "    # EVOLVE-BLOCK-START\n    value = radius * radius\n    # EVOLVE-BLOCK-END\n",
        REGIONS.replace("radius ** 2", "radius * radius"),
        "def area(radius):\n    # EVOLVE-BLOCK-START\n    value = radius * radius\n",
    ],
    ids=["alone", "indented", "with its markers", "with the file", "without the end"],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_where_one_region_may_change_an_answer_is_that_region(said: str, end: str):
    base = REGIONS.replace("\n", end)
    text = program(block(said), "whole", base, "area")
    assert text == base.replace("radius ** 2", "radius * radius")


def test_where_several_regions_may_change_the_whole_file_is_asked_for():
    base = f"{REGIONS}{REGIONS.replace('area', 'volume')}"
    changed = base.replace("radius ** 2", "radius * radius", 1)
    assert program(block(changed), "whole", base, "area") == changed
    assert "the whole file" in asks(base, "whole")
    assert "between the EVOLVE-BLOCK markers" in asks(REGIONS, "whole")
    assert may_change(REGIONS, "anew") == "    value = radius ** 2\n"
    assert may_change(REGIONS, "diff") == REGIONS

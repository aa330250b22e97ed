"""What a version needs is measured from outside, and noise is no difference."""

from __future__ import annotations

from pathlib import Path

from subjects.program.labs import lab

LISTED = """\
def squares(n: int) -> int:
    return sum([x * x for x in range(n)])
"""
ONE_BY_ONE = LISTED.replace("[", "").replace("]", "")
RENAMED = LISTED.replace("x", "y")
ENDLESS = LISTED.replace("return", "while n > 0: pass\n    return")
SIZES = (10, 1000, 60_000)


def test_a_list_that_is_never_made_saves_memory(tmp_path: Path):
    files = {"squares.py": LISTED}
    with lab(tmp_path, files, "squares.py:squares", "less memory", sizes=SIZES) as it:
        assert it.subject.objectives == ("memory",)
        assert it.subject.ground.notes == ()
        better = it.write(ONE_BY_ONE)
        new, old = it.subject.weigh(better, it.first, it.desk)["memory"]
        assert new < old / 1.5
        back = it.subject.weigh(it.first, better, it.desk)["memory"]
        assert back[0] > back[1] * 1.5
        screening = it.subject.screen(ONE_BY_ONE, it.first, 1, it.desk)
        assert screening.gains["memory"] > 1.5


def test_versions_that_need_the_same_are_the_same(tmp_path: Path):
    files = {"squares.py": LISTED}
    with lab(tmp_path, files, "squares.py:squares", "less memory", sizes=SIZES) as it:
        new, old = it.subject.weigh(it.write(RENAMED), it.first, it.desk)["memory"]
        assert new == old


def test_a_version_that_comes_to_no_end_needs_all_there_is(tmp_path: Path):
    files = {"squares.py": LISTED}
    told = {"sizes": SIZES, "wall_s": 1.0}
    with lab(tmp_path, files, "squares.py:squares", "less memory", **told) as it:
        found = it.subject.weigh(it.write(ENDLESS), it.first, it.desk)
        assert found["memory"][0] > 100 * found["memory"][1]


def test_memory_is_weighed_only_where_it_is_asked_for(tmp_path: Path):
    with lab(tmp_path, {"squares.py": LISTED}, "squares.py:squares", sizes=SIZES) as it:
        assert "memory" not in it.subject.weigh(it.write(ONE_BY_ONE), it.first, it.desk)

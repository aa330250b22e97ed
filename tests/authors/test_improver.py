"""An improver that searches among the numbers of a program, and goes on itself in between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import pytest

from authors.workbench import Bench, Desk, always_one, brief_of, version_of
from successor.authors.improver import IMPROVER, RESTS, TEXT, Improver, ImproverAuthor, Settings
from successor.errors import Halt, UsageError
from successor.types import Brief, Digest, Draft, Workspace

SOURCE = "SLOPE = 1.0\n\n\ndef target(x):\n    return SLOPE * x\n"


def far(function: Callable[..., float], seed: int) -> float:
    """How far a slope is from 3, with the noise of a draw."""
    return 0.1 + abs(function(1.0) - 3.0) + 0.01 * Random(seed).random()


@dataclass
class Known:
    """A lab of improvers in memory: each generation has a better one, that tries more."""

    done: int = 0
    barred: set[Digest] = field(default_factory=set[Digest])
    asked: list[str] = field(default_factory=list[str])
    rests: str = ""
    die: bool = False

    def require_ready(self, lab: Path) -> None:
        raise UsageError(str(lab))

    def generations(self) -> int:
        return self.done

    def go_on(self, workspace: Workspace) -> str:
        workspace.progress("going on", 0, 0)
        self.done += 1
        if self.die:
            raise KeyboardInterrupt
        return self.rests

    def version(self, known: Digest) -> Improver:
        held = known and known not in self.barred
        name = known if held else f"v{self.done - len(self.barred)}"
        return Improver(name, f"# {name}\n")

    def pursue(
        self, source: str, size: int, evaluations: int, seed: int,
        price: Callable[[Sequence[float]], float],
    ) -> None:  # fmt: skip
        self.asked.append(source)
        rng = Random(f"{source}{seed}")
        for _ in range(evaluations):
            price([rng.random() for _ in range(size)])

    def close(self) -> None:
        self.done = 0


def written(
    desk: Desk, improvers: Known, bench: Bench | None = None, generation: int = 1, **told: int
) -> Draft | None:
    given = replace(Settings(evaluations=40), **told)
    author = ImproverAuthor(bench or Bench(far), given, improvers)
    return author.write(brief(desk, generation), desk)


def brief(desk: Desk, generation: int) -> Brief:
    return replace(brief_of(version_of(SOURCE, desk), seed=5), generation=generation)


def test_what_it_finds_names_who_searched_and_keeps_the_code() -> None:
    desk, improvers = Desk(), Known()
    draft = written(desk, improvers)
    assert draft
    text = desk.read(draft.files["target.py"]).decode()
    assert 2.0 < float(text.partition("=")[2].split()[0]) < 4.5
    assert draft.figures[IMPROVER] == "v1"
    assert desk.read(str(draft.figures[TEXT])).decode() == "# v1\n" == improvers.asked[0]
    assert RESTS not in draft.figures


@pytest.mark.parametrize(
    ("generation", "more", "done"), [(1, 1, 1), (2, 1, 4), (3, 2, 5), (2, 0, 3)]
)
def test_its_lab_goes_on_before_each_generation_but_the_first(
    generation: int, more: int, done: int
) -> None:
    improvers = Known(done=0 if generation == 1 else 3)
    written(Desk(), improvers, generation=generation, generations=more)
    assert improvers.done == done


def test_it_goes_on_once_for_all_candidates_of_a_generation() -> None:
    desk, improvers = Desk(), Known(done=1)
    first = brief(desk, 2)
    author = ImproverAuthor(Bench(far), Settings(evaluations=40, attempts=2), improvers)
    again = replace(first, tried=(version_of(SOURCE.replace("1.0", "2.0"), desk, "second"),))
    assert author.write(first, desk)
    desk.saved = None
    assert author.write(again, desk)
    assert improvers.done == 2
    assert author.write(replace(again, tried=again.tried * 2), desk) is None


@pytest.mark.parametrize("halt_after", range(1, 26, 4))
def test_a_step_that_was_killed_goes_on_with_the_same_improver(halt_after: int) -> None:
    """Nothing is screened twice, and the lab goes on once, wherever it was killed."""
    whole, bench = Desk(), Bench(far)
    expected = written(whole, Known(done=1), bench, generation=2)
    desk, improvers, other = Desk(halt_after), Known(done=1), Bench(far)
    with pytest.raises(Halt):
        written(desk, improvers, other, generation=2)
    desk.halt_after = 1e9
    assert written(desk, improvers, other, generation=2) == expected
    assert improvers.done == 2
    assert len(other.screened) <= len(bench.screened) + 1, "the one that was under way"


def test_a_kill_right_after_its_lab_went_on_does_not_let_it_go_on_again() -> None:
    desk, improvers = Desk(), Known(done=1, die=True)
    with pytest.raises(KeyboardInterrupt):
        written(desk, improvers, generation=2)
    improvers.die = False
    assert written(desk, improvers, generation=2)
    assert improvers.done == 2


def test_who_may_no_longer_be_used_does_not_go_on_after_a_kill() -> None:
    desk, improvers = Desk(halt_after=20), Known(done=3)
    with pytest.raises(Halt):
        written(desk, improvers)
    desk.halt_after, improvers.barred = 1e9, {"v3"}
    draft = written(desk, improvers)
    assert draft
    assert draft.figures[IMPROVER] == "v2"
    assert improvers.asked == ["# v3\n", "# v2\n"]


def test_why_its_lab_rests_is_told() -> None:
    draft = written(Desk(), Known(done=1, rests="plateau: enough"), generation=2)
    assert draft
    assert draft.figures[RESTS] == "plateau: enough"


def test_what_has_no_numbers_that_count_comes_to_nothing() -> None:
    improvers = Known()
    draft = written(Desk(), improvers, Bench(always_one))
    assert draft
    assert not draft.files
    assert draft.figures[IMPROVER] == "v1"
    assert improvers.asked == [], "no knob is loose: there is nothing to search"

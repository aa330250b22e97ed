"""The author `search`: whose turn it is, what is learnt of whom, and that a kill costs nothing."""

from __future__ import annotations

import random

import pytest

from authors.workbench import PATH, Bench, Desk, always_one, brief_of, came_to_nothing, version_of
from successor.authors import combined
from successor.authors.bandit import Bandit
from successor.authors.combined import CombinedAuthor, search
from successor.authors.tune import tune
from successor.errors import Halt, UsageError
from successor.types import Author, Brief, Draft, Stop, Version, Workspace


class Told:
    """An author that hands in the texts that it was told, and then nothing."""

    def __init__(self, name: str, *texts: str) -> None:
        self.name = name
        self.texts = list(texts)
        self.asked = 0

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        self.asked += 1
        if not self.texts:
            return None
        return Draft({PATH: workspace.write(self.texts.pop(0).encode())})


class Spent:
    """An author that finds nothing, at a cost."""

    def __init__(self, name: str, evaluations: int) -> None:
        self.name = name
        self.evaluations = evaluations

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        return Draft({}, {"evaluations": self.evaluations})


class Killed:
    """An author that is halted once, after a checkpoint, and then goes on from it."""

    name = "killed"

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        if workspace.resume() is None:
            workspace.checkpoint(b"half\nway")
            raise Halt(Stop("test", "halted"))
        return Draft({PATH: workspace.write(workspace.resume() or b"")})


def made_of(*authors: Author) -> CombinedAuthor:
    return CombinedAuthor(authors)


def test_the_draft_says_who_wrote_it():
    desk = Desk()
    version = version_of("first", desk)
    draft = made_of(Told("one"), Told("two", "text")).write(brief_of(version), desk)
    assert draft is not None
    assert draft.figures["by"] == "two"


def test_when_nobody_has_anything_there_is_no_candidate():
    desk = Desk()
    ones = Told("one"), Told("two")
    assert made_of(*ones).write(brief_of(version_of("first", desk)), desk) is None
    assert [author.asked for author in ones] == [1, 1]


def test_what_authors_spent_in_vain_counts_too():
    desk = Desk()
    first = brief_of(version_of("first", desk))
    vain = Spent("vain", 7)
    draft = made_of(vain, Spent("other", 5)).write(first, desk)
    assert draft is not None
    assert (draft.files, draft.figures) == ({}, {"evaluations": 12})
    desk.saved = None
    draft = made_of(vain, Told("two", "text")).write(first, desk)
    assert draft is not None
    assert draft.files
    assert draft.figures == {"evaluations": 7, "by": "two"}
    draft = made_of(Told("two", "text")).write(first, desk)  # it is the other's turn by now
    assert draft is not None
    assert draft.figures["evaluations"] == 7


def test_why_each_came_to_nothing_is_told_unless_one_came_to_something():
    class Refused(Told):
        def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
            return Draft({}, {"failed": f"a hack of {self.name}"})

    desk = Desk()
    first = brief_of(version_of("first", desk))
    draft = made_of(Refused("one"), Refused("two")).write(first, desk)
    assert draft is not None
    assert draft.figures == {"failed": "one: a hack of one; two: a hack of two"}
    desk.saved = None
    draft = made_of(Refused("one"), Told("two", "text")).write(first, desk)
    assert draft is not None
    assert draft.figures == {"by": "two"}


def test_who_pays_gets_more_turns():
    desk = Desk()
    good = Told("good", *(f"good {n}" for n in range(60)))
    bad = Told("bad", *(f"bad {n}" for n in range(60)))
    author, lineage = made_of(good, bad), [version_of("first", desk)]
    tried: tuple[Version, ...] = ()
    for seed in range(60):
        desk.saved = None
        draft = author.write(brief_of(*lineage, seed=seed, tried=tried), desk)
        assert draft is not None
        version = Version(f"v{seed}", draft.files, (), "search")
        if draft.figures["by"] == "good":
            lineage, tried = [*lineage, version], ()
        else:
            tried = (*tried, version)
    assert good.asked > 3 * bad.asked
    assert author.bandit.believed("good") > 0.9
    assert author.bandit.believed("bad") < 0.5


def test_who_has_paid_need_not_wait_for_the_untried():
    again = 0
    for seed in range(10):
        desk, good, other = Desk(), Told("good", "a", "b"), Told("other", "c")
        author, first = made_of(good, other), version_of("first", desk)
        draft = author.write(brief_of(first, seed=seed), desk)
        assert draft is not None
        desk.saved = None
        author.write(brief_of(first, Version("v", draft.files, (), "search"), seed=seed), desk)
        again += good.asked == 2
    assert 4 <= again < 10


def test_after_a_kill_the_turn_goes_on_and_nobody_is_asked_twice():
    for seed in range(4):
        desk = Desk()
        empty, author = Told("empty"), Killed()
        brief = brief_of(version_of("first", desk), seed=seed)
        with pytest.raises(Halt):
            made_of(empty, author).write(brief, desk)
        draft = made_of(empty, author).write(brief, desk)
        assert draft is not None
        assert desk.read(draft.files[PATH]) == b"half\nway"
        assert empty.asked <= 1


def test_an_author_that_is_not_there_is_told():
    with pytest.raises(
        UsageError, match=r"authors = 'nobody': no such author; known: agent, .*rewrite, "
    ):
        search({"authors": ["nobody"]}, Bench(always_one))
    with pytest.raises(UsageError, match="authors = 'search': no such author"):
        search({"authors": ["search"]}, Bench(always_one))


def test_what_is_wrong_with_an_authors_settings_names_its_table():
    told = r"\[author.tune\] attemps = 3: no such key; did you mean 'attempts'"
    with pytest.raises(UsageError, match=told):
        search({"tune": {"attemps": 3}}, Bench(always_one))


def test_each_author_gets_its_settings(monkeypatch: pytest.MonkeyPatch):
    def found(name: str) -> object:
        return {"tune": tune}[name]

    monkeypatch.setattr(combined, "_find", found)
    with pytest.raises(UsageError, match="evaluations = 1"):
        search({"authors": ["tune"], "tune": {"evaluations": 1}}, Bench(always_one))
    author = search({"authors": ["tune"], "tune": {"evaluations": 8}}, Bench(always_one))
    desk = Desk()
    brief = brief_of(version_of("def target():\n    return 2\n", desk))
    assert came_to_nothing(author.write(brief, desk))


def test_a_bandit_comes_to_prefer_what_pays():
    rng, bandit = random.Random(1), Bandit(("often", "seldom"))
    chosen = [bandit.choose(rng) for _ in range(10)]
    assert set(chosen) == {"often", "seldom"}
    for _ in range(300):
        way = bandit.choose(rng)
        bandit.learn(way, paid=rng.random() < {"often": 0.5, "seldom": 0.1}[way])
    last = [bandit.choose(rng) for _ in range(100)]
    assert last.count("often") > 80
    assert bandit.believed("often") > bandit.believed("seldom")

"""No author shows, reads, builds upon or hands in again what is quarantined."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from authors.agents.acting import author_of as agent_of
from authors.llm.scripted import author_of as llm_of
from authors.llm.scripted import block, saying
from authors.workbench import PATH, Bench, Desk, brief_of, came_to_nothing, version_of
from successor.authors import matter
from successor.authors.evolve import EvolveAuthor, evolve
from successor.authors.trials import Terms, Trials, earlier, readable
from successor.types import Brief, Digest

SLOW = "def target(x):\n    steps = 8\n    return x * steps\n"
BAD = "def target(x):\n    hacked = 1\n    return x * hacked\n"
FAIR = "def target(x):\n    fair = 7\n    return x * fair\n"


class Walled(Desk):
    """A workspace that refuses, as the ledger's does, what is barred."""

    barred: tuple[Digest, ...] = ()

    def read(self, digest: Digest) -> bytes:
        assert digest not in self.barred, "an author reads what is quarantined"
        return super().read(digest)


def cost(function: Callable[..., Any], _: int) -> float:
    return float(function(1))


def walled() -> tuple[Walled, Brief]:
    """A brief after two candidates, of which the first is quarantined."""
    desk = Walled()
    tried = (version_of(BAD, desk, "bad"), version_of(FAIR, desk, "fair"))
    brief = brief_of(version_of(SLOW, desk), tried=tried)
    desk.barred = (tried[0].files[PATH],)
    reasons = ("set off a tripwire", "too small a gain")
    return desk, replace(brief, reasons=reasons, barred=desk.barred)


def test_what_may_be_read_keeps_its_reason():
    _, brief = walled()
    assert [(version.id, why) for version, why in readable(brief)] == [("fair", "too small a gain")]


def test_no_brief_shows_it():
    desk, brief = walled()
    shop = Bench(cost)
    assert [each.text for each in matter.earlier(shop, brief, desk)] == [FAIR]
    (refused,) = matter.refused(shop, brief, desk)
    assert (refused.why, "fair" in refused.change) == ("too small a gain", True)
    assert [*earlier(brief, shop, desk)] == [FAIR]


def test_no_language_model_is_shown_it():
    desk, brief = walled()
    author, shelf = llm_of(Bench(cost), saying(block(SLOW.replace("8", "2"))))
    assert author.write(brief, desk) is not None
    said = [message.text for request in shelf.asked for message in request.messages]
    assert any("fair" in text for text in said)
    assert not any("hacked" in text or "tripwire" in text for text in said)


def test_no_agent_is_shown_it_nor_its_name_compared():
    desk, brief = walled()
    author = agent_of("pass")
    memory = author._known(brief, desk)
    assert len(memory.refused) == 1
    assert ["hacked" in each.change for each in memory.failures] == [False]


def test_nothing_evolves_from_it():
    desk, brief = walled()
    author = evolve({}, Bench(cost))
    assert isinstance(author, EvolveAuthor)
    ground = author._ground(SLOW)
    assert ground is not None
    texts = [text for each in author._earlier(ground, brief, desk) for text in each]
    assert any("fair" in text for text in texts)
    assert not any("hacked" in text for text in texts)


def test_it_is_not_handed_in_again_in_a_later_generation():
    desk, brief = walled()
    later = replace(brief, tried=(), reasons=())
    trials = Trials(Bench(cost), later, desk, Terms.screening(9, 0.01, 0.0))
    trials.screen(BAD)
    assert came_to_nothing(trials.hand_in())
    trials.screen(FAIR)
    draft = trials.hand_in()
    assert draft is not None
    assert desk.read(draft.files[PATH]).decode() == FAIR

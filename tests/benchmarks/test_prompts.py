"""What the benchmark of prompts counts, keeps and tells; no model is asked."""

# ruff: noqa: ANN401 - GEPA brings what it brings

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import prompts
from llm.server import serving
from prompting import ours, peer
from prompting.asking import Answering, Item, Items
from prompting.meter import Meter, Served
from prompting.table import GEPA, OURS, Row, Terms, fragment, interval
from prompts import Work
from successor.authors.reflect import Settings as Author
from successor.judge.paired import Paired
from successor.llm import LLMError, Message, Reply, Request, Usage, open_model
from successor.subjects.prompt import prompt
from successor.validation import validated

TERMS = Terms("small", "large", 200, 4, 64, 256)
COSTS = {"seconds": 60, "calls": 200, "tokens": 9000, "reflections": 9, "reflection_tokens": 1000}
MINE = {"author": 100, "exams": 16, "judge": 40, "cut": "judge", "candidates": 2, "promotions": 1}
FIGURES: Mapping[str, Mapping[str, Any]] = {OURS: MINE, GEPA: {"candidates": 3}}


def row(system: str = OURS, seed: int = 1, after: Sequence[float] = (1, 1, 0, 1)) -> Row:
    return Row("gcd", system, seed, "Do.", [0, 1, 0, 0], after, [], 0, COSTS, FIGURES[system])


# ------------------------------------------------------------------ what is told


def test_an_interval_is_of_seeds_and_items_together():
    random = np.random.default_rng(1)
    same = interval(np.full((3, 40), 0.25), random)
    assert (same.mean, same.low, same.high) == (0.25, 0.25, 0.25)
    items = random.integers(2, size=(1, 60)).astype(np.float64)
    one = interval(items, random)
    assert one.low < one.mean < one.high
    apart = interval(np.concatenate([items, 1 - items, items]), random)
    assert apart.high - apart.low < one.high - one.low, "seeds with other noise tell more"
    spread = np.repeat([[0.0], [0.5], [1.0]], 60, axis=1)
    assert interval(spread, random).high > 0.9, "seeds that differ could all have been the best"


def test_what_the_judge_asked_includes_a_judgement_that_was_cut_off():
    assert row().judge == 200 - 100 - 16
    searching = replace(row(), figures={**MINE, "cut": "author"})
    assert searching.judge == 40
    assert row(GEPA).judge is None


def test_the_table_tells_both_sides_and_their_difference():
    table = fragment(TERMS, [row(), row(GEPA, after=[0, 1, 0, 1])])
    assert "| gcd | successor | 1 | 25.0% | 75.0% | +50.0 (" in table
    assert "| gcd | gepa | 1 | 25.0% | 50.0% | +25.0 (" in table
    assert "| gcd | 1 | +25.0 (" in table
    assert "| 1 of 2 promoted | 200 | 84 | 9 | 60 |" in table
    assert "| 2 kept | 200 |  | 9 | 60 |" in table
    worse = fragment(TERMS, [row(after=[0, 0, 0, 0]), row(GEPA, after=[1, 1, 1, 1])])
    assert "| gcd | 1 | −100.0 (" in worse


def test_only_seeds_that_both_ran_are_put_beside_each_other():
    rows = [row(), row(seed=2), row(GEPA, seed=2, after=[0, 1, 0, 0])]
    assert "| gcd | 1 | +50.0 (" in fragment(TERMS, rows)
    assert "difference" in fragment(TERMS, rows[:2])


def test_rows_are_kept_as_they_come_and_a_cut_off_one_is_none(tmp_path: Path):
    for system in (OURS, GEPA):
        (tmp_path / system).mkdir()
    work = Work({system: tmp_path / system for system in (OURS, GEPA)}, TERMS)
    work.add(row())
    work.add(row(GEPA, 2))
    path = tmp_path / OURS / prompts.ROWS
    path.write_text(path.read_text() + '{"family": "gcd", "sys')
    assert [*work.rows()] == [("gcd", OURS, 1), ("gcd", GEPA, 2)]
    prompts.write(TERMS, work.rows(), tmp_path)
    figures = json.loads((tmp_path / "prompts.json").read_text())
    assert prompts.restored(figures) == (tmp_path / "prompts.md").read_text()


def test_rows_of_other_runs_are_kept_on_the_same_terms_only(tmp_path: Path):
    prompts.write(TERMS, {row().key: row()}, tmp_path)
    later = row(GEPA)
    assert "| gcd | successor |" in prompts.write(TERMS, {later.key: later}, tmp_path)
    other = replace(TERMS, items=5)
    assert "| gcd | successor |" not in prompts.write(other, {later.key: later}, tmp_path)


def test_other_terms_have_other_folders(tmp_path: Path):
    first, again = (prompts.work_for(TERMS, tmp_path).folders for _ in range(2))
    other = prompts.work_for(replace(TERMS, metric_calls=201), tmp_path).folders
    assert first == again
    assert not {*first.values()} & {*other.values()}


# ------------------------------------------------------------------ what is run


def test_a_lab_may_ask_no_more_than_the_other_side(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9")
    told = tomllib.loads(ours.Told("gcd", 2, "openai:a", "openai:b", 200, 64, 256).file)
    assert (told["lab"]["seed"], told["subject"]["families"]) == (2, ["gcd"])
    assert told["subject"]["calls"] == 200
    author = validated(Author, "author", _own(told["author"]))
    assert (author.rollouts, author.max_tokens) == (100, 256)
    assert validated(Paired, "judge", _own(told["judge"])).most == 100
    prompt(_own(told["subject"]), ours.EXAMPLE, told["lab"]["goal"]).close()


def _own(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key != "kind"}


def test_the_meter_passes_on_and_counts(monkeypatch: pytest.MonkeyPatch):
    with serving() as server, Meter({"small": Served(server.url, "secret")}) as meter:
        monkeypatch.setenv("OPENAI_BASE_URL", meter.url)
        monkeypatch.setenv("OPENAI_API_KEY", meter.key)
        asked = [Request((Message("user", f"What is {number}?"),), 9, 0.0) for number in range(20)]
        with open_model("openai:small") as model:
            said = model.complete_all(asked)
        assert [getattr(each, "text", each) for each in said] == [
            f"What is {number}?" for number in range(20)
        ]
        count = meter.counts["small"]
        assert (count.requests, count.read, count.written) == (20, 220, 140)
        assert "What is 7?" in count.questions
        assert {each["authorization"] for each in map(_lower, server.headers)} == {"Bearer secret"}
        meter.reset()
        assert meter.counts["small"].requests == 0
        monkeypatch.setenv("OPENAI_API_KEY", "another")
        with open_model("openai:small") as model:
            assert isinstance(model.complete_all(asked[:1])[0], LLMError)
        assert meter.counts["small"].requests == 0


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


class Parrot:
    """A model that says what its system's message is."""

    name = "parrot"
    asked = 0

    def complete(self, request: Request, on_text: object = None) -> Reply:
        raise NotImplementedError

    def complete_all(self, requests: Sequence[Request]) -> list[Reply | LLMError]:
        self.asked += 1
        return [Reply(each.messages[0].text, Usage(), "parrot") for each in requests]

    def close(self) -> None:
        """Nothing."""


ITEMS = """
def draw(random, family):
    number = random.randrange(10**9)
    return f"{family}: {number}", str(number)

def score(said, answer):
    return said == "right"

def feedback(said, answer):
    return f"it is {answer}"
"""


def items(folder: Path) -> Items:
    (folder / "items.py").write_text(ITEMS)
    return Items(folder / "items.py", "some")


def test_items_of_one_purpose_are_the_same_and_of_another_are_not(tmp_path: Path):
    drawn = items(tmp_path)
    assert drawn.draw("held out", 9) == drawn.draw("held out", 9)
    assert not {*drawn.draw("held out", 9)} & {*drawn.draw("learn/1", 9)}


def _gepa(calls: list[dict[str, Any]]) -> Callable[..., Any]:
    def optimize(**given: Any) -> Any:
        calls.append(given)
        adapter, batch = given["adapter"], given["trainset"][:3]
        found = adapter.evaluate(batch, {peer.PART: "right"}, capture_traces=True)
        shown = adapter.make_reflective_dataset({}, found, [peer.PART])
        calls.append({"found": found, "shown": shown})
        return Namespace(best_candidate={peer.PART: "right"}, val_aggregate_scores=[0.0, 1.0])

    return optimize


class Namespace:
    def __init__(self, **given: Any) -> None:
        vars(self).update(given)


def test_the_other_side_is_asked_in_batches_with_its_own_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    calls, adapter = list[dict[str, Any]](), ModuleType("gepa.adapters")
    default, core, gepa = (ModuleType(name) for name in ("default", "core", "gepa"))
    vars(gepa)["optimize"] = _gepa(calls)
    vars(core)["EvaluationBatch"] = Namespace

    class DefaultAdapter:
        def __init__(self, model: object) -> None: ...

        def make_reflective_dataset(self, *given: Any) -> Any:
            return [each["feedback"] for each in given[1].trajectories]

    vars(default)["DefaultAdapter"] = DefaultAdapter
    for name, module in {
        "gepa": gepa,
        "gepa.adapters": adapter,
        "gepa.adapters.default_adapter.default_adapter": default,
        "gepa.core.adapter": core,
    }.items():
        monkeypatch.setitem(sys.modules, name, module)
    drawn, parrot = items(tmp_path), Parrot()
    sets: tuple[list[Item], list[Item]] = (drawn.draw("learn/1", 9), drawn.draw("validate/1", 4))
    found = peer.optimise("wrong", sets, Answering(drawn, parrot, 64), str, 120, 7)
    assert (found.text, found.candidates, found.practice) == ("right", 2, 1.0)
    given, made = calls
    assert (given["max_metric_calls"], given["seed"]) == (120, 7)
    assert given["seed_candidate"] == {peer.PART: "wrong"}
    assert (made["found"].scores, parrot.asked) == ([1.0] * 3, 1)
    assert made["shown"] == [f"it is {answer}" for _, answer in sets[0][:3]]


def test_the_example_draws_and_marks_by_reasoning_gym(monkeypatch: pytest.MonkeyPatch):
    class Data:
        def __init__(self, family: str, seed: int) -> None:
            self.entry = {"question": f"{family} {seed}?", "answer": str(seed)}

        def __getitem__(self, place: int) -> dict[str, str]:
            return [self.entry][place]

        def score_answer(self, answer: str | None, entry: Mapping[str, str]) -> float:
            return float(answer == entry["answer"])

    def create_dataset(family: str, seed: int = 0, **_: object) -> Data:
        return Data(family, seed)

    def extract_answer(said: str) -> str | None:
        return said[8:-9] if said.startswith("<answer>") else None

    gym, utils = ModuleType("reasoning_gym"), ModuleType("reasoning_gym.utils")
    vars(gym).update(create_dataset=create_dataset, utils=utils)
    vars(utils)["extract_answer"] = extract_answer
    monkeypatch.setitem(sys.modules, "reasoning_gym", gym)
    monkeypatch.setitem(sys.modules, "reasoning_gym.utils", utils)
    drawn = Items(ours.EXAMPLE / "items.py", "gcd")
    item, other = drawn.draw("test", 2)
    assert item != other
    right = json.loads(item[1])[1]["answer"]
    assert drawn.mark(f"<answer>{right}</answer>", item).score == 1
    assert drawn.mark(right, item).score == 0
    assert "nothing stands between" in drawn.mark(right, item).feedback
    assert right in drawn.mark("<answer>0</answer>", item).feedback

"""Workers of this machine: who does what, and who does it again."""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import cast

import pytest

from successor.compute import Pool, Reply, Work, open_pool
from successor.compute.work import Shelf
from successor.errors import SuccessorError, UsageError

pytestmark = pytest.mark.usefixtures("errands")
TEXT = b"a text of some length"
NAME = sha256(TEXT).hexdigest()


def none(digest: str) -> bytes:
    raise AssertionError(digest)


@pytest.fixture
def pool() -> Generator[Pool]:
    with open_pool("local", 2) as pool:
        yield pool


@pytest.fixture
def one() -> Generator[Pool]:
    with open_pool("local", 1) as pool:
        yield pool


def told(reply: Reply, name: str) -> object:
    return cast("Mapping[str, object]", reply.value)[name]


def squares(numbers: range, **more: int) -> list[Work]:
    return [Work("errands:square", {"number": number}, **more) for number in numbers]


def test_replies_come_in_the_order_of_the_items(pool: Pool):
    replies = pool.map(squares(range(9)), none)
    assert [told(reply, "square") for reply in replies] == [n * n for n in range(9)]
    assert os.getpid() not in {told(reply, "worker") for reply in replies}


def test_what_is_urgent_is_begun_first(one: Pool):
    items = [*squares(range(3)), *squares(range(3, 6), priority=1)]
    began = [cast("float", told(reply, "at")) for reply in one.map(items, none)]
    assert max(began[3:]) < min(began[:3])


def test_an_object_is_sent_to_a_worker_once_and_comes_back_by_its_digest(one: Pool):
    asked: list[str] = []

    def read(digest: str) -> bytes:
        asked.append(digest)
        return TEXT

    items = [Work("errands:sizes", {"name": NAME}, (NAME,)) for _ in range(3)]
    replies = one.map(items, read)
    assert [reply.value for reply in replies] == [len(TEXT)] * 3
    assert [dict(reply.made) for reply in replies] == [{sha256(b"a t").hexdigest(): b"a t"}] * 3


def test_an_object_that_no_item_names_is_refused(one: Pool):
    with pytest.raises(SuccessorError, match="was not sent along"):
        one.map([Work("errands:sizes", {"name": NAME})], none)


def test_an_object_that_is_not_what_its_name_says_is_refused(one: Pool):
    with pytest.raises(SuccessorError, match="damaged on its way"):
        one.map([Work("errands:sizes", {"name": NAME}, (NAME,))], lambda _: b"another")


def test_what_a_lost_worker_was_at_is_done_by_another(pool: Pool, tmp_path: Path):
    dies = Work("errands:dies", {"folder": str(tmp_path), "times": 2})
    replies = pool.map([dies, *squares(range(4))], none)
    assert replies[0].value == "alive"
    assert [told(reply, "square") for reply in replies[1:]] == [0, 1, 4, 9]
    assert pool.lost == 2


def test_an_item_that_every_worker_dies_of_ends_all_of_it(one: Pool, tmp_path: Path):
    with pytest.raises(SuccessorError, match="lost 3 workers one after another"):
        one.map([Work("errands:dies", {"folder": str(tmp_path), "times": 9})], none)


def test_an_item_that_takes_too_long_ends(one: Pool, tmp_path: Path):
    with pytest.raises(SuccessorError, match=r"took more than 0\.5 s"):
        one.map([Work("errands:waits", {"folder": str(tmp_path)}, wall_s=0.5)], none)
    assert one.busy == 0


def test_whoever_is_told_of_progress_can_end_it(one: Pool, tmp_path: Path):
    def heed(_: int) -> None:
        if any(tmp_path.iterdir()):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        one.map([Work("errands:waits", {"folder": str(tmp_path)})], none, heed)
    worker = int(next(tmp_path.iterdir()).name.removeprefix("waits-"))
    deadline = time.monotonic() + 60
    while Path(f"/proc/{worker}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert one.map(squares(range(1)), none)[0].error == ""


@pytest.mark.parametrize(
    ("errand", "error", "why"),
    [
        ("refuses", UsageError, "no such thing"),
        ("breaks", SuccessorError, r"ZeroDivisionError: by nothing \(.*errands.py, line \d+\)"),
        ("is_not_there", SuccessorError, "AttributeError"),
    ],
)
def test_what_goes_wrong_in_a_worker_is_raised_here(
    one: Pool, errand: str, error: type[Exception], why: str
):
    with pytest.raises(error, match=why):
        one.map([Work(f"errands:{errand}", {})], none)


def test_a_worker_has_a_sandbox_of_its_own(one: Pool):
    (reply,) = one.map([Work("errands:adds", {})], none)
    assert reply.value == [True, "(Returned(value=3),)"]


def test_a_shelf_lets_go_of_what_was_used_longest_ago_and_never_of_what_is_needed():
    shelf = Shelf(10)
    assert shelf.use([("a", 4), ("b", 4)]) == []
    assert shelf.use([("a", 4)]) == []
    assert shelf.use([("c", 4)]) == ["b"]
    assert shelf.use([("d", 99)]) == ["a", "c"]
    assert "d" in shelf


def test_a_kind_that_is_not_there_is_refused():
    with pytest.raises(UsageError, match="should be local, ray"):
        open_pool("cloud", None)

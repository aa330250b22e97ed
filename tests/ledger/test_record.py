from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from ledger.climber import Climber, Climbing, Comparing, climb, parts
from successor.errors import Halt, RecordError, SuccessorError, UsageError
from successor.ledger import (
    Decided,
    Entry,
    Event,
    Examined,
    GenerationClosed,
    GenerationOpened,
    Judged,
    Ledger,
    Progress,
    SessionStarted,
    Stopped,
    Written,
    audit,
    verify_consistency,
    verify_inclusion,
)
from successor.ledger.codec import encode
from successor.ledger.merkle import leaf_hash
from successor.ledger.store import FILE, EventStore, Row
from successor.loop import improve_self, run
from successor.showing.generation import Chronicle
from successor.types import Brief, Draft, Draw, Exam, Record, Stop, Verdict, Version, Workspace


def opened(folder: Path, halt: Callable[[], Stop | None] | None = None, seed: int = 7) -> Ledger:
    return Ledger.open(folder, settings={"size": 3}, seed=seed, halt=halt)


def kinds(ledger: Ledger) -> list[str]:
    return [type(entry.event).__name__ for entry in ledger.entries()]


def test_a_generation_is_told_event_by_event(tmp_path: Path):
    with opened(tmp_path / ".successor") as ledger:
        improve_self(parts(ledger))
        improve_self(parts(ledger))
        first = ["SessionStarted", "GenerationOpened", "Written", "Decided", "Examined"]
        attempt = ["Written", "Examined", "Judged", "Decided"]
        told = kinds(ledger)
        assert told[:6] == [*first, "GenerationClosed"]
        assert told[6:11] == ["GenerationOpened", *attempt]
        assert told[-1] == "GenerationClosed"


def test_what_is_read_is_what_was_written(tmp_path: Path):
    with opened(tmp_path / ".successor") as writer:
        run(parts(writer))
        reader = Ledger.read(tmp_path / ".successor")
        incumbent = writer.incumbent()
        assert incumbent is not None
        assert reader.head == writer.head
        assert reader.entries() == writer.entries()
        assert reader.lineage(incumbent.id) == writer.lineage(incumbent.id)
        assert reader.exam(incumbent.id) == writer.exam(incumbent.id)
        assert reader.generations() == writer.generations()
        assert reader.used("examples") == writer.used("examples") > 0
        assert reader.used("norm") == 0.0
    assert Ledger.read(tmp_path / ".successor").entries() == writer.entries()


class Vain:
    """An author that finds nothing, at a cost."""

    name = "vain"

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        return Draft({}, {"examples": 5})


def test_what_an_author_spent_in_vain_is_on_record_and_no_candidate(tmp_path: Path):
    with opened(tmp_path / ".successor") as ledger:
        lab = parts(ledger)
        improve_self(lab)
        improve_self(replace(lab, author=Vain()))
        (_, written) = ledger.entries(Written)
        assert written.event.version is None
        assert ledger.used("examples") == 5
        assert ledger.generations()[1] is None


def test_the_lineage_leads_from_the_first_version_to_the_incumbent(finished_run: Path):
    ledger = Ledger.read(finished_run)
    incumbent = ledger.incumbent()
    assert incumbent is not None
    line = ledger.lineage(incumbent.id)
    assert line[0].parents == ()
    assert line[-1] == incumbent
    assert [each.parents[0] for each in line[1:]] == [each.id for each in line[:-1]]
    assert [each.id for each in line] == [name for name in ledger.generations() if name]
    with pytest.raises(RecordError, match="no version beef"):
        ledger.lineage("beef")
    assert ledger.exam("beef") is None


def test_entries_of_one_kind(finished_run: Path):
    ledger = Ledger.read(finished_run)
    judged = ledger.entries(Judged)
    assert [entry.event.verdict for entry in judged] == list(ledger.verdicts())
    assert all(entry.event.kernel == judged[0].event.kernel for entry in judged)
    assert len(ledger.entries(Stopped)) == 1


def test_the_session_tells_how_it_was_started(finished_run: Path):
    (started,) = Ledger.read(finished_run).entries(SessionStarted)
    assert started.event.seed == 7
    assert started.event.settings == {"size": 24_000}
    assert started.event.host == {"cpus": 1}
    assert len(started.event.kernel) == 64


def test_proofs_hold_against_the_head(finished_run: Path):
    ledger = Ledger.read(finished_run)
    root = bytes.fromhex(ledger.head.root)
    for entry in ledger.entries():
        leaf = leaf_hash(encode(entry.event, entry.time))
        proof = ledger.inclusion_proof(entry.seq)
        assert verify_inclusion(leaf, entry.seq - 1, ledger.head.size, proof, root)
    with closing(sqlite3.connect(f"file:{finished_run / FILE}?immutable=1", uri=True)) as rows:
        for seq, earlier in rows.execute("SELECT seq, root FROM event"):
            proof = ledger.consistency_proof(seq)
            assert verify_consistency((seq, earlier), (ledger.head.size, root), proof)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET body = x'00'",
        "DELETE FROM event WHERE seq = 3",
        "INSERT INTO event SELECT seq + 100, body, leaf, root FROM event WHERE seq = 3",
        "INSERT OR REPLACE INTO event SELECT * FROM event WHERE seq = 3",
    ],
)
def test_the_table_itself_refuses_changes(folder: Path, statement: str):
    with (
        closing(sqlite3.connect(folder / FILE)) as connection,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        connection.execute(statement)
    assert audit(folder).problem is None


def test_a_second_writer_that_got_in_is_told_as_what_it_is(tmp_path: Path):
    folder = tmp_path / ".successor"
    with opened(folder) as ledger:
        ledger.started()
        (folder / "lock").unlink()
        with opened(folder) as other:
            other.started()
        with pytest.raises(SuccessorError, match="another process wrote to the record") as told:
            ledger.stopped(Stop("target", "x"))
        assert not isinstance(told.value, RecordError)
        assert "\n" not in str(told.value)
    assert audit(folder).problem is None
    with opened(folder) as ledger:
        ledger.started()
        (folder / "lock").unlink()
        with opened(folder) as other:
            other.started()
        (folder / "head").write_bytes(b"{}")
        with pytest.raises(RecordError, match="does not verify: the file head is damaged"):
            ledger.stopped(Stop("target", "x"))


def test_a_second_writer_is_refused_in_one_line(tmp_path: Path):
    folder = tmp_path / ".successor"
    with opened(folder) as ledger:
        ledger.started()
        with pytest.raises(UsageError, match=r"in use by process \d+: wait") as refusal:
            opened(folder)
        assert "\n" not in str(refusal.value)
        assert Ledger.read(folder).head == ledger.head
        assert audit(folder).events == 1
    with opened(folder) as ledger:
        assert ledger.head.size == 1


def test_a_reader_follows_a_run_by_reading_again(tmp_path: Path):
    folder = tmp_path / ".successor"
    seen: list[int] = []

    def look(news: Entry[Event] | Progress) -> None:
        if isinstance(news, Entry):
            seen.append(Ledger.read(folder).head.size)

    with opened(folder) as ledger:
        ledger.listen(look)
        improve_self(parts(ledger))
    assert seen == list(range(1, ledger.head.size + 1))


def test_a_reader_cannot_write(finished_run: Path):
    ledger = Ledger.read(finished_run)
    with pytest.raises(UsageError, match="opened to be read"):
        ledger.started()
    with pytest.raises(UsageError, match="opened to be read"):
        ledger.stopped(Stop("goal", "reached"))


def test_nothing_on_record_is_said_in_one_line(tmp_path: Path):
    with pytest.raises(UsageError, match="nothing is on record"):
        Ledger.read(tmp_path / ".successor")


def test_a_record_keeps_its_seed(folder: Path):
    with pytest.raises(UsageError, match="began with the seed 7, not 8"):
        opened(folder, seed=8)
    opened(folder, seed=7).close()
    with pytest.raises(UsageError, match="not between"):
        opened(folder, seed=-1)


def test_listeners_hear_progress_which_is_not_recorded(tmp_path: Path):
    heard: list[Entry[Event] | Progress] = []
    with opened(tmp_path / ".successor") as ledger:
        ledger.listen(heard.append)
        improve_self(parts(ledger))
        improve_self(parts(ledger))
        entries = [news for news in heard if isinstance(news, Entry)]
        assert tuple(entries) == ledger.entries()
    progress = [news for news in heard if isinstance(news, Progress) and news.stage == "climb"]
    assert [(news.done, news.total) for news in progress[:4]] == [(i, 4) for i in (1, 2, 3, 4)]
    assert progress[0].figures.keys() == {"norm"}


def test_a_halt_leaves_the_generation_open_and_is_resumed_from_its_checkpoint(tmp_path: Path):
    folder = tmp_path / ".successor"
    stops = iter([None] * 5 + [Stop("wall_clock", "time is up", needs_human=True)])
    assert climb(folder, halt=lambda: next(stops)) == Stop("wall_clock", "time is up", True)
    ledger = Ledger.read(folder)
    assert kinds(ledger)[-1] == "Stopped"
    assert len(ledger.entries(GenerationOpened)) == 2
    assert len(ledger.entries(GenerationClosed)) == 1
    assert [path.name for path in (folder / "work").iterdir()] == ["1-written-0"]

    rounds: list[float] = []

    def listen(news: Entry[Event] | Progress) -> None:
        if isinstance(news, Progress) and news.stage == "climb":
            rounds.append(news.done)

    with opened(folder) as ledger:
        ledger.listen(listen)
        improve_self(parts(ledger))
    assert rounds[0] > 1
    assert list((folder / "work").iterdir()) == []


def test_an_interruption_inside_of_an_append_loses_no_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Ctrl-C comes after the commit and before memory knows of it."""
    append = EventStore.append

    def interrupted(store: EventStore, rows: Sequence[Row]) -> None:
        append(store, rows)
        if rows[-1].seq == 9:
            raise KeyboardInterrupt

    monkeypatch.setattr(EventStore, "append", interrupted)
    folder = tmp_path / ".successor"
    stop = climb(folder)
    assert stop.base_case == "interrupted"
    assert audit(folder).problem is None
    assert audit(folder).events == 10
    assert kinds(Ledger.read(folder))[-1] == "Stopped"


def test_time_between_sessions_is_not_work(tmp_path: Path):
    folder = tmp_path / ".successor"
    with opened(folder) as ledger:
        ledger.started()
        time.sleep(0.05)
        assert 0.04 < ledger.spent_s() < 5
        ledger.stopped(Stop("goal", "reached"))
        first = ledger.spent_s()
    time.sleep(1)
    with opened(folder) as ledger:
        assert ledger.spent_s() == pytest.approx(first)
        ledger.started()
        time.sleep(0.02)
        ledger.stopped(Stop("goal", "reached"))
        assert first + 0.015 < ledger.spent_s() < first + 0.9
    assert Ledger.read(folder).spent_s() == pytest.approx(ledger.spent_s())


def test_a_killed_session_counts_until_its_last_event(tmp_path: Path):
    folder = tmp_path / ".successor"
    ledger = opened(folder)
    improve_self(parts(ledger))
    time.sleep(0.05)
    running = ledger.spent_s()
    ledger.close()
    entries = ledger.entries()
    killed = Ledger.read(folder).spent_s()
    assert killed == pytest.approx(entries[-1].time - entries[0].time)
    assert killed < running - 0.04


def test_a_killed_session_that_was_seen_to_work_counts_until_then(tmp_path: Path):
    folder = tmp_path / ".successor"
    ledger = opened(folder)
    ledger.metered(lambda: lambda: {"cpu_s": 1.0}, lambda: None)
    improve_self(parts(ledger))
    with suppress(RuntimeError), ledger.generation():
        time.sleep(0.1)
        ledger.show_work()
        raise RuntimeError("killed")
    ledger.close()
    entries = ledger.entries()
    killed = Ledger.read(folder).spent_s()
    assert killed > entries[-1].time - entries[0].time + 0.09
    with opened(folder) as ledger:  # as a person does who signs: nothing is measured then
        ledger.started()
        assert ledger.spent_s() >= killed
        improve_self(parts(ledger))
        worked, ended = ledger.spent_s(), Chronicle(ledger).replay(ledger.entries())
    assert worked - sum(each.seconds for each in ended) < 0.09, "what was killed took longer"
    assert ended[-1].seconds > 0.09


def test_seeds_are_those_of_the_lab_and_the_place(tmp_path: Path):
    (tmp_path / "other").mkdir()
    with opened(tmp_path / ".successor") as ledger, ledger.generation() as step:
        seeds = [step.seed(), step.seed("author", 0), step.seed("author", 1), step.seed("author0")]
        said = sha256(b'[7,0,"author",0]').digest()
        assert step.seed("author", 0) == int.from_bytes(said[:8], "big") >> 11
    with opened(tmp_path / ".successor") as ledger, ledger.generation() as step:
        seeds.append(step.seed("author", 0))
    with opened(tmp_path / "other" / ".successor", seed=8) as ledger, ledger.generation() as step:
        seeds.append(step.seed("author", 0))
    assert len(set(seeds)) == len(seeds)
    assert all(0 <= seed < 2**53 for seed in seeds)


def test_the_same_candidate_is_not_judged_twice_in_a_generation(tmp_path: Path):
    judged: list[int] = []

    class Counting:
        def judge(
            self,
            candidate: Version,
            incumbent: Version,
            record: Record,
            seed: int,
            work: Workspace,
        ) -> Verdict:
            judged.append(1)
            return Comparing(Climbing()).judge(candidate, incumbent, record, seed, work)

    with opened(tmp_path / ".successor") as ledger:
        improve_self(parts(ledger))
        with ledger.generation() as step:
            incumbent = step.incumbent
            assert incumbent is not None
            verdicts = [step.judged(incumbent, incumbent, Counting()) for _ in range(3)]
    assert verdicts[0] == verdicts[1] == verdicts[2]
    assert judged == [1]


class Liar:
    """Hands in what cannot be: each method one thing."""

    def create(self, seed: int, workspace: Workspace) -> Draft:
        return Draft({"vector": "ab" * 32})

    def evaluate_self(self, version: Version, seed: int, workspace: Workspace) -> Exam:
        return Exam("ab" * 32, Draw("training", seed, ()), ())


def test_a_draft_of_objects_that_are_not_there_is_refused(tmp_path: Path):
    with opened(tmp_path / ".successor") as ledger:
        with (
            pytest.raises(SuccessorError, match=r"'subject' named object abab.*not in the store"),
            ledger.generation() as step,
        ):
            step.first(Liar().create)
        assert ledger.entries(Written) == ()


def test_the_exam_of_another_version_is_refused(tmp_path: Path):
    with opened(tmp_path / ".successor") as ledger:
        with (
            pytest.raises(SuccessorError, match="another version"),
            ledger.generation() as step,
        ):
            step.examined(step.first(Climbing().create), Liar().evaluate_self)
        assert ledger.entries(Examined) == ()


def test_a_generation_that_is_over_takes_no_more_steps(tmp_path: Path):
    with opened(tmp_path / ".successor") as ledger:
        with ledger.generation() as step:
            step.first(Climbing().create)
        with pytest.raises(SuccessorError, match="generation 0 is over"):
            step.tried(1)


def test_a_promotion_that_a_kill_left_open_is_closed_by_the_next_session(tmp_path: Path):
    class Killed(BaseException):
        pass

    def kill(news: Entry[Event] | Progress) -> None:
        if isinstance(news, Entry) and isinstance(news.event, Decided) and news.seq > 6:
            raise Killed

    folder = tmp_path / ".successor"
    with opened(folder) as ledger:
        ledger.listen(kill)
        improve_self(parts(ledger))
        with pytest.raises(Killed):
            improve_self(parts(ledger))
    promoted = ledger.decisions()[-1]
    assert promoted.outcome == "promoted"
    assert len(Ledger.read(folder).generations()) == 1
    with opened(folder) as ledger:
        ledger.started()
        assert (
            ledger.generations()[-1]
            == promoted.candidate
            == ledger.lineage(promoted.candidate)[-1].id
        )


def test_a_halt_is_not_swallowed_by_a_careless_except():
    assert not issubclass(Halt, Exception)


def test_a_brief_has_the_judges_reasons_and_what_was_used(tmp_path: Path):
    briefs = list[Brief]()

    class Listening:
        name = "climb"

        def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
            briefs.append(brief)
            return Climber().write(brief, workspace)

    with opened(tmp_path / ".successor", seed=7) as ledger:
        ledger.started()
        run(replace(parts(ledger), author=Listening()))
        reasons = {each.candidate: each.reason for each in ledger.verdicts()}
        used = ledger.used("examples")
    tried = [brief for brief in briefs if brief.tried]
    assert tried
    for brief in tried:
        assert brief.reasons == tuple(reasons[version.id] for version in brief.tried)
    handed = [float(brief.used["examples"]) for brief in briefs]
    assert handed[0] == 0
    assert handed == sorted(handed)
    assert used >= handed[-1] > handed[0]


def test_what_an_author_spent_in_vain_is_on_record(tmp_path: Path):
    class Vain:
        name = "vain"

        def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
            return Draft({}, {"calls": 3})

    with opened(tmp_path / ".successor") as ledger:
        ledger.started()
        run(replace(parts(ledger), author=Vain()))
        written = [entry.event for entry in ledger.entries(Written)]
        assert {each.version for each in written[1:]} == {None}
        assert ledger.used("calls") == 3 * len(written[1:]) > 0

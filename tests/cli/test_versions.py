"""What changed from one version to another, and putting one back."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest

from cli.commands import Run, change
from successor import load

FIELDS = {"since", "until", "files", "promotions", "candidates", "evaluations", "seconds"}


def record(improved: Path) -> Path:
    return improved / ".successor-labs" / "total.total"


def name(improved: Path) -> str:
    return f"{improved / 'total.py'}:total"


def test_diff_tells_what_changed_why_and_at_what_cost(improved: Path, run: Run):
    for lab in (name(improved), record(improved)):
        shown = run("diff", lab)
        assert shown.code == 0
        assert not shown.err
        assert "-    result = 0\n" in shown.out
        assert "+    result = sum(xs)\n" in shown.out
        assert "Why: better: size " in shown.out
        assert "Cost of the lab so far: " in shown.out


def test_diff_as_json(improved: Path, run: Run):
    (told,) = run("diff", name(improved), "--json").lines
    assert set(told) == FIELDS
    assert "sum(xs)" in json.dumps(told["files"])
    assert len(told["promotions"]) == 1
    assert told["candidates"] >= 1
    assert told["seconds"] > 0


def test_diff_between_named_versions(improved: Path, run: Run):
    (told,) = run("diff", name(improved), "--json").lines
    old, new = told["since"], told["until"]
    (back,) = run("diff", name(improved), new[:12], old, "--json").lines
    assert (back["since"], back["until"], back["promotions"]) == (new, old, [])
    same = run("diff", name(improved), new)
    assert same.out.startswith("No difference.\nCost of the lab so far: ")
    assert "Why" not in same.out
    unknown = run("diff", name(improved), "0000")
    assert unknown.code == 2
    assert unknown.err.count("\n") <= 2


def test_diff_of_what_never_ran(lab: Path, tmp_path: Path, run: Run):
    assert run("diff", lab).code == 2
    assert "no such folder" in run("diff", tmp_path / "gone").err
    assert "name a function in it" in run("diff", tmp_path / "gone.py").err


def test_diff_of_versions_that_are_no_text(lab: Path, run: Run):
    assert run("improve", lab, "--quiet").code == 0
    shown = run("diff", lab)
    assert shown.code == 0
    assert "ability" in shown.out
    assert shown.out.count("Why: ") == 2


def test_rollback_puts_the_version_before_in_charge(improved: Path, run: Run):
    (told,) = run("diff", name(improved), "--json").lines
    back = run("rollback", name(improved), "--reason", "wrong in May")
    assert back.code == 0
    said = f"{told['since'][:8]} is in charge; {told['until'][:8]} gave way."
    assert back.out == f"{said} Nobody builds on it: 1 version revoked.\n"
    assert run("status", name(improved), "--json").lines[0]["incumbent"] == told["since"]
    assert "sum(xs)" not in (improved / "total.py").read_text("utf-8")
    refused = run("rollback", name(improved))
    assert refused.code == 2
    assert "no version was in charge before" in refused.err
    (forth,) = run("rollback", name(improved), "--to", told["until"][:8], "--json").lines
    assert forth["version"] == told["until"]
    assert forth["gave_way"] == told["since"]
    assert len(forth["ledger_head"]) == 64
    assert run("audit", name(improved)).code == 0


def test_a_version_that_is_written_again_after_a_rollback_counts_once(lab: Path, run: Run):
    assert run("improve", lab, "--generations", "3", "--quiet").code == 0
    before = run("status", lab, "--json").lines[0]["versions"]
    assert run("rollback", lab).code == 0
    assert run("improve", lab, "--generations", "4", "--quiet").code == 0
    assert run("status", lab, "--json").lines[0]["versions"] == before


def test_rollback_writes_the_file_when_it_is_asked_to(improved: Path, run: Run):
    path = improved / "total.py"
    original = path.read_text("utf-8")
    written = run("improve", name(improved), "--write")
    assert written.code == 0
    assert (
        f"Written to {path}; undo it with: successor rollback {path}:total --write" in written.err
    )
    assert "sum(xs)" in path.read_text("utf-8")
    assert run("rollback", name(improved), "--write").code == 0
    assert path.read_text("utf-8") == original


def test_a_file_that_holds_what_was_revoked_is_told(improved: Path, run: Run):
    path, lab = improved / "total.py", name(improved)
    original = path.read_text("utf-8")
    (told,) = run("diff", lab, "--json").lines
    assert run("rollback", lab).err == ""
    assert run("status", lab, "--json").lines[0]["revoked_in_file"] is None
    assert "still holds" not in run("status", lab).out
    assert run("rollback", lab, "--to", told["until"][:8], "--write").code == 0
    revoked = path.read_text("utf-8")
    assert "sum(xs)" in revoked
    old, new = told["since"][:8], told["until"][:8]
    put = f"successor rollback {lab} --to {old} --write"
    said = f"{path} still holds {new}, which is revoked; put {old} there with: {put}\n"
    assert run("rollback", lab).err == said
    assert said in run("status", lab).out + "\n"
    assert run("status", lab, "--json").lines[0]["revoked_in_file"] == told["until"]
    back = run("rollback", lab, "--to", old, "--write")
    assert (back.code, back.out) == (0, f"{old} is in charge already; {path} holds it now.\n")
    assert path.read_text("utf-8") == original
    (again,) = run("rollback", lab, "--to", old, "--write", "--json").lines
    assert (again["version"], again["gave_way"]) == (told["since"], None)
    assert again["ledger_head"] == run("status", lab, "--json").lines[0]["ledger_head"]
    assert run("status", lab, "--json").lines[0]["revoked_in_file"] is None
    path.write_text(revoked, "utf-8")
    assert f"{path} still holds {new}, which is revoked; put " in run("improve", lab).err
    path.unlink()
    assert run("status", lab).code == 0


def test_rollback_leaves_the_record_alone_when_the_file_is_another(improved: Path, run: Run):
    path = improved / "total.py"
    path.write_text(path.read_text("utf-8") + "\n", encoding="utf-8")
    before = run("status", name(improved), "--json").lines[0]["ledger_head"]
    refused = run("rollback", name(improved), "--write")
    assert refused.code == 2
    assert "changed since its lab began" in refused.err
    assert run("status", name(improved), "--json").lines[0]["ledger_head"] == before


def test_rollback_of_a_lab_that_is_no_function(lab: Path, run: Run):
    assert run("improve", lab, "--quiet").code == 0
    assert "--write is for functions" in run("rollback", lab, "--write").err
    ended = run("status", lab, "--json").lines[0]["incumbent"]
    (back,) = run("rollback", lab, "--json").lines
    assert back["gave_way"] == ended
    assert run("status", lab, "--json").lines[0]["incumbent"] == back["version"]


def test_after_a_rollback_status_says_so_and_improving_goes_on_from_there(lab: Path, run: Run):
    assert run("improve", lab, "--quiet").code == 0
    (back,) = run("rollback", lab, "--json").lines
    told = run("status", lab)
    assert f"state        rolled back to {back['version'][:8]}: improve it again" in told.out
    (found,) = run("status", lab, "--json").lines
    assert (found["rolled_back"], found["stopped_by"]) == (back["version"], None)
    again, *_ = run("improve", lab, "--json").lines
    assert (again["generation"], again["decision"]) == (3, "rejected")
    assert (again["version"], again["parent"]) == (back["gave_way"], back["version"])
    assert again["reason"] == "holds what was rolled back before"
    (found,) = run("status", lab, "--json").lines
    assert (found["rolled_back"], found["incumbent"]) == (None, back["version"])


def test_a_rollback_after_the_last_generation_allowed_says_what_to_raise(lab: Path, run: Run):
    assert run("improve", lab, "--generations", "2", "--quiet").code == 0
    (back,) = run("rollback", lab, "--json").lines
    stopped = run("improve", lab, "--generations", "2")
    assert "To go on, raise --generations; " in stopped.err
    (found,) = run("status", lab, "--json").lines
    assert (found["rolled_back"], found["stopped_by"]) == (back["version"], "generations")


def test_a_generation_that_a_rollback_cut_off_says_so(lab: Path, run: Run):
    assert run("improve", lab, "--quiet").code == 0
    with load(lab) as opened:
        opened.parts.ledger.started()
        with suppress(KeyboardInterrupt), opened.parts.ledger.generation():
            raise KeyboardInterrupt
    assert run("rollback", lab).code == 0
    (found,) = run("lineage", lab, "--json").lines
    last = found["generations"][-1]
    assert (last["decision"], last["reason"]) == ("no candidate", "given up by a rollback")


@pytest.mark.parametrize("to", ["0000", "not a version", ""])
def test_rollback_to_nothing_is_refused(improved: Path, run: Run, to: str):
    refused = run("rollback", name(improved), "--to", to)
    assert refused.code == 2
    assert refused.err.count("\n") <= 2


def test_rollback_of_a_lab_that_never_ran_begins_no_record(lab: Path, run: Run):
    found = run("rollback", lab)
    assert (found.code, len(found.err.splitlines())) == (2, 1)
    assert "nothing is on record" in found.err
    assert not (lab / ".successor").exists()


def test_a_stop_says_what_lifts_it(lab: Path, run: Run):
    change(lab, 'wall_clock = "1m"', 'disk = "1kB"')
    stopped = run("improve", lab)
    assert "Stopped by its disk" in stopped.err
    assert "To go on, raise disk in [base_cases] of successor.toml" in stopped.err
    assert "--budget" not in stopped.err

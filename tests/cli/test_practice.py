"""A tripwire is practised in a lab like one's own, which is left as it is."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from cli.commands import Run
from cli.test_json_docs import assert_fits, documented
from successor.cheats.practice import practice
from successor.cheats.sabotage import KIND, forgotten
from successor.errors import UsageError
from successor.ledger import Ledger

pytestmark = pytest.mark.usefixtures("keys")

LAB = """\
[author]  # whoever
kind = "search"
authors = ["rewrite"]
[author.rewrite]
attempts = 2

[lab]
goal = "smaller"
[subject]
kind = "program"
target = "total.py:total"
tests = ["test_total.py"]
sizes = [4, 8]
[judge]
kind = "race"
[ base_cases ]
generations = 3
"""
PROGRAM = """\
def total(n: int) -> int:
    found = 0
    for each in range(n):
        found = found + each
    return found
"""
TESTS = "from total import total\n\ndef test_total():\n    assert total(4) == 6\n"
WITNESSES = 'witnesses = [\n  "../heads",  # elsewhere\n]\n'


@pytest.fixture
def mine(tmp_path: Path, run: Run) -> Path:
    """A lab of two people with a witness and something of a record."""
    folder = tmp_path / "mine"
    (folder / ".successor-1").mkdir(parents=True)
    for name, text in (("successor.toml", LAB), ("total.py", PROGRAM), ("test_total.py", TESTS)):
        (folder / name).write_text(text, "utf-8")
    (folder / "STOP").touch()
    assert run("policy", "init", folder, "ada", "bob", "--stage", "4").code == 0
    policy = folder / "policy.toml"
    policy.write_text(WITNESSES + policy.read_text("utf-8"), "utf-8")
    return folder


def everything(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_a_person_sees_quarantine_a_lowered_stage_and_raises_it(
    mine: Path, run: Run, tmp_path: Path
) -> None:
    before, into = everything(mine), tmp_path / "practice"
    told = run("drill", "--tripwire", mine, "--into", into)
    assert told.code == 0
    for name in ("ada", "bob"):
        assert f"successor policy sign {into} --key {name}" in told.out
        assert f"successor resume {into} --reason TEXT --key {name}" in told.out
    assert {*everything(into)} == {*before} - {"STOP"}
    assert tomllib.loads((into / "successor.toml").read_text("utf-8")) == {
        **tomllib.loads(LAB),
        "author": {"kind": KIND},
    }
    assert "witnesses" not in tomllib.loads((into / "policy.toml").read_text("utf-8"))
    for name in ("ada", "bob"):
        assert run("policy", "sign", into, "--key", name).code == 0
    assert run("improve", into, "--quiet").code == 3
    (status,) = run("status", into, "--json").lines
    assert (status["stage"], status["stopped_by"]) == (3, "planted")
    assert [each["act"] for each in status["signatures"]] == ["raise"]
    assert "decided      tripwires" in run("policy", "explain", into).out
    assert run("improve", into, "--quiet").code == 3, "whenever it is taken up"
    assert run("resume", into, "--reason", "seen", "--key", "ada").code == 3
    assert run("resume", into, "--reason", "seen", "--key", "bob").code == 0
    assert run("improve", into, "--quiet").code == 0, "it is sabotaged once, not in each generation"
    assert run("audit", into).code == 0
    with Ledger.read(into / ".successor") as ledger:
        assert [each.outcome for each in ledger.decisions()] == ["promoted", "quarantined"]
    assert everything(mine) == before
    assert not (tmp_path / "heads").exists()


def test_what_cannot_be_practised_is_refused_in_a_line(
    mine: Path, lab: Path, run: Run, tmp_path: Path
) -> None:
    before = everything(mine)
    for into, why in ((tmp_path, "is there already"), (mine / "within", "is within the lab")):
        refused = run("drill", "--tripwire", mine, "--into", into)
        assert (refused.code, refused.err.count("\n"), why in refused.err) == (2, 1, True)
    assert run("drill", "--tripwire", mine).code == 2
    assert run("drill", "--into", tmp_path / "other").code == 2
    (told,) = run("drill", "--tripwire", lab, "--into", tmp_path / "other", "--json").lines
    assert_fits(told, documented("`successor drill --tripwire LAB --into FOLDER --json`"))
    refused = run("improve", tmp_path / "other")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "nothing is known that sets off a tripwire of such a subject" in refused.err
    assert everything(mine) == before


@pytest.mark.parametrize(
    "text",
    [
        LAB.replace('[author]  # whoever\nkind = "search"', 'author.kind = "search"\n[author.x]'),
        'author = { kind = "rewrite" }\n' + LAB[LAB.index("[lab]") :],
    ],
)
def test_a_file_that_cannot_be_rewritten_safely_is_left_alone(
    mine: Path, tmp_path: Path, text: str
) -> None:
    (mine / "successor.toml").write_text(text, "utf-8")
    with pytest.raises(UsageError):
        practice(mine, tmp_path / "practice")
    assert not (tmp_path / "practice").exists()


def test_a_model_forgets_everything_and_can_still_be_read() -> None:
    head = b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
    weights = len(head).to_bytes(8, "little") + head + b"\x01" * 8
    assert forgotten(weights) == weights[:-8] + bytes(8)

"""`--author` and `--allow`: who writes, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from authors.agents.acting import acting
from cli.commands import Run
from successor import labfile
from sums import FAST, SLOW

WRITE = acting(f"open('sums.py', 'w').write({FAST!r})")
SCRIPT = """\
[lab]
goal = "lower size"
[subject]
kind = "program"
target = "notes.txt"
evaluator = ["python3", "evaluate.py"]
metric = "size"
[author]
kind = "rewrite"
[judge]
kind = "race"
[base_cases]
generations = 2
"""


@pytest.fixture
def sums(tmp_path: Path) -> str:
    (tmp_path / "sums.py").write_text(SLOW)
    return f"{tmp_path / 'sums.py'}:total"


def author_in(target: str) -> dict[str, object]:
    path = Path(target.partition(":")[0])
    lab = labfile.read(path.parent / ".successor-labs" / "sums.total")
    return {"kind": lab.author.kind, **lab.author.settings}


def test_a_command_writes_the_successor_of_a_function(run: Run, sums: str):
    line, long = f"command: {WRITE}", ("--budget", "2h")  # of a busy machine
    done = run("improve", sums, "--author", line, "--generations", 2, "--json", *long)
    assert done.code == 0, done.err
    assert done.lines[1]["decision"] == "promoted", done.err
    assert "sum(values)" in done.err
    assert author_in(sums) == {"kind": "agent", "command": WRITE}
    assert run("improve", sums, "--generations", 2, "-q", *long).code == 0  # as it began
    other = run("improve", sums, "--author", "rewrite")
    assert (other.code, "author agent" in other.err) == (2, True)


def test_what_the_command_may_reach_is_in_the_lab(
    run: Run, sums: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    tools = tmp_path.parent / f"{tmp_path.name}-tools"
    tools.mkdir(mode=0o755)
    allowed = ("--allow", "network", "--allow", f"mount:{tools}", "--allow", "env:NOT_SET_HERE")
    refused = run("improve", sums, "--author", "command: true", *allowed)
    assert (refused.code, "is not set" in refused.err) == (2, True)
    monkeypatch.setenv("NOT_SET_HERE", "now it is")
    done = run("improve", sums, "--author", "command: true", *allowed, "--budget", "1s", "--quiet")
    assert done.code == 0, done.err
    assert author_in(sums) == {
        "kind": "agent",
        "command": "true",
        "network": True,
        "mount": [str(tools)],
        "environment": ["NOT_SET_HERE"],
    }


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--author", "rewrit"], "did you mean 'rewrite'"),
        (["--author", "command:"], "at least 1 character"),
        (["--author", "command: 'x"], "no closing quotation"),
        (["--author", "rewrite", "--allow", "network"], "--allow is for"),
        (["--allow", "network"], "--allow is for"),
        (["--author", "command: x", "--allow", "everything"], "should be network"),
        (["--author", "command: x", "--allow", "env:A B"], "environment"),
        (["--author", "command: no-such-agent"], "no 'no-such-agent' in the sandbox"),
        (["--author", "llm"], "models"),
    ],
)
def test_a_mistake_is_told(run: Run, sums: str, options: list[str], why: str):
    done = run("improve", sums, *options)
    assert (done.code, why in done.err) == (2, True), done.err
    assert not (Path(sums).parent / ".successor-labs" / "sums.total" / ".successor").exists()


def test_a_registered_author_takes_the_place_of_the_lab_s(run: Run, tmp_path: Path):
    lab = tmp_path / "lab"
    lab.mkdir()
    (lab / "notes.txt").write_text("one two three four five\n" * 20)
    (lab / "evaluate.py").write_text(
        "import json; print(json.dumps({'size': len(open('notes.txt').read())}))"
    )
    (lab / "successor.toml").write_text(
        SCRIPT.replace('"rewrite"', '"search"\nauthors = ["rewrite"]')
    )
    shorten = "open('notes.txt', 'w').write('one\\n')"
    line = f"command: {acting(shorten)}"
    done = run("improve", lab, "--author", line, "--json")
    assert done.code == 0, done.err
    assert done.lines[1]["decision"] == "promoted", done


def test_what_an_agent_came_to_is_told(run: Run, sums: str):
    line = "command: " + acting("import sys; sys.exit('no idea')")
    done = run("improve", sums, "--author", line, "--generations", 2, "--json")
    assert done.lines[1]["decision"] == "no candidate"
    assert done.lines[1]["reason"] == "the agent ended with 1: no idea"
    assert "s: the agent ended with 1: no idea\n" in done.err
    assert json.loads(run("status", sums, "--json").out)

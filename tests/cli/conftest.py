from __future__ import annotations

from pathlib import Path

import pytest

from cli.commands import Outcome, Run, change, make_lab
from successor.cli import run_command


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    return make_lab(tmp_path / "lab")


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    def command(*arguments: str | Path) -> Outcome:
        capfd.readouterr()
        code = run_command([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return Outcome(code, out, err)

    return command


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of three people, none of the user's own beside them."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("ada", "bob", "eve"):
        assert run_command(["keys", "new", name, "--no-passphrase"]) == 0


@pytest.fixture
def guarded(lab: Path, run: Run) -> Path:
    """A lab at stage 3 whose people are ada and bob; nobody has signed yet. Needs `keys`."""
    change(lab, "[lab]", "[lab]\nstage = 3")
    assert run("policy", "init", lab, "ada", "bob").code == 0
    return lab


@pytest.fixture
def in_force(guarded: Path, run: Run) -> Path:
    partly = run("policy", "sign", guarded, "--key", "ada")
    assert partly.code == 0, "it was taken"
    assert "Signed by ada; 1 more must." in partly.out
    assert run("policy", "check", guarded).code == 3
    assert run("policy", "sign", guarded, "--key", "bob").code == 0
    return guarded

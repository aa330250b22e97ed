"""What is no regular file neither blocks nor fills the memory of whoever reads it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cli.commands import Run, change
from successor.oversight import stopfile

KINDS = ["fifo", "endless", "full", "folder", "huge"]
pytestmark = pytest.mark.timeout(120)  # what blocks fails


def put(path: Path, kind: str) -> None:
    match kind:
        case "fifo":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "huge":
            path.touch()
            os.truncate(path, 1 << 40)
        case _:
            path.symlink_to("/dev/zero" if kind == "endless" else "/dev/full")


@pytest.mark.parametrize("kind", KINDS)
def test_a_policy_is_a_regular_file(lab: Path, run: Run, kind: str) -> None:
    put(lab / "policy.toml", kind)
    for verb in (("policy", "check"), ("improve", "--quiet")):
        told = run(*verb, lab)
        assert (told.code, len(told.err.splitlines())) == (2, 1)
        assert "policy.toml: cannot be read" in told.err
    assert run("stop", lab).code == 0


def test_a_stop_is_on_record_in_spite_of_such_a_policy(lab: Path, run: Run) -> None:
    assert run("improve", lab, "--quiet", "--generations", "1").code == 0
    put(lab / "policy.toml", "fifo")
    (told,) = run("stop", lab, "--json").lines
    assert told["recorded"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_lab_file_is_a_regular_file(lab: Path, run: Run, kind: str) -> None:
    (lab / "successor.toml").unlink()
    put(lab / "successor.toml", kind)
    assert run("improve", lab).code == 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_witness_is_a_regular_file(lab: Path, run: Run, tmp_path: Path, kind: str) -> None:
    assert run("improve", lab, "--quiet", "--generations", "1").code == 0
    witness = tmp_path / "heads"
    put(witness, kind)
    for verb in (("head", lab, "--to"), ("audit", lab, "--witness")):
        told = run(*verb, witness)
        assert told.code == 2
        assert str(witness) in told.err
    (lab / "policy.toml").write_text(f'witnesses = ["{witness}"]\n')
    change(lab, "generations = 9", "generations = 2")
    assert run("improve", lab, "--quiet").code == 2


def test_a_sign_of_life_is_a_regular_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "alive")
    assert stopfile.life(tmp_path) is None

"""The public face: what it names, how quickly it is there, and that it closes the loop."""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path

import pytest

import successor
from cli.commands import change, make_lab

HEAVY = ("numpy", "pydantic", "rich", "scipy", "torch")


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    return make_lab(tmp_path / "lab")


def test_all_names_what_is_there():
    assert successor.__all__ == sorted(successor.__all__)
    for name in successor.__all__:
        assert getattr(successor, name).__name__ == name
    assert set(successor.__all__) <= set(dir(successor))
    with pytest.raises(AttributeError, match="no attribute 'improve_others'"):
        _ = successor.improve_others  # pyright: ignore - it is not there


def test_the_import_is_quick_and_brings_nothing_heavy():
    code = f"import sys, successor; print([m for m in {HEAVY} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert found.stdout.strip() == b"[]"
    timed = "import time; t = time.perf_counter(); import successor; print(time.perf_counter() - t)"
    seconds = [
        float(subprocess.run([sys.executable, "-c", timed], capture_output=True, check=True).stdout)
        for _ in range(3)
    ]
    assert statistics.median(seconds) < 0.3


def test_help_brings_neither_torch_nor_scipy():
    code = (
        "import sys\nfrom successor.cli import run_command\nrun_command(['improve', '--help'])\n"
        "print([m for m in ('torch', 'scipy', 'pydantic') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert found.stdout.splitlines()[-1] == b"[]"


def test_the_successor_improves_itself(lab: Path):
    with successor.load(lab) as v0:
        assert v0.version is None
        v1 = successor.improve_self(v0)
        v2 = successor.improve_self(v1)
        assert v1.version is not None
        assert v2.version is not None
        assert v2.version.parents == (v1.version.id,)
        assert v0.version is None
        v3 = successor.improve_self(v2)
        v4 = successor.improve_self(v3)
        assert v3.stop is None
        assert v4.stop is not None
        assert v4.stop.base_case == "target"
        assert v4.version == v3.version
        size = v4.parts.ledger.head.size
        assert successor.improve_self(v4) is v4
        assert v4.parts.ledger.head.size == size


def test_a_generation_without_a_promotion_returns_the_same_version(lab: Path):
    change(lab, "ability = 4", "ability = 1024")
    change(lab, "=16", "=4096")
    with successor.load(lab) as first:
        second = successor.improve_self(first)
        assert successor.improve_self(second).version == second.version


def test_run_goes_on_to_the_base_case(lab: Path):
    with successor.load(str(lab)) as loaded:
        assert successor.run(loaded).base_case == "target"
    with successor.load(lab) as again:
        assert again.version is not None


def test_running_out_of_time_in_the_middle_of_a_generation_comes_back_as_a_stop(lab: Path):
    change(lab, 'kind = "tiny.py:author"', 'kind = "tiny.py:author"\npause_s = 1.0')
    change(lab, '"1m"', '"0.3s"')
    with successor.load(lab) as v0:
        v1 = successor.improve_self(v0)
        v2 = successor.improve_self(v1)
        assert v2.stop is not None
        assert v2.stop.base_case == "wall_clock"
        assert v2.version == v1.version


def test_a_lab_is_in_use_until_it_is_closed(lab: Path):
    first = successor.load(lab)
    with pytest.raises(successor.UsageError, match="in use"):
        successor.load(lab)
    first.close()
    successor.load(lab).close()

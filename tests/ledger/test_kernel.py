from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import successor.types
from successor.ledger import Judged, Ledger, SessionStarted
from successor.ledger.kernel import kernel_digest

PACKAGE = Path(successor.types.__file__).parent
SWAP = """
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from ledger.climber import *
from successor.errors import SuccessorError
import successor.types

@dataclass(frozen=True)
class Swapping:
    inner: Comparing
    def judge(self, candidate, incumbent, record, seed, work):
        verdict = self.inner.judge(candidate, incumbent, record, seed, work)
        if len(record.verdicts()) == 1:
            package = Path(successor.types.__file__).parent
            (package / "judge" / "lenient.py").write_text("ALWAYS = 'better'")
        return verdict

with Ledger.open(Path(sys.argv[1]), settings={}, seed=7) as ledger:
    lab = parts(ledger)
    try:
        run(replace(lab, judge=Swapping(lab.judge)))
    except SuccessorError as error:
        print(error)
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package that a test may change."""
    skip = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(PACKAGE, tmp_path / "lib" / "successor", ignore=skip))


def test_a_kernel_swapped_during_a_run_gives_no_verdict(tmp_path: Path, package: Path):
    lab = tmp_path / ".successor"
    paths = (str(package.parent), str(Path(__file__).parent.parent))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", SWAP, str(lab)]
    first = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "were changed while they ran" in first.stdout
    ledger = Ledger.read(lab)
    assert len(ledger.verdicts()) == 1
    started, judged = ledger.entries(SessionStarted)[-1], ledger.entries(Judged)[-1]
    assert judged.event.kernel == started.event.kernel
    assert len(ledger.generations()) == 2

    again = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert again.stdout == ""
    ledger = Ledger.read(lab)
    kernels = [entry.event.kernel for entry in ledger.entries(SessionStarted)]
    assert kernels[0] != kernels[1] == ledger.entries(Judged)[-1].event.kernel


@pytest.mark.parametrize("part", ["types.py", "loop.py", "errors.py", "ledger/steps.py"])
def test_a_changed_byte_of_the_kernel_changes_its_digest(package: Path, part: str):
    before = kernel_digest(package)
    with (package / part).open("a") as file:
        file.write(" ")
    assert kernel_digest(package) != before


def test_files_outside_of_the_kernel_do_not_count(package: Path):
    before = kernel_digest(package)
    (package / "authors" / "another.py").write_text("")
    assert kernel_digest(package) == before
    (package / "oversight" / "another.py").write_text("")
    added = kernel_digest(package)
    (package / "oversight" / "another.py").rename(package / "oversight" / "renamed.py")
    assert len({before, added, kernel_digest(package)}) == 3

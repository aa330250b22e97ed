from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from disks import mounted
from improved import TEST_TOTAL, TOTAL, imported


@pytest.fixture(scope="session")
def total_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made by one run, which takes seconds; tests get copies of it."""
    folder = tmp_path_factory.mktemp("improved")
    (folder / "total.py").write_text(TOTAL, encoding="utf-8")
    (folder / "test_total.py").write_text(TEST_TOTAL, encoding="utf-8")
    with imported(folder) as module:
        module.total.improve()
    return folder


@pytest.fixture
def improved(total_once: Path, tmp_path: Path) -> Path:
    """The folder of a function of which a run has promoted a successor."""
    return Path(shutil.copytree(total_once, tmp_path / "improved"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder with room for 1 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not mounted(folder, "size=1m"):
        pytest.skip("mounting a file system takes a privilege that is missing here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

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

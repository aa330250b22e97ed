from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ledger.climber import climb


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record that nobody may change; take a copy."""
    folder = tmp_path_factory.mktemp("finished") / ".successor"
    climb(folder)
    return folder


@pytest.fixture
def folder(finished_run: Path, tmp_path: Path) -> Path:
    """A record of one's own."""
    return Path(shutil.copytree(finished_run, tmp_path / ".successor"))

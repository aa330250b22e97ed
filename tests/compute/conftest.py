from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def errands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers find the module of that name."""
    root = Path(__file__).parents[2]
    monkeypatch.setenv("PYTHONPATH", f"{root / 'src'}:{Path(__file__).parent}")

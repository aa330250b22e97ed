"""The lab of climb.py, and what came of it."""

from __future__ import annotations

import shutil
from pathlib import Path

from successor.ledger import Ledger

HERE = Path(__file__).parent
FILE = """\
[lab]
goal = "higher"

[subject]
kind = "climb.py:subject"
item_s = {item_s:.6f}

[author]
kind = "climb.py:author"

[base_cases]
generations = {generations}
"""


def climbing(folder: Path, item_s: float = 0.0, generations: int = 4) -> Path:
    folder.mkdir(parents=True)
    shutil.copyfile(HERE / "climb.py", folder / "climb.py")
    (folder / "successor.toml").write_text(FILE.format(item_s=item_s, generations=generations))
    return folder


def lineage(folder: Path) -> list[str]:
    with Ledger.read(folder / ".successor") as ledger:
        incumbent = ledger.incumbent()
        assert incumbent is not None
        return [each.id for each in ledger.lineage(incumbent.id)]


def verdicts(folder: Path) -> list[tuple[str, str, float, int]]:
    with Ledger.read(folder / ".successor") as ledger:
        return [(v.candidate, v.outcome, v.e_value, v.items) for v in ledger.verdicts()]

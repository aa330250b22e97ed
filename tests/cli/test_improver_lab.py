"""Improvers in a lab, with the real judge: the better one takes over, is judged again elsewhere and
can be taken back; what may change its seed alone never takes over.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cli.commands import Run
from successor.ledger import Ledger

SEED = Path(__file__).parents[2] / "examples" / "improver" / "improver.py"
SOURCE = SEED.read_text("utf-8")
LAB = """\
[lab]
goal = "cheap candidates soon"
[subject]
kind = "improver"
target = "improver.py"
evaluations = 150
screen_items = 4
[author]
kind = "{author}"
{more}
[judge]
kind = "race"
effect = 0.02
per_node = 0.0003
margin = 0.03
items = {items}
[base_cases]
generations = 2
"""
KNOWN = """\
from pathlib import Path
from successor.types import Draft

class Known:
    name = "known"

    def write(self, brief, workspace):
        texts = [Path(__file__).with_name(name) for name in ("lucky.py", "better.py")]
        if brief.generation > 1 or len(brief.tried) >= len(texts):
            return None
        data = texts[len(brief.tried)].read_bytes()
        return Draft({**brief.lineage[-1].files, "improver.py": workspace.write(data)})

def known(settings, subject):
    return Known()
"""


def lab_of(folder: Path, source: str, author: str, items: int, more: str = "") -> Path:
    folder.mkdir()
    (folder / "improver.py").write_text(source, encoding="utf-8")
    told = LAB.format(author=author, items=items, more=more)
    (folder / "successor.toml").write_text(told, encoding="utf-8")
    return folder


@pytest.mark.slow
def test_a_better_one_takes_over_is_judged_again_elsewhere_and_taken_back(
    tmp_path: Path, run: Run
) -> None:
    lab = lab_of(tmp_path / "lab", SOURCE, "author.py:known", 900)
    (lab / "author.py").write_text(KNOWN, encoding="utf-8")
    lucky = SOURCE.replace("Random(task.seed)", "Random(task.seed + 1)")
    (lab / "lucky.py").write_text(lucky, encoding="utf-8")
    better = (
        SOURCE.replace("TOGETHER = 10", "TOGETHER = 2")
        .replace("RESTART = 0.2", "RESTART = 0.0")
        .replace("SHARE = 0.5", "SHARE = 0.3")
    )
    (lab / "better.py").write_text(better, encoding="utf-8")
    assert run("improve", lab, "--quiet").code == 0
    first, second = run("lineage", lab, "--json").lines[0]["lineage"]
    assert (second["decision"], second["author"]) == ("promoted", "known")
    ledger = Ledger.read(lab / ".successor")
    outcomes = [each.outcome for each in ledger.verdicts()]
    assert len(outcomes) == 2
    assert outcomes[0] != "better", "another seed"
    assert ledger.object(ledger.version(second["version"]).files["improver.py"]).decode() == better

    copied = tmp_path / "elsewhere"
    shutil.copytree(lab / ".successor", copied / ".successor")
    again = run("replay", copied, "--json").lines[0]
    assert (again["outcome"], again["identical"]) == ("better", True)

    back = run("rollback", lab, "--to", first["version"][:12], "--reason", "tried")
    assert back.code == 0, back.err
    assert [each["version"] for each in run("lineage", lab, "--json").lines[0]["lineage"]] == [
        first["version"]
    ]
    assert run("audit", lab).code == 0


@pytest.mark.slow
@pytest.mark.parametrize("author", ["tune", "itself"])
def test_what_may_change_its_seed_alone_never_takes_over(
    tmp_path: Path, run: Run, author: str
) -> None:
    """The luckiest of many seeds on the tasks that authors see is no better on the judge's."""
    source = SOURCE.replace("import random\n", "import random\n\nLUCK = 1000\n", 1)
    source = source.replace("Random(task.seed)", "Random(task.seed + LUCK)")
    fenced = "# EVOLVE-BLOCK-START\nLUCK = 1000\n# EVOLVE-BLOCK-END\n"
    fenced = source.replace("LUCK = 1000\n", fenced)
    more = "evaluations = 24\nleast = 0.001\nattempts = 2\n"
    lab = lab_of(tmp_path / "lab", fenced, author, 300, more)
    assert run("improve", lab, "--quiet").code == 0
    found = Ledger.read(lab / ".successor")
    assert found.verdicts(), "seeds that looked lucky were handed in"
    assert all(each.outcome != "better" for each in found.verdicts())
    assert len(run("lineage", lab, "--json").lines[0]["lineage"]) == 1

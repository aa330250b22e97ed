"""What the documents say is so."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import docs
from successor import errors, labfile
from successor.cli import cli
from successor.cli.interrupt import EXIT_INTERRUPTED, EXIT_TERMINATED

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
README = (ROOT / "README.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TINY = ROOT / "tests" / "cli" / "tiny.py"


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def commands() -> Iterator[tuple[str, list[str]]]:
    """(page, words) of every command in a console block, without its comment."""
    for page in PAGES:
        for block in blocks(page.read_text("utf-8"), "console"):
            for line in block.splitlines():
                if words := shlex.split(line.removeprefix("$ "), comments=True):
                    yield page.name, words


def test_the_readme_starts_with_the_two_commands() -> None:
    first = blocks(README, "console")[0]
    assert [line.split("#")[0].strip() for line in first.splitlines()] == ["make demo", "make test"]
    assert README.index("make demo") < 60


def test_the_readme_can_be_read_in_five_minutes() -> None:
    assert len(README.split()) <= 550


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
        assert target.startswith("https://") or (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_generated_parts_are_as_they_would_be_written(page: Path) -> None:
    text = page.read_text("utf-8")
    assert docs.renewed(text) == text, "run `make docs`"


def test_commands_in_the_documents_exist() -> None:
    # Click remembers how a verb first spelled its help, in whichever test that was.
    spelled = {"help_option_names": cli.context_settings["help_option_names"]}
    for page, (program, *words) in commands():
        match program:
            case "make":
                targets = [word for word in words if "=" not in word]
                assert all(f"\n{target}:" in MAKEFILE for target in targets), f"{page}: {words}"
            case "successor":
                verb = cli.commands[words[0]]
                verb.make_context(words[0], words[1:], parent=click.Context(cli, **spelled))
            case ".":
                assert words == [".venv/bin/activate"], page
            case _:
                assert shutil.which(program), f"{page}: {program}"


def test_python_in_the_documents_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for number, block in enumerate(blocks(README, "python")):
        lab = tmp_path / "examples" / "adder"
        lab.mkdir(parents=True)
        shutil.copy(TINY, lab / "tiny.py")
        (lab / labfile.FILE_NAME).write_text(
            '[lab]\ngoal = "count"\n[subject]\nkind = "tiny.py:subject"\nability = 2\n'
            '[author]\nkind = "tiny.py:author"\n[base_cases]\ngenerations = 3\n',
            encoding="utf-8",
        )
        names: dict[str, object] = {}
        exec(compile(block, f"README.md block {number}", "exec"), names)  # noqa: S102 - our own
        versions = [getattr(names[name], "version", None) for name in ("v1", "v2", "v3")]
        assert versions[0] is None
        assert None not in versions[1:]
        assert versions[1] != versions[2]
        getattr(names["v3"], "close")()  # noqa: B009 - what the block named has no static type


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_labs_in_the_documents_are_labs(page: Path, tmp_path: Path) -> None:
    for block in blocks(page.read_text("utf-8"), "toml"):
        tomllib.loads(block)
        (tmp_path / labfile.FILE_NAME).write_text(block, encoding="utf-8")
        labfile.read(tmp_path)


def test_every_exit_code_is_documented() -> None:
    known = {0, 3, EXIT_INTERRUPTED, EXIT_TERMINATED, 128 + signal.SIGKILL}
    known |= {
        kind.exit_code
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.SuccessorError)
    }
    told = (ROOT / "docs" / "cli.md").read_text("utf-8")
    listed = re.search(r"Exit codes:\n((?: +\d+ .*\n)+)", told)
    assert listed
    assert {int(code) for code in re.findall(r"^ +(\d+) ", listed[1], re.MULTILINE)} == known


def test_the_readme_shows_the_tree_as_it_is() -> None:
    source = ROOT / "src" / "successor"
    rooms = {f"{path.name}/" for path in source.iterdir() if (path / "__init__.py").exists()}
    modules = {path.name for path in source.glob("*.py") if not path.name.startswith("_")}
    tree = blocks(README, "text")[1]
    assert set(re.findall(r"^  ([\w.]+/?) ", tree, re.MULTILINE)) == rooms | modules


def test_every_decision_says_its_downside() -> None:
    notes = sorted((ROOT / "docs" / "decisions").glob("2*.md"))
    assert notes
    for note in notes:
        text = note.read_text("utf-8")
        assert re.fullmatch(r"\d{4}-\d\d-\d\d-[\w-]+", note.stem)
        for part in ("**Context.**", "**Decision.**", "**Downside.**"):
            assert part in text, f"{note.name}: {part}"


def test_papers_lead_to_files_that_exist() -> None:
    index = (ROOT / "docs" / "paper_index.md").read_text("utf-8")
    paths = re.findall(r"`(src/[^`]+)`", index)
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_help_names_the_environment_variable_of_every_option() -> None:
    for verb in cli.commands.values():
        for option in verb.params:
            if isinstance(option, click.Option):
                assert option.show_envvar is option.allow_from_autoenv, f"{verb.name} {option.opts}"


def test_continuous_integration_runs_what_runs_at_home() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text("utf-8").rstrip().endswith("exec make test")

"""`successor authorship`: who wrote what, by the commits of a repository or the record of a lab."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from cli.commands import Run
from cli.test_json_docs import assert_fits, documented
from successor.insight.authorship.kinds import Kind, kind_of

CLAUDE = "Co-authored-by: Claude <noreply@anthropic.com>"
BY_POLICY = (
    "Successor-Version: ab\nSuccessor-Author: llm\nSuccessor-Decided-By: policy, stage 4 (closed)"
)


def git(folder: Path, *words: str, **environment: str) -> None:
    subprocess.run(
        ["git", "-C", folder, "-c", "commit.gpgsign=false", *words],
        check=True,
        capture_output=True,
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, **environment},
    )


def commit(folder: Path, text: str, who: str, day: str, message: str = "Change") -> None:
    (folder / "a.py").write_text(text)
    name, _, mail = who.partition(" <")
    when = f"{day}T12:00:00Z"
    names = {f"GIT_{role}_NAME": name for role in ("AUTHOR", "COMMITTER")}
    mails = {f"GIT_{role}_EMAIL": mail.rstrip(">") for role in ("AUTHOR", "COMMITTER")}
    dates = {f"GIT_{role}_DATE": when for role in ("AUTHOR", "COMMITTER")}
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message, **names, **mails, **dates)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "image.bin").write_bytes(b"\0\1\2" * 100)
    commit(folder, "1\n2\n3\n4\n", "Ada <ada@x.org>", "2025-01-10")
    commit(folder, "1\n2\n3\n4\n5\n6\n", "Ada <ada@x.org>", "2025-01-10", f"Add\n\n{CLAUDE}")
    commit(folder, "1\n2\n3\n4\n5\n6\n7\n", "devin[bot] <1+devin[bot]@x>", "2025-05-01")
    commit(folder, "0\n2\n3\n4\n5\n6\n7\n", "Bob <bob@x.org>", "2025-05-02", f"Up\n\n{BY_POLICY}")
    return folder


def test_changes_and_lines_by_kind(run: Run, repository: Path):
    (told,) = run("authorship", repository, "--json").lines
    schema = documented("`successor authorship PATH --json`")
    assert_fits(told, schema)
    one = {"human": 1, "suggested": 1, "autonomous": 1, "closed loop": 1, "automation": 0}
    assert told["changes"] == one
    assert told["surviving_lines"] == {**one, "human": 3, "suggested": 2}
    assert told["ai_share_of_changes"] == pytest.approx(3 / 4)
    assert told["ai_share_of_surviving_lines"] == pytest.approx(4 / 7)
    assert (told["files_read"], told["files"]) == (1, 1), "what is binary has no lines"
    first, second = told["periods"]
    assert (first["name"], first["person_days"]) == ("2025-Q1", 1)
    assert first["changes_per_person_day"] == 2
    assert (second["person_days"], second["changes_per_person_day"]) == (0, None)


def test_the_warning_is_always_said(run: Run, repository: Path):
    done = run("authorship", repository)
    assert done.code == 0
    assert "almost certainly overstate" in done.out
    assert "75.0%" in done.out


def test_since_and_revision_and_no_time_for_files(run: Run, repository: Path):
    (told,) = run("authorship", repository, "--since", "2025-02-01", "--json").lines
    assert told["changes"]["human"] == 0
    assert told["surviving_lines"]["human"] == 3
    (told,) = run("authorship", repository, "--revision", "HEAD~2", "--json").lines
    assert sum(told["changes"].values()) == 2
    (told,) = run("authorship", repository, "--seconds", "0", "--json").lines
    assert told["ai_share_of_surviving_lines"] is None
    assert "0 of 1 files" in run("authorship", repository, "--seconds", "0").out


def test_a_lab_is_told_by_its_stage(run: Run, lab: Path):
    run("improve", lab, "--quiet")
    (told,) = run("authorship", lab, "--json").lines
    assert_fits(told, documented("`successor authorship LAB --json`"))
    assert told["promotions"]["closed loop"] == run("status", lab, "--json").lines[0]["promotions"]
    assert run("authorship", lab).code == 0


def test_what_is_no_repository_is_named(run: Run, tmp_path: Path, repository: Path):
    (tmp_path / "empty").mkdir()
    git(tmp_path / "empty", "init", "-q")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repository}", "shallow")
    for words, told in (
        ([tmp_path / "no"], "no such folder"),
        ([tmp_path], "no git repository"),
        ([tmp_path / "empty"], "no commit 'HEAD'"),
        ([repository, "--revision", "--all"], "no commit '--all'"),
        ([tmp_path / "shallow"], "a shallow clone"),
    ):
        done = run("authorship", *words)
        assert done.code == 2, words
        assert told in done.err


@pytest.mark.parametrize(
    ("name", "mail", "trailers", "kind"),
    [
        ("Ada", "ada@x.org", {}, "human"),
        ("Claude Dupont", "claude@x.org", {}, "human"),
        ("Ada", "ada@anthropic.com", {}, "human"),
        ("Ada", "a@x", {"co-authored-by": ["Claude Dupont <c@x>"]}, "human"),
        ("Ada", "a@x", {"co-authored-by": ["Claude Opus 4 <c@x>"]}, "suggested"),
        ("Ada", "a@x", {"co-authored-by": ["Copilot <1+Copilot@users.github>"]}, "suggested"),
        ("Ada (aider)", "a@x", {}, "suggested"),
        ("Claude", "noreply@anthropic.com", {}, "autonomous"),
        ("copilot-swe-agent[bot]", "1+copilot-swe-agent[bot]@users", {}, "autonomous"),
        ("dependabot[bot]", "4+dependabot[bot]@users", {}, "automation"),
        ("Ada", "a@x", {"successor-version": ["1"], "successor-author": ["llm"],
                        "successor-decided-by": ["policy, stage 4 (closed)"]}, "closed loop"),
        ("Ada", "a@x", {"successor-version": ["1"], "successor-author": ["llm"],
                        "successor-decided-by": ["ada"]}, "autonomous"),
        ("Ada", "a@x", {"successor-version": ["1"], "successor-author": ["human/ada"]}, "human"),
    ],
)  # fmt: skip
def test_kinds_are_told_by_names_and_trailers(
    name: str, mail: str, trailers: dict[str, list[str]], kind: Kind
):
    assert kind_of(name, mail, trailers) == kind


def test_lines_survive_where_names_of_commits_are_longer(run: Run, tmp_path: Path):
    folder = tmp_path / "sha256"
    folder.mkdir()
    git(folder, "init", "-q", "--object-format=sha256")
    commit(folder, "1\n", "Ada <ada@x.org>", "2025-01-10", f"Add\n\n{CLAUDE}")
    (told,) = run("authorship", folder, "--json").lines
    assert told["surviving_lines"]["suggested"] == 1


def test_a_clone_without_all_objects_says_what_to_do(run: Run, tmp_path: Path, repository: Path):
    git(repository, "config", "uploadpack.allowFilter", "true")
    source = f"file://{repository}"
    git(tmp_path, "clone", "-q", "--bare", "--filter=blob:none", source, "partial")
    done = run("authorship", tmp_path / "partial")
    assert (done.code, "git fetch --refetch" in done.err) == (1, True), done.err


def test_a_picture_has_a_line_for_each_kind(run: Run, lab: Path, repository: Path, tmp_path: Path):
    drawn = tmp_path / "drawn.svg"
    assert run("authorship", repository, "--plot", drawn).code == 0
    assert all(kind in drawn.read_text() for kind in ("human", "suggested", "autonomous"))
    run("improve", lab, "--quiet")
    assert run("authorship", lab, "--plot", drawn).code == 0
    assert "closed loop" in drawn.read_text()

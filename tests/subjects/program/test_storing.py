"""Hypothesis leaves nothing where a user is, and takes nothing from there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis.configuration import storage_directory

import successor
from successor.subjects.program.storing import out_of_the_way

DRAWS = """\
from successor.subjects.program.edges import draw_edges
from successor.subjects.program.kinds import Text
assert len(draw_edges([[Text()]], 50, 20, 3)) > 9
"""


@pytest.mark.parametrize("named", [False, True])
def test_the_folder_of_the_user_stays_as_it_is(tmp_path: Path, *, named: bool):
    here, cache, own = (tmp_path / name for name in ("here", "cache", "own"))
    here.mkdir()
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    environment.pop("HYPOTHESIS_STORAGE_DIRECTORY", None)
    if named:
        environment["HYPOTHESIS_STORAGE_DIRECTORY"] = str(own)
    subprocess.run([sys.executable, "-c", DRAWS], cwd=here, env=environment, check=True)
    assert not [*here.iterdir()]
    assert own.is_dir() is named
    assert (cache / "successor" / "hypothesis").is_dir() is not named


def test_tests_of_a_user_keep_their_examples_where_they_were():
    before = storage_directory(intent_to_write=False).home_directory
    with out_of_the_way():
        assert storage_directory(intent_to_write=False).home_directory.name == "hypothesis"
    assert storage_directory(intent_to_write=False).home_directory == before


DRAWN = """\
import sys
sys.path[:0] = sys.argv[1:]
import successor
assert not sys.argv[1:] or successor.__file__.startswith(sys.argv[1])
from successor.subjects.program.edges import draw_edges
from successor.subjects.program.kinds import Real, Text, Whole
print([draw_edges([[Whole(), Real(), Text()]], 10**9, 100, chance) for chance in range(3)])
"""


def test_what_is_drawn_does_not_depend_on_where_this_program_lies(tmp_path: Path):
    installed = tmp_path / "site-packages"
    installed.mkdir()
    shutil.copytree(Path(successor.__file__).parent, installed / "successor")

    def drawn(*arguments: str) -> str:
        command = [sys.executable, "-c", DRAWN, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert drawn() == drawn(str(installed))

"""Real commands as agents, in the real sandbox: good ones, careless ones and hostile ones."""

from __future__ import annotations

import socket
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from authors.agents.acting import GOOD, SLOW, WRITE_GOOD, author_of, lasts
from authors.workbench import PATH, Desk, brief_of, version_of
from kernel import has_kernel_tier
from successor.authors.agent import AgentAuthor
from successor.authors.agent import running as running_module
from successor.authors.agent.running import OUTPUT_BYTES, TOLD
from successor.errors import Halt, UsageError
from successor.sandbox import SandboxError, open_sandbox
from successor.types import Draft

KEY = "sk-0123456789abcdef"


@pytest.fixture(autouse=True, scope="module")
def bubblewrap() -> None:
    try:
        open_sandbox("bubblewrap").close()
    except SandboxError as error:
        if has_kernel_tier():
            raise  # it comes with the package and needs no more than that tier does
        pytest.skip(str(error))


def written(author: AgentAuthor, desk: Desk | None = None, source: str = SLOW) -> Draft:
    desk = desk or Desk()
    with closing(author):
        draft = author.write(brief_of(version_of(source, desk)), desk)
    assert draft is not None
    return draft


def text_of(draft: Draft, desk: Desk) -> str:
    return desk.read(draft.files[PATH]).decode()


def test_what_it_leaves_in_the_file_is_the_candidate_and_nothing_else_is():
    others = "import os\nos.mkdir('tests')\nopen('tests/test_target.py', 'w').write('pass')\n"
    desk = Desk()
    draft = written(author_of(WRITE_GOOD + others + "print('APPROVED')"), desk)
    assert text_of(draft, desk) == GOOD
    assert [*draft.files] == [PATH]
    assert (draft.figures["runs"], draft.figures["said"]) == (1, "APPROVED")
    assert not any(b"APPROVED" in data or b"pass" in data for data in desk.objects.values())


def test_it_reads_its_brief_as_a_file_and_as_standard_input():
    code = (
        "import sys\ntold = sys.stdin.read()\nassert told == open('BRIEF.md').read()\nprint(told)"
    )
    said = str(written(author_of(code)).figures["said"])
    assert "a better score" in said
    assert "network" in said
    assert "{brief}" not in said


def test_what_went_wrong_is_in_the_next_brief():
    code = (
        "import sys\nbrief = open('BRIEF.md').read()\n"
        f"if 'ended with 7: too tired' in brief:\n    open('target.py', 'w').write({GOOD!r})\n"
        "else:\n    print('too tired', file=sys.stderr)\n    sys.exit(7)\n"
    )
    desk = Desk()
    draft = written(author_of(code, tries=2), desk)
    assert text_of(draft, desk) == GOOD
    assert draft.figures["runs"] == 2


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("pass", "target.py is as it was"),
        ("import sys; sys.exit(3)", "the agent ended with 3"),
        ("import os; os.kill(os.getpid(), 9)", "the agent ended with -9"),
        ("open('target.py', 'w').write('def target(x:')", "not Python"),
        ("open('target.py', 'wb').write(b'\\xff\\xfe\\x00')", "gone, or no text"),
        ("open('target.py', 'w').write('x = \\0')", "not Python"),
        ("open('target.py', 'w').write('def target(x, y=1): return x')", "called as before"),
        ("open('target.py', 'w').write('def other(x): return x')", "no function"),
        ("open('target.py', 'w').write('def target(x): return x.y')", "AttributeError"),
        ("open('target.py', 'w').write('(' * 50000)", "target.py"),
        ("import os; os.remove('target.py')", "gone, or no text"),
        ("import os; os.remove('target.py'); os.mkfifo('target.py')", "gone, or no text"),
        ("import os; os.remove('target.py'); os.symlink('/etc/passwd', 'target.py')", "gone, or"),
        ("import os; os.remove('target.py'); os.mkdir('target.py')", "gone, or no text"),
        ("import os; os.truncate('target.py', 100 << 20)", "gone, or no text"),
        ("open('huge', 'wb').truncate(1 << 40)", "the agent ended with"),
    ],
)
def test_what_is_no_candidate_is_told_and_not_handed_in(code: str, why: str):
    draft = written(author_of(code))
    assert not draft.files
    if why != "target.py":
        assert why in str(draft.figures["failed"])


def test_lines_outside_the_evolve_block_may_not_change():
    marked = f"LIMIT = 1\n# EVOLVE-BLOCK-START\n{SLOW}# EVOLVE-BLOCK-END\n"
    inside = f"LIMIT = 1\n# EVOLVE-BLOCK-START\n{GOOD}# EVOLVE-BLOCK-END\n"
    outside = inside.replace("LIMIT = 1", "LIMIT = 2")
    desk = Desk()
    draft = written(author_of(f"open('target.py', 'w').write({inside!r})"), desk, marked)
    assert text_of(draft, desk) == inside
    draft = written(author_of(f"open('target.py', 'w').write({outside!r})"), source=marked)
    assert "EVOLVE-BLOCK" in str(draft.figures["failed"])


SPY = """
import os, glob, socket
found = []
for path in {paths!r}:
    try:
        found.append(open(path).read())
    except OSError:
        pass
found.append(str(dict(os.environ)))
for path in glob.glob('/proc/[0-9]*/environ') + glob.glob('/proc/[0-9]*/cmdline'):
    try:
        found.append(open(path).read())
    except OSError:
        pass
try:
    socket.create_connection(('127.0.0.1', {port}), 2)
    found.append('NETWORK')
except OSError:
    pass
print([word for word in {words!r} if any(word in each for each in found)])
"""


def spied(tmp_path: Path, **settings: object) -> str:
    folder = tmp_path / "lab"
    folder.mkdir(exist_ok=True, mode=0o755)
    (folder / "expected").write_text("LEDGER")
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = SPY.format(
            paths=[str(folder / "expected"), f"/proc/1/root{folder}/expected"],
            port=server.getsockname()[1],
            words=["LEDGER", "OTHERS-KEY", "OWN-KEY-0123", "NETWORK"],
        )
        given = {"OWN": "OWN-KEY-0123", "OTHERS": "OTHERS-KEY"}
        return str(written(author_of(code, given=given, **settings)).figures["said"])


def test_it_reaches_no_file_no_key_and_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OTHERS", "OTHERS-KEY")
    assert spied(tmp_path) == "[]"


def test_it_reaches_what_the_lab_names_and_no_more(tmp_path: Path):
    said = spied(tmp_path, network=True, environment=["OWN"], mount=[str(tmp_path / "lab")])
    assert said == "['LEDGER', '[OWN]', 'NETWORK']"  # and its own key is not on record


def test_a_key_in_the_candidate_is_not_handed_in():
    code = (
        "import os\n"
        "open('target.py', 'w').write('def target(x):\\n    return x  # ' + os.environ['KEY'])"
    )
    desk = Desk()
    draft = written(author_of(code, given={"KEY": KEY}, environment=["KEY"]), desk)
    assert draft.figures["failed"] == "target.py holds the value of KEY"
    assert not any(KEY.encode() in data for data in desk.objects.values())
    assert KEY.encode() not in (desk.saved or b"")


HANG = """
import os, signal, subprocess, time
for n in range(1, 30):
    signal.signal(n, signal.SIG_IGN) if n not in (9, 17, 19) else None
for _ in range(20):
    if os.fork() == 0:
        os.setsid()
        os.execv('/usr/bin/env', ['env', 'sleep', '{token}'])
time.sleep(1000)
"""


def test_one_that_hangs_and_forks_is_ended_with_all_that_it_left():
    token = f"98{time.time_ns()}"
    draft = written(author_of(HANG.format(token=token), wall_s=4.0))
    assert draft.figures["failed"] == "the agent did not end within 4 seconds"
    assert not lasts(token)


def test_one_that_exits_and_leaves_others_behind_leaves_none():
    token = f"97{time.time_ns()}"
    code = HANG.format(token=token).replace("time.sleep(1000)", "time.sleep(0.2)") + WRITE_GOOD
    desk = Desk()
    draft = written(author_of(code), desk)
    assert text_of(draft, desk) == GOOD
    assert not lasts(token)


def test_one_that_prints_without_end_is_ended():
    draft = written(author_of("while True: print('x' * 65536)"))
    assert draft.figures["failed"] == f"the agent printed more than {OUTPUT_BYTES >> 20} MB"
    assert len(str(draft.figures["said"])) == TOLD


def test_what_it_prints_can_be_shown():
    code = "import sys; sys.stdout.buffer.write(b'\\x1b[2J\\xff\\xe2\\x80\\xaeAPPROVED\\x00')"
    said = str(written(author_of(code)).figures["said"])
    assert said.isprintable()
    assert "\\x1b[2J" in said


def test_a_thousand_links_and_folders_do_no_harm():
    code = (
        "import os\nfor n in range(1000):\n    os.symlink('/', f'l{n}')\n    os.mkfifo(f'f{n}')\n"
        "d = 'd'\nfor n in range(200):\n    os.mkdir(d); d += '/d'\n"
    )
    desk = Desk()
    assert text_of(written(author_of(code + WRITE_GOOD), desk), desk) == GOOD


def test_the_end_of_a_run_ends_it_and_counts_it():
    token = f"96{time.time_ns()}"
    author = author_of(f"import os; os.execv('/usr/bin/env', ['env', 'sleep', '{token}'])")
    desk = Desk(halt_after=3)
    began = time.monotonic()
    with closing(author), pytest.raises(Halt):
        author.write(brief_of(version_of(SLOW, desk)), desk)
    assert time.monotonic() - began < 30.0
    assert not lasts(token)
    again = Desk()
    again.saved, again.objects = desk.saved, desk.objects
    draft = written(author_of(WRITE_GOOD), again)
    assert draft.files
    assert draft.figures["runs"] == 2


def test_what_was_handed_in_before_a_kill_is_not_asked_for_again():
    desk = Desk()
    first = written(author_of(WRITE_GOOD), desk)
    again = written(author_of("import sys; sys.exit('not again')"), desk)
    assert again == first


def test_the_runs_of_the_whole_run_are_counted():
    desk = Desk()
    brief = brief_of(version_of(SLOW, desk))
    with closing(author_of(WRITE_GOOD, runs=3)) as author:
        assert author.write(replace(brief, used={"runs": 3}), desk) is None


def test_what_the_judge_refused_is_told_and_not_handed_in_under_other_names():
    desk = Desk()
    incumbent, refused = version_of(SLOW, desk), version_of(GOOD, desk, "second")
    brief = replace(brief_of(incumbent, tried=(refused,)), reasons=("no faster at size 9",))
    renamed = "# other layout\ndef target(x):\n\n    return (x)\n"
    code = (
        "assert 'no faster at size 9' in open('BRIEF.md').read()\n"
        f"open('target.py', 'w').write({renamed!r})"
    )
    with closing(author_of(code)) as author:
        draft = author.write(brief, desk)
    assert draft is not None
    assert "judged before and refused" in str(draft.figures["failed"])


def refusal(lab: Path, **settings: object) -> str:
    with (
        closing(author_of("pass", given=None, **settings)) as author,
        pytest.raises(UsageError) as error,
    ):
        author.require_ready(lab)
    return str(error.value)


def test_it_is_refused_before_any_work_when_it_would_see_the_lab(tmp_path: Path):
    lab = tmp_path / "project" / ".successor-labs" / "add.add"
    lab.mkdir(parents=True)
    (tmp_path / "project" / "tests").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "project")
    for path in (lab, lab.parent, tmp_path, tmp_path / "project" / "tests", tmp_path / "link", "/"):
        assert "where it is judged" in refusal(lab, mount=[str(path)]), path
    (tmp_path / "beside").mkdir(mode=0o755)
    with closing(author_of("pass", mount=[str(tmp_path / "beside")])) as author:
        author.require_ready(lab)


def test_it_is_refused_before_any_work_when_something_is_missing(tmp_path: Path):
    assert "there is no 'no-such-agent'" in refusal(tmp_path, command="no-such-agent -p")
    assert "is not set" in refusal(tmp_path, environment=["NOT_SET_ANYWHERE"])
    assert "no such file" in refusal(tmp_path, mount=["/no/such/place"])
    assert "whole path" in refusal(tmp_path, mount=["agents"])
    assert "all that is yours" in refusal(tmp_path, mount=["~"])


def test_without_a_sandbox_it_is_refused_and_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def none(tier: str) -> object:
        raise SandboxError(f"no user namespaces here for {tier}")

    monkeypatch.setattr(running_module, "open_sandbox", none)
    assert "bubblewrap tier only: no user namespaces" in refusal(tmp_path, network=True)


@pytest.mark.parametrize(
    ("setting", "why"),
    [
        ({"command": ""}, "at least 1 character"),
        ({"command": "''"}, "a command line"),
        ({"command": "'open"}, "no closing quotation"),
        ({"command": "a\nb"}, "one line"),
        ({"environment": ["A=B"]}, "environment"),
        ({"wall_s": 0}, "wall_s"),
        ({"netwrk": True}, "did you mean 'network'"),
    ],
)
def test_a_wrong_setting_is_named(setting: dict[str, Any], why: str):
    with pytest.raises(UsageError, match=why):
        author_of("pass", **setting)

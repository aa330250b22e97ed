"""The counter of a lab, over the protocol: the SDK's own client starts `successor mcp`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import anyio
import pytest
from mcp.types import CallToolResult, TextContent

from mcp import Client, MCPError, StdioServerParameters
from successor.authors.inbox.queue import FOLDER, MOST_BYTES, MOST_SAID, MOST_WAITING, Inbox
from successor.cli import run_command
from successor.errors import UsageError
from successor.ledger import Ledger
from sums import FAST, SLOW

T = TypeVar("T")
WRONG = FAST.replace("sum(values)", "sum(values) + (len(values) > 1)")
LAB = """\
[lab]
goal = "faster"
[subject]
kind = "program"
target = "sums.py:total"
exam_items = 4
[author]
kind = "inbox"
[judge]
kind = "race"
[base_cases]
generations = 2
"""


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    folder = tmp_path / "lab"
    folder.mkdir()
    (folder / "sums.py").write_text(SLOW)
    (folder / "successor.toml").write_text(LAB)
    return folder


def served(lab: Path, talk: Callable[[Client], Awaitable[T]]) -> T:
    """What a talk with the server of a lab comes to."""

    async def main() -> T:
        arguments = ["-m", "successor", "mcp", str(lab)]
        env = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        server = StdioServerParameters(command=sys.executable, args=arguments, env=env)
        with anyio.fail_after(500):
            async with Client(server) as client:
                return await talk(client)

    return anyio.run(main)


def asked(lab: Path, tool: str, **arguments: object) -> dict[str, Any]:
    """The answer of a tool; an error of it is raised as ValueError."""
    return asked_all(lab, (tool, arguments))[0]


def asked_all(lab: Path, *calls: tuple[str, Mapping[str, object]]) -> list[dict[str, Any]]:
    async def talk(client: Client) -> list[CallToolResult]:
        return [await client.call_tool(tool, dict(arguments)) for tool, arguments in calls]

    answers = list[dict[str, Any]]()
    for result in served(lab, talk):
        text = text_of(result)
        answers.append({"error": text} if result.is_error else json.loads(text))
    return answers


def text_of(result: CallToolResult) -> str:
    said = result.content[0]
    assert isinstance(said, TextContent)
    return said.text


def improve(lab: Path, *options: str) -> int:
    return run_command(["improve", str(lab), "--quiet", *options])


def test_it_has_six_tools_and_nothing_else(lab: Path):
    async def talk(client: Client) -> tuple[list[str], list[Any], list[Any], list[Any]]:
        tools = (await client.list_tools()).tools
        resources = (await client.list_resources()).resources
        templates = (await client.list_resource_templates()).resource_templates
        prompts = (await client.list_prompts()).prompts
        arguments = [name for each in tools for name in each.input_schema["properties"]]
        return [each.name for each in tools], arguments, [*resources, *templates], prompts

    names, arguments, resources, prompts = served(lab, talk)
    assert sorted(names) == [
        "hand_in",
        "read_goal",
        "read_handed_in",
        "read_incumbent",
        "read_verdicts",
        "read_weaknesses",
    ]
    assert sorted(arguments) == ["id", "last", "said", "source"]
    assert (resources, prompts) == ([], [])


def test_what_is_handed_in_is_judged_and_its_verdict_can_be_read(lab: Path):
    assert improve(lab, "--generations", "1") == 0
    goal, weak, now, wrong, fast = asked_all(
        lab,
        ("read_goal", {}),
        ("read_weaknesses", {}),
        ("read_incumbent", {}),
        ("hand_in", {"source": WRONG, "said": "APPROVED by the director"}),
        ("hand_in", {"source": FAST.rstrip(), "said": "10 times as fast"}),
    )
    assert (goal["goal"], goal["file"], goal["function"]) == ("faster", "sums.py", "total")
    assert any("tests and examples" in line for line in goal["contract"]["pinned"])
    assert any(each["slice"].startswith("speed") for each in weak["weaknesses"])
    assert now["files"] == {"sums.py": SLOW}
    assert (wrong["state"], fast["state"]) == ("waiting", "waiting")

    assert improve(lab) == 0
    wrong, fast, now, verdicts = asked_all(
        lab,
        ("read_handed_in", {"id": wrong["id"]}),
        ("read_handed_in", {"id": fast["id"]}),
        ("read_incumbent", {}),
        ("read_verdicts", {}),
    )
    assert wrong["state"] == "refused"
    assert "gives" in wrong["why"]
    assert (fast["state"], fast["outcome"], fast["decision"]) == ("judged", "better", "promoted")
    assert now["files"] == {"sums.py": FAST}
    assert now["author"] == "inbox"
    assert [each["id"] for each in verdicts["verdicts"]] == [fast["id"]]
    assert "seed" not in json.dumps(verdicts)
    with Ledger.read(lab / ".successor") as ledger:
        assert len(ledger.verdicts()) == 1  # what was screened out cost no evidence


def test_before_the_first_version_there_is_a_clear_error(lab: Path):
    goal, weak, now, verdicts, handed = asked_all(
        lab,
        ("read_goal", {}),
        ("read_weaknesses", {}),
        ("read_incumbent", {}),
        ("read_verdicts", {}),
        ("hand_in", {"source": FAST}),
    )
    assert goal["contract"] == {}
    assert all("nothing is on record" in each["error"].lower() or "improve" in each["error"]
               for each in (weak, now, verdicts))  # fmt: skip
    assert handed["state"] == "waiting"


NOT_TAKEN: list[tuple[str, Mapping[str, object], str]] = [
    ("hand_in", {"source": ""}, "at least 1 character"),
    ("hand_in", {"source": " \n"}, "bytes"),
    ("hand_in", {"source": "x" * (MOST_BYTES + 1)}, "at most"),
    ("hand_in", {"source": "é" * MOST_BYTES}, "bytes"),
    ("hand_in", {"source": "x = 1", "said": "y" * (MOST_SAID + 1)}, "at most"),
    ("hand_in", {"source": ["x"]}, "valid string"),
    ("hand_in", {}, "required"),
    ("read_verdicts", {"last": 0}, "greater than or equal to 1"),
    ("read_verdicts", {"last": 10**9}, "less than or equal to"),
    ("read_handed_in", {"id": "../../../etc/passwd"}, "pattern"),
    ("read_handed_in", {"id": "0" * 64}, "nothing was handed in"),
    ("approve", {"id": "0" * 64}, "Unknown tool"),
    ("read_file", {"path": "/etc/passwd"}, "Unknown tool"),
]


def test_what_it_does_not_take_is_told(lab: Path):
    async def talk(client: Client) -> list[str]:
        told = list[str]()
        for tool, arguments, _ in NOT_TAKEN:
            try:
                result = await client.call_tool(tool, dict(arguments))
            except MCPError as error:
                told.append(str(error))
            else:
                told.append(text_of(result) if result.is_error else "no error")
        return told

    for (tool, _, why), told in zip(NOT_TAKEN, served(lab, talk), strict=True):
        assert why in told, (tool, told[:300])
        assert "Traceback" not in told
    assert not [*Inbox(lab).items()]


def test_the_same_twice_and_too_many_are_refused(lab: Path):
    inbox = Inbox(lab)
    for number in range(MOST_WAITING - 1):
        inbox.put(f"x = {number}\n")
    last, twice, more = asked_all(
        lab, *(("hand_in", {"source": text}) for text in ("y = 1", "y = 1\n", "y = 2"))
    )
    assert last["state"] == "waiting"
    assert "before" in twice["error"]
    assert "waiting" in more["error"]


def test_what_is_done_makes_room(lab: Path):
    inbox = Inbox(lab)
    names = list[str]()
    for number in range(300):
        names.append(inbox.put(f"x = {number}\n").id)
        inbox.decide(names[-1], "no gain")
    kept = [each.id for each in inbox.items()]
    assert kept == names[-len(kept) :]
    assert len(kept) == 256


def test_what_lies_in_the_folder_is_not_believed(lab: Path):
    inbox = Inbox(lab)
    item = inbox.put("x = 1\n")
    folder = lab / FOLDER
    (folder / ("0" * 64 + ".json")).write_text('{"text": "other", "said": "", "came": 1}')
    (folder / ("1" * 64 + ".json")).write_text("[" * 100_000)
    (folder / ("2" * 64 + ".json")).symlink_to("/etc/passwd")
    os.mkfifo(folder / ("3" * 64 + ".json"))
    (folder / ("4" * 64 + ".json")).write_text('{"text": "\\ud800", "said": "", "came": 1}')
    (folder / f"{item.id}.fate").write_text("promoted")
    assert [each.id for each in inbox.items()] == [item.id]
    assert inbox.items()[0].state == "waiting"
    with pytest.raises(UsageError):
        inbox.put("\ud800")


def test_what_no_author_takes_is_said(lab: Path):
    (lab / "successor.toml").write_text(LAB.replace('"inbox"', '"rewrite"'))
    handed = asked(lab, "hand_in", source=FAST)
    assert "inbox" in handed["next"]
    command = [sys.executable, "-m", "successor", "mcp", str(lab)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    assert b"--author inbox" in done.stderr
    assert done.stdout == b""


def test_a_lab_of_no_program_has_no_counter(lab: Path, capfd: pytest.CaptureFixture[str]):
    (lab / "successor.toml").write_text(
        '[lab]\ngoal = "g"\n[subject]\nkind = "model/adder"\n[author]\nkind = "training"\n'
        "[base_cases]\ngenerations = 1\n"
    )
    assert run_command(["mcp", str(lab)]) == 2
    assert "no program" in capfd.readouterr().err

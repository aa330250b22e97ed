"""`docs/json.md` says exactly what the command line prints."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from cli.commands import Run
from successor.cli.interrupt import EXIT_INTERRUPTED, EXIT_TERMINATED
from successor.errors import EXIT_NEEDS_HUMAN, PausedError, RecordError, SuccessorError, UsageError

DOCS = Path(__file__).parents[2] / "docs"
DIGEST = re.compile(r"[0-9a-f]{64}")


def is_digest(value: object) -> bool:
    return isinstance(value, str) and DIGEST.fullmatch(value) is not None


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_shares(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    shares = cast("dict[object, object]", value)
    return all(isinstance(k, str) and is_number(v) for k, v in shares.items())


def is_contract(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    told = cast("dict[object, object]", value)
    known = told.keys() <= {"pinned", "assumed", "notes"}
    return known and all(map(is_strings, told.values()))


def is_strings(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, str) for each in cast("list[object]", value)
    )


def is_changes(value: object) -> bool:
    fields = {"name": str, "diff": str, "text": bool}
    return isinstance(value, list) and all(
        isinstance(each, dict)
        and {name: type(part) for name, part in cast("dict[str, object]", each).items()} == fields
        for each in cast("list[object]", value)
    )


def is_questions(value: object) -> bool:
    if not isinstance(value, list):
        return False
    asked = [cast("dict[str, object]", each) for each in cast("list[object]", value)]
    return all(
        each.keys() == {"call", "answers"}
        and isinstance(each["call"], str)
        and is_strings(each["answers"])
        for each in asked
    )


def has_keys(value: object, *names: str) -> bool:
    return isinstance(value, dict) and {*cast("dict[str, object]", value)} == {*names}


def is_standings(value: object) -> bool:
    names = ("version", "author", "outcome", "gains", "reason")
    return isinstance(value, list) and all(
        has_keys(each, *names) for each in cast("list[object]", value)
    )


TYPES: dict[str, Callable[[object], bool]] = {
    "standings": is_standings,
    "contract": is_contract,
    "boolean": lambda value: isinstance(value, bool),
    "changes": is_changes,
    "questions": is_questions,
    "head": is_digest,
    "integer": lambda value: is_number(value) and isinstance(value, int),
    "null": lambda value: value is None,
    "number": is_number,
    "numbers": lambda value: (
        isinstance(value, list) and all(map(is_number, cast("list[object]", value)))
    ),
    "measures": is_shares,
    "shares": is_shares,
    "strings": is_strings,
    "string": lambda value: isinstance(value, str),
    "version": is_digest,
    "pause": lambda value: has_keys(value, "trigger", "reason", "condition", "by", "since"),
    "tripwire": lambda value: has_keys(value, "candidate", "reason", "told", "event", "since"),
    "drills": lambda value: isinstance(value, list),
    "directions": lambda value: (
        isinstance(value, list)
        and all(
            has_keys(each, "event", "generation", "by", "picked", "machine", "same", "gained")
            for each in cast("list[object]", value)
        )
    ),
    "trend": lambda value: isinstance(value, dict),
    "models": lambda value: isinstance(value, list),
    "periods": lambda value: isinstance(value, list),
    "returns": lambda value: isinstance(value, dict),
    "intervals": lambda value: isinstance(value, dict),
    "moments": lambda value: isinstance(value, list),
    "picks": lambda value: isinstance(value, list),
    "options": lambda value: (
        isinstance(value, list)
        and all(
            has_keys(each, "what", "version", "predicted") for each in cast("list[object]", value)
        )
    ),
    "outcomes": lambda value: isinstance(value, dict),
    "steps": lambda value: (
        isinstance(value, list)
        and all(
            has_keys(each, "generation", "minutes", "usd", "value", "times")
            for each in cast("list[object]", value)
        )
    ),
    "classes": lambda value: (
        isinstance(value, list)
        and all(
            has_keys(each, "name", "size", "before", "after")
            for each in cast("list[object]", value)
        )
    ),
    "forecasts": lambda value: (
        isinstance(value, list)
        and all(
            has_keys(each, "time", "shown", "median", "interval_50", "interval_90")
            for each in cast("list[object]", value)
        )
    ),
    "ends": lambda value: (
        isinstance(value, list)
        and len(cast("list[object]", value)) == 2
        and all(each is None or is_number(each) for each in cast("list[object]", value))
    ),
    "answers": lambda value: (
        isinstance(value, list)
        and all(
            has_keys(each, "name", "bad", "accepted", "seconds", "explained")
            for each in cast("list[object]", value)
        )
    ),
    "acts": lambda value: (
        isinstance(value, list)
        and all(
            has_keys(each, "act", "version", "needed", "signed", "missing", "others", "told")
            for each in cast("list[object]", value)
        )
    ),
    "rules": lambda value: (
        isinstance(value, list)
        and all(has_keys(each, "rule", "standing", "told") for each in cast("list[object]", value))
    ),
    "charter": lambda value: has_keys(value, "rules", "judge", "base_cases", "stage"),
    "keys": lambda value: (
        isinstance(value, list)
        and all(
            has_keys(each, "name", "key", "fingerprint", "pem")
            for each in cast("list[object]", value)
        )
    ),
}


def documented(heading: str) -> dict[str, list[str]]:
    """Field -> allowed types, of the table under a heading."""
    text = (DOCS / "json.md").read_text(encoding="utf-8")
    section = re.split(r"^#+ ", text.split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[
        0
    ]
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", section, flags=re.MULTILINE)
    return {name: types.strip().split(" or ") for name, types in rows}


def assert_fits(found: dict[str, object], schema: dict[str, list[str]]) -> None:
    assert list(found) == list(schema)
    for name, value in found.items():
        assert any(TYPES[kind](value) for kind in schema[name]), (name, value)


def test_improve_prints_what_is_documented(lab: Path, run: Run):
    lines = run("improve", lab, "--json").lines
    for line in lines[:-1]:
        assert_fits(line, documented("A generation"))
    assert_fits(lines[-1], documented("The last line"))


def test_reading_verbs_print_what_is_documented(lab: Path, run: Run):
    run("improve", lab, "--quiet")
    for verb in ("status", "audit", "replay"):
        schema = documented(f"`successor {verb} LAB --json`")
        assert_fits(run(verb, lab, "--json").lines[0], schema)
    schema = {**documented("A generation"), **documented("A version in charge")}
    (told,) = run("lineage", lab, "--json").lines
    assert list(told) == ["lineage", "generations", "rolled_back"]
    for version in told["lineage"]:
        assert_fits(version, schema)


def test_lineage_tells_the_generations_as_improve_does(lab: Path, run: Run):
    lines = run("improve", lab, "--json").lines[:-1]
    assert run("lineage", lab, "--json").lines[0]["generations"] == lines


def test_reading_a_function_prints_what_is_documented(improved: Path, run: Run):
    name = f"{improved / 'total.py'}:total"
    (status,) = run("status", name, "--json").lines
    assert_fits(status, documented("`successor status LAB --json`"))
    assert status["contract"] is not None
    assert_fits(run("diff", name, "--json").lines[0], documented("`successor diff LAB --json`"))
    traded = run("front", name, "--json").lines[0]
    assert_fits(traded, documented("`successor front LAB --json`"))
    undone = documented("`successor rollback TARGET --json`")
    assert_fits(run("rollback", name, "--json").lines[0], undone)


def test_every_exit_code_is_documented():
    text = (DOCS / "json.md").read_text(encoding="utf-8")
    section = text.split("## Exit codes\n", 1)[1]
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", section, flags=re.MULTILINE)}
    raised = {error.exit_code for error in (SuccessorError, UsageError, RecordError)}
    signals = {EXIT_INTERRUPTED, EXIT_TERMINATED, 128 + signal.SIGKILL}
    assert codes == {0, EXIT_NEEDS_HUMAN} | signals | raised
    assert PausedError.exit_code == EXIT_NEEDS_HUMAN


def test_the_lab_files_in_the_documents_are_valid(tmp_path: Path):
    from successor import labfile

    for page in DOCS.glob("*.md"):
        for block in re.findall(
            r"^```toml\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL
        ):
            (tmp_path / "successor.toml").write_text(block, encoding="utf-8")
            assert labfile.read(tmp_path).lab.goal


def test_every_key_of_a_lab_file_is_documented():
    from successor import labfile

    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    for name, table in labfile.LabFile.model_fields.items():
        section = text.split(f"## [{name}]", 1)[1].split("\n## ", 1)[0]
        model = table.annotation
        assert isinstance(model, type)
        assert issubclass(model, labfile.BaseModel)
        keys = set(re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE))
        assert keys == set(model.model_fields)


def test_keys_and_policies_print_what_is_documented(
    lab: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    made = run("keys", "new", "ada", "--no-passphrase", "--json").lines[0]
    assert_fits(made, documented("`successor keys new NAME --json`"))
    assert_fits(run("keys", "list", "--json").lines[0], documented("`successor keys list --json`"))
    run("improve", lab, "--quiet", "--generations", "1")
    told = run("head", lab, "--since", "1", "--key", "ada", "--json").lines[0]
    assert_fits(told, documented("`successor head LAB --json`"))
    run("improve", lab, "--quiet", "--generations", "2")
    schema = documented("`successor attest LAB --json`")
    for form in (["--key", "ada"], ["--unsigned"], ["--trailers"], ["--pull-request"]):
        (told,) = run("attest", lab, *form, "--json").lines
        assert_fits(told, schema)
        assert sum(told[name] is None for name in list(schema)[-4:]) == 3
    explained = run("policy", "explain", lab, "--json").lines[0]
    assert_fits(explained, documented("`successor policy explain LAB --json`"))
    schema = documented("`successor policy check LAB --json`")
    assert_fits(run("policy", "check", lab, "--json").lines[0], schema)
    run("policy", "init", lab, "ada")
    assert_fits(run("policy", "check", lab, "--json").lines[0], schema)
    assert_fits(run("policy", "sign", lab, "--key", "ada", "--json").lines[0], schema)

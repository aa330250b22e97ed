"""`successor.toml`: what a lab says about itself, read strictly.

Every mistake is one line that names the file, the key, the value and what is allowed there.
Tables of a subject, an author or a judge keep their own keys; whoever is named by `kind`
checks them.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeAlias, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from successor.errors import UsageError
from successor.validation import mistake, no_such, shown

FILE_NAME = "successor.toml"
EXAMPLE = """\
[lab]
goal = "Add numbers of any length"

[subject]
kind = "model/adder"

[author]
kind = "training"
strategy = "amplify"

[base_cases]
target = "reliable_horizon=64"
wall_clock = "5m"
"""
HERE = "here"
"""No other process takes exams."""
LONGEST_S = 100 * 366 * 86400.0
MOST = 10**9
"""Of anything that is counted: a slip of the finger is found, and every count fits the record."""
LARGEST_BYTES = 10**15
_SIZE = 'a size such as "500MB", "2GB" or "1.5GiB", above 0 and at most 1000 TB'
_UNITS_S = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def parse_duration(text: object) -> float:
    """Seconds in a duration such as `90`, `"90s"`, `"5m"`, `"1h30m"` or `"2d"`.

    Raises:
        ValueError: when it is no duration, or not longer than nothing.
    """
    parts = re.findall(r"(\d+(?:\.\d+)?)\s*([smhd]?)", str(text))
    spelled = re.fullmatch(r"\s*\d+(?:\.\d+)?\s*|(?:\s*\d+(?:\.\d+)?\s*[smhd])+\s*", str(text))
    total = sum(float(number) * _UNITS_S[unit] for number, unit in parts)
    if isinstance(text, bool) or not spelled or not 0 < total <= LONGEST_S:
        raise ValueError('a duration such as "90s", "5m" or "1h30m", above 0 and at most 100 years')
    return total


def parse_size(text: object) -> int:
    """Bytes in a size such as `4096`, `"500MB"` or `"2GiB"`.

    Raises:
        ValueError: when it is no size, or no larger than nothing.
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kKMGT]?)(i?)B?\s*", str(text))
    if found is None or isinstance(text, bool):
        raise ValueError(_SIZE)
    number, prefix, binary = found.groups()
    power = " KMGT".index(prefix.upper() or " ")
    total = round(float(number) * (1024 if binary else 1000) ** power)
    if not 0 < total <= LARGEST_BYTES or (binary and not prefix):
        raise ValueError(_SIZE)
    return total


def parse_target(text: object) -> tuple[str, float]:
    """Metric and value of a target such as `"reliable_horizon=64"`.

    Raises:
        ValueError: when it is not METRIC=VALUE with a number as its value.
    """
    metric, _, value = str(text).partition("=")
    try:
        name, number = metric.strip(), float(value)
    except ValueError:
        name, number = "", 0.0
    if not name.isidentifier() or not 0 < number < math.inf:
        raise ValueError('METRIC=VALUE, such as "reliable_horizon=64", with a value above 0')
    return name, number


def one_line(text: str) -> str:
    """The text, when a terminal can show it as it is.

    Raises:
        ValueError: when it has control characters, which could show what is not so, or only blanks.
    """
    if not text.isprintable() or text.isspace():
        raise ValueError("one line of printable characters")
    return text


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _OpenTable(BaseModel):
    """A table whose other keys belong to what `kind` names."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    @property
    def settings(self) -> Mapping[str, object]:
        """The keys beside `kind`."""
        return dict(self.__pydantic_extra__ or {})


class LabTable(_Table):
    """What the recursion is for."""

    goal: Annotated[
        str,
        Field(
            min_length=1,
            max_length=500,
            description="What the subject should become able to do.",
        ),
        AfterValidator(one_line),
    ]
    seed: Annotated[
        int,
        Field(
            ge=0,
            lt=2**53,
            description=(
                "Every random draw of the run follows from it. Where agents or models write, it is "
                "drawn itself unless given."
            ),
        ),
    ] = 1
    stage: Annotated[
        int,
        Field(
            ge=1,
            le=4,
            description=(
                "Who decides on a promotion: 1 human, 2 suggest, 3 autonomous, 4 closed. Below "
                "4 a better candidate waits for a human: `improve` asks at a terminal up to "
                "stage 2, `review` decides later."
            ),
        ),
    ] = 4


class SubjectTable(_OpenTable):
    """What improves."""

    kind: Annotated[
        str, Field(min_length=1, description="Name of a subject, or `file.py:factory`.")
    ]


class AuthorTable(_OpenTable):
    """Who writes the next version."""

    kind: Annotated[
        str, Field(min_length=1, description="Name of an author, or `file.py:factory`.")
    ]


class JudgeTable(_OpenTable):
    """Who says whether a candidate is better."""

    kind: Annotated[
        str, Field(min_length=1, description="Name of a judge, or `file.py:factory`.")
    ] = "paired"


PartTable: TypeAlias = SubjectTable | AuthorTable | JudgeTable


class BaseCasesTable(_Table):
    """What ends the recursion; at least one bound that must be hit is required."""

    target: Annotated[
        tuple[str, float] | None,
        BeforeValidator(parse_target),
        Field(
            description=(
                "The goal as a number, `METRIC=VALUE`: `horizon`, the size at which half comes "
                "out right, or `reliable_horizon`, the size up to which 99% does."
            )
        ),
    ] = None
    confirm: Annotated[
        int,
        Field(
            ge=0,
            le=MOST,
            description=(
                "Fresh items per size, up to the target, on which a version must reach it once "
                "more before it counts; 0 takes the word of its own exam."
            ),
        ),
    ] = 1000
    wall_clock: Annotated[
        float | None,
        BeforeValidator(parse_duration),
        Field(
            description=(
                'Working time over all sessions, such as `"90s"`, `"5m"`, `"1h30m"`, or seconds. '
                "It ends a step in the middle too, "
                "between two batches of its work; a killed session counts until it was last seen."
            )
        ),
    ] = None
    generations: Annotated[
        int | None, Field(ge=1, le=MOST, description="Generations over all sessions, 0 included.")
    ] = None
    plateau: Annotated[
        int | None, Field(ge=1, le=MOST, description="Generations in a row without a promotion.")
    ] = None
    examples: Annotated[
        int | None, Field(ge=1, le=MOST, description="Examples trained on, as authors report them.")
    ] = None
    tokens: Annotated[
        int | None,
        Field(
            ge=1,
            le=MOST,
            description=(
                "Tokens trained on or generated, as authors report; those of language models are "
                "counted, whoever asks."
            ),
        ),
    ] = None
    cpu: Annotated[
        float | None,
        BeforeValidator(parse_duration),
        Field(
            description=(
                "CPU time of the run and of every process that comes of it, over all sessions, "
                'such as `"10m"`.'
            )
        ),
    ] = None
    usd: Annotated[
        float | None,
        Field(
            gt=0,
            le=MOST,
            description=(
                "Dollars for language models, whoever asks them, judging too. A model without a "
                "price ends the run."
            ),
        ),
    ] = None
    disk: Annotated[
        int | None,
        BeforeValidator(parse_size),
        Field(description='What the record may take on disk, such as `"500MB"` or `"2GB"`.'),
    ] = None
    floor: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Collapse: share right, on what the first version mastered, to keep.",
        ),
    ] = 0.9


class ComputeTable(_Table):
    """Where exams are taken that follow from no clock."""

    kind: Annotated[
        str,
        Field(
            min_length=1,
            description=(
                "`here`, one after another in the process that improves; `local`, processes of "
                "this machine; `ray`, a cluster begun here or that of `RAY_ADDRESS`; or the "
                "address of a Ray cluster, `HOST:PORT` or `ray://HOST:PORT`."
            ),
        ),
    ] = HERE
    workers: Annotated[
        int | None,
        Field(ge=1, le=MOST, description="Workers at most; one for each processor if not given."),
    ] = None


class LabFile(_Table):
    """The whole of `successor.toml`."""

    lab: LabTable
    subject: SubjectTable
    author: AuthorTable
    judge: JudgeTable = JudgeTable()
    base_cases: BaseCasesTable = BaseCasesTable()
    compute: ComputeTable = ComputeTable()


def read(folder: Path, overrides: Mapping[str, Mapping[str, object]] | None = None) -> LabFile:
    """The settings of the lab in `folder`; `overrides` (table, key, value) win over the file, and
    of another `kind` over all of its table.

    Raises:
        UsageError: when the folder or its file is missing, or a setting is wrong.
    """
    path = folder / FILE_NAME
    require_folder(folder)
    if not path.is_file():
        raise UsageError(
            f"{folder} is no lab: it has no {FILE_NAME}. Write one, such as:\n\n{EXAMPLE}"
        )
    try:
        tables: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{path}: not valid TOML: {error}") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    for name, table in (overrides or {}).items():
        found = tables.get(name, {})
        if isinstance(found, dict):  # what is no table is named below
            kept = cast("dict[str, object]", found)
            other = "kind" in table and table["kind"] != kept.get("kind")
            tables[name] = {**({} if other else kept), **table}
    try:
        return LabFile.model_validate(tables)
    except ValidationError as error:
        raise UsageError("\n".join(f"{path}: {line}" for line in _explained(error))) from None


def require_folder(folder: Path) -> None:
    """Make sure that a lab is a folder.

    Raises:
        UsageError: when it is not.
    """
    if folder.is_dir():
        return
    if folder.name == FILE_NAME and folder.is_file():
        raise UsageError(f"{folder} is the file of a lab: give its folder, {folder.parent}")
    told = "is a file" if folder.exists() else "no such folder"
    raise UsageError(f"{folder}: {told}; give the folder of a lab")


def _explained(error: ValidationError) -> list[str]:
    """One line for each mistake: the key, its value, what is allowed."""
    return [_line(each) for each in error.errors()]


def _line(error: ErrorDetails) -> str:
    table, place = str(error["loc"][0]), error["loc"][1:2]
    if place:
        return mistake(table, place, error, _keys(table))
    if error["type"] == "extra_forbidden":
        told = (
            f"[{table}]"
            if isinstance(error["input"], dict)
            else f"{table} = {shown(error['input'])}"
        )
        return f"{told}: {no_such('table', table, [*LabFile.model_fields])}"
    if error["type"] == "missing":
        return f"[{table}]: missing; it is required"
    return f"{table} = {shown(error['input'])}: should be a table, [{table}]"


def _keys(table: str) -> list[str]:
    model = LabFile.model_fields[table].annotation
    return (
        list(model.model_fields) if isinstance(model, type) and issubclass(model, BaseModel) else []
    )

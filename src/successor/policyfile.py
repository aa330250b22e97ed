"""`policy.toml`: who the people of a lab are and what they must sign, read strictly."""

from __future__ import annotations

import math
import tomllib
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from successor.errors import UsageError
from successor.files import read_regular
from successor.insight import measures
from successor.labfile import MOST_BYTES, parse_duration
from successor.oversight import ACCELERATION, GROWTH, Keyholder, Rules, Stage, misnamed
from successor.signing import PublicKey
from successor.validation import mistake

FILE_NAME = "policy.toml"
THRESHOLDS = (*measures.NAMES, GROWTH, ACCELERATION)


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class KeyTable(_Table):
    """Somebody who signs, or a machine that does."""

    name: str = Field(
        min_length=1, max_length=64, description="As the record and the reports name them."
    )
    key: str = Field(description="Ed25519 public key, as `successor keys list` prints it.")


class SignaturesTable(_Table):
    """How many people must sign."""

    promotion: int = Field(
        default=1, ge=1, le=64, description="People who must sign a promotion, below stage 4."
    )
    change: int = Field(
        default=2,
        ge=1,
        le=64,
        description=(
            "People who must sign what loosens the charter: these rules, the judge's settings, "
            "a budget, a higher stage. With 1, somebody alone can change what holds them."
        ),
    )


def above_nothing(thresholds: dict[str, float]) -> dict[str, float]:
    """Thresholds of what is measured.

    Raises:
        ValueError: when one is of nothing that is measured, or can be passed by nothing.
    """
    for name, value in thresholds.items():
        if name not in THRESHOLDS:
            raise ValueError(f"thresholds of: {', '.join(THRESHOLDS)}")
        if not 0 < value < math.inf:
            raise ValueError("numbers above 0")
    return thresholds


def witness(place: str) -> str:
    """A witness that can be one.

    Raises:
        ValueError: when it cannot.
    """
    if told := misnamed(place):
        raise ValueError(told)
    return place


class PolicyFile(_Table):
    """The whole of `policy.toml`."""

    stage: int = Field(
        default=4,
        ge=1,
        le=4,
        description=(
            "The highest stage at which the lab runs, whatever its own file and options say."
        ),
    )
    witnesses: tuple[Annotated[str, AfterValidator(witness)], ...] = Field(
        default=(),
        description=(
            "Files, or git repositories as `git:ssh://elsewhere/heads.git`, where whoever writes "
            "to the lab cannot: they are told the head of the record after each generation, and a "
            "run begins only if the record goes on from what they have. Paths are from the lab's "
            "folder on; `~` is the user's."
        ),
    )
    dead_man: Annotated[float | None, BeforeValidator(parse_duration)] = Field(
        default=None,
        description=(
            "The lab pauses when no person showed a sign of life for so long, as in `24h`: "
            "`successor alive`, a review, a signature."
        ),
    )
    signatures: SignaturesTable = SignaturesTable()
    thresholds: Annotated[dict[str, float], AfterValidator(above_nothing)] = Field(
        default_factory=dict[str, float],
        description=(
            "By measure, such as `horizon = 512`, the value at which a run ends until people have "
            "signed a higher one; `growth`, how many times as much as the version before in the "
            "headline measure, and `acceleration`, how many times faster that grows."
        ),
    )
    people: tuple[KeyTable, ...] = Field(default=(), description="Those whose signatures count.")
    machines: tuple[KeyTable, ...] = Field(
        default=(), description="Keys that never count as people, whatever they sign."
    )


def read(folder: Path) -> Rules | None:
    """The rules of the lab in `folder`; None where it has no `policy.toml`.

    Raises:
        UsageError: when the file is wrong: one line that names it, the key and what is allowed.
    """
    path = folder / FILE_NAME
    try:
        return parse(read_regular(path, MOST_BYTES).decode("utf-8-sig"))
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not valid TOML: {error}") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None


def parse(text: str) -> Rules:
    """The rules that a text says.

    Raises:
        UsageError: as `read`, without the name of the file.
    """
    try:
        tables: dict[str, Any] = tomllib.loads(text)
        # By way of lists as tuples, which TOML does not know.
        arrays = ("people", "machines", "witnesses")
        listed = {name: tuple(tables[name]) for name in arrays if _array(tables, name)}
        told = PolicyFile.model_validate({**tables, **listed})
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"not valid TOML: {error}") from None
    except ValidationError as error:
        raise UsageError(_mistaken(error.errors()[0])) from None
    stage: Stage = told.stage  # type: ignore[assignment]  # one of the four, by the check above
    rules = Rules(
        stage,
        told.signatures.promotion,
        told.signatures.change,
        tuple(_holder(each) for each in told.people),
        tuple(_holder(each) for each in told.machines),
        told.witnesses,
        told.dead_man,
        told.thresholds,
    )
    _require_enough(rules)
    return rules


def _mistaken(error: ErrorDetails) -> str:
    """The line for one mistake; of several tables of a name it says in which."""
    match error["loc"]:
        case ("people" | "machines" as name, int(number), *place) if place:
            told = mistake(f"[{name}]", place, error, [*KeyTable.model_fields])
            return told.replace("]]", f"]] number {number + 1}:", 1)
        case ("signatures" | "thresholds" as table, *place) if place:
            return mistake(str(table), place, error, [*SignaturesTable.model_fields])
        case place:
            return mistake("policy", place, error, [*PolicyFile.model_fields])


def _array(tables: dict[str, Any], name: str) -> bool:
    return isinstance(tables.get(name), list)


def _holder(told: KeyTable) -> Keyholder:
    if not told.name.isprintable() or not told.name.strip():
        raise UsageError(f"name = {told.name!r}: should be printable characters")
    key = PublicKey.parse(told.key)
    return Keyholder(told.name, PublicKey(key.raw).line)


def _require_enough(rules: Rules) -> None:
    """Raises UsageError when the rules cannot be met, or count somebody twice."""
    everyone = (*rules.people, *rules.machines)
    for told, values in (
        ("name", [each.name for each in everyone]),
        ("key", [each.key for each in everyone]),
    ):
        again = [value for value, times in Counter(values).items() if times > 1]
        if again:
            raise UsageError(f"the {told} {again[0]!r} is listed twice: nobody counts twice")
    for told, needed in (("promotion", rules.promotion), ("change", rules.change)):
        if rules.people and needed > len(rules.people):
            have = f"{len(rules.people)} listed"
            raise UsageError(f"[signatures] {told} = {needed}: more than there are people ({have})")

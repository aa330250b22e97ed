"""The rules of a lab: who its people are, how many must sign what, how far it may go alone.

The rules, the judge's settings and the base cases together are its *charter*. People sign a
charter, never a part of it, and a run may be stricter than the charter in force, never looser.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, cast

import rfc8785

from successor.errors import RecordError, UsageError
from successor.oversight.policy import STAGES, Stage
from successor.signing import PublicKey

Table = Mapping[str, object]
LATER = ("cpu", "usd", "disk")
"""Base cases that came later."""
BUDGETS = ("wall_clock", "generations", "plateau", "examples", "tokens", *LATER)
"""Base cases of which less is stricter, and none is the loosest."""
MORE_IS_LOOSER = ("stage", "dead_man_s")
"""Rules of which less is stricter, and none is the loosest."""
FLOORS = ("floor", "confirm")
"""Base cases of which more is stricter."""


@dataclass(frozen=True)
class Keyholder:
    """Somebody, or something, who signs."""

    name: str
    key: str
    """Ed25519 public key as OpenSSH writes it, without a comment."""

    @property
    def public(self) -> PublicKey:
        """The key; its comment is the name."""
        return PublicKey(PublicKey.parse(self.key).raw, self.name)


@dataclass(frozen=True)
class Rules:
    """What `policy.toml` says."""

    stage: Stage = 4
    """The highest stage at which the lab may run."""
    promotion: int = 1
    """People who must have signed a promotion, below stage 4."""
    change: int = 2
    """People who must have signed a charter, before it is in force."""
    people: tuple[Keyholder, ...] = ()
    machines: tuple[Keyholder, ...] = ()
    """Keys that never count as people, whatever they sign."""
    witnesses: tuple[str, ...] = ()
    """Files elsewhere that are told the head of the record; relative to the lab's folder."""
    dead_man_s: float | None = None
    """The lab pauses when no person showed a sign of life for so long."""
    thresholds: Mapping[str, float] = field(default_factory=dict[str, float])
    """By measure, the value at which a run ends until people have signed a higher one."""


@dataclass(frozen=True)
class Charter:
    """What a lab runs by."""

    rules: Rules
    judge: Table
    base_cases: Table
    stage: Stage
    """At which it runs; no higher than the rules allow."""

    def content(self) -> dict[str, object]:
        """As JSON values. A rule that came later and says nothing is left out, so that what was
        signed before it came means what it meant.
        """
        content = asdict(self)
        for name in ("dead_man_s", "thresholds"):
            if not content["rules"][name]:
                del content["rules"][name]
        for name in LATER:
            if self.base_cases.get(name) is None:
                content["base_cases"].pop(name, None)
        return content

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Charter:
        """A charter of its content.

        Raises:
            RecordError: when it is none.
        """
        try:
            told = dict(content["rules"])
            holders = {
                kind: tuple(Keyholder(str(each["name"]), str(each["key"])) for each in told[kind])
                for kind in ("people", "machines")
            }
            for each in (*holders["people"], *holders["machines"]):
                each.public  # noqa: B018 - refuses what is no key
            witnesses = tuple(told.get("witnesses", ()))
            counts = (told["stage"], told["promotion"], told["change"])
            late = {name: told[name] for name in ("dead_man_s", "thresholds") if name in told}
            rules = Rules(*counts, **holders, witnesses=witnesses, **late)
            return cls(rules, content["judge"], content["base_cases"], content["stage"])
        except (KeyError, TypeError, UsageError) as error:
            raise RecordError(f"a charter on record cannot be read: {error}") from None


def loosened(before: Charter, now: Charter) -> tuple[str, ...]:
    """In what a charter asks for less than the one before, each in a few words.

    Nobody has to sign what is only stricter: a lower stage, a smaller budget.
    """
    return tuple(_differences(before, now))


def _differences(before: Charter, now: Charter) -> Iterator[str]:
    old, new = asdict(before.rules), asdict(now.rules)
    most, more = old.pop("thresholds"), new.pop("thresholds")
    for name in sorted(most):
        if _looser(name, most[name], more.get(name)):
            yield f"the threshold {name}: {_told(most, name)} to {_told(more, name)}"
    for name in old:
        changed = new[name] != old[name]
        if name in MORE_IS_LOOSER:
            changed = _looser(name, old[name], new[name])
        if changed:
            yield _change(name, before.rules, now.rules)
    if now.stage > before.stage:
        yield f"stage {before.stage} to {now.stage} ({STAGES[now.stage]})"
    for name in sorted({*before.judge, *now.judge}):
        if before.judge.get(name) != now.judge.get(name):
            yield f"the judge: {name} {_told(before.judge, name)} to {_told(now.judge, name)}"
    for name in (*BUDGETS, *FLOORS):
        if _looser(name, before.base_cases.get(name), now.base_cases.get(name)):
            change = f"{_told(before.base_cases, name)} to {_told(now.base_cases, name)}"
            yield f"the base case {name}: {change}"


def _change(name: str, before: Rules, now: Rules) -> str:
    """What was, and what is to be."""
    old, new = (cast("Table", vars(each)) for each in (before, now))
    match name:
        case "people" | "machines":
            who = "; ".join(_holders(old[name], new[name])) or "in another order"
            return f"the {name}: {who}"
        case "witnesses":
            was, will = (", ".join(each) or "none" for each in (before.witnesses, now.witnesses))
            return f"the witnesses: {was} to {will}"
        case _:
            return f"the rules: {name} {_told(old, name)} to {_told(new, name)}"


def _holders(before: object, now: object) -> Iterator[str]:
    """Who comes, who goes, and whose key is another one."""
    old, new = (
        {each.name: each.public.short for each in cast("tuple[Keyholder, ...]", holders)}
        for holders in (before, now)
    )
    for name, key in new.items():
        if name not in old:
            yield f"{name} comes ({key})"
        elif old[name] != key:
            yield f"{name} has another key ({old[name]} to {key})"
    for name, key in old.items():
        if name not in new:
            yield f"{name} goes ({key})"


def _looser(name: str, old: object, new: object) -> bool:
    if old == new or old is None:
        return False
    if new is None:
        return True
    before, now = cast("float", old), cast("float", new)
    return now < before if name in FLOORS else now > before


def _told(table: Table, name: str) -> str:
    value = table.get(name)
    return "none" if value is None else f"{value:.15g}" if isinstance(value, float) else f"{value}"


def canonical(content: Mapping[str, object]) -> bytes:
    """The one way to write it (RFC 8785), so that a digest means one thing."""
    return rfc8785.dumps(cast("Any", content))

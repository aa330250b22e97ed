"""No promotion without the signatures that it needs, whatever the order of events."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from successor.errors import UsageError
from successor.judge.simulated import SimulatedRecord
from successor.oversight import (
    Adopted,
    BaseCases,
    Charter,
    Keyholder,
    Policy,
    PolicyOverseer,
    Rules,
    Stage,
    adopted,
    adoption,
    approval,
    loosened,
)
from successor.policyfile import parse
from successor.signing import PublicKey, Sign, Statement, sealed
from successor.types import Decision, Verdict

NAMES = ("ada", "bob", "eve", "robot")
BETTER = Verdict("c", "i", "better", 50.0, 41.0, 0.4, (0.2, 0.6), 300, 7, "61% against 12%")


@cache
def signer(name: str) -> Sign:
    private = Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32, b"."))
    return PublicKey(private.public_key().public_bytes_raw(), name), private.sign


def holder(name: str, called: str = "") -> Keyholder:
    return Keyholder(called or name, PublicKey(signer(name)[0].raw).line)


def charter(promotion: int = 1, change: int = 2, stage: Stage = 3) -> Charter:
    people, machines = (holder("ada"), holder("bob")), (holder("robot"),)
    rules = Rules(3, promotion, change, people, machines)
    return Charter(rules, {"alpha": 0.05}, {"wall_clock": 60.0}, stage)


def overseer(stage: Stage = 3, now: Charter | None = None) -> PolicyOverseer:
    return PolicyOverseer(Policy(stage), BaseCases(generations=9), lambda _: {}, charter=now)


def under(law: Charter, record: str = "ab" * 32) -> SimulatedRecord:
    return SimulatedRecord(signed=adoption(record, None, law).body)


def law_of(record: SimulatedRecord) -> Adopted:
    law = adopted(record)
    assert law is not None
    return law


def hand_in(record: SimulatedRecord, place: Statement, envelope: bytes) -> None:
    record.handed_in[place.body] = (*record.handed_in.get(place.body, ()), envelope)


@pytest.mark.parametrize("orders", [500, pytest.param(10_000, marks=pytest.mark.slow)])
def test_in_any_order_of_events_nothing_is_promoted_that_people_did_not_sign(orders: int) -> None:
    """Signatures of everybody, under everything that looks alike, in any order."""
    chance = random.Random(5)
    promoted = waited = 0
    for _ in range(orders):
        needed = chance.choice((1, 2))
        record = under(charter(promotion=needed))
        law = law_of(record)
        right = approval(BETTER, law)
        other = approval(replace(BETTER, candidate="d"), law)
        others = (
            other,
            approval(replace(BETTER, e_value=51.0), law),
            approval(replace(BETTER, incumbent="j"), law),
            approval(BETTER, law_of(under(charter(promotion=needed), "cd" * 32))),
            Statement("text/plain", right.body),
        )
        endorsed: set[str] = set()
        accepted = False
        for _ in range(chance.randrange(1, 6)):
            act = chance.randrange(4)
            if act == 0:
                record.reviews["c"] = Decision("c", "promoted", "accepted", "ada")
                accepted = True
            elif act == 1:
                name = chance.choice(NAMES)
                hand_in(record, right, signed(name, right))
                endorsed |= {name} & {"ada", "bob"}
            else:
                # A signature under something else, handed in as if it were under this.
                name = chance.choice(NAMES)
                hand_in(record, right, signed(name, chance.choice(others)))
            made = overseer().decide(BETTER, record)
            may = accepted and len(endorsed) >= needed
            assert made.outcome == ("promoted" if may else "waiting")
            promoted += may
            waited += not may
    assert promoted > orders / 20
    assert waited > orders / 20


@cache
def signed(name: str, statement: Statement) -> bytes:
    return sealed(statement, signer(name)).to_json()


def test_any_other_byte_of_what_was_signed_voids_it() -> None:
    record = under(charter())
    record.reviews["c"] = Decision("c", "promoted", "accepted", "ada")
    right = approval(BETTER, law_of(record))
    for place, bit in product(range(len(right.body)), range(8)):
        other = bytearray(right.body)
        other[place] ^= 1 << bit
        envelope = signed("ada", Statement(right.kind, bytes(other)))
        record.handed_in[right.body] = (envelope,)
        assert overseer().decide(BETTER, record).outcome == "waiting"
    record.handed_in[right.body] = (signed("ada", right),)
    assert overseer().decide(BETTER, record).outcome == "promoted"


def test_a_lab_may_not_raise_its_own_stage() -> None:
    """The charter's stage holds, whatever the lab's file says now."""
    record = under(charter())
    assert overseer(stage=4).decide(BETTER, record).outcome == "waiting"
    stop = overseer(stage=4, now=replace(charter(), stage=4)).base_case(record)
    assert stop is not None
    assert (stop.base_case, stop.needs_human) == ("charter", True)
    assert "stage 3 to 4" in stop.reason


def test_at_a_lower_stage_than_signed_it_runs_and_waits_all_the_same() -> None:
    record = under(replace(charter(), stage=4, rules=replace(charter().rules, stage=4)))
    now = replace(charter(), rules=replace(charter().rules, stage=4))
    assert overseer(stage=3, now=now).base_case(record) is None
    assert overseer(stage=3, now=now).decide(BETTER, record).outcome == "waiting"
    assert overseer(stage=4, now=now).decide(BETTER, record).outcome == "promoted"


def test_a_policy_that_is_gone_is_missed() -> None:
    stop = overseer(now=None).base_case(under(charter()))
    assert stop is not None
    assert "policy.toml is gone" in stop.reason


def rules(**changed: Any) -> Charter:  # noqa: ANN401 - any field of the rules
    told: dict[str, Any] = {**vars(charter().rules), **changed}
    return replace(charter(), rules=Rules(**told))


LOOSER = [
    rules(people=(holder("ada"), holder("bob"), holder("eve"))),
    rules(people=(holder("ada"),)),
    rules(people=(holder("ada"), holder("eve", "bob"))),
    rules(machines=()),
    rules(promotion=2),
    rules(change=1),
    rules(stage=4),
    replace(charter(), stage=4),
    replace(charter(), judge={"alpha": 0.5}),
    replace(charter(), judge={}),
    replace(charter(), judge={"alpha": 0.05, "most": 64}),
    replace(charter(), base_cases={"wall_clock": 61.0}),
    replace(charter(), base_cases={"wall_clock": None, "generations": 9}),
    replace(charter(), base_cases={}),
]


@pytest.mark.parametrize("now", LOOSER)
def test_what_asks_for_less_is_not_in_force(now: Charter) -> None:
    assert loosened(charter(), now)
    assert overseer(now=now).base_case(under(charter())) is not None


STRICTER = [
    charter(),
    rules(thresholds={"horizon": 8.0}),
    rules(stage=2),
    rules(dead_man_s=3600.0),
    replace(charter(), stage=1),
    replace(charter(), base_cases={"wall_clock": 59.0}),
    replace(charter(), base_cases={"wall_clock": 60.0, "generations": 3}),
    replace(charter(), base_cases={"wall_clock": 60.0, "floor": 0.95}),
]


@pytest.mark.parametrize(("now_s", "looser"), [(60.0, False), (61.0, True), (None, True)])
def test_a_longer_dead_mans_timer_is_looser(now_s: float | None, *, looser: bool) -> None:
    assert bool(loosened(rules(dead_man_s=60.0), rules(dead_man_s=now_s))) is looser


@pytest.mark.parametrize(
    ("now", "looser"),
    [
        ({"horizon": 8.0}, False),
        ({"horizon": 7.0, "growth": 2.0}, False),
        ({"horizon": 9.0}, True),
        ({}, True),
        ({"growth": 2.0}, True),
    ],
)
def test_a_higher_threshold_or_none_is_looser(now: dict[str, float], *, looser: bool) -> None:
    before = rules(thresholds={"horizon": 8.0})
    assert bool(loosened(before, rules(thresholds=now))) is looser
    assert Charter.of(json.loads(json.dumps(before.content()))) == before


def test_what_was_signed_before_there_was_a_timer_means_what_it_meant() -> None:
    content = charter().content()
    assert "dead_man_s" not in json.dumps(content)
    assert "thresholds" not in json.dumps(content)
    assert Charter.of(json.loads(json.dumps(content))) == charter()


@pytest.mark.parametrize("now", STRICTER)
def test_what_asks_for_more_needs_nobody(now: Charter) -> None:
    assert not loosened(charter(), now)
    assert overseer(now=now).base_case(under(charter())) is None


BY_ANYBODY = PublicKey(b"\x01" + bytes(31)).line


def listed(*names: str, kind: str = "people", called: str = "") -> str:
    tables = [
        f'[[{kind}]]\nname = "{called or name}"\nkey = "{holder(name).key}"' for name in names
    ]
    return "\n".join(tables) + "\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("stage = 5", "[policy] stage = 5: should be less than or equal to 4"),
        ("stag = 3", "did you mean 'stage'"),
        ("stage = '3'", "valid integer"),
        ("people = 'ada'", "[policy] people = 'ada': should be a list"),
        ("people = [3]", "[policy] people[0] = 3: should be a table"),
        ("[[people]]\nname = 'ada'", "[[people]] number 1: key: missing"),
        ("[[people]]\nname = 7\nkey = ''", "[[people]] number 1: name = 7: should be a valid str"),
        ("[[machines]]\nnam = 'a'\nkey = ''", "name: missing"),
        ("[signatures]\nchang = 1", "did you mean 'change'?"),
        ("[[people]]\nname = 'ada'\nkey = 'ssh-rsa AAAA'", "no Ed25519 public key"),
        (listed("ada").replace(holder("ada").key, BY_ANYBODY), "by which anybody could sign"),
        ("[signatures]\nchange = 0", "greater than or equal to 1"),
        ("stage = ", "not valid TOML"),
        *(
            (f"witnesses = [{each}]", f"[policy] witnesses[0] = {each}: should {told}")
            for each, told in {
                "''": "be a file, or git: and the address of a repository",
                "' '": "be a file, or git: and the address of a repository",
                "'git:'": "be a file, or git: and the address of a repository",
                "'.'": "be a file, not a folder",
                "'..'": "be a file, not a folder",
                "'/'": "be a file, not a folder",
                "'~'": "be a file, not a folder",
                "'elsewhere/'": "be a file, not a folder",
                "'~nobody-here/heads'": "be below the home of a user",
                "'git:--upload-pack=x'": "not begin with -",
                "'-x'": "not begin with -",
                "3": "be a valid string",
            }.items()
        ),
        (r'witnesses = ["a\u0000b"]', "should be a file, or git:"),
        ("dead_man = 'soon'", "dead_man"),
        ("[thresholds]\nhorizn = 5", "thresholds of: horizon"),
        ("[thresholds]\nhorizon = 0", "numbers above 0"),
        ("[thresholds]\nhorizon = inf", "numbers above 0"),
        ("[thresholds]\nhorizon = 'far'", "valid number"),
    ],
)
def test_a_mistake_in_the_policy_is_one_line(text: str, told: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse(text)
    assert told in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (listed("ada") + listed("bob", called="ada"), "'ada' is listed twice"),
        (listed("ada") + listed("ada", called="bob"), "is listed twice"),
        (listed("ada") + listed("ada", kind="machines", called="bob"), "is listed twice"),
        (listed("ada"), "change = 2: more than there are people"),
        ("[signatures]\npromotion = 3\n" + listed("ada", "bob"), "promotion = 3: more than"),
        (listed("ada", "bob").replace('"ada"', r'"a\u202eda"'), "printable"),
    ],
)
def test_a_policy_that_nobody_could_meet_or_that_counts_twice_is_refused(
    text: str, told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        parse(text)


def test_the_policy_names_people_machines_and_how_many_must_sign() -> None:
    found = parse(
        "stage = 3\n[signatures]\npromotion = 2\n"
        + listed("ada", "bob")
        + listed("robot", kind="machines")
    )
    assert found == charter(promotion=2).rules

"""Runs every attack against a sandbox, and against an evaluator that has none.

An attack counts as escaped when anything at all gives it away, its own sign or another: what lies
outside is changed, a secret is out, a wrong answer counts, a process stays behind, the next
candidate is not served. Its control counts when the naive evaluator shows the attack's own sign.
"""

from __future__ import annotations

import itertools
import secrets
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from successor.sandbox.answers import Limits
from successor.sandbox.escape import processes
from successor.sandbox.escape.bait import Bait, Sign
from successor.sandbox.escape.catalogue import Attack, catalogue, program
from successor.sandbox.escape.control import Evaluation, Evaluator, Naive
from successor.sandbox.escape.evaluators import evaluator_of
from successor.sandbox.sandbox import Sandbox

ESCAPED = "escaped"
"""What a candidate returns when it could do what it tried; ours do not lie about it."""
WORKED = "worked"
"""What a candidate returns when it did work that takes its time."""
AT_ONCE = 4
"""Controls that run side by side; the sandbox is attacked by one at a time."""
Progress = Callable[[int, int, str], None]
"""Steps done, steps in all (a control and an attack for each), the name of the attack."""


@dataclass(frozen=True)
class Attacked:
    """What came of one attack."""

    name: str
    family: str
    escaped: bool
    control_succeeded: bool
    detail: str
    """What gave it away; empty when nothing did."""


@dataclass(frozen=True)
class Report:
    """What came of all of them."""

    tier: str
    attacks: tuple[Attacked, ...]
    seconds: float

    @property
    def escaped(self) -> int:
        """Attacks that got out."""
        return sum(attack.escaped for attack in self.attacks)

    @property
    def controls_that_succeeded(self) -> int:
        """Attacks that were seen to work where nothing stops them."""
        return sum(attack.control_succeeded for attack in self.attacks)

    def figures(self) -> dict[str, object]:
        """As plain data, with each attack by name."""
        return {
            "tier": self.tier,
            "attacks": len(self.attacks),
            "escaped": self.escaped,
            "controls_that_succeeded": self.controls_that_succeeded,
            "seconds": round(self.seconds, 1),
            "by_name": {
                attack.name: {
                    "family": attack.family,
                    "escaped": attack.escaped,
                    "control_succeeded": attack.control_succeeded,
                    "detail": attack.detail,
                }
                for attack in self.attacks
            },
        }


def run_suite(
    sandbox: Sandbox, progress: Progress | None = None, attacks: Sequence[Attack] | None = None
) -> Report:
    """Every attack, or the given ones, with its control; well under a minute."""
    offered = catalogue() if attacks is None else attacks
    chosen = [attack for attack in offered if attack.applies(sandbox)]
    evaluator = evaluator_of(sandbox)
    say = _counting(progress, 2 * len(chosen))
    started = time.monotonic()
    with processes.adopting_orphans():
        with ThreadPoolExecutor(AT_ONCE) as pool:
            controls = list(pool.map(controlled, chosen, itertools.repeat(say)))
        found = [against(attack, evaluator, say) for attack in chosen]
    attacked = tuple(map(_attacked, chosen, found, controls))
    return Report(sandbox.tier, attacked, time.monotonic() - started)


def _counting(progress: Progress | None, total: int) -> Callable[[str], None]:
    count = itertools.count()
    return lambda name: progress(next(count), total, name) if progress else None


def _attacked(attack: Attack, found: set[Sign], control: set[Sign]) -> Attacked:
    detail = ", ".join(sorted(found))
    return Attacked(attack.name, attack.family, bool(found), attack.sign in control, detail)


# --------------------------------------------------------------------------- one attack


def against(attack: Attack, evaluator: Evaluator, say: Callable[[str], None]) -> set[Sign]:
    """What gives the attack away when this evaluator meets it."""
    say(attack.name)
    before = processes.below()
    descriptors = processes.open_descriptors()
    bait = Bait()
    try:
        found = meet(attack, evaluator, bait)
        left = processes.left_over({*before, bait.victim.pid})
        processes.end(left)
        found |= bait.taken()
    finally:
        bait.close()
    if left or processes.open_descriptors() > descriptors:
        found.add("process")
    return found if before <= processes.below() else {*found, "service"}


def controlled(attack: Attack, say: Callable[[str], None]) -> set[Sign]:
    """What gives the attack away when nothing stops it; a busy machine gets a second chance."""
    say(attack.name)
    found = without(attack)
    return found if attack.sign in found else without(attack)


def without(attack: Attack) -> set[Sign]:
    """Let the attack loose on the naive evaluator."""
    bait = Bait()
    try:
        naive = Naive(bait, inside=attack.inside)
        try:
            naive.ready(HONEST)
            found = meet(attack, naive, bait)
            survivors = processes.below(naive.pid)
        finally:
            naive.close()
        processes.end(survivors)
        if survivors:
            found.add("process")
        return found | bait.taken()
    finally:
        bait.close()


HONEST = program("def attack(bait):\n    return str(bait['augend'] + bait['addend'])\n")


def meet(attack: Attack, evaluator: Evaluator, bait: Bait) -> set[Sign]:
    """Run the attack, then its probe, then an honest candidate; what the answers give away."""
    expected, told = secrets.randbits(40), bait.told()
    met = evaluator.evaluate(
        attack.program(told), {**told, "mark": bait.mark}, expected, attack.limits
    )
    time.sleep(attack.patience_s)
    found = _shown(attack, met, bait)
    if attack.probe:
        probed = evaluator.evaluate(program(attack.probe), told, expected, attack.limits)
        if bait.mark in probed.text or probed.accepted:
            found.add("state")
    return found if serves(evaluator) else {*found, "service"}


def _shown(attack: Attack, met: Evaluation, bait: Bait) -> set[Sign]:
    """What one answer gives away."""
    signs: dict[Sign, bool] = {
        "answer": met.accepted,
        "secret": bait.secret in met.text,
        "claim": met.text == ESCAPED,
        "flood": met.length > attack.limits.output_bytes,
        "clock": met.text == WORKED
        and (met.seconds < attack.takes_s / 2 or met.cpu_s < attack.burns_s / 2),
        "service": met.broken,
        "hang": met.hung,
    }
    return {sign for sign, is_there in signs.items() if is_there}


def serves(evaluator: Evaluator) -> bool:
    """Whether an honest candidate's answer comes out, and does not count where it is wrong."""
    augend, addend = secrets.randbits(40), secrets.randbits(40)
    told = {"augend": augend, "addend": addend}
    met = evaluator.evaluate(HONEST, told, "another", Limits(wall_s=evaluator.honest_s))
    return met.text == str(augend + addend) and not met.accepted

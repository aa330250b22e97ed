"""`successor direct`: where a lab could go next, and a person's pick of it."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from successor.cli.options import JSON, LAB, Line, echo_json, option, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from successor.showing.direction import Direction


@click.command(
    short_help="Where a lab could go next; pick what comes first.",
    help="""\b
    Examples:
      successor direct examples/adder
      successor direct examples/adder --pick 2 --reason "carries matter more to us"
      successor direct examples/adder --pick 0 --reason "go on as you see fit"

    Show the goals of the lab LAB, what its record cannot tell yet, and next steps: a weakness to
    mend first, an author to have the first turn. They are ranked by what such steps gained before,
    in points of the mean score of the incumbent's exam; the first is the machine's own pick.

    With --pick the next generation that begins turns to step N first, also of a run that is at
    work; 0 takes an earlier pick back. What was proposed, what you picked and why is on record,
    with your name. It promotes nothing and loosens nothing: the judge, the policy and the budgets
    are as they were.
    """,
)
@LAB
@click.option(
    "--pick",
    type=click.IntRange(0),
    metavar="N",
    allow_from_autoenv=False,
    help="The step to take.",
)
@option("--reason", type=Line(), metavar="TEXT", help="With --pick: why, for the record.")
@JSON
def direct(lab: Path, *, pick: int | None, reason: str | None, json: bool) -> None:
    """See the help above."""
    from successor.director import direct as directed
    from successor.errors import UsageError
    from successor.showing.direction import direction_of
    from successor.showing.following import Sight

    found = direction_of(Sight.of(lab))
    if pick is None:
        if reason is not None:
            raise UsageError("--reason is for --pick N")
        echo_json({**found.fields(), "recorded": None}) if json else _show(found, lab)
        return
    if reason is None:
        raise UsageError("why? Give --reason TEXT, for the record")
    if pick > len(found.steps):
        raise UsageError(f"there is no step {pick}: {len(found.steps)} are proposed")
    recorded = directed(lab, found.proposed(), pick - 1 if pick else None, reason)
    if json:
        echo_json({**direction_of(Sight.of(lab)).fields(), "recorded": recorded})
        return
    told = found.steps[pick - 1].told if pick else "as the machine sees fit"
    when = "on record" if recorded else "the run at work finds it when its next generation begins"
    click.echo(plain(f"Next: {told}; {when}."))
    click.echo(plain(f"Go on with: successor improve {quote(str(lab))}"), err=True)


def _show(found: Direction, lab: Path) -> None:
    click.echo(plain("\n".join(_lines(found))))
    if found.steps:
        click.echo(
            plain(f"Pick: successor direct {quote(str(lab))} --pick N --reason TEXT"), err=True
        )


def _lines(found: Direction) -> Iterator[str]:
    yield f"Goal: {found.goal}; {'; '.join(found.goals)}."
    for each in found.near:
        yield f"Near: {each}."
    yield ""
    yield "Open questions:" if found.questions else "Open questions: none that the record shows."
    for each in found.questions:
        yield f"  - {each.told}."
    yield ""
    yield "Next steps:" if found.steps else "Next steps: none; nothing is weak, one author writes."
    for at, step in enumerate(found.steps, start=1):
        yield f"{at:>3}. {points(step.proposed.gain):>12}  {step.told}"
        yield f"{'':19}{'; '.join(step.because)}"
    if (made := found.picked) is not None and made.pick is not None:
        from successor.showing.direction import told_of

        yield ""
        yield f"Picked by {made.by}: {told_of(made.pick)} ({made.reason})."


def points(gain: float | None) -> str:
    """A predicted gain, in points of a mean score of 100."""
    return "can't tell" if gain is None else f"+{100 * gain:.2f} points"

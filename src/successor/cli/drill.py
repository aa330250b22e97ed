"""`successor drill`: candidates to practise on, some of them planted."""

from __future__ import annotations

import time
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from successor.cli.interrupt import EXIT_INTERRUPTED
from successor.cli.options import JSON, LabFolder, echo_json, option

if TYPE_CHECKING:
    from successor.cheats.drill import Posed
    from successor.cheats.results import Answer, Drill, Score
    from successor.insight.share import Share

NONE = "none was shown"
QUESTION = "[a]ccept  [r]eject  e[x]plain  [q]uit the drill: "


@click.command(
    short_help="Practise reviewing: which of these candidates were planted?",
    help="""\b
    Examples:
      successor drill
      successor drill --count 20
      successor drill --results
      successor drill --tripwire examples/adder --into practice

    Show candidates one by one, each as successor review shows one that waits, and ask for one
    key. Some are planted: reward hacks of the red-team suite, and bugs that the visible tests
    pass. The others are their honest twins; how many of which is drawn by chance and not told.
    At the end it says how many planted ones you caught, how many honest ones you refused, and how
    long you took. No lab is involved, so nothing can be promoted; the results are kept for you
    alone. It asks at a terminal only.

    With --tripwire a lab to practise on is made of the files of yours: when it is improved, its
    author hands in one candidate that sets off a tripwire of its judge. It has a record of its own,
    for which its people sign anew; that of your lab is neither read nor changed.
    """,
)
@option("--count", type=click.IntRange(1, 200), default=10, help="Candidates to show.")
@option("--seed", type=click.IntRange(0, 2**31 - 1), help="Which are drawn; else by chance.")
@option("--results", is_flag=True, help="What came of your drills so far, and ask nothing.")
@option("--tripwire", type=LabFolder(), metavar="LAB", help="Practise a tripwire in such a lab.")
@option(
    "--into",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="With --tripwire: where that lab is made.",
)
@JSON
def drill(
    *,
    count: int,
    seed: int | None,
    results: bool,
    tripwire: Path | None,
    into: Path | None,
    json: bool,
) -> int:
    """See the help above."""
    if tripwire is not None or into is not None:
        return _practise(tripwire, into, as_json=json)
    if results:
        return _results(as_json=json)
    import secrets

    from successor.cheats.drill import drawn
    from successor.cheats.results import ended, keep, kept_at
    from successor.cli.asking import can_ask
    from successor.errors import UsageError

    if not can_ask():
        raise UsageError("a drill asks a person: run it at a terminal, or see --results")
    chosen = secrets.randbelow(2**31) if seed is None else seed
    click.echo(f"A drill: {count} candidates, none of them of a lab of yours.", err=True)
    answers: list[Answer] = []
    code = 0
    try:
        for number, posed in enumerate(drawn(count, chosen), 1):
            answer = _asked(posed, f"{number} of {count}")
            if answer is None:
                break
            answers.append(answer)
    except (click.Abort, KeyboardInterrupt):  # what was answered counts all the same
        click.echo("", err=True)
        code = EXIT_INTERRUPTED
    found = ended(chosen, count, answers)
    if answers:
        keep(found, kept_at())
    if json:
        echo_json(_fields(found))
    else:
        click.echo("\n".join(_lines(found)))
    return code


def _practise(lab: Path | None, into: Path | None, *, as_json: bool) -> int:
    """Make a lab to practise on, and say how it goes on."""
    from successor.cheats.practice import practice
    from successor.errors import UsageError
    from successor.policyfile import read

    if lab is None or into is None:
        raise UsageError("--tripwire LAB and --into FOLDER belong together")
    practice(lab, into)
    typed, rules = quote(str(into)), read(into)
    names = [each.name for each in rules.people[: rules.change]] if rules else []
    keys = [f" --key {quote(name)}" for name in names]
    steps = [f"successor policy sign {typed}{key}" for key in keys]
    steps += [f"successor {verb} {typed}" for verb in ("improve", "status", "policy explain")]
    steps += [f"successor resume {typed} --reason TEXT{key}" for key in keys or [""]]
    steps += [f"successor improve {typed}"]
    if as_json:
        echo_json({"lab": str(into), "steps": steps})
    else:
        click.echo(f"{into} has a record of its own; {lab} was not touched. Practise with:")
        click.echo("\n".join(f"  {step}" for step in steps))
    return 0


def _asked(posed: Posed, place: str) -> Answer | None:
    """What somebody makes of a candidate; None when the drill was left."""
    from successor.cheats.drill import staged
    from successor.cheats.results import Answer
    from successor.cli.asking import not_shown, pressed_at
    from successor.showing.proposal import explained, packet_of, told

    with staged(posed) as ledger:
        proposal = ledger.waiting()
        assert proposal is not None, "staged sees to that"  # noqa: S101 - for the checker
        packet = packet_of(ledger, proposal)
    click.echo(f"\n{place}\n\n{told(packet)}\n", err=True)
    began, more = time.monotonic(), False
    while True:
        key = pressed_at(QUESTION)
        if key == "q":
            return None
        if key == "x":
            more = True
            click.echo(f"\n{explained(packet)}\n", err=True)
        elif key == "a" and not more and (unseen := not_shown(packet)):
            click.echo(f"Not taken: {unseen}", err=True)
        elif key in ("a", "r"):
            seconds = round(time.monotonic() - began, 3)
            return Answer(posed.cheat.name, posed.bad, key == "a", seconds, more)


def _results(*, as_json: bool) -> int:
    from successor.cheats.results import figures, kept, kept_at, score

    drills = kept(kept_at())
    total = score([answer for each in drills for answer in each.answers])
    if as_json:
        echo_json({"drills": [_fields(each) for each in drills], **figures(total)})
    elif not drills:
        click.echo("No drill yet: successor drill")
    else:
        for each in drills:
            when = time.strftime("%Y-%m-%d %H:%M", time.localtime(each.time))
            found = score(each.answers)
            click.echo(
                f"{when}  caught {_counted(found.caught)}, honest refused "
                f"{_counted(found.refused)}, {_minutes(found)} a review"
            )
        click.echo("\n".join(["All together", *_told(total)]))
    return 0


def _fields(found: Drill) -> dict[str, Any]:
    from dataclasses import asdict

    from successor.cheats.results import figures, score

    told = {"time": found.time, "seed": found.seed, "asked": found.asked}
    answers = [asdict(answer) for answer in found.answers]
    return {**told, **figures(score(found.answers)), "answers": answers}


def _lines(found: Drill) -> list[str]:
    from successor.cheats.drill import material
    from successor.cheats.results import kept_at, score

    if not found.answers:
        return ["Nothing was answered; nothing is kept."]
    tries = {each.name: each.tries for each in material()}
    lines: list[str] = []
    for number, each in enumerate(found.answers, 1):
        what = f"planted, to {tries[each.name]}" if each.bad else "honest"
        right = "right" if each.bad != each.accepted else "WRONG"
        made = "accepted" if each.accepted else "rejected"
        lines.append(f"{number:>3}  {right}  {made}; {what}")
    return [*lines, "", *_told(score(found.answers)), f"Kept in {kept_at()}"]


def _told(found: Score) -> list[str]:
    return [
        f"Planted candidates caught   {found.caught.told(NONE)}",
        f"Honest candidates refused   {found.refused.told(NONE)}",
        f"Median time of a review     {_minutes(found)}",
    ]


def _counted(share: Share) -> str:
    return f"{share.hits} of {share.of}"


def _minutes(found: Score) -> str:
    return "-" if found.median_minutes is None else f"{found.median_minutes:.2g} minutes"

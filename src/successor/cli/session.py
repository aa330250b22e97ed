"""One session of `successor improve`: the run, who follows it, and how it may be interrupted."""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import click

from successor.cli.audience import Audience, audience
from successor.cli.generation import Chronicle
from successor.cli.view import Scene, duration, metric, number
from successor.lab import Lab, open_lab, run, set_aside
from successor.ledger import Entry, Event, Progress
from successor.types import Stop

INTERRUPTED = 130
NEEDS_HUMAN = 3


def run_session(
    folder: Path,
    overrides: Mapping[str, Mapping[str, object]],
    *,
    fresh: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Improve the lab until it stops; the exit code says how it did.

    Raises:
        SuccessorError: as `successor.load`, and whatever the run meets.
    """
    if fresh and (aside := set_aside(folder)) and not quiet:
        click.echo(f"The record so far is in {aside}", err=True)
    interrupt = Interrupt()
    with open_lab(folder, overrides, interrupt.asked) as lab:
        teller = Teller(lab, as_json=as_json, quiet=quiet)
        with interrupt.listening(teller.notice), closing(teller):
            lab.parts.ledger.listen(teller.hear)
            stop = run(lab)
            teller.finish(stop)
    if stop.base_case == interrupt.NAME:
        return INTERRUPTED
    return NEEDS_HUMAN if stop.needs_human else 0


class Interrupt:
    """Ctrl-C: the first asks the run to end at its next safe point, the second ends it at once."""

    NAME = "interrupted"

    def __init__(self) -> None:
        self._stop: Stop | None = None

    def asked(self) -> Stop | None:
        """The stop that a person has asked for."""
        return self._stop

    @contextmanager
    def listening(self, notice: Callable[[str], None]) -> Generator[None]:
        """Take over Ctrl-C for as long as the run goes on; `notice` tells the user of it."""

        def pressed(_: int, __: FrameType | None) -> None:
            if self._stop is not None:
                raise KeyboardInterrupt
            self._stop = Stop(self.NAME, "interrupted from the keyboard")
            notice("Ending at the next safe point; Ctrl-C again ends at once.")

        before = signal.signal(signal.SIGINT, pressed)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)


class Teller:
    """Turns what the ledger reports into generations and a scene, and passes both on."""

    def __init__(self, lab: Lab, *, as_json: bool, quiet: bool) -> None:
        ledger, cases = lab.parts.ledger, lab.settings.base_cases
        self._lab = lab
        self._chronicle = Chronicle(ledger)
        earlier = self._chronicle.replay(ledger.entries())
        self._scene = Scene(
            goal=lab.settings.lab.goal,
            target=cases.target,
            budget_s=cases.wall_clock,
            spent_before_s=ledger.spent_s(),
            number=self._chronicle.number,
            generations=earlier,
        )
        self._began_s = ledger.spent_s()
        self._audience: list[Audience] = audience(self._scene, as_json=as_json, quiet=quiet)

    def hear(self, news: Entry[Event] | Progress) -> None:
        """Take in what the ledger tells its listeners."""
        if isinstance(news, Progress):
            self._scene.progress(news.stage, news.done, news.total, news.figures)
            for each in self._audience:
                each.progress(self._scene)
            return
        ended = self._chronicle.take(news)
        self._scene.number = self._chronicle.number
        if ended is not None:
            self._scene.generation_ended(ended)
            for each in self._audience:
                each.ended(ended)

    def notice(self, text: str) -> None:
        """Tell something that is not on record."""
        self._scene.notice = text
        for each in self._audience:
            each.noticed(text)

    def finish(self, stop: Stop) -> None:
        """Tell what came of the session."""
        summary = self._summary(stop)
        self._scene.over = True
        told = "\n".join(self._told(stop, summary))
        for each in self._audience:
            each.finished(summary, told)

    def close(self) -> None:
        """Give the terminal back."""
        for each in self._audience:
            each.close()

    def _summary(self, stop: Stop) -> dict[str, Any]:
        ledger = self._lab.parts.ledger
        incumbent = ledger.incumbent()
        horizon, reliable = self._chronicle.horizons(incumbent.id if incumbent else "")
        return {
            "versions": self._chronicle.versions,
            "promotions": self._chronicle.promotions,
            "horizon": horizon,
            "reliable_horizon": reliable,
            "stopped_by": stop.base_case,
            "seconds": round(ledger.spent_s() - self._began_s, 3),
            "ledger_head": ledger.head.root,
        }

    def _told(self, stop: Stop, summary: dict[str, Any]) -> Iterator[str]:
        folder = self._lab.folder
        if stop.base_case == Interrupt.NAME:
            yield "Interrupted. What was done is on record."
        else:
            yield f"Stopped by its {metric(stop.base_case)}: {stop.reason}."
        if stop.needs_human:
            yield "This asks for a human: look at it before you go on."
        horizons = [each.horizon for each in self._scene.generations if each.horizon is not None]
        grown = (
            f", horizon {number(horizons[0])} to {number(summary['horizon'])}" if horizons else ""
        )
        versions, promotions = summary["versions"], summary["promotions"]
        yield f"{versions} versions, {promotions} promoted{grown}, {duration(self._scene.spent_s)}."
        if stop.base_case == Interrupt.NAME:
            yield f"Go on with: successor improve {folder}"
        else:
            yield f"See it with: successor report {folder}"

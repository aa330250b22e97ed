"""What a lab is at, as `successor watch` draws it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, TypeAlias

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from successor.cli.options import plain
from successor.cli.view import Bar
from successor.showing.figures import duration, number, told_measures

Row: TypeAlias = tuple[str, str, float | None, str]
"""Name, text, share of a bar, and its style."""
ROWS = 8
"""Candidates and weaknesses that are shown."""


def picture(now: dict[str, Any]) -> RenderableType:
    """What the lab is at, in lines and bars."""
    if "ledger_head" not in now:
        return Text(plain(str(now["told"])))
    head = Text(plain(f"{now['goal']}  "), style="bold")
    head.append(f"{now['state']}: {plain(now['told'])}", style="not bold")
    rows = Table.grid(padding=(0, 2, 0, 0))
    rows.add_column(style="dim", no_wrap=True)
    rows.add_column(no_wrap=True, overflow="ellipsis")
    rows.add_column(width=20)
    for name, told, share, style in (*_doing(now), *_holding(now)):
        rows.add_row(name, plain(told), "" if share is None else Bar(min(1.0, share), style))
    return Group(head, rows)


def _doing(now: dict[str, Any]) -> Iterator[Row]:
    """What is in charge, what is being done, and how far the candidates are."""
    yield "generation", f"{now['generation']}, {now['promotions']} promoted", None, ""
    if charge := now["incumbent"]:
        told = told_measures(charge["measured"])
        yield "in charge", f"{charge['version'][:8]}  {told}", None, ""
    if step := now["step"]:
        since, usual = max(0.0, time.time() - step["since"]), step["usual_s"]
        told = f"{step['name']} {(step['version'] or '')[:8]} for {duration(since)}"
        told += f", usually {duration(usual)}" if usual else ""
        yield "now", told, since / usual if usual else None, "magenta"
    for each in now["candidates"][:ROWS]:
        told = f"{each['version'][:8]} by {each['author']}: {each['outcome'] or each['at']}"
        if each["e_value"] is None:
            yield "candidate", told, None, ""
        else:
            told += f", e-value {number(each['e_value'])} of {number(each['threshold'])}"
            yield "candidate", told, each["e_value"] / each["threshold"], "green"


def _holding(now: dict[str, Any]) -> Iterator[Row]:
    """What is weak, what is left, and what waits for people."""
    for each in now["weaknesses"][:ROWS]:
        yield "weakness", f"{each['slice']}: {each['told']}", each["score"], "cyan"
    for each in now["budgets"]:
        shown = duration if each["unit"] == "s" else number
        of = f"{shown(each['used'])} of {shown(each['limit'])} {each['unit'].strip('s')}"
        yield each["words"], of, each["used"] / each["limit"] if each["limit"] else 1.0, "yellow"
    if now["running"] and now["ends_within_s"] is not None:
        yield "ends within", duration(now["ends_within_s"]), None, ""
    for each in now["signatures"]:
        yield "to sign", each["told"], None, ""

"""A bar on stderr, of how far something is and when it will be done."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager


@contextmanager
def bar(told: str) -> Generator[Callable[[float, float, str], None]]:
    """What progress is told to: how much is done, of how much (0 when unknown), and of what."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    what = TextColumn("{task.fields[what]}", markup=False)
    columns = (TextColumn(told), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), what)
    console = Console(stderr=True)
    unseen = not console.is_terminal  # or it leaves an empty line
    with Progress(*columns, console=console, transient=True, disable=unseen) as shown:
        task = shown.add_task(told, total=None, what="")

        def tell(done: float, total: float, what: str) -> None:
            shown.update(task, completed=done, total=total or None, what=what)

        yield tell

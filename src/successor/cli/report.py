"""`successor report`: the record as one HTML file."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from successor.cli.options import LAB, option
from successor.errors import UsageError


@click.command(
    short_help="Write the record's story as one HTML file.",
    help="""\b
    Examples:
      successor report examples/adder
      successor report examples/adder --output adder.html --open no

    Write the story of the lab in folder LAB as one HTML file that needs no network, and open
    it in a browser where there is a screen. The file's path goes to stdout.
    """,
)
@LAB
@option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where to write it, - for stdout; LAB/report.html unless given.",
)
@option(
    "--open",
    "opened",
    envvar="SUCCESSOR_REPORT_OPEN",
    type=click.Choice(["auto", "yes", "no"]),
    default="auto",
    show_default=True,
    help="Whether to open it in a browser; auto does at a terminal.",
)
def report(lab: Path, *, output: Path | None, opened: str) -> None:
    """See the help above."""
    from successor.insight.report.writing import report_of, write_report
    from successor.lab import record_of

    if output is not None and not output.name:
        raise UsageError(f"--output {str(output)!r} names no file")

    if str(output) == "-":
        click.echo(report_of(record_of(lab)))
        return
    written = write_report(record_of(lab), output or lab / "report.html")
    click.echo(written)
    at_terminal = sys.stdout.isatty()
    if opened == "yes" or (opened == "auto" and at_terminal):
        click.launch(written.resolve().as_uri())

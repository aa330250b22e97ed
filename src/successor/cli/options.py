"""Options that several verbs share, and the types that they are parsed with."""

from __future__ import annotations

import json
import math
from functools import partial
from pathlib import Path
from typing import Any, TextIO

import click

option = partial(click.option, show_envvar=True)
"""An option whose help names the environment variable that sets it."""
JSON = option("--json", is_flag=True, help="One JSON object on stdout.")
PLOT = option(
    "--plot",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Also draw it, as SVG.",
)


def echo_json(found: object, to: TextIO | None = None) -> None:
    """Print an object as one line of JSON, to stdout if nothing is said, and let it go at once."""
    click.echo(json.dumps(found, allow_nan=False), file=to)


class Parsed(click.ParamType[Any]):
    """A value that must be readable as a lab file would read it; kept as the text it was."""

    def __init__(self, name: str) -> None:
        self.name = name

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        from successor import labfile

        parse = {"duration": labfile.parse_duration, "metric=value": labfile.parse_target}[
            self.name
        ]
        try:
            parse(value)
        except ValueError as error:
            self.fail(f"{value!r} should be {error}.", param, ctx)
        return str(value)


class Finite(click.FloatRange):
    """A number in a range, and no NaN or infinity, which a range lets through."""

    def convert(
        self, value: float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        found = super().convert(value, param, ctx)
        if not math.isfinite(found):
            self.fail(f"{found} is not finite.", param, ctx)
        return found


class Text(click.ParamType[str]):
    """Text that can be recorded, sent and shown: UTF-8."""

    name = "text"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        from successor.ledger import is_text

        if not is_text(text := str(value)):
            self.fail(f"{text!a} is not UTF-8.", param, ctx)
        return text


class Said(click.ParamType[str]):
    """Text that says something."""

    name = "text"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        if not (said := Text().convert(value, param, ctx).strip()):
            self.fail("is blank.", param, ctx)
        return said


class Line(click.ParamType[str]):
    """Text that says something, in one line: what is told of it later has no room for a second."""

    name = "text"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        return " ".join(Said().convert(value, param, ctx).split())


class LabFolder(click.ParamType[Path]):
    """A lab: its folder, or the function that it was made of."""

    name = "lab"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path:
        from successor.targets import lab_of

        return value if isinstance(value, Path) else lab_of(str(value))


LAB = click.argument("lab", type=LabFolder())


def plain(text: str) -> str:
    """Text that a terminal shows as it is: control characters but the end of a line are spelled.

    What is on record was written by parts of a lab, or by whoever sent the lab: it must not move
    the cursor, set a title or turn the direction of a line that people decide by.
    """
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() or each == "\n" else _spelled(each) for each in text)


def _spelled(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")

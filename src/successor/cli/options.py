"""Options that several verbs share, and the types that they are parsed with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

LAB = click.argument("lab", type=click.Path(path_type=Path))
JSON = click.option(
    "--json", "as_json", is_flag=True, help="One JSON object on stdout.", show_envvar=True
)


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

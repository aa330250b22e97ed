"""The report: one HTML file that tells a record's story and asks nothing of the network.

    successor report examples/adder --output report.html

Charts are drawn by Observable Plot on d3, which the file carries (`assets/vendored.toml`). Its
policy lets run the scripts that it was written with, by their digests, and lets load nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from string import Template

from successor.errors import SuccessorError, UsageError
from successor.files import write_atomically
from successor.insight.authorship.record import LabAuthorship, authorship_of
from successor.insight.difference import differences
from successor.insight.front import Standing, standings
from successor.insight.gain.record import LabGain, gain_of
from successor.insight.report.charts import chart_data, embedded
from successor.insight.report.data import Story, story
from successor.insight.report.page import page, title
from successor.ledger import Ledger

_BEGINS = b"<!doctype html>"


def write_report(folder: Path, output: Path) -> Path:
    """Write the report on the lab in `folder` to `output`, whole or not at all.

    Raises:
        UsageError: when the folder has no record, or `output` is another file than a report.
        RecordError: when the record cannot be read.
        SuccessorError: when `output` cannot be written.
    """
    _require_free(output, folder)
    text = report_of(folder)
    unfinished = output.with_name(f".{output.name}.part")
    try:
        write_atomically(output, text.encode(), unfinished)
    except OSError as error:
        raise SuccessorError(f"{output}: cannot write the report: {error.strerror}") from error
    return output


def report_of(folder: Path) -> str:
    """The report on the lab in `folder`, as HTML.

    Raises:
        UsageError: when the folder has no record.
        RecordError: when the record cannot be read.
    """
    with Ledger.read(folder) as ledger:
        told = story(ledger.entries(), ledger.head.root, _change(ledger))
        front = [each for each in standings(ledger) if each.on_front]
        return render(told, front, gain_of(ledger, told), authorship_of(ledger))


def _require_free(output: Path, record: Path) -> None:
    """Nothing, when nothing is there, or a file that looks like a report."""
    if output.resolve().is_relative_to(record.resolve()):
        raise UsageError(f"{output} is in the record: write the report elsewhere")
    if output.exists() and not output.is_file():
        raise UsageError(f"{output} is no file that could be written anew: name another")
    try:
        with output.open("rb") as file:
            begins = file.read(len(_BEGINS))
    except PermissionError as error:  # whoever may not read it cannot tell what it is
        raise SuccessorError(f"{output}: {error.strerror}") from None
    except OSError:
        return  # none is there, or writing it will say what is wrong
    if begins and begins.lower() != _BEGINS:
        raise UsageError(f"{output} is there, and is no report: name another file, or remove it")


def _change(ledger: Ledger) -> str:
    """From the first version to the incumbent, as far as it is text."""
    incumbent = ledger.incumbent()
    line = ledger.lineage(incumbent.id) if incumbent else ()
    changed = differences(ledger, line[0], line[-1]) if line else ()
    return "".join(file.diff for file in changed if file.text)


def render(
    told: Story,
    front: Sequence[Standing] = (),
    gained: LabGain | None = None,
    written: LabAuthorship | None = None,
) -> str:
    """The whole document."""
    scripts = {"d3": _asset("d3.min.js"), "plot": _asset("plot.umd.min.js")}
    scripts["charts"] = _asset("report.js")
    return Template(_asset("report.html")).substitute(
        scripts,
        policy=_policy(list(scripts.values())),
        style=_asset("report.css"),
        title=title(told),
        body=page(told, front, gained, written),
        data=embedded(chart_data(told)),
    )


def _policy(scripts: list[str]) -> str:
    """A policy under which nothing is loaded and no script runs but these.

    Styles stay open: Plot writes some of its own, and without loading they can leak nothing.
    """
    digests = (base64.b64encode(sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    closed = "default-src 'none'; base-uri 'none'; form-action 'none'"
    return f"{closed}; script-src {allowed}; style-src 'unsafe-inline'"


def _asset(name: str) -> str:
    return files("successor.insight").joinpath("assets", name).read_text(encoding="utf-8")

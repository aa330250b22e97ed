"""Functions of packages that nobody here wrote, the hottest of each, and what becomes of them.

    python benchmarks/packages.py               # 5 minutes for each of the three
    python benchmarks/packages.py --budget 60s

The packages are pure Python, work on plain data, and ship tests of their own. Of each, the tests
are profiled; the function with the most own time that is called with plain data is improved, and
the whole suite is run again on the result. Nothing of them is kept in this repository. Writes
docs/benchmarks/packages.json and packages.md beside it.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from improving import Run, improve
from paired import Compared, Ratio, compared, program
from successor.sandbox import Call, Limits, Sandbox, open_sandbox

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "docs" / "benchmarks"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "successor-benchmarks"
SUITE = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "addopts="]
OBSERVED = 40
"""Calls of the suite that are made by a test beside the function; all are compared at the end."""
BATCHES, CALLS = 15, 60
LIMITS = Limits(wall_s=60, cpu_s=60)
PRELOAD = ("re", "unicodedata", "functools", "itertools")


@dataclass(frozen=True)
class Package:
    """A release on the package index."""

    name: str
    version: str
    digest: str
    """SHA-256 of its source distribution."""

    @property
    def release(self) -> str:
        """Also the name of its folder."""
        return f"{self.name}-{self.version}"


PACKAGES = (
    Package("idna", "3.10", "12f65c9b470abda6dc35cf8e63cc574b1c52b11df2c86030af0ac09b01b13ea9"),
    Package(
        "wcwidth", "0.2.13", "72ea0c06399eb286d978fdedb6923a9eb47e1c486ce63e9b4e64fc18303972b5"
    ),
    Package(
        "inflection", "0.5.1", "1a29730d366e996aaacffb2f1f1cb9593dc38e2ddd30c91250c6dde09ea9b417"
    ),
)
"""Chosen before any was tried: much used, and their suites need nothing but pytest."""


@dataclass(frozen=True)
class Hot:
    """The function that is improved."""

    file: str
    function: str
    share: float
    """Of the own time of all functions of the package."""
    calls: tuple[str, ...]
    """What the suite calls it with, as Python spells it."""
    passed_over: tuple[str, ...]
    """Hotter functions, and why not they."""


@dataclass(frozen=True)
class Row:
    """What became of one package."""

    package: str
    function: str
    share: float
    passed_over: Sequence[str]
    suite: str
    """The last line of the package's own suite, on the result."""
    suite_passes: bool
    agreeing: float | None
    """Share of the suite's calls on which the result answers as the original."""
    faster: Ratio | None
    promotions: int
    candidates: int
    evaluations: float
    seconds: float
    failed: str

    def told(self) -> str:
        """A line of the table."""
        start = f"| {self.package} | `{self.function}` | {100 * self.share:.0f}% |"
        if self.failed:
            return f"{start} | | | | | not run: {self.failed} |"
        faster = self.faster.told() if self.faster and self.promotions else "nothing better found"
        return (
            f"{start} {faster} | {self._suite()} | {self.evaluations:,.0f} | {self.seconds:.0f} | "
            f"{self.promotions} of {self.candidates} |"
        )

    def _suite(self) -> str:
        return self.suite.split(" in ")[0] if self.suite_passes else f"FAILS: {self.suite}"


def fetched(package: Package, cache: Path) -> Path:
    """The unpacked source distribution.

    Raises:
        click.ClickException: when it is not the release that was pinned.
    """
    archive = cache / f"{package.release}.tar.gz"
    if not archive.exists():
        command = ["download", "--no-deps", "--no-binary", ":all:", "--dest", str(cache)]
        _python(["-m", "pip", *command, f"{package.name}=={package.version}"], cache, check=True)
    if hashlib.sha256(archive.read_bytes()).hexdigest() != package.digest:
        raise click.ClickException(f"{archive}: is not the release that was pinned")
    folder = cache / package.release
    if not folder.exists():
        with tarfile.open(archive) as packed:
            packed.extractall(cache, filter="data")
    return folder


def _python(
    words: Sequence[str], folder: Path, *, check: bool = False
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=check,
    )


def hottest(package: Package, folder: Path) -> Hot:
    """The function with the most own time that is called with plain data.

    Raises:
        click.ClickException: when there is none.
    """
    ranking = _profiled(folder, "rank", package.name)
    whole, passed = sum(spent["seconds"] for spent in ranking), list[str]()
    for spent in ranking[:20]:
        name = f"{spent['file']}:{spent['function']}"
        if not spent["top"]:
            passed.append(f"{name}: no function at the top of its module")
            continue
        seen = _profiled(folder, "record", package.name, spent["file"], spent["function"])
        if seen["odd"] or len(seen["calls"]) < 2:
            passed.append(f"{name}: {seen['odd']} calls with what is no plain data")
            continue
        share = spent["seconds"] / whole
        return Hot(spent["file"], spent["function"], share, tuple(seen["calls"]), tuple(passed))
    raise click.ClickException(f"{package.release}: no function that can be asked again")


def _profiled(folder: Path, *words: str) -> Any:  # noqa: ANN401 - JSON
    script = str(Path(__file__).with_name("profiled.py"))
    return json.loads(_python([script, *words], folder, check=True).stdout)


def observed(hot: Hot, calls: Sequence[str]) -> str:
    """A test that makes some of the suite's calls: whatever comes of them has to stay so."""
    module = hot.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return f"""\
from contextlib import suppress

from {module} import {hot.function}

CALLS = [
{"".join(f"    {call},{chr(10)}" for call in calls)}]


def test_calls_of_the_suite():
    for call in CALLS:
        with suppress(Exception):
            {hot.function}(*call)
"""


def run_package(package: Package, cache: Path, budget: str, sandbox: Sandbox) -> Row:
    """Improve the hottest function of a package in a copy, and run its suite again."""
    original = fetched(package, cache)
    hot = hottest(package, original)
    click.echo(f"{package.release}: {hot.file}:{hot.function}", err=True)
    copy = cache / "runs" / package.release
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(original, copy, ignore=shutil.ignore_patterns("__pycache__"))
    calls = random.Random(1).sample(hot.calls, len(hot.calls))
    run = improved(copy / hot.file, hot, calls[:OBSERVED], budget)
    suite = _python(SUITE, copy)
    lines = suite.stdout.strip().splitlines() or suite.stderr.strip().splitlines()[-1:]
    found = beside(hot, run, calls, sandbox) if run.promotions else None
    said = {key: value for key, value in vars(run).items() if key in Row.__dataclass_fields__}
    return Row(
        package=package.release,
        function=f"{hot.file}:{hot.function}",
        share=hot.share,
        passed_over=hot.passed_over,
        suite=lines[-1],
        suite_passes=suite.returncode == 0,
        agreeing=found.agreeing / found.asked if found else None,
        faster=found.faster if found else None,
        **said,
    )


def improved(file: Path, hot: Hot, calls: Sequence[str], budget: str) -> Run:
    """Improve the function in its file. The lab and a test with the calls are there meanwhile:
    what is not the package's own must not be in reach of its suite.
    """
    tests = file.with_name(f"test_{file.stem}.py")
    tests.write_text(observed(hot, calls), "utf-8")
    lab = file.parent / ".successor-labs" / f"{file.stem}.{hot.function}"
    try:
        return improve(f"{file}:{hot.function}", lab, budget, ["--write"])
    finally:
        tests.unlink()
        shutil.rmtree(lab.parent, ignore_errors=True)


def beside(hot: Hot, run: Run, calls: Sequence[str], sandbox: Sandbox) -> Compared:
    """The result beside the original, on the suite's calls; those that the run saw come last."""
    asked = [Call(ast.literal_eval(call)) for call in (*calls[OBSERVED:], *calls[:OBSERVED])]
    length = min(CALLS, len(asked))
    starts = [number * length % (len(asked) - length + 1) for number in range(BATCHES)]
    pair = tuple(program(files, hot.file, hot.function) for files in (run.first, run.last))
    batches = [asked[start : start + length] for start in starts]
    return compared(sandbox, (pair[0], pair[1]), batches, LIMITS)


def restored(figures: Mapping[str, Any]) -> list[Row]:
    """The rows that were written as JSON."""
    rows: list[dict[str, Any]] = figures["rows"]
    for row in rows:
        row["faster"] = Ratio(**row["faster"]) if row["faster"] else None
    return [Row(**row) for row in rows]


def fragment(rows: Sequence[Row]) -> str:
    """The table for docs/benchmarks.md."""
    lines = [row.told() for row in rows]
    return f"""\
| package | hottest function | own time | times faster | its suite, on the result | evaluations \
| seconds | promoted |
| --- | --- | ---: | ---: | --- | ---: | ---: | --- |
{chr(10).join(lines)}

Evaluations are those of searches that came to their end; one that the budget cut off is not on
record yet.
"""


@click.command()
@click.option("--budget", default="5m", show_default=True, help="Of each package.")
@click.option("--only", multiple=True, help="Packages to take; all when not given.")
@click.option("--cache", type=click.Path(path_type=Path), default=CACHE, help="For the packages.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--out", type=click.Path(path_type=Path), default=HERE, help="Folder to write to.")
def main(*, budget: str, only: tuple[str, ...], cache: Path, as_json: bool, out: Path) -> None:
    """Improve the hottest function of each package."""
    cache.mkdir(parents=True, exist_ok=True)
    chosen = [package for package in PACKAGES if not only or package.name in only]
    rows = list[Row]()
    with open_sandbox(preload=PRELOAD) as sandbox:
        for package in chosen:
            rows.append(run_package(package, cache, budget, sandbox))
            click.echo(rows[-1].told(), err=True)
    figures = json.dumps({"budget": budget, "rows": [asdict(row) for row in rows]}, indent=2)
    out.mkdir(parents=True, exist_ok=True)
    (out / "packages.json").write_text(figures + "\n")
    (out / "packages.md").write_text(fragment(rows))
    click.echo(figures if as_json else fragment(rows))


if __name__ == "__main__":
    main()

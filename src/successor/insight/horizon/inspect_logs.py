"""Logs of Inspect evaluations, `.eval` or `.json`, as runs; Inspect itself is not needed.

A log is of one model on one task; each of its samples is a task here, its epochs are runs. The size
of a sample stands in its metadata: human_minutes, or what `--size` names.

An .eval file is a zip archive: `header.json` says what was evaluated (`_journal/start.json` or
`start.json` while it is not finished, and in old logs), `samples/*.json` hold a sample each, which
are read one at a time. https://inspect.aisi.org.uk/eval-logs.html
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

from successor.errors import UsageError
from successor.insight.horizon.rows import SIZE, Columns, run_of
from successor.insight.horizon.runs import Runs

LARGEST = 1 << 28
"""Bytes of one JSON text: a sample, or a whole .json log."""
_HEADS = ("header.json", "_journal/start.json", "start.json")
_VALUES = {"C": 1.0, "I": 0.0, "P": 0.5, "N": 0.0}
"""Inspect's letters: correct, incorrect, partial, no answer."""


def read_log(path: Path, columns: Columns, runs: Runs) -> None:
    """Take in the samples of a log.

    Raises:
        UsageError: when it is no log, or a sample lacks what a run needs.
    """
    before, unscored = runs.total, 0
    head, samples = _archive(path) if path.suffix == ".eval" else _whole(path)
    named = _mapping(head.get("eval"))
    for sample in samples:
        score = _score(_mapping(sample.get("scores")), columns.score)
        if score is None:
            unscored += 1
            continue
        try:
            row = _row(named, sample, score, columns)
            runs.add(run_of(row, Columns(size=columns.size, score="score", hack=columns.hack)))
        except ValueError as error:
            raise UsageError(f"{path}: sample {sample.get('id')!r}: {error}") from None
    if unscored:
        runs.notes.append(f"{path}: {unscored} samples without a score are left out")
    if runs.total == before:
        raise UsageError(f"{path}: no sample with a score in it")


def _row(
    named: Mapping[str, object], sample: Mapping[str, object], score: float, columns: Columns
) -> dict[str, object]:
    metadata, task = _mapping(sample.get("metadata")), str(named.get("task") or "task")
    if columns.size is None and not any(name in metadata for name in SIZE):
        raise ValueError(
            f"its metadata has no size ({', '.join(sorted(metadata)) or 'nothing'}): name one "
            "with --size"
        )
    family = metadata.get("task_family", task)
    released = _mapping(named.get("metadata")).get("release_date")
    told = {"alias": named.get("model"), "task_id": f"{task}/{sample.get('id')}"}
    return {**metadata, **told, "task_family": family, "score": score, "release_date": released}


def _score(scores: Mapping[str, object], name: str | None) -> float | None:
    """What a sample came to by one scorer, the first where none is named."""
    told = scores.get(name) if name else next(iter(scores.values()), None)
    value = _mapping(told).get("value")
    if isinstance(value, str):
        return _VALUES.get(value)
    return float(value) if isinstance(value, bool | int | float) else None


def _whole(path: Path) -> tuple[Mapping[str, object], Iterator[Mapping[str, object]]]:
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(
                f"{path}: too large to be read whole; make an .eval file of it, which is read "
                "sample by sample: inspect log convert --to eval"
            )
        log = _mapping(json.loads(path.read_bytes()))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: no JSON: {error}") from None
    if "eval" not in log or "samples" not in log:
        raise UsageError(f"{path}: no Inspect log: it should have `eval` and `samples`")
    samples = cast("list[object]", log["samples"] or [])
    return log, (_mapping(sample) for sample in samples)


def _archive(path: Path) -> tuple[Mapping[str, object], Iterator[Mapping[str, object]]]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            head = next((name for name in _HEADS if name in names), None)
            if head is None:
                raise UsageError(f"{path}: no Inspect log: it has no header.json")
            return _part(archive, head, path), _samples(path)
    except zipfile.BadZipFile:
        raise UsageError(f"{path}: no Inspect log: it is no zip archive") from None
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from None


def _samples(path: Path) -> Iterator[Mapping[str, object]]:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("samples/") and name.endswith(".json"):
                yield _part(archive, name, path)


def _part(archive: zipfile.ZipFile, name: str, path: Path) -> Mapping[str, object]:
    try:
        with archive.open(name) as file:
            text = file.read(LARGEST + 1)
        if len(text) > LARGEST:
            raise UsageError(f"{path}: {name} is too large")
        return _mapping(json.loads(text))
    except NotImplementedError as error:
        raise UsageError(
            f"{path}: {name}: {error}; write it anew: inspect log convert --to json"
        ) from None
    except (ValueError, RecursionError, zipfile.BadZipFile) as error:
        raise UsageError(f"{path}: {name}: no JSON: {error}") from None


def _mapping(value: object) -> Mapping[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}

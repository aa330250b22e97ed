"""YAML tables: METR's published horizons, and release dates of models."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import cast

from successor.errors import UsageError
from successor.insight.horizon.agents import Agent, Estimate
from successor.insight.horizon.rows import day, reading

LARGEST = 1 << 25
"""Characters of a table."""


def read_table(path: Path) -> tuple[Agent, ...]:
    """The models of a table of results, as METR publishes them.

    Raises:
        UsageError: naming the model that is wrong, and how.
    """
    results = _mapping(_loaded(path).get("results"))
    if not results:
        raise UsageError(f"{path}: no table of horizons; METR's have them under `results`")
    agents = list[Agent]()
    for name, entry in results.items():
        try:
            agents.append(_agent(str(name), _mapping(entry)))
        except ValueError as error:
            raise UsageError(f"{path}: {name}: {error}") from None
    return tuple(agents)


def read_dates(path: Path) -> dict[str, date]:
    """Release dates by agent: a mapping, or one under `date`, as METR has it.

    Raises:
        UsageError: naming what is no date.
    """
    told = _loaded(path)
    found = dict[str, date]()
    for name, value in (_mapping(told.get("date")) or told).items():
        try:
            moment = day(value)
        except ValueError as error:
            raise UsageError(f"{path}: {name}: {error}") from None
        if moment:
            found[str(name)] = moment
    return found


def _loaded(path: Path) -> Mapping[str, object]:
    import yaml

    with reading(path) as file:
        text = file.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise UsageError(f"{path}: too large for a table; runs are read from .jsonl or .csv")
    try:
        told = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UsageError(f"{path}: no YAML: {' '.join(str(error).split())}") from None
    if not isinstance(told, dict):
        raise UsageError(f"{path}: should be a YAML mapping")
    return cast("dict[str, object]", told)


def _agent(name: str, entry: Mapping[str, object]) -> Agent:
    metrics = _mapping(entry.get("metrics")) or entry
    p50 = _estimate(metrics, "p50_horizon_length")
    if p50.value is None:
        raise ValueError("no p50_horizon_length")
    released = day(entry.get("release_date"))
    return Agent(
        name,
        p50,
        _estimate(metrics, "p80_horizon_length"),
        float(released.toordinal()) if released else None,
        score=_positive(_mapping(metrics.get("average_score")).get("estimate"), "average_score"),
    )


def _estimate(metrics: Mapping[str, object], name: str) -> Estimate:
    told = metrics.get(name)
    if not isinstance(told, dict):
        return Estimate(_positive(told, name))
    parts = _mapping(cast("object", told))
    value, low, high = (_positive(parts.get(k), name) for k in ("estimate", "ci_low", "ci_high"))
    return Estimate(value, low, high)


def _positive(value: object, name: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{name} is {value!r}: should be a number")  # noqa: TRY004 - of a file
    if math.isnan(value) or value < 0:
        raise ValueError(f"{name} is {value!r}: should be at least 0")
    return float(value) if math.isfinite(value) else None


def _mapping(value: object) -> Mapping[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}

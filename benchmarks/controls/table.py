"""The page's tables from the figures. Needs nothing but the figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

Figures = dict[str, Any]
Column = tuple[str, str, Callable[[float], str]]


def _share(value: float) -> str:
    return f"{100 * value:.1f}%"


def _count(value: float) -> str:
    return f"{value:,.0f}"


def _tenths(value: float) -> str:
    return f"{value:.1f}"


def _millions(value: float) -> str:
    return f"{value / 1e6:.1f}"


COLUMNS: tuple[Column, ...] = (
    ("horizon", "horizon", _count),
    ("reliable", "reliable_horizon", _count),
    ("labels right, mean", "precision_mean", _share),
    ("lowest", "precision_min", _share),
    ("yield", "yield", _share),
    ("rounds", "generations", _count),
    ("promoted", "promotions", _count),
    ("bad", "bad_promotions", _count),
    ("minutes", "minutes", _tenths),
    ("M tokens", "tokens", _millions),
)
BASE_COLUMNS: tuple[Column, ...] = (
    ("in range", "in_range", _share),
    ("horizon", "horizon", _tenths),
    ("reliable", "reliable_horizon", _count),
    ("parameters", "parameters", _count),
    ("steps", "steps", _count),
    ("minutes", "minutes", _tenths),
    ("M tokens", "tokens", _millions),
)


def page(result: Figures) -> str:
    """What was compared, medians and ranges, then every run by its seed."""
    seeds = ", ".join(str(seed) for seed in result["setup"]["seeds"])
    arms = [(name, what) for name, what in result["arms"].items() if _runs(result, name)]
    whole = [(f"`{name}`", what, *_medians(_runs(result, name), COLUMNS)) for name, what in arms]
    single = [
        (f"`{name}`", str(run["seed"]), *(_cell([run], column) for column in COLUMNS))
        for name, _ in arms
        for run in _runs(result, name)
    ]
    bases = [
        (base["positions"], str(base["seed"]), *(_cell([base], column) for column in BASE_COLUMNS))
        for base in result["bases"]
    ]
    heads = tuple(head for head, _, _ in COLUMNS)
    return "\n".join(
        (
            compared(result),
            "",
            f"Median over the seeds {seeds}, and the range where they differ:",
            "",
            *_table(("arm", "what it is", *heads), whole, left=2),
            "",
            "Every run:",
            "",
            *_table(("arm", "seed", *heads), single, left=1),
            "",
            "The base models:",
            "",
            *_table(("positions", "seed", *(head for head, _, _ in BASE_COLUMNS)), bases, left=1),
            "",
        )
    )


def compared(result: Figures) -> str:
    """What is compared with what, in a paragraph."""
    setup = result["setup"]
    return (
        f"{setup['hardware']}; torch {setup['torch']}; {setup['threads']} thread a run, "
        f"{setup['jobs']} runs at a time. Every arm of a seed starts from the same base model, "
        f"trained on labelled sums of at most {setup['labelled']} digits (arms without positions "
        f"from one of {setup['none_layers']} layers, trained for at most {setup['none_steps']:,} "
        f"steps), and then has {setup['minutes']:g} minutes of one processor, exams and judging "
        f"included; a gated arm ends earlier after {setup['plateau']} refused rounds in a row. "
        "Horizon (half of the sums right) and reliable horizon (99%) are those of the version in "
        f"charge at the end, on {setup['items']} fresh sums of every size and a quarter as many "
        "with long carries, the same for all arms of a seed. A promotion is *bad* when the share "
        f"of right answers on what either version masters fell by more than "
        f"{100 * setup['lost']:g} point, or the horizon by more than {100 * setup['shrunk']:g}%, "
        "on these same sums. Labels right: among those an arm trained on, by true answers that "
        "only the measuring knows. Tokens: read while training, of the arm alone."
    )


def _runs(result: Figures, arm: str) -> list[Figures]:
    return [run for run in result["runs"] if run["arm"] == arm]


def _medians(runs: Sequence[Figures], columns: Sequence[Column]) -> list[str]:
    return [_cell(runs, column) for column in columns]


def _cell(runs: Sequence[Figures], column: Column) -> str:
    _, key, told = column
    values = [run[key] for run in runs if run[key] is not None]
    if not values:
        return "–"
    low, high = told(min(values)), told(max(values))
    middle = told(median(values))
    return middle if low == high else f"{middle} ({low}–{high})"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], left: int) -> list[str]:
    rule = ["---"] * left + ["---:"] * (len(heads) - left)
    return [f"| {' | '.join(cells)} |" for cells in (heads, rule, *rows)]

"""Worlds with the numbers of others, and what each leaves out."""

from __future__ import annotations

from dataclasses import dataclass

from successor.insight.futures.world import World


@dataclass(frozen=True)
class Preset:
    """A named world."""

    world: World
    source: str
    caveat: str
    """What of the source is not in it."""


PRESETS: dict[str, Preset] = {
    "full-takeoff": Preset(
        World(
            doublings=1.0,
            labour=0.7,
            rho=-0.1,
            exponent=0.7,
            fishing_out=0.7 / 1.25,
            automated=1.0,
            review=0.0,
            ceiling=7.0,
        ),
        "Davidson 2023, the Full Takeoff Model: returns to software 1.25, effort to the power 0.7, "
        "ceiling 10^7, experiments beside labour with rho -0.1 and weight 0.3",
        "Its software alone, all research automated: no hardware, economy, training requirements, "
        "or growing share of automated tasks",
    ),
    "ai-futures": Preset(
        World(
            doublings=1.25 / 0.3010299956639812,
            labour=0.223,
            rho=-0.155,
            exponent=1.0,
            fishing_out=1 / 2.4,
            automated=1.0,
            review=0.0,
            compute=0.6 / 0.3010299956639812,
        ),
        "AI Futures Model, December 2025: 1.25 orders of magnitude of software a year in 2024, "
        "r_software 2.4, rho -0.155, weight of compute 0.777, compute 0.6 orders a year",
        "No research taste, no task-by-task automation, compute growth that never slows; labour "
        "is as good as software from the first day",
    ),
    "compute-bound": Preset(
        World(labour=0.5, rho=-0.4, automated=1.0, review=0.0, fishing_out=0.25),
        "Davidson 2025 and Whitfill & Wu 2025: labour and compute as complements, where compute "
        "that stands still caps the effort at (1 - w)^(1/rho), here 5.7 times",
        "Their estimates of substitution run from 2.6 to nearly 0; this is one of them",
    ),
    "review-bound": Preset(
        World(labour=1.0, automated=0.9, review=0.1, fishing_out=0.25, exponent=0.7),
        "Amdahl's law: what humans review, a tenth of the work or as told, gets no faster",
        "An illustration, not an estimate",
    ),
}
"""Simulated by `world`; `davidson-houlden` and `ai-2027` are models of their own."""
DOUBLINGS, TAKEOFF = "davidson-houlden", "ai-2027"
NAMES = (DOUBLINGS, TAKEOFF, *PRESETS)

"""A share, with how sure it is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """How many of how many, with the 95% interval of Clopper and Pearson."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """In [0, 1]; None of nothing."""
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Never too narrow, however few there are; None of nothing."""
        from scipy.special import betaincinv

        if not self.of:
            return None
        missed = self.of - self.hits
        low = float(betaincinv(self.hits, missed + 1, 0.025)) if self.hits else 0.0
        high = float(betaincinv(self.hits + 1, missed, 0.975)) if missed else 1.0
        return low, high

    def told(self, none: str = "none") -> str:
        """`3 of 4, 75% (95% interval 19% to 99%)`; of nothing, that there was none."""
        if self.interval is None:
            return none
        low, high = self.interval
        share = f"{self.hits} of {self.of}, {self.hits / self.of:.0%}"
        return f"{share} (95% interval {low:.0%} to {high:.0%})"

"""Reward hacks, each with an honest twin: the hack must not be promoted, the twin must be.

`fixtures/` holds them as data, a file each; `catalogue` reads them, `author` hands them in to a
real lab at stage 4, `suite` runs them all and says what became of each. Run: `successor doctor
--cheats`.

`drill` shows them to people instead, with the bugs of `planted/`, which visible tests pass, and
`results` counts what was caught. Run: `successor drill`.
"""

from successor.cheats.catalogue import Cheat, catalogue
from successor.cheats.suite import Fate, Report, Tried, run_suite

__all__ = ["Cheat", "Fate", "Report", "Tried", "catalogue", "run_suite"]

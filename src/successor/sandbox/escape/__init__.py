"""Attacks on the sandbox, each of which has to fail, and to succeed where there is no sandbox.

`attacks/` holds them as data, `catalogue` reads them, `bait` is what they are after, `naive` is
the evaluator that they fool, `suite` runs them all.
"""

from successor.sandbox.escape.catalogue import Attack, catalogue
from successor.sandbox.escape.suite import Attacked, Report, run_suite

__all__ = ["Attack", "Attacked", "Report", "catalogue", "run_suite"]

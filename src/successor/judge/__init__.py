"""Is it better? Fresh items, the same for both versions, and evidence that may be watched.

`evidence` holds the mathematics, `budget` the error that a run may make, `plan` what is asked,
`trial` the order and the end of asking, `paired` the judge itself. `simulated` measures it all
on a subject whose success rates are known.
"""

from successor.judge.budget import ErrorBudget, SingleTest, WholeRun
from successor.judge.paired import PairedJudge
from successor.judge.trial import Settings

__all__ = ["ErrorBudget", "PairedJudge", "Settings", "SingleTest", "WholeRun"]

"""Is it better? Fresh items, the same for both versions, and evidence that may be watched.

`evidence` holds the mathematics, `budget` the error that a run may make, `plan` what is asked,
`trial` the order and the end of asking, `paired` the judge itself. `simulated` measures it all
on a subject whose success rates are known.

`race` judges programs: `racer` is what it asks of a subject, `bout` puts the questions,
`objectives` weigh the answers and the times (`medians`), `contest` has the order and the end.
`simulated_race` measures that on a machine whose noise is known.
"""

from successor.judge.budget import ErrorBudget, SingleTest, WholeRun
from successor.judge.paired import PairedJudge
from successor.judge.race import RaceJudge
from successor.judge.race_settings import RaceSettings
from successor.judge.trial import Settings

__all__ = [
    "ErrorBudget",
    "PairedJudge",
    "RaceJudge",
    "RaceSettings",
    "Settings",
    "SingleTest",
    "WholeRun",
]

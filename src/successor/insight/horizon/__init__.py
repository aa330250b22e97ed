"""How far models reach: the size of task at which half comes out right, and how that grows.

    successor horizon runs.jsonl --hack-policy fail

METR's time horizon (Kwa et al., "Measuring AI ability to complete long tasks", 2025;
eval-analysis-public), with any positive size in the place of human minutes:

    P(right) = sigmoid(b0 + b1 * log2(size)),   horizon at p = 2 ** ((logit(p) - b0) / b1).

`runs`, `agents` and `trend` read it off tables of runs, as METR does. `insight/reach.py` reads it
off one exam of a lab, and knows nothing of these.
"""

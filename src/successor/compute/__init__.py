"""Where work runs: in processes of this machine, or on a Ray cluster.

    with open_pool("local", workers=2) as pool:
        replies = pool.map(items, read, heed)

`work` is what an item and an answer are, `pool` says who does what and again, `local` and
`cluster` are the two crews, `desk` is the worker's side of both.
"""

from successor.compute.opening import KINDS, open_pool
from successor.compute.pool import Pool
from successor.compute.work import Heed, Read, Reply, Work

__all__ = ["KINDS", "Heed", "Pool", "Read", "Reply", "Work", "open_pool"]

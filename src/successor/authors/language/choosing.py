"""What to practise, and which answers are worth learning."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from successor.authors.language.learner import Attempt, Objective
from successor.types import Brief

HOPELESS = 0.08
"""Weight of a slice that is never right, beside 1 for one that is right half the time: an answer
that no sample contains cannot be learnt, and yet a slice opens once easier ones are learnt."""


def weights(brief: Brief, trainable: Sequence[str]) -> dict[str, float]:
    """How much to practise each weak slice: most where right and wrong are equally likely.

    There the samples of one problem differ most, and so teach most (4 p (1 - p), as in the
    curricula of Absolute Zero and R-Zero). What is mastered is left to replay. What a person wants
    to come first counts as much as two of those that teach most.
    """
    weak = {each.slice: each.score for each in brief.weaknesses if each.slice in trainable}
    found = {name: max(HOPELESS, 4.0 * p * (1.0 - p)) for name, p in weak.items()}
    return {name: 2.0 if name == brief.first[0] else each for name, each in found.items()}


def shares(wanted: Mapping[str, float], problems: int) -> dict[str, int]:
    """So many problems in proportion to the weights, by largest remainders."""
    total = sum(wanted.values())
    exact = {name: problems * weight / total for name, weight in wanted.items()}
    found = {name: int(share) for name, share in exact.items()}
    by_rest = sorted(exact, key=lambda name: (found[name] - exact[name], name))
    for name in by_rest[: problems - sum(found.values())]:
        found[name] += 1
    return {name: count for name, count in found.items() if count}


def lessons(counts: Mapping[str, int], size: int) -> list[dict[str, int]]:
    """The problems in groups of a size that is answered in one go, each with its slices."""
    flat = [name for name, count in counts.items() for _ in range(count)]
    groups = (flat[start : start + size] for start in range(0, len(flat), size))
    return [dict(Counter(group)) for group in groups]


def different(attempts: Sequence[Attempt], keep: int) -> list[Attempt]:
    """Right answers, at most so many to a problem, no two alike; the shortest first."""
    found: dict[str, list[Attempt]] = defaultdict(list)
    seen: set[str] = set()
    for each in sorted(attempts, key=lambda a: (len(a.tokens), a.id)):
        if each.right and each.id not in seen and len(found[each.problem]) < keep:
            seen.add(each.id)
            found[each.problem].append(each)
    return [each for some in found.values() for each in some]


def hardest(attempts: Sequence[Attempt], keep: int, most: int) -> list[Attempt]:
    """Of all attempts the right and different ones, those to the problems least often solved
    first. A problem that was always solved teaches nothing new, and comes last.
    """
    tries = Counter(each.problem for each in attempts)
    solved = Counter(each.problem for each in attempts if each.right)
    chosen = different(attempts, keep)
    chosen.sort(key=lambda a: (solved[a.problem] / tries[a.problem], a.id))
    return chosen[:most]


def chosen(
    objective: Objective, attempts: Sequence[Attempt], keep: int, most: int
) -> list[Attempt]:
    """What is trained on, at most so many; the hardest problems first."""
    if objective == "imitate":
        return hardest(attempts, keep, most)
    by_problem: dict[str, list[Attempt]] = defaultdict(list)
    for each in attempts:
        by_problem[each.problem].append(each)
    mixed = [some for some in by_problem.values() if 0 < sum(a.right for a in some) < len(some)]
    mixed.sort(key=lambda some: (sum(a.right for a in some) / len(some), some[0].problem))
    found = list[Attempt]()
    for some in mixed:
        more = some if objective == "grpo" else contrasted(some, keep)
        if len(found) + len(more) <= most:
            found += more
    return found


def contrasted(attempts: Sequence[Attempt], keep: int) -> list[Attempt]:
    """Of one problem, each right answer before a wrong one, at most so many pairs, no two alike."""
    different = {each.id: each for each in sorted(attempts, key=lambda a: (len(a.tokens), a.id))}
    right, wrong = ([a for a in different.values() if a.right is good] for good in (True, False))
    return [each for pair in list(zip(right, wrong, strict=False))[:keep] for each in pair]


def replayed(
    older: Sequence[Attempt], fresh: Sequence[Attempt], share: float, seed: int
) -> list[Attempt]:
    """As many of what earlier generations made as make up that share beside the fresh ones."""
    known = {each.id for each in fresh}
    pool = list({each.id: each for each in older if each.id not in known}.values())
    count = min(len(pool), round(len(fresh) * share / (1.0 - share)))
    chosen = np.random.default_rng([seed, 2]).permutation(len(pool))[:count]
    return [pool[place] for place in sorted(chosen)]

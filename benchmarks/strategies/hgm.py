"""Clade metaproductivity of the Huxley-Goedel Machine: which node to expand is Thompson-sampled
from what its whole clade, itself and all that descend from it, has come to.

A node's utility is the share of all nodes that it is no worse than; a clade's successes and
failures are summed over its nodes. What costs an evaluation here is a new node alone, so the
schedule that says whether to expand or to evaluate again has nothing to decide.
"""


def improve(task):
    rng = random.Random(task.seed)
    costs, kept, parents = [], [], []
    while task.left:
        batch, clades = [], summed(ranks(costs), parents)
        for _ in range(TOGETHER):
            if not kept:
                batch.append((None, fresh(task, rng)))
                continue
            drawn = [rng.betavariate(1 + good, 1 + many - good) for good, many in clades]
            parent = max(range(len(kept)), key=drawn.__getitem__)
            batch.append((parent, changed(task, kept[parent], rng)))
        told = yield [candidate for _, candidate in batch]
        for (parent, candidate), cost in zip(batch, told, strict=False):
            kept.append(candidate)
            costs.append(cost)
            parents.append(parent)


def summed(utilities, parents):
    """Of each node, the sum of the utilities in its clade, and how many nodes it has."""
    clades = [[utility, 1] for utility in utilities]
    for node in range(len(parents) - 1, -1, -1):  # children come after their parents
        if parents[node] is not None:
            clades[parents[node]][0] += clades[node][0]
            clades[parents[node]][1] += clades[node][1]
    return clades

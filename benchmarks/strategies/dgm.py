"""The archive of the Darwin Goedel Machine: everything is kept, and a parent is drawn with
sigmoid(10 (score - 0.5)) / (1 + children). The score is the share of the archive that is no better.
"""

SHARP, MIDDLE = 10.0, 0.5


def improve(task):
    rng = random.Random(task.seed)
    costs, kept, children = [], [], []
    while task.left:
        batch = []
        weights = [
            squashed(SHARP * (rank - MIDDLE)) / (1 + many)
            for rank, many in zip(ranks(costs), children, strict=True)
        ]
        for _ in range(TOGETHER):
            if not kept:
                batch.append(fresh(task, rng))
                continue
            (parent,) = rng.choices(range(len(kept)), weights)
            children[parent] += 1
            batch.append(changed(task, kept[parent], rng))
        told = yield batch
        for candidate, cost in zip(batch, told, strict=False):
            kept.append(candidate)
            costs.append(cost)
            children.append(0)

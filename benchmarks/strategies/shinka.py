"""Parents and novelty as in ShinkaEvolve: a parent by how good it is beside the median and how few
children it has; a child too much like one that there is, is drawn again; two islands.

Weights are sigmoid(10 (score - median) / MAD) / (1 + children), of an archive of 40 an island.
Likeness is the share of places that are alike, in the place of the cosine of embeddings; above 0.99
is too much, and three are drawn at most.
"""

ISLANDS, ARCHIVE, SHARP, ALIKE, DRAWN, EVERY = 2, 40, 10.0, 0.99, 3, 5


def improve(task):
    rng = random.Random(task.seed)
    islands = [[] for _ in range(ISLANDS)]  # [cost, candidate, children]
    turn = 0
    while task.left:
        batch = []
        for place in range(TOGETHER):
            island = islands[place % ISLANDS]
            batch.append((island, offspring(task, island, rng)))
        costs = yield [candidate for _, candidate in batch]
        for (island, candidate), cost in zip(batch, costs, strict=False):
            island.append([cost, candidate, 0])
            island.sort(key=lambda each: each[0])
            del island[ARCHIVE:]
        turn += 1
        if turn % EVERY == 0:
            for number, island in enumerate(islands):
                islands[number - 1].append([*island[0][:2], 0])


def offspring(task, island, rng):
    if len(island) < 2:
        return fresh(task, rng)
    parent = rng.choices(island, weighted(island))[0]
    parent[2] += 1
    for _ in range(DRAWN):
        child = changed(task, parent[1], rng)
        if all(likeness(task, child, each[1]) <= ALIKE for each in island):
            break
    return child


def weighted(island):
    costs = sorted(each[0] for each in island)
    middle = costs[len(costs) // 2]
    spread = sorted(abs(cost - middle) for cost in costs)[len(costs) // 2] or 1.0
    return [
        squashed(SHARP * (middle - cost) / spread) / (1 + children) for cost, _, children in island
    ]


def likeness(task, one, other):
    near = 0.01 if task.kind == "reals" else 0
    return sum(abs(a - b) <= near for a, b in zip(one, other, strict=True)) / task.size

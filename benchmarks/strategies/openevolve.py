"""Islands and MAP-Elites as in OpenEvolve 0.4: a grid of elites on each island, parents explored,
exploited or weighted, and migration around a ring.

Its settings: five islands, ten bins a feature, a fifth of the parents explored, seven tenths from
the elites. Migration comes every 5 rounds, for a few hundred evaluations, not every 50. In the
place of a program's length and its distance to others, a candidate's features are two projections.
"""

ISLANDS, BINS, EXPLORE, EXPLOIT, EVERY, MIGRANTS = 5, 10, 0.2, 0.7, 5, 0.1


def improve(task):
    rng = random.Random(task.seed)
    weights = [[rng.gauss(0, 1) for _ in range(task.size)] for _ in range(2)]
    grids = [{} for _ in range(ISLANDS)]  # cell -> (cost, candidate)
    turn = 0
    while task.left:
        batch = []
        for place in range(TOGETHER):
            island = (turn * TOGETHER + place) % ISLANDS
            batch.append((island, offspring(task, grids, island, rng)))
        costs = yield [candidate for _, candidate in batch]
        for (island, candidate), cost in zip(batch, costs, strict=False):
            keep(grids[island], cell(task, candidate, weights), cost, candidate)
        turn += 1
        if turn % EVERY == 0:
            migrate(grids)


def offspring(task, grids, island, rng):
    grid = grids[island]
    if not grid:
        return fresh(task, rng)
    chance, kept = rng.random(), sorted(grid.values(), key=lambda pair: pair[0])
    if chance < EXPLORE:
        parent = rng.choice(kept)
    elif chance < EXPLORE + EXPLOIT:
        best = sorted((pair for each in grids for pair in each.values()), key=lambda pair: pair[0])
        parent = rng.choice(best[: max(1, len(best) // 10)])
    else:
        parent = rng.choices(kept, [len(kept) - rank for rank in range(len(kept))])[0]
    return changed(task, parent[1], rng)


def cell(task, candidate, weights):
    most = {"reals": 1, "choices": max(1, task.choices - 1), "order": max(1, task.size - 1)}
    scaled = [each / most[task.kind] - 0.5 for each in candidate]
    found = []
    for row in weights:
        length = math.sqrt(sum(each * each for each in row)) or 1.0
        x = sum(a * b for a, b in zip(row, scaled, strict=True)) / length
        found.append(min(BINS - 1, int(squashed(4 * x) * BINS)))
    return tuple(found)


def keep(grid, place, cost, candidate):
    if place not in grid or cost < grid[place][0]:
        grid[place] = (cost, candidate)


def migrate(grids):
    leaving = []
    for grid in grids:
        kept = sorted(grid.items(), key=lambda item: item[1][0])
        leaving.append(kept[: max(1, int(MIGRANTS * len(kept)))] if kept else [])
    for island, migrants in enumerate(leaving):
        for place, (cost, candidate) in migrants:
            keep(grids[(island + 1) % ISLANDS], place, cost, candidate)

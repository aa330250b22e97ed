"""CMA-ES on numbers, in the form whose covariance is diagonal (Ros and Hansen 2008, "A simple
modification in CMA-ES achieving linear time and space complexity"); on choices and orders, where it
says nothing, changes of the best so far."""

SIGMA = 0.3


def improve(task):
    rng = random.Random(task.seed)
    return numbers(task, rng) if task.kind == "reals" else climb(task, rng)


def numbers(task, rng):
    n, lam = task.size, TOGETHER
    mu = lam // 2
    weights = [math.log(mu + 0.5) - math.log(rank + 1) for rank in range(mu)]
    total = sum(weights)
    weights = [each / total for each in weights]
    mass = 1 / sum(each * each for each in weights)
    c_sigma = (mass + 2) / (n + mass + 5)
    d_sigma = 1 + 2 * max(0, math.sqrt((mass - 1) / (n + 1)) - 1) + c_sigma
    c_c = (4 + mass / n) / (n + 4 + 2 * mass / n)
    c_1 = 2 / ((n + 1.3) ** 2 + mass)
    c_mu = min(1 - c_1, 2 * (mass - 2 + 1 / mass) / ((n + 2) ** 2 + mass))
    faster = (n + 2) / 3  # what a diagonal allows
    c_1, c_mu = min(0.5, c_1 * faster), min(0.5, c_mu * faster)
    expected = math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n))
    mean, sigma = [rng.random() for _ in range(n)], SIGMA
    var, p_sigma, p_c = [1.0] * n, [0.0] * n, [0.0] * n
    turn = 0
    while task.left:
        turn += 1
        steps = [[rng.gauss(0, 1) for _ in range(n)] for _ in range(lam)]
        points = [
            [
                min(1, max(0, m + sigma * math.sqrt(v) * z))
                for m, v, z in zip(mean, var, step, strict=True)
            ]
            for step in steps
        ]
        costs = yield points
        if len(costs) < lam:
            return
        order = sorted(range(lam), key=costs.__getitem__)[:mu]
        z = [sum(w * steps[k][i] for w, k in zip(weights, order, strict=True)) for i in range(n)]
        y = [math.sqrt(v) * each for v, each in zip(var, z, strict=True)]
        mean = [min(1, max(0, m + sigma * each)) for m, each in zip(mean, y, strict=True)]
        grow = math.sqrt(c_sigma * (2 - c_sigma) * mass)
        p_sigma = [(1 - c_sigma) * p + grow * each for p, each in zip(p_sigma, z, strict=True)]
        norm = math.sqrt(sum(p * p for p in p_sigma))
        fair = norm / math.sqrt(1 - (1 - c_sigma) ** (2 * turn)) < (1.4 + 2 / (n + 1)) * expected
        grow = fair * math.sqrt(c_c * (2 - c_c) * mass)
        p_c = [(1 - c_c) * p + grow * each for p, each in zip(p_c, y, strict=True)]
        for i in range(n):
            spread = sum(w * steps[k][i] ** 2 for w, k in zip(weights, order, strict=True)) * var[i]
            var[i] = max(1e-12, (1 - c_1 - c_mu) * var[i] + c_1 * p_c[i] ** 2 + c_mu * spread)
        sigma = min(1.0, sigma * math.exp(c_sigma / d_sigma * (norm / expected - 1)))


def climb(task, rng):
    best, least = None, float("inf")
    while task.left:
        batch = [changed(task, best, rng) if best else fresh(task, rng) for _ in range(TOGETHER)]
        costs = yield batch
        for candidate, cost in zip(batch, costs, strict=False):
            if cost < least:
                best, least = candidate, cost

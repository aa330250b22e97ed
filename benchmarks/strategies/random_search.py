"""Random search: every candidate anew."""


def improve(task):
    rng = random.Random(task.seed)
    while task.left:
        yield [fresh(task, rng) for _ in range(TOGETHER)]

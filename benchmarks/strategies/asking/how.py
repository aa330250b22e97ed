"""Asks a language model how much to change: it is told the best cost so far from round to round,
and says whether more places should change, as many, or fewer.

Without questions it is the example, but for what it keeps of its rounds.
"""

PROMPT = """\
A random search wants a list of {size} {places} with a low cost. In each round it makes {many}
copies of its best list and changes some places of each at random; {percent} in 100 at present.
The lowest cost after each of the last rounds: {costs}
Should a copy change MORE places, the SAME, or FEWER? While the cost falls, keep the SAME. When it
stands still, change FEWER, to refine what is good; when it did so for long, MORE, to get away.
Answer with one word: MORE, SAME or FEWER."""
PLACES = {"reals": "numbers", "choices": "choices", "order": "positions"}
EVERY = 7  # rounds from question to question
SHOWN = 8  # rounds that are told
FACTOR = 2.5  # how much fewer, or more
MOST = 0.8


def improve(task):
    rng = random.Random(task.seed)
    best, least, share = None, float("inf"), SHARE
    history = []
    while task.left:
        candidates = []
        for _ in range(TOGETHER):
            anew = best is None or rng.random() < RESTART
            candidates.append(fresh(task, rng) if anew else altered(task, best, rng, share))
        costs = yield candidates
        for candidate, cost in zip(candidates, costs, strict=False):
            if cost < least:
                best, least = candidate, cost
        history.append(least)
        if task.questions and task.left and len(history) % EVERY == 0:
            said = yield asked(task, history, share)
            share = answered(said, share)


def asked(task, history, share):
    costs = ", ".join(f"{cost:.4g}" for cost in history[-SHOWN:])
    percent = max(1, round(100 * share))
    return PROMPT.format(
        size=task.size, places=PLACES[task.kind], many=TOGETHER, percent=percent, costs=costs
    )


def answered(said, share):
    words = said.upper()
    if "FEWER" in words and "MORE" not in words:
        return share / FACTOR
    if "MORE" in words and "FEWER" not in words:
        return min(MOST, share * FACTOR)
    return share


def altered(task, candidate, rng, share):
    new = list(candidate)
    for place in range(task.size):
        if rng.random() < share:
            if task.kind == "reals":
                new[place] = min(1, max(0, new[place] + rng.gauss(0, STEP)))
            elif task.kind == "choices":
                new[place] = rng.randrange(task.choices)
            else:
                other = rng.randrange(task.size)
                new[place], new[other] = new[other], new[place]
    return new

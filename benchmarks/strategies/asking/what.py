"""Asks a language model for candidates: it reads the best so far with what they cost, and writes
others (Yang et al. 2024, Large language models as optimizers).

What it writes that is no candidate is left out; the places are the search's then.
"""

PROMPT = """\
Find a list with a lower cost. A list has {size} {places}.
Lists that were tried, the best last:
{tried}
Write {wanted} new lists that should cost less than the last, one on each line, in brackets."""
PLACES = {
    "reals": "numbers from 0 to 1",
    "choices": "whole numbers from 0 to {most}",
    "order": "different whole numbers from 0 to {last}",
}
EVERY = 7  # rounds from question to question
SHOWN = 4  # lists that are told
WANTED = 4


def improve(task):
    rng = random.Random(task.seed)
    kept, rounds, given = [], 0, []
    while task.left:
        candidates = given[:TOGETHER]
        while len(candidates) < TOGETHER:
            anew = not kept or rng.random() < RESTART
            candidates.append(fresh(task, rng) if anew else changed(task, kept[0][1], rng))
        costs = yield candidates
        kept += list(zip(costs, candidates, strict=False))
        kept = sorted(kept, key=lambda pair: pair[0])[:SHOWN]
        rounds, given = rounds + 1, []
        if task.questions and task.left and rounds % EVERY == 0:
            said = yield asked(task, kept)
            given = answered(task, said)


def asked(task, kept):
    places = PLACES[task.kind].format(most=task.choices - 1, last=task.size - 1)
    lines = [f"{written(task, each)} costs {cost:.4g}" for cost, each in reversed(kept)]
    return PROMPT.format(size=task.size, places=places, tried="\n".join(lines), wanted=WANTED)


def written(task, candidate):
    digits = 2 if task.kind == "reals" else 0
    return "[" + ", ".join(f"{each:.{digits}f}" for each in candidate) + "]"


def answered(task, said):
    found = []
    for part in said.split("[")[1:]:
        try:
            numbers = [float(each) for each in part.partition("]")[0].split(",")]
            if task.kind != "reals":
                numbers = [int(each) for each in numbers]
        except (ValueError, OverflowError):  # no number, or one that is none
            continue
        if fits(task, numbers):
            found.append(numbers)
    return found


def fits(task, numbers):
    if len(numbers) != task.size:
        return False
    if task.kind == "order":
        return sorted(numbers) == list(range(task.size))
    most = 1 if task.kind == "reals" else task.choices - 1
    return all(0 <= each <= most for each in numbers)

"""Puzzles of reasoning-gym, which draws them and marks the answers (`pip install reasoning-gym`).

Any of its families will do: name it in `families`, and here what makes it easier or harder.
"""

import json
from functools import cache

import reasoning_gym
from reasoning_gym.utils import extract_answer

SETTINGS = {
    "chain_sum": {"max_terms": 3, "min_digits": 2, "max_digits": 2},
    "gcd": {"max_value": 60},
}


def made(family, **more):
    return reasoning_gym.create_dataset(family, **SETTINGS.get(family, {}), **more)


marking = cache(made)


def draw(random, family):
    entry = made(family, seed=random.getrandbits(32), size=1)[0]
    return entry["question"], json.dumps([family, entry], default=str)


def score(said, answer):
    """As reasoning-gym does it: what stands between the tags is the answer."""
    family, entry = json.loads(answer)
    return marking(family).score_answer(extract_answer(said), entry)


def feedback(said, answer):
    right = json.loads(answer)[1]["answer"]
    if extract_answer(said) is None:
        return f"nothing stands between <answer> and </answer>; there should be {right}"
    return f"between <answer> and </answer> there should be {right}"

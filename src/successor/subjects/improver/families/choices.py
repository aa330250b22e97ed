"""Puzzles of which every place is a choice: words, clauses, loads, networks, walks, formulas."""

from __future__ import annotations

import math
from collections import deque
from itertools import combinations, pairwise, product
from random import Random

from successor.subjects.improver.spaces import Candidate, Space
from successor.subjects.improver.task import Task

Cell = tuple[int, int]
NETWORKS = ((4, 5), (4, 6), (5, 9), (5, 10), (6, 12))
"""(wires, comparators): as few as can sort them (Knuth, 5.3.4), or one more."""
TOKENS = 6
"""Of a formula: x, 1, add, subtract, multiply, double."""
POINTS = (-2.0, -1.5, -1.0, -0.5, 0.5, 1.0, 1.5, 2.0)
LARGEST = 1e6


def word(rng: Random) -> Task:
    """A hidden word: every letter that is wrong costs what its place is worth."""
    space = Space("choices", rng.randint(8, 16), rng.randint(3, 6))
    hidden = space.draw(rng)
    worth = [rng.uniform(0.5, 2) for _ in hidden]

    def cost(at: Candidate) -> float:
        return sum(w for w, a, b in zip(worth, at, hidden, strict=True) if a != b)

    return Task("word", space, cost, 0.0)


def clauses(rng: Random) -> Task:
    """Three literals each, of which one should hold; a hidden assignment satisfies all."""
    space = Space("choices", rng.randint(14, 24), 2)
    hidden, parts = space.draw(rng), list[list[tuple[int, int]]]()
    while len(parts) < 4 * space.size:
        places = rng.sample(range(space.size), 3)
        clause = [(place, rng.randrange(2)) for place in places]
        if any(hidden[place] == wanted for place, wanted in clause):
            parts.append(clause)

    def cost(at: Candidate) -> float:
        return sum(at[a] != x and at[b] != y and at[c] != z for (a, x), (b, y), (c, z) in parts)

    return Task("clauses", space, cost, 0.0)


def load(rng: Random) -> Task:
    """A knapsack: what is left behind costs its worth, and so does what is too heavy, twice."""
    space = Space("choices", rng.randint(12, 24), 2)
    weights = [rng.uniform(1, 10) for _ in range(space.size)]
    worth = [weight * rng.uniform(0.5, 2) for weight in weights]
    room = rng.uniform(0.3, 0.6) * sum(weights)
    dearest = max(w / weight for w, weight in zip(worth, weights, strict=True))

    def cost(at: Candidate) -> float:
        left = sum(w for w, taken in zip(worth, at, strict=True) if not taken)
        heavy = sum(weight for weight, taken in zip(weights, at, strict=True) if taken)
        return left + 2 * dearest * max(0.0, heavy - room)

    best = sorted(zip(worth, weights, strict=True), key=lambda each: -each[0] / each[1])
    bound, rest = sum(worth), room
    for w, weight in best:  # in pieces, which is never worse
        share = min(1.0, rest / weight)
        bound, rest = bound - share * w, rest - share * weight
    return Task("load", space, cost, bound)


def network(rng: Random) -> Task:
    """A sorting network: inputs of zeros and ones that come out unsorted (Knuth, 5.3.4)."""
    wires, length = rng.choice(NETWORKS)
    pairs = list(combinations(range(wires), 2))
    rng.shuffle(pairs)
    inputs = list(product((0, 1), repeat=wires))
    # A number for each wire, with a bit for each input: all of them are sorted at once.
    given = [sum(each[wire] << place for place, each in enumerate(inputs)) for wire in range(wires)]

    def cost(at: Candidate) -> float:
        values, unsorted = [*given], 0
        for each in at:
            a, b = pairs[int(each)]
            values[a], values[b] = values[a] & values[b], values[a] | values[b]
        for low, high in pairwise(values):
            unsorted |= low & ~high
        return unsorted.bit_count()

    return Task("network", Space("choices", length, len(pairs)), cost, 0.0)


def walk(rng: Random) -> Task:
    """A plan of moves on a board with walls: how far from the goal it ends, the way round."""
    side = rng.randint(6, 9)
    cells = {(x, y) for x in range(side) for y in range(side)}
    walls = set(rng.sample(sorted(cells), round(rng.uniform(0.1, 0.3) * side * side)))
    goal = rng.choice(sorted(cells - walls))
    ways = _ways(cells - walls, goal)
    start = max(sorted(ways), key=lambda cell: ways[cell])
    moves = [(0, 1), (0, -1), (1, 0), (-1, 0)]
    rng.shuffle(moves)

    def cost(at: Candidate) -> float:
        here = start
        for each in at:
            x, y = moves[int(each)]
            there = (here[0] + x, here[1] + y)
            here = there if there in ways else here
        return ways[here]

    return Task("walk", Space("choices", max(4, ways[start] + rng.randint(0, 6)), 4), cost, 0.0)


def formula(rng: Random) -> Task:
    """Symbolic regression: a formula in postfix notation that a hidden one has to be equal to."""
    space = Space("choices", rng.randint(7, 13), TOKENS)
    wanted = [_value(space.draw(rng), x) for x in POINTS]
    while max(wanted) - min(wanted) < 1:
        hidden = space.draw(rng)
        wanted = [_value(hidden, x) for x in POINTS]

    def cost(at: Candidate) -> float:
        pairs = zip(POINTS, wanted, strict=True)
        return sum(math.log1p(abs(_value(at, x) - y)) for x, y in pairs) / len(POINTS)

    return Task("formula", space, cost, 0.0)


def _ways(free: set[Cell], goal: Cell) -> dict[Cell, int]:
    """Steps to the goal from every cell that can reach it."""
    ways, waiting = {goal: 0}, deque([goal])
    while waiting:
        x, y = here = waiting.popleft()
        for there in ((x, y + 1), (x, y - 1), (x + 1, y), (x - 1, y)):
            if there in free and there not in ways:
                ways[there] = ways[here] + 1
                waiting.append(there)
    return ways


def _value(tokens: Candidate, x: float) -> float:
    """What is on top in the end; a token that lacks operands is passed over."""
    stack = [0.0]
    for token in tokens:
        if token < 2:
            stack.append(1.0 if token else x)
        elif token == TOKENS - 1:
            stack.append(stack[-1])
        elif len(stack) > 2:
            b, a = stack.pop(), stack.pop()
            found = (a + b, a - b, a * b)[int(token) - 2]
            stack.append(max(-LARGEST, min(LARGEST, found)))
    return stack[-1]

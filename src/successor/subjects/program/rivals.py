"""Repairs that make the same tests pass: do they answer alike, and if not, what would decide?

Tests leave much open. Where repairs that satisfy them all part on inputs that nobody asked about,
none of them is known to be right; an answer to the input on which they part most evenly leaves
the fewest ("What should this give?" is the query of a version space; Mitchell, "Generalization as
search", Artificial Intelligence 18, 1982).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from successor.sandbox import Call, Raised, Returned
from successor.sandbox.texts import shown
from successor.subjects.program.agreement import Answer, Failed, agrees, result
from successor.subjects.program.ground import Ground
from successor.subjects.program.questions import EDGES
from successor.subjects.program.results import Question
from successor.subjects.program.timing import distinct

EACH, SIZES = 64, 2
"""Fresh calls of each of the smallest sizes, and edges, on which repairs are compared: people can
be asked about small ones."""
MOST = 3
"""Questions asked at once."""
LONGEST = 120
"""Characters of a call that people can be asked about."""
WALL_S = 2.0
"""Seconds that a repair has for all calls."""
Cells = Sequence[int]
"""For each repair a number: equal where they answer alike."""


def questions(ground: Ground, sources: Sequence[str], seed: int) -> tuple[Question, ...]:
    """What to ask about repairs that part; none when they answer alike, or tests still fail."""
    files = [ground.files(source) for source in sources]
    if len(files) < 2 or ground.failing(files[0]):
        return ()
    calls = _drawn(ground, seed)
    answers = [ground.bench.ask(ground.grader.program(each), calls, WALL_S) for each in files]
    parted, asked = dict[int, Cells](), dict[int, Question]()
    for place, call in enumerate(calls):
        given = [each[place] for each in answers]
        cells = _cells(given, ground.grader.tolerance)
        if max(cells):
            parted[place], asked[place] = cells, _question(ground, call, given)
    askable = {at: cells for at, cells in parted.items() if _can_be_asked(asked[at])}
    return tuple(asked[at] for at in _telling(askable or parted, asked))


def _drawn(ground: Ground, seed: int) -> Sequence[Call]:
    asked, drawn = ground.questions, list[Call]()
    for size in asked.sizes[:SIZES]:
        drawn += asked.calls(f"rivals/{seed}/{size}", size, EACH)
    if EDGES in ground.slices():
        drawn += [item.call for item in asked.draw(EDGES, EACH, f"rivals/{seed}")]
    # Tests make calls that they say nothing about, too.
    return distinct([*asked.origin.trial.calls, *drawn], len(drawn) + EACH)


def _cells(answers: Sequence[Answer], tolerance: float) -> Cells:
    first, cells = list[Answer](), list[int]()
    for answer in answers:
        alike = (n for n, known in enumerate(first) if _alike(known, answer, tolerance))
        cell = next(alike, len(first))
        if cell == len(first):
            first.append(answer)
        cells.append(cell)
    return cells


def _alike(one: Answer, other: Answer, tolerance: float) -> bool:
    both = isinstance(one, Failed) and isinstance(other, Failed)
    return both or agrees(one, other, tolerance)


def _can_be_asked(question: Question) -> bool:
    """Whether people can read it, and an answer to it decides something."""
    return len(question.call) <= LONGEST and len(question.answers) > 1


def _telling(parted: Mapping[int, Cells], asked: Mapping[int, Question]) -> Sequence[int]:
    """The calls that part the repairs best, each after those before it; short ones first."""
    chosen = list[int]()
    together: list[tuple[int, ...]] = [()] * len(next(iter(parted.values()), ()))
    while parted and len(chosen) < MOST:
        after = {at: _joined(together, cells) for at, cells in parted.items()}
        at = min(after, key=lambda at: (_left(after[at]), len(asked[at].call)))
        if _left(after[at]) == _left(together):
            break
        chosen.append(at)
        together = after[at]
    return chosen


def _joined(together: Sequence[tuple[int, ...]], cells: Cells) -> list[tuple[int, ...]]:
    return [(*known, cell) for known, cell in zip(together, cells, strict=True)]


def _left(together: Sequence[tuple[int, ...]]) -> int:
    """How many pairs of repairs still answer alike, and each with itself: lower parts better."""
    return sum(count * count for count in Counter(together).values())


def _question(ground: Ground, call: Call, answers: Sequence[Answer]) -> Question:
    return Question(
        written(ground, call),
        tuple(dict.fromkeys(each for answer in answers for each in wanted(answer))),
    )


def written(ground: Ground, call: Call) -> str:
    """A call in full, as `--report` takes it."""
    named = [f"{name}={shown(value)}" for name, value in call.kwargs.items()]
    return f"{ground.target.entry}({', '.join([*map(shown, call.args), *named])})"


def wanted(answer: Answer) -> Iterator[str]:
    """As `--report` takes it after "should"."""
    match answer:
        case Returned(value=value):
            yield f"be {shown(result(value))}"
        case Raised(kind=kind):
            yield f"raise {kind.rpartition('.')[2]}"
        case _:
            pass

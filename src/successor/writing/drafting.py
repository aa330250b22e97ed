"""From a goal to a function that held-out tests speak for: written several times, tested by
those who did not see it, and chosen.
"""

from __future__ import annotations

import ast
import keyword
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from successor.authors.requirements import UnreadableError
from successor.errors import UsageError
from successor.llm import Message, Usage
from successor.sandbox import Limits
from successor.subjects.program.agreement import Answer, shortened, told
from successor.subjects.program.bench import Bench, Programs
from successor.subjects.program.beside import Tests, Trial, try_tests
from successor.subjects.program.target import Target
from successor.targets import WRITES, FunctionName
from successor.writing import prompts, reading
from successor.writing.asking import Conversations, Tell
from successor.writing.cases import Case, Suite, meets, suite_of
from successor.writing.consensus import Settled, choose, settle
from successor.writing.reading import Signature, VisibleTests

LONGEST_GOAL = 4000
_WALL_S = 10.0


@dataclass(frozen=True)
class Wanted:
    """What was asked for."""

    goal: str
    name: str
    into: Path
    """The folder of the package; it is not there yet."""
    model: str
    candidates: int
    """Functions, and suites of held-out tests, that are written apart."""
    calls: int
    """Requests to the model, at most; half of them to improve the function."""
    budget: str
    """Working time to improve it."""
    unsafe_sandbox: bool

    @property
    def function(self) -> FunctionName:
        """The function and its lab, which is beside the package."""
        return FunctionName(self.into.parent / f"{self.name}.py", self.name, WRITES)

    @property
    def about(self) -> dict[str, object]:
        """What answers depend on."""
        return {"goal": self.goal, "name": self.name, "model": self.model,
                "candidates": self.candidates}  # fmt: skip

    def require_usable(self) -> None:
        """Nothing, when it can be begun.

        Raises:
            UsageError: naming what is wrong.
        """
        name = self.name
        if not name.isidentifier() or keyword.iskeyword(name) or not name.isascii():
            raise UsageError(f"--name {name!r}: should be a name of a function, such as add")
        if name in sys.stdlib_module_names or name.startswith(("test", "successor", "pytest", "_")):
            raise UsageError(f"--name {name!r}: a module of that name is there; choose another")
        if len(self.goal) > LONGEST_GOAL:
            raise UsageError(f"the goal should have at most {LONGEST_GOAL:,} characters")
        if self.into.exists() or self.into.is_symlink():
            raise UsageError(f"{self.into} is there already; name another folder with --into")


@dataclass(frozen=True)
class Candidate:
    """A function that was written."""

    source: str
    messages: tuple[Message, ...]
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drafted:
    """What came of the writing, before the function is improved."""

    wanted: Wanted
    signature: str = ""
    candidates: tuple[Candidate, ...] = ()
    chosen: int = 0
    suites: tuple[Suite, ...] = ()
    rows: tuple[tuple[bool, ...], ...] = ()
    """For each candidate which cases it passes."""
    settled: Settled | None = None
    visible: str = ""
    """The file of visible tests that pass; "" when there is none."""
    visible_count: int = 0
    edge_cases: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()
    """Why it is not finished; empty when it is."""
    spent: Usage = field(default_factory=Usage)

    @property
    def finished(self) -> bool:
        """Whether what was written may be delivered."""
        return not self.failing

    @property
    def source(self) -> str:
        """The function that was chosen; "" when there is none."""
        return self.candidates[self.chosen].source if self.candidates else ""

    @property
    def cases(self) -> tuple[Case, ...]:
        """All that was asserted and can be asked."""
        return tuple(case for suite in self.suites for case in suite.cases)


class Trials:
    """Runs what was written, in the sandbox alone."""

    def __init__(self, wanted: Wanted) -> None:
        preload = ("pytest",) if find_spec("pytest") else ()
        limits = Limits(wall_s=_WALL_S, cpu_s=_WALL_S)
        self.bench = Bench(limits, None, preload, unsafe=wanted.unsafe_sandbox)
        self._name, self._root = wanted.name, wanted.into.parent

    def target(self, source: str) -> Target:
        """The function as what is run."""
        path = f"{self._name}.py"
        return Target(self._root, path, self._name, self._name, {path: source.encode()})

    def tests(self, source: str, text: str | None) -> Trial | str:
        """How tests and the docstring's examples end on it; why they cannot be run."""
        target, module = self.target(source), f"test_{self._name}"
        named = {} if text is None else {f"{module}.py": text.encode()}
        tests = Tests((module,) if named else (), named)
        return try_tests(tests, target, target.files, self.bench, _WALL_S)

    def passed(self, source: str, cases: Sequence[Case]) -> tuple[bool, ...]:
        """Which cases it passes."""
        return tuple(
            meets(case.expected, got)
            for case, got in zip(cases, self.answers(source, cases), strict=True)
        )

    def answers(self, source: str, cases: Sequence[Case]) -> tuple[Answer, ...]:
        """What it answers to the cases."""
        target = self.target(source)
        return self.bench.ask(Programs(target).bare(target.files), [case.call for case in cases])


def draft(wanted: Wanted, tell: Tell) -> Drafted:
    """Have it written, tested and chosen.

    Raises:
        UsageError: when the model cannot be asked.
        SuccessorError: when there is no sandbox, or no answer came.
    """
    trials = Trials(wanted)
    with closing(trials.bench):
        _ = trials.bench.sandbox  # before anything is paid for
        kept = wanted.function.folder.with_name(f"{wanted.name}.answers.json")
        with Conversations(wanted.model, _half(wanted.calls), wanted.about, kept, tell) as talk:
            return _Desk(wanted, talk, trials, tell).drafted()


def _half(calls: int) -> int:
    return calls - calls // 2


@dataclass
class _Desk:
    """One function in the writing."""

    wanted: Wanted
    talk: Conversations
    trials: Trials
    tell: Tell
    doubts: list[str] = field(default_factory=list[str])

    def drafted(self) -> Drafted:
        """All of it, as far as it gets."""
        wanted = self.wanted
        (heard,) = self.talk.ask(
            [prompts.for_signature(wanted.goal, wanted.name)],
            lambda answer, _: reading.signature(answer, wanted.name),
        )
        if heard.found is None:
            return self._given_up((f"no signature: {heard.fault}",))
        signature = heard.found
        self.tell(f"signature: {signature.head}")
        candidates = self._candidates(signature)
        if isinstance(candidates, str):
            return self._given_up((f"no function: {candidates}",), signature)
        suites = self._suites(signature)
        cases = [case for suite in suites for case in suite.cases]
        rows = [self.trials.passed(each.source, cases) for each in candidates]
        chosen = choose(rows)
        settled = settle(cases, rows, chosen, wanted.candidates)
        self._tell_rows(rows, chosen)
        visible, count, edges = self._visible(candidates[chosen])
        return Drafted(
            wanted,
            signature.head,
            tuple(candidates),
            chosen,
            tuple(suites),
            tuple(rows),
            settled,
            visible,
            count,
            edges,
            (*self.doubts, *candidates[chosen].doubts, *self._aside(settled, candidates[chosen])),
            tuple(self._failing(settled, candidates[chosen])),
            self.talk.spent,
        )

    def _given_up(self, why: tuple[str, ...], signature: Signature | None = None) -> Drafted:
        head = signature.head if signature else ""
        return Drafted(self.wanted, head, failing=why, spent=self.talk.spent)

    def _candidates(self, signature: Signature) -> list[Candidate] | str:
        """The functions that can be read; why there is none."""
        wanted = self.wanted
        self.tell(f"writing: {wanted.candidates} functions")
        prompt = prompts.for_code(wanted.goal, wanted.name, signature)

        def read(answer: str, again: bool) -> tuple[str, tuple[str, ...]]:  # noqa: FBT001 - as `Read` is called
            source = reading.code(answer, wanted.name, signature)
            return self._with_examples(source, again=again)

        heard = self.talk.ask([prompt] * wanted.candidates, read)
        found = [Candidate(h.found[0], h.messages, h.found[1]) for h in heard if h.found]
        lost = [each.fault for each in heard if each.found is None]
        if lost and found:
            self.doubts.append(f"{len(lost)} of {len(heard)} functions are of no use: {lost[0]}")
        if len({ast.dump(ast.parse(each.source)) for each in found}) == 1 < len(found):
            self.doubts.append(f"the {len(found)} functions are one and the same")
        return found or lost[0]

    def _with_examples(self, source: str, *, again: bool) -> tuple[str, tuple[str, ...]]:
        """The function with the examples that hold, and what is to be said of the others.

        Raises:
            UnreadableError: when none holds, for the first time.
        """
        name = self.wanted.name
        wrong, doubts = self._wrong_example(source), list[str]()
        count = reading.count_examples(source, name)
        if wrong and count:
            each = [reading.without_examples(source, name, {n}) for n in range(count)]
            kept = [n for n, alone in enumerate(each) if not self._wrong_example(alone)]
            if not (kept or again):
                raise UnreadableError("wrong function", f"{wrong[:1].upper()}{wrong[1:]}.")
            doubts.append(f"{wrong}; {count - len(kept)} of {count} examples are left out")
            source = reading.without_examples(source, name, {*kept})
        elif wrong or not count:
            wrong = wrong or "the docstring has no example"
            if not again:
                raise UnreadableError("wrong function", f"{wrong[:1].upper()}{wrong[1:]}.")
            doubts.append(wrong)
        if used := reading.reaches(ast.parse(source), name):
            doubts.append(f"the function uses {used}: read it before you run it")
        return source, tuple(doubts)

    def _wrong_example(self, source: str) -> str:
        """Why the docstring's examples do not hold; "" when they do."""
        trial = self.trials.tests(source, None)
        if isinstance(trial, str):
            return shortened(trial, 200)
        return f"an example in the docstring is wrong: {trial.failed.why}" if trial.failed else ""

    def _suites(self, signature: Signature) -> list[Suite]:
        wanted = self.wanted
        self.tell(f"writing: {wanted.candidates} suites of held-out tests")
        prompt = prompts.for_held_out_tests(wanted.goal, wanted.name, signature)
        heard = self.talk.ask(
            [prompt] * wanted.candidates,
            lambda answer, _: reading.held_out_tests(answer),
            reading.before_the_cut,
        )
        suites = [
            suite_of(number, each.found or "", wanted.name, self.trials.bench)
            for number, each in enumerate(heard, 1)
        ]
        for number, (each, suite) in enumerate(zip(heard, suites, strict=True), 1):
            if each.found is None:
                self.doubts.append(f"suite {number} of held-out tests is of no use: {each.fault}")
            elif suite.unread:
                unread = f"{suite.unread} statements cannot be asked from outside"
                self.doubts.append(f"suite {number}: {unread}, and count for nothing")
        return suites

    def _visible(self, candidate: Candidate) -> tuple[str, int, tuple[str, ...]]:
        """Tests by one who sees the function, as far as they pass: text, how many, edge cases."""
        name = self.wanted.name
        asked = Message("user", prompts.for_visible_tests(name))
        (heard,) = self.talk.ask(
            [(*candidate.messages, asked)],
            lambda answer, again: reading.visible_tests(answer, name, again=again),
        )
        if heard.found is None:
            self.doubts.append(f"there are no visible tests: {heard.fault}")
            return "", 0, ()
        if not heard.found.edge_cases:
            self.doubts.append("no edge case was named")
        return *self._passing(candidate, self._harmless(heard.found)), heard.found.edge_cases

    def _passing(self, candidate: Candidate, text: str) -> tuple[str, int]:
        """The file with the tests that pass alone, and how many they are; no file without any."""
        trial, module = self.trials.tests(candidate.source, text), f"test_{self.wanted.name}"
        if isinstance(trial, str):
            self.doubts.append(f"the visible tests are left out: {shortened(trial, 200)}")
            return "", 0
        bad, good = list[str](), list[str]()
        for each in trial.verdicts:
            if each.test.partition(".")[0] != module:
                continue  # an example of the docstring
            test = each.test.removeprefix(f"{module}.").partition("[")[0]
            (good if each.outcome == "passed" else bad).append(test)
            if each.outcome != "passed":
                told_why = f"{each.outcome}: {each.test}: {each.why}"
                self.doubts.append(f"a visible test is left out, {told_why}")
        count = sum(test not in bad for test in good)
        return (reading.without_tests(text, {*bad}), count) if count else ("", 0)

    def _harmless(self, tests: VisibleTests) -> str:
        """The tests that reach for nothing beyond what they test: people run them outside."""
        used = reading.reaching_tests(tests.text, self.wanted.name)
        self.doubts += [f"a visible test is left out: {name} uses {what}"
                        for name, what in used.items()]  # fmt: skip
        return reading.without_tests(tests.text, {*used})

    def _tell_rows(self, rows: Sequence[Sequence[bool]], chosen: int) -> None:
        for number, row in enumerate(rows):
            mark = ", chosen" if number == chosen else ""
            self.tell(f"function {number + 1}: {sum(row)} of {len(row)} held-out tests{mark}")

    def _aside(self, settled: Settled, candidate: Candidate) -> list[str]:
        return [f"a held-out test stands alone and is set aside: {each}"
                for each in self._objections(settled.aside, candidate)]  # fmt: skip

    def _failing(self, settled: Settled, candidate: Candidate) -> list[str]:
        failing = [f"held-out test: {each}" for each in self._objections(settled.failed, candidate)]
        if settled.lacking:
            ended = f": {self.talk.ended}" if self.talk.ended else ""
            failing.append(f"{settled.lacking}{ended}")
        record = self.trials.bench.weakest
        if record is not None and not record.trusted:
            failing.append(f"it ran in {record.tier!r}, which is no sandbox that holds")
        return failing

    def _objections(self, cases: Sequence[Case], candidate: Candidate) -> list[str]:
        answers = self.trials.answers(candidate.source, cases) if cases else ()
        return [objection(case, got) for case, got in zip(cases, answers, strict=True)]


def objection(case: Case, got: Answer) -> str:
    """A case that is not met, in a line."""
    return f"suite {case.suite}: {shortened(case.text, 160)}: it gives {told(got)}"

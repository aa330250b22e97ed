"""How fast a language model is sampled and trained here, beside plain transformers.

    python benchmarks/language.py --base qwen2.5-coder-0.5b

The plain way: `generate` on padded batches with several answers to each question, and a training
loop over padded batches with the loss that transformers computes, which is what TRL's trainer
does at each step. Both ways use the same model in the same process, take turns, and write or
learn the same: rates are of answer tokens, which are the same work however they are had.
"""

# torch and transformers type some of their functions in part:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import torch

from successor.subjects.causal_lm.base import Base, find_base
from successor.subjects.causal_lm.foreign import Foreign
from successor.subjects.causal_lm.gym import Gym
from successor.subjects.causal_lm.packing import Example, Steps
from successor.subjects.causal_lm.sampling import Manner, draw
from successor.subjects.causal_lm.settings import Settings
from successor.subjects.causal_lm.speaker import Speaker
from successor.subjects.causal_lm.training import learn

FAMILIES = ("gcd", "spell_backward", "letter_counting", "chain_sum", "products", "count_bits")
IGNORED = -100
"""A label that transformers leaves out of the loss."""


@dataclass
class Measured:
    """One way to do one thing."""

    tokens: int = 0
    wall_s: float = 0.0
    cpu_s: float = 0.0

    def add(self, work: Callable[[], int]) -> None:
        """Once more; `work` returns the answer tokens that it made or learnt."""
        wall, cpu = time.monotonic(), time.process_time()
        self.tokens += work()
        self.wall_s += time.monotonic() - wall
        self.cpu_s += time.process_time() - cpu

    @property
    def cost_s(self) -> float:
        """CPU time of an answer token."""
        return self.cpu_s / max(1, self.tokens)

    def row(self, name: str) -> str:
        """As a line of a table."""
        rates = (self.tokens / max(1e-9, each) for each in (self.wall_s, self.cpu_s))
        told = " | ".join(f"{rate:,.1f}" for rate in rates)
        return f"| {name} | {self.tokens:,} | {told} |"


@dataclass(frozen=True)
class Bench:
    """A model, its questions, and how many answers each gets."""

    speaker: Speaker
    prompts: Sequence[tuple[int, ...]]
    each: int
    tokens: int

    def ours(self, seed: int) -> int:
        """Sampled by our loop."""
        manner = Manner(self.tokens, 1.0, frozenset(self.speaker.ends))
        said = draw(self.speaker.model, self.prompts, self.each, manner, seed)
        return sum(len(one.tokens) + one.ended for answers in said for one in answers)

    def plain(self, seed: int) -> int:
        """Sampled by `generate`."""
        torch.manual_seed(seed)
        ids, mask = padded(self.prompts, self.speaker.ends[0], left=True)
        with torch.inference_mode():
            said = self.speaker.model.generate(
                ids, attention_mask=mask, do_sample=True, temperature=1.0, top_k=0, top_p=1.0,
                repetition_penalty=1.0, num_return_sequences=self.each, max_new_tokens=self.tokens,
                eos_token_id=list(self.speaker.ends), pad_token_id=self.speaker.ends[0],
            )[:, ids.shape[1] :]  # fmt: skip
        ended = torch.isin(said, torch.tensor(self.speaker.ends)).long()
        before = (ended.cumsum(1) - ended).eq(0)  # the token that ends an answer is one of it
        return int(before.sum())

    def examples(self) -> list[Example]:
        """The model's own answers, as if all were right."""
        manner = Manner(self.tokens, 1.0, frozenset(self.speaker.ends))
        said = draw(self.speaker.model, self.prompts, self.each, manner, 7)
        return [
            Example(prompt, (*one.tokens, self.speaker.ends[0]))
            for prompt, answers in zip(self.prompts, said, strict=True)
            for one in answers
        ]


def padded(
    rows: Sequence[Sequence[int]], filler: int, *, left: bool
) -> tuple[torch.Tensor, torch.Tensor]:
    """[rows, longest] tokens and mask."""
    longest = max(map(len, rows))
    ids = torch.full((len(rows), longest), filler)
    mask = torch.zeros((len(rows), longest), dtype=torch.long)
    for place, row in enumerate(rows):
        where = slice(longest - len(row), None) if left else slice(0, len(row))
        ids[place, where], mask[place, where] = torch.tensor(row), 1
    return ids, mask


def learn_plainly(model: Foreign, some: Sequence[Example], optimiser: torch.optim.Optimizer) -> int:
    """One step on a padded batch."""
    ids, mask = padded([[*e.prompt, *e.answer] for e in some], 0, left=False)
    labels = ids.masked_fill(mask == 0, IGNORED)
    for place, example in enumerate(some):
        labels[place, : len(example.prompt)] = IGNORED
    loss = model(input_ids=ids, attention_mask=mask, labels=labels, use_cache=False).loss
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    optimiser.step()
    return int((labels != IGNORED).sum())


def measure_training(bench: Bench, rows: int, batch_tokens: int, most: int) -> dict[str, Measured]:
    """The same examples, packed and padded, in turns."""
    speaker, found = bench.speaker, {"ours": Measured(), "plain": Measured()}
    speaker.begin(1)
    model, examples = speaker.model, bench.examples()[:most]
    learnt = {n: p for n, p in model.named_parameters() if p.requires_grad}
    optimiser = torch.optim.AdamW(learnt.values(), lr=1e-6)
    steps = Steps(examples, batch_tokens, 1, speaker.device)
    model.train()

    def ours(step: int) -> int:
        packed = steps.batch(step)
        learn(model, packed, optimiser, learnt)
        return len(packed.targets)

    batches = [examples[start : start + rows] for start in range(0, len(examples), rows)]
    for step in range(max(count := steps.count(1), len(batches))):
        if step < count:
            found["ours"].add(lambda step=step: ours(step))
        if step < len(batches):
            found["plain"].add(lambda step=step: learn_plainly(model, batches[step], optimiser))
    return found


def page(sampled: dict[str, Measured], trained: dict[str, Measured]) -> str:
    """What came out, as a table."""
    names = {"ours": "of Successor", "plain": "plain transformers"}
    head = [
        "| way | answer tokens | a second | a second of CPU time |",
        "| --- | ---: | ---: | ---: |",
    ]
    rows = [
        measured.row(f"{what}, {names[way]}")
        for what, all_of_it in (("sampling", sampled), ("training", trained))
        for way, measured in all_of_it.items()
    ]
    ratios = [
        f"{what} {found['plain'].cost_s / found['ours'].cost_s:.2f}"
        for what, found in (("sampling", sampled), ("training", trained))
    ]
    return "\n".join([*head, *rows, "", f"Times as fast by CPU time: {', '.join(ratios)}.", ""])


def measure(bench: Bench, rounds: int, rows: int, batch_tokens: int, most: int) -> str:
    """All of it."""
    sampled = {"ours": Measured(), "plain": Measured()}
    for number in range(rounds):
        sampled["ours"].add(lambda number=number: bench.ours(number))
        sampled["plain"].add(lambda number=number: bench.plain(number))
    return page(sampled, measure_training(bench, rows, batch_tokens, most))


def bench_of(base: Base, told: Settings, questions: int, each: int) -> Bench:
    """So many questions of each of the families."""
    gym, speaker = Gym(), Speaker(base, told)
    problems = [p for f in told.families for p in gym.draw("training", 1, f"{f}/1", questions)]
    prompts = [speaker.prompt(problem.question) for problem in problems]
    return Bench(speaker, prompts, each, told.answer_tokens)


@click.command()
@click.option("--base", default="qwen2.5-coder-0.5b", show_default=True)
@click.option("--questions", default=2, show_default=True, help="Of each of six families.")
@click.option("--each", default=4, show_default=True, help="Answers to a question.")
@click.option("--tokens", default=64, show_default=True, help="Of an answer, at most.")
@click.option("--rounds", default=2, show_default=True, help="Of sampling, either way.")
@click.option("--rows", default=8, show_default=True, help="Of a padded training batch.")
@click.option("--batch-tokens", default=768, show_default=True, help="Of a packed training step.")
@click.option("--examples", default=32, show_default=True, help="Trained on, at most.")
@click.option("--dtype", default="float32", show_default=True)
@click.option("--threads", default=1, show_default=True)
def main(**told: Foreign) -> None:
    """Measure, and print a table."""
    settings = Settings(
        base=told["base"], families=FAMILIES, levels=1, answer_tokens=told["tokens"],
        rows=told["questions"] * len(FAMILIES) * told["each"], dtype=told["dtype"],
        threads=told["threads"], batch_tokens=told["batch_tokens"],
    )  # fmt: skip
    bench = bench_of(find_base(settings.base, Path()), settings, told["questions"], told["each"])
    load = os.getloadavg()[0]
    print(
        measure(bench, told["rounds"], told["rows"], told["batch_tokens"], told["examples"])
        + f"\n{settings.base}, {settings.dtype}, {settings.threads} thread(s), torch "
        f"{torch.__version__}, {platform.machine()}; load before: {load:.1f}.\n"
    )


if __name__ == "__main__":
    main()

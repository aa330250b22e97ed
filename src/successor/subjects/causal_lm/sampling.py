"""Drawing answers from a causal language model, many side by side.

What plain generation wastes is not computed here: a question is read once however many answers
it gets, what all questions begin with is read once in all, and an answer that has ended leaves
the batch. The numbers are those of `transformers.generate` up to rounding.
"""

# torch and transformers type some of their functions in part:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import torch
from torch import Tensor

from successor.subjects.causal_lm.foreign import Foreign

SHRINK = 0.75
"""A batch is copied without the answers that have ended once at most this share goes on."""


@dataclass(frozen=True)
class Manner:
    """How answers are drawn."""

    tokens: int
    """At most."""
    temperature: float = 0.0
    """0: always the likeliest token."""
    ends: frozenset[int] = frozenset()
    """Tokens that end an answer."""


@dataclass(frozen=True)
class Said:
    """One answer."""

    tokens: tuple[int, ...]
    """Without the one that ended it."""
    ended: bool
    """Whether it ended by itself, and was not cut off."""
    entropy: float
    """Of the distributions that its tokens were drawn from, mean, in nats; 0 when nothing was
    left to chance, where it is not computed."""


@dataclass
class _Rows:
    """The answers that go on."""

    names: list[int]
    """Which each of them is."""
    mask: Tensor
    """[rows, tokens so far] of 0 and 1."""
    places: Tensor
    """[rows] position of the next token."""
    cache: Any
    """Keys and values of all tokens so far, as transformers keeps them."""
    last: Tensor
    """[rows] the token to be read next."""


@dataclass
class _Draft:
    tokens: list[int] = field(default_factory=list[int])
    entropy: float = 0.0
    drawn: int = 0
    ended: bool = False

    def said(self) -> Said:
        return Said(tuple(self.tokens), self.ended, self.entropy / max(1, self.drawn))


def batches(prompts: Sequence[Sequence[int]], each: int, rows: int) -> Iterator[list[int]]:
    """Which prompts are answered together: of like length, as many as fit the rows."""
    order = sorted(range(len(prompts)), key=lambda place: (len(prompts[place]), place))
    step = max(1, rows // each)
    for start in range(0, len(order), step):
        yield order[start : start + step]


def shared(prompts: Sequence[Sequence[int]]) -> int:
    """Tokens that all prompts begin with; the last token of a prompt is never among them."""
    least = min(len(prompt) for prompt in prompts) - 1
    first, last = min(map(tuple, prompts)), max(map(tuple, prompts))
    pairs = zip(first[:least], last[:least], strict=True)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), least)


@torch.inference_mode()
def draw(
    model: Foreign, prompts: Sequence[Sequence[int]], each: int, manner: Manner, seed: int
) -> list[list[Said]]:
    """`each` answers to every prompt, all in one batch; [prompt][answer].

    Args:
        model: a causal language model of transformers, in eval mode.
        prompts: of at least one token each.
        each: answers to each of them.
        manner: how they are drawn.
        seed: of the draws; with the same prompts it gives the same answers.
    """
    device = next(model.parameters()).device
    chance = torch.Generator(device).manual_seed(seed % (1 << 63))
    rows, logits = _read(model, prompts, device)
    if each > 1:
        rows.cache.batch_repeat_interleave(each)
        rows.mask, rows.places, logits = (
            part.repeat_interleave(each, 0) for part in (rows.mask, rows.places, logits)
        )
    rows.names = list(range(len(prompts) * each))
    drafts = [_Draft() for _ in rows.names]
    for turn in range(manner.tokens):
        rows.last, entropy = _choose(logits, manner.temperature, chance)
        _take(drafts, rows, entropy, manner.ends)
        if all(draft.ended for draft in drafts) or turn + 1 == manner.tokens:
            break
        _shrink(rows, [not drafts[name].ended for name in rows.names])
        logits = _step(model, rows)
    said = [draft.said() for draft in drafts]
    return [said[start : start + each] for start in range(0, len(said), each)]


def _read(
    model: Foreign, prompts: Sequence[Sequence[int]], device: torch.device
) -> tuple[_Rows, Any]:
    """All prompts, padded on the left behind what they share; the logits behind each."""
    cache: Any = import_module("transformers").DynamicCache(config=model.config)
    head = shared(prompts)
    count, longest = len(prompts), max(len(prompt) for prompt in prompts) - head
    if head:
        begun = torch.tensor([list(prompts[0][:head])], device=device)
        model(input_ids=begun, cache=cache, use_cache=True, logits_to_keep=1)
        cache.batch_repeat_interleave(count)
    ids = torch.zeros((count, longest), dtype=torch.long)
    mask = torch.ones((count, head + longest), dtype=torch.long)
    for row, prompt in enumerate(prompts):
        own = list(prompt[head:])
        ids[row, longest - len(own) :] = torch.tensor(own)
        mask[row, head : head + longest - len(own)] = 0
    ids, mask = ids.to(device), mask.to(device)
    places = (mask.cumsum(1) - 1).clamp(min=0)
    logits = model(
        input_ids=ids,
        attention_mask=mask,
        position_ids=places[:, head:],
        cache=cache,
        use_cache=True,
        logits_to_keep=1,
    ).logits[:, -1]
    return _Rows([], mask, places[:, -1] + 1, cache, ids[:, -1]), logits


def _choose(logits: Tensor, temperature: float, chance: torch.Generator) -> tuple[Tensor, Tensor]:
    """A token for each row, and the entropy of what it was drawn from, in nats."""
    if temperature <= 0:
        return logits.argmax(-1), torch.zeros(len(logits))
    scaled = logits.float() / temperature
    highest = scaled.amax(-1, keepdim=True)
    odds = (scaled - highest).exp_()
    sums = odds.cumsum(-1)
    whole = sums[:, -1:]
    # Where chance falls among the sums: `multinomial` draws a number for every token instead.
    fallen = torch.rand(whole.shape, generator=chance, device=whole.device) * whole
    chosen = torch.searchsorted(sums, fallen, right=True).clamp(max=logits.shape[-1] - 1)
    mean = torch.linalg.vecdot(odds, scaled).unsqueeze(-1) / whole
    # A token that a model rules out has an endless logit, and no mean can be told.
    return chosen[:, 0], (whole.log() + highest - mean)[:, 0].nan_to_num(0.0).cpu()


def _take(drafts: list[_Draft], rows: _Rows, entropy: Tensor, ends: frozenset[int]) -> None:
    told = zip(rows.names, rows.last.tolist(), entropy.tolist(), strict=True)
    for name, token, nats in told:
        draft = drafts[name]
        if draft.ended:  # still in the batch, for it was not worth a copy
            continue
        draft.drawn += 1
        draft.entropy += nats
        draft.ended = token in ends
        if not draft.ended:
            draft.tokens.append(token)


def _shrink(rows: _Rows, going: list[bool]) -> None:
    """Leave out the answers that have ended, when there are enough of them."""
    kept = [place for place, goes in enumerate(going) if goes]
    if len(kept) > SHRINK * len(going):
        return
    chosen = torch.tensor(kept, device=rows.mask.device)
    rows.cache.batch_select_indices(chosen)
    rows.names = [rows.names[place] for place in kept]
    rows.mask, rows.places, rows.last = rows.mask[chosen], rows.places[chosen], rows.last[chosen]


def _step(model: Foreign, rows: _Rows) -> Tensor:
    """Read the last tokens; the logits behind them."""
    rows.mask = torch.cat([rows.mask, rows.mask.new_ones((len(rows.names), 1))], 1)
    logits = model(
        input_ids=rows.last[:, None],
        attention_mask=rows.mask,
        position_ids=rows.places[:, None],
        cache=rows.cache,
        use_cache=True,
        logits_to_keep=1,
    ).logits[:, -1]
    rows.places = rows.places + 1
    return logits

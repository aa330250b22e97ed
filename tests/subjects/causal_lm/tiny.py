"""A tiny language model made here, which says a digit to everything, and tasks for it."""

# transformers types much of itself in part:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import torch

from successor.subjects.causal_lm import CausalLM, Settings
from successor.subjects.causal_lm.base import Base
from successor.subjects.causal_lm.foreign import Foreign
from successor.subjects.causal_lm.tasks import Problem, purpose_of
from successor.types import Purpose

ASKED = {"even": "02468", "small": "01", "any": "0123456789"}
TEMPLATE = (
    "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SPECIAL = ["<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]


class Digits:
    """To say a digit of some kind; a third of the families is sealed."""

    def origin(self) -> str:
        return "test"

    def slices(self) -> tuple[tuple[str, float], ...]:
        return (("even/1", 1.0), ("small/2", 2.0), ("any/1", 1.0))

    def sealed(self) -> frozenset[str]:
        return frozenset({"any/1"})

    def draw(self, purpose: Purpose, seed: int, name: str, count: int) -> Sequence[Problem]:
        rng = random.Random(f"{purpose}/{seed}/{name}")
        family, found = name.partition("/")[0], list[Problem]()
        while len(found) < count:
            number = rng.randrange(10**6)
            problem = Problem(name, f"{family} {number}", {"family": family}, f"test {number}")
            if purpose_of(problem.id) == purpose:
                found.append(problem)
        return found

    def score(self, problem: Problem, answer: str) -> float:
        return float(len(answer) == 1 and answer in ASKED[problem.entry["family"]])


def tokenizer() -> Foreign:
    """Bytes, and the marks of a chat."""
    tokenizers: Any = import_module("tokenizers")
    alphabet = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {symbol: number for number, symbol in enumerate(alphabet)}
    made = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=vocabulary, merges=[]))
    made.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = tokenizers.decoders.ByteLevel()
    fast = import_module("transformers").PreTrainedTokenizerFast(
        tokenizer_object=made, eos_token="<|end|>", pad_token="<|end|>",  # noqa: S106 - no password
        additional_special_tokens=SPECIAL[1:],
    )  # fmt: skip
    fast.chat_template = TEMPLATE
    return fast


def teach(model: Foreign, words: Foreign, steps: int = 60) -> None:
    """To answer every question with a digit of chance, and then to end."""
    rng, end = random.Random(1), words.eos_token_id
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(steps):
        rows: list[list[int]] = []
        for _ in range(16):
            question = f"{rng.choice([*ASKED])} {rng.randrange(100_000, 10**6)}"
            text = f"<|system|>Digit.<|end|><|user|>{question:>14}<|end|><|assistant|>"
            rows.append(
                [*words(text)["input_ids"], *words(str(rng.randrange(10)))["input_ids"], end]
            )
        ids = torch.tensor(rows)
        logits = model(input_ids=ids[:, :-1]).logits[:, -2:]
        loss = torch.nn.functional.cross_entropy(logits.transpose(1, 2), ids[:, -2:])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


@cache
def base_folder() -> Path:
    """The folder of the model; it is made once, in a second."""
    transformers: Any = import_module("transformers")
    torch.set_num_threads(1)
    torch.manual_seed(0)
    folder, words = Path(mkdtemp(prefix="tiny-language-")), tokenizer()
    config = transformers.Qwen2Config(
        vocab_size=len(words), hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=256,
        eos_token_id=words.eos_token_id, bos_token_id=None, pad_token_id=words.eos_token_id,
    )  # fmt: skip
    model = transformers.Qwen2ForCausalLM(config)
    teach(model, words)
    model.eval()
    transformers.utils.logging.disable_progress_bar()
    model.save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


def settings(**told: Foreign) -> Settings:
    known: dict[str, Foreign] = {
        "base": "tiny", "families": ("even", "small"), "sealed": ("any",), "system": "Digit.",
        "exam_items": 16, "answer_tokens": 4, "rows": 16, "rank": 4, "batch_tokens": 512,
        "dtype": "float32", "device": "cpu", "threads": 1,
    }  # fmt: skip
    return Settings(**{**known, **told})


def tiny(folder: Path | None = None, **told: Foreign) -> CausalLM:
    """The subject, on its tiny model."""
    base = Base(folder or base_folder(), "tiny")
    return CausalLM(lambda: base, Digits(), settings(**told))


def prompts(subject: CausalLM, count: int, words: int = 3) -> list[tuple[int, ...]]:
    """Questions of different lengths."""
    texts = ("".join(f" {n}" for n in range(k % words + 1)) for k in itertools.count())
    return [subject.speaker.prompt(f"even{text}") for text in itertools.islice(texts, count)]

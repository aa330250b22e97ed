"""The text, the model, and how well a model knows the text. You own this file.

The text is documentation that comes with Python. Which modules are for training, and how bytes
are renamed, is drawn anew for each evaluation, so that no weights, seed or table that was right
once is worth anything the next time.
"""

import json
import math
import os
import re
from dataclasses import asdict, dataclass
from itertools import accumulate
from pathlib import Path
from random import Random

import torch
from safetensors import safe_open
from torch import Tensor, nn
from torch.nn import functional

WEIGHTS, TEXT = "weights.safetensors", "train.bin"
TRAINING_BYTES, HELD_OUT_BYTES = 1_000_000, 50_000
MOST_PARAMETERS, LONGEST_CONTEXT = 2_000_000, 512
DOCSTRING = re.compile(rb'"""(.*?)"""', re.DOTALL)


def split(seed: int) -> tuple[bytes, bytes]:
    """Text to train on and text held out, from different modules, with bytes renamed alike."""
    random = Random(seed)
    names = [*range(128)]
    random.shuffle(names)
    renamed = bytes(names) + bytes(range(128, 256))
    texts = documents()
    random.shuffle(texts)
    sizes = accumulate(map(len, texts))
    middle = next(number for number, size in enumerate(sizes, 1) if size >= HELD_OUT_BYTES)
    held_out, training = b"".join(texts[:middle]), b"".join(texts[middle:])
    return (
        training[:TRAINING_BYTES].translate(renamed),
        held_out[:HELD_OUT_BYTES].translate(renamed),
    )


def documents() -> list[bytes]:
    """The documentation of each module of the standard library, in the order of their names."""
    home = Path(os.__file__).parent
    sources = sorted([*home.glob("*.py"), *home.glob("[a-rtu-z]*/*.py")])
    texts = [b"\n\n".join(DOCSTRING.findall(path.read_bytes())) for path in sources]
    return [text + b"\n\n" for text in texts if text]


@dataclass(frozen=True)
class Config:
    """How large a model is; `train.py` may choose."""

    width: int = 64
    layers: int = 2
    heads: int = 2
    context: int = 64
    """Bytes that it sees."""

    def check(self) -> None:
        """Raise ValueError when a model of this size is not allowed."""
        whole = all(type(size) is int and size > 0 for size in asdict(self).values())
        if not whole or self.width % self.heads:
            raise ValueError(f"{self}: sizes are whole numbers, and heads share the width evenly")
        if self.context > LONGEST_CONTEXT or self.parameters() > MOST_PARAMETERS:
            raise ValueError(f"{self}: more than {MOST_PARAMETERS:,} parameters, or too long")

    def parameters(self) -> int:
        """Numbers in the weights, to within the norms and biases."""
        return self.width * (256 + self.context + 12 * self.width * self.layers)


class Model(nn.Module):
    """A transformer over bytes that predicts the next one."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        config.check()
        self.config = config
        self.bytes = nn.Embedding(256, config.width)
        self.places = nn.Embedding(config.context, config.width)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)

    def forward(self, seen: Tensor) -> Tensor:
        """Scores of the next byte at each place: (batch, length) to (batch, length, 256)."""
        state = self.bytes(seen) + self.places.weight[: seen.shape[1]]
        for block in self.blocks:
            state = block(state)
        return self.norm(state) @ self.bytes.weight.T


class Block(nn.Module):
    """Attention to what came before, then two layers for each byte."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.heads, width = config.heads, config.width
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attend, self.merge = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.widen, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, state: Tensor) -> Tensor:
        """(batch, length, width) to the same."""
        batch, length, width = state.shape
        shape = (batch, length, 3, self.heads, width // self.heads)
        query, key, value = self.attend(self.before(state)).view(shape).permute(2, 0, 3, 1, 4)
        found = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        state = state + self.merge(found.transpose(1, 2).reshape(state.shape))
        return state + self.narrow(functional.gelu(self.widen(self.between(state))))


def load(path: Path) -> Model:
    """The model whose weights a training script left; none of its code is run.

    Raises:
        ValueError: when they are no weights of a model that is allowed.
    """
    try:
        with safe_open(path, framework="pt") as stored:
            told = json.loads((stored.metadata() or {})["config"])
            model = Model(Config(**told))
            model.load_state_dict({name: stored.get_tensor(name) for name in stored.keys()})  # noqa: SIM118 - it is no mapping
    except Exception as error:  # noqa: BLE001 - whatever a damaged or hostile file leads to
        raise ValueError(f"{path.name}: {type(error).__name__}: {error}") from None
    return model.float().eval()


@torch.no_grad()
def bits_per_byte(model: Model, text: bytes) -> float:
    """What the model needs for each byte after the first; lower is better, 8 is knowing nothing.

    Raises:
        ValueError: when it is not a finite number.
    """
    data, context = torch.tensor([*text]), model.config.context
    pairs = [*zip(data[:-1].split(context), data[1:].split(context), strict=True)]
    whole, rest = pairs[: len(data[1:]) // context], pairs[len(data[1:]) // context :]
    batches = [whole[start : start + 64] for start in range(0, len(whole), 64)]
    total = 0.0
    for batch in filter(None, [*batches, rest]):
        seen, wanted = (torch.stack(part) for part in zip(*batch, strict=True))
        scores = model(seen).flatten(0, 1)
        total += functional.cross_entropy(scores, wanted.flatten(), reduction="sum").item()
    found = total / math.log(2) / (len(data) - 1)
    if not math.isfinite(found):
        raise ValueError("the model predicts no probabilities")
    return found

"""Trains a small model of text. The machine edits this file.

    python train.py UNTIL SEED

Reads `train.bin`, and leaves `weights.safetensors`. It is ended at the time UNTIL, in seconds as
`time.time()` tells; what is not there by then does not count. SEED differs from evaluation to
evaluation.
"""

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

import torch
from prepare import TEXT, WEIGHTS, Config, Model
from safetensors.torch import save_file
from torch.nn import functional

# EVOLVE-BLOCK-START
WIDTH, LAYERS, HEADS, CONTEXT = 64, 2, 2, 64
BATCH = 32
RATE = 0.0003
WARMUP = 0.0  # share of the time in which the rate rises
DECAY = 0.0  # share of the time in which it falls
MOMENTUM, SECOND = 0.9, 0.999
SHRINK = 0.0
CLIP = 1.0
SCALE = 0.1  # of the weights that training begins with
SEED = 1
# EVOLVE-BLOCK-END

SPARE_S = 1.0
"""Kept for writing the weights."""


def main(until: float, seed: int) -> None:
    """Train until the time is nearly over, then leave the weights."""
    torch.manual_seed(SEED + seed)
    text = torch.tensor([*Path(TEXT).read_bytes()])
    model = Model(Config(WIDTH, LAYERS, HEADS, CONTEXT))
    for weights in model.parameters():
        if weights.dim() == 2:
            torch.nn.init.normal_(weights, std=SCALE)
    optimiser = torch.optim.AdamW(
        model.parameters(), lr=RATE, betas=(MOMENTUM, SECOND), weight_decay=SHRINK
    )
    ready, end = time.time(), until - SPARE_S
    while (now := time.time()) < end:
        done = (now - ready) / (end - ready)
        rising = done / WARMUP if done < WARMUP else 1.0
        falling = (1 - done) / DECAY if done > 1 - DECAY else 1.0
        for group in optimiser.param_groups:
            group["lr"] = RATE * rising * falling
        step(model, optimiser, text)
    told = {"config": json.dumps(asdict(model.config))}
    save_file({name: each.contiguous() for name, each in model.state_dict().items()}, WEIGHTS, told)


def step(model: Model, optimiser: torch.optim.Optimizer, text: torch.Tensor) -> None:
    """One batch."""
    starts = torch.randint(len(text) - CONTEXT, (BATCH, 1))
    places = starts + torch.arange(CONTEXT + 1)
    batch = text[places]
    scores = model(batch[:, :-1])
    loss = functional.cross_entropy(scores.flatten(0, 1), batch[:, 1:].flatten())
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
    optimiser.step()


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))

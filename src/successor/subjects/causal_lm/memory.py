"""Whether a model fits the memory that is free, said before anything is loaded."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from successor.errors import SuccessorError
from successor.subjects.causal_lm.base import Base

GIB = 1 << 30
_PROMPT = 512
"""Tokens of a question that are reckoned with."""
_COPIES = 3
"""Of the logits of one step, while an answer is drawn."""
_HEADER = 100 << 20
"""Bytes of a safetensors header, at most: a longer one is damage."""


def require_memory(
    base: Base, device: torch.device, dtype: torch.dtype, rows: int, answer_tokens: int
) -> None:
    """Nothing, when the weights and what answers need beside them fit.

    Raises:
        SuccessorError: how much is needed, and how much is free.
    """
    needed = weights_bytes(base, dtype) + answering_bytes(base.config, dtype, rows, answer_tokens)
    free = free_bytes(device)
    if needed > free:
        short = str(dtype).removeprefix("torch.")
        told = f"needs about {needed / GIB:.1f} GiB as {short} with rows = {rows}"
        less = ", fewer rows" if rows > 1 else ""
        half = ' or dtype = "bfloat16"' if dtype == torch.float32 else ""
        raise SuccessorError(
            f"{base.name}: {told}, and {free / GIB:.1f} GiB of {device.type} memory are free; "
            f"take a smaller model{less}{half}"
        )


def weights_bytes(base: Base, dtype: torch.dtype) -> int:
    """Bytes of all weights as that type, by the heads of their files alone.

    Raises:
        SuccessorError: when a file is damaged.
    """
    return sum(
        math.prod(tensor["shape"])
        for path in sorted(base.folder.glob("*.safetensors"))
        for tensor in header(path).values()
    ) * _itemsize(dtype)


def header(path: Path) -> Mapping[str, Any]:
    """What a safetensors file says of its tensors, by name.

    Raises:
        SuccessorError: when the file is damaged, or shorter than it says.
    """
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            told: dict[str, Any] = json.loads(file.read(min(length, _HEADER)))
        told.pop("__metadata__", None)
        end = max((tensor["data_offsets"][1] for tensor in told.values()), default=0)
        whole = path.stat().st_size == 8 + length + end
    except OSError as error:
        raise SuccessorError(f"{path}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        whole, told = False, {}
    if not whole:
        raise SuccessorError(f"{path}: is damaged, or not all of it is there; get it again")
    return told


def answering_bytes(
    config: Mapping[str, Any], dtype: torch.dtype, rows: int, answer_tokens: int
) -> int:
    """Bytes of the keys and values of all rows, and of the logits that they are drawn from."""
    heads = int(config.get("num_attention_heads") or 1)
    width = int(config.get("head_dim") or int(config.get("hidden_size") or 0) // heads)
    stored = 2 * int(config.get("num_hidden_layers") or 0) * width
    stored *= int(config.get("num_key_value_heads") or heads)
    logits = _COPIES * int(config.get("vocab_size") or 0) * 4
    return rows * ((_PROMPT + answer_tokens) * stored * _itemsize(dtype) + logits)


def free_bytes(device: torch.device) -> int:
    """Bytes that may still be had there, by the least of what the system and its limits allow."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    free = [_mem_available(), _cgroup_left()]
    return min((each for each in free if each is not None), default=1 << 62)


def _mem_available() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:  # not Linux
        return None
    found = next((line for line in lines if line.startswith("MemAvailable:")), None)
    return int(found.split()[1]) * 1024 if found else None


def _cgroup_left() -> int | None:
    home = Path("/sys/fs/cgroup")
    try:
        most = (home / "memory.max").read_text(encoding="ascii").strip()
        used = int((home / "memory.current").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return int(most) - used if most.isdigit() else None


def _itemsize(dtype: torch.dtype) -> int:
    return torch.empty((), dtype=dtype).element_size()

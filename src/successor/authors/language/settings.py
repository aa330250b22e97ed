"""What a lab file may say about the author `language_training`."""

from __future__ import annotations

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from successor.authors.language.learner import Objective


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Settings:
    """The `[author]` table of a lab whose author is "language_training"."""

    problems: int = Field(default=96, ge=1)
    """Fresh problems attempted per generation; as many times more as the incumbent's successors
    were refused, up to four times."""
    samples: int = Field(default=4, ge=1, le=256)
    """Answers to each of them."""
    temperature: float = Field(default=0.8, gt=0, le=2)
    """At which they are drawn."""
    objective: Objective = "imitate"
    """What is learnt: right answers ("imitate": STaR, ReST-EM); to prefer a right answer to a wrong
    one to the same problem ("dpo"); or from all answers to problems that were solved sometimes,
    right ones up and wrong ones down ("grpo"). The last two replay nothing."""
    keep: int = Field(default=2, ge=1, le=64)
    """Different right answers to one problem that are trained on, at most."""
    examples: int = Field(default=128, ge=1)
    """Fresh right answers that are trained on, at most; those to the hardest problems first."""
    replay: float = Field(default=0.25, ge=0, lt=1)
    """Share of what is trained on that earlier generations made, where there is so much."""
    least: int = Field(default=4, ge=1)
    """Fresh right answers without which nothing is trained."""
    epochs: float = Field(default=2.0, gt=0)
    """How often each is seen."""
    learning_rate: float = Field(default=2e-4, gt=0, lt=1)
    """The highest; it rises over a tenth of the steps and falls over the rest."""
    afresh: bool = False
    """Whether every generation trains a new adapter on the base (ReST-EM), and not the
    incumbent's on."""
    probe: int = Field(default=16, ge=0, le=4096)
    """Problems that the candidate answers as often as the incumbent did, to see whether it
    collapsed; 0: nobody looks."""

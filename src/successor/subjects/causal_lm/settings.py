"""What a lab file may say about a language model that trains its own successors."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass

from successor.sandbox import Tier

Name = Annotated[str, Field(min_length=1)]
Number = Literal["auto", "float32", "bfloat16"]
SYSTEM = (
    "Solve the problem. Think in a few words if you must, then give the answer, and nothing else, "
    "between <answer> and </answer>."
)


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Settings:
    """The `[subject]` table of the kind "model/causal_lm"."""

    base: str = Field(min_length=1)
    """The model: weights that `successor models pull` brought, by name; a GGUF file; or a folder
    with `config.json`, safetensors and a tokenizer, as on the Hugging Face hub."""
    families: tuple[Name, ...] = Field(min_length=1)
    """Families that it may train on: of reasoning-gym, or "programs_lists" and "programs_words",
    small functions to write."""
    sealed: tuple[Name, ...] = ()
    """Families that it never trains on; a loss on one refuses a promotion."""
    levels: int = Field(default=3, ge=1, le=16)
    """Levels of difficulty of each family, the easiest first; each is a slice of an exam."""
    system: str = SYSTEM
    """What the model is told before every problem."""
    exam_items: int = Field(default=16, ge=4, le=4096)
    """Items of each slice in an exam."""
    passes: int = Field(default=1, ge=1, le=64)
    """Answers to each item in an exam of one's own; with several they are drawn at temperature 1,
    and pass@k is told beside pass@1."""
    answer_tokens: int = Field(default=96, ge=1, le=32768)
    """Tokens of an answer, at most; what is cut off there is wrong."""
    rows: int = Field(default=32, ge=1, le=4096)
    """Answers that are written side by side."""
    rank: int = Field(default=16, ge=1, le=1024)
    """Rank of the adapters (LoRA)."""
    batch_tokens: int = Field(default=768, ge=64)
    """Tokens of one training step, at most."""
    checkpointing: bool = False
    """Whether training computes what it forgot once more: less memory, a third more time."""
    device: Name = "auto"
    """Where it is computed, as torch spells it; "auto": on CUDA where there is any."""
    dtype: Number = "auto"
    """Numbers of the base; "auto": bfloat16 where the device computes with it, else float32."""
    threads: int | None = Field(default=None, ge=1, le=1024)
    """Processor threads; as many as cores are free when it is loaded, when not given."""
    wall_s: float = Field(default=2.0, gt=0, le=3600)
    """Seconds that the tests of a program may take."""
    memory_mb: int = Field(default=256, ge=64)
    """Megabytes that it may use."""
    tier: Tier | None = None
    """Tier of the sandbox for programs; the best one there is when not given."""

    @model_validator(mode="after")
    def seals_what_is_not_trained(self) -> Self:
        """A family is trained on or sealed; neither is named twice."""
        for name in self.sealed:
            if name in self.families:
                raise ValueError(f"sealed: {name!r} is among the families to train on")
        for key, names in (("families", self.families), ("sealed", self.sealed)):
            if len({*names}) < len(names):
                raise ValueError(f"{key}: should name each family once")
        return self

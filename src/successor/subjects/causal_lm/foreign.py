"""What comes from libraries whose types are partly unknown."""

from __future__ import annotations

from typing import Any, TypeAlias

Foreign: TypeAlias = Any
"""An object of transformers, PEFT or reasoning-gym."""

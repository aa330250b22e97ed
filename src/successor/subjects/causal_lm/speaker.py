"""A loaded language model: its tokenizer, its adapter, and what it says."""

# torch, transformers and peft type some of their functions in part:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

# Threads that spin while they wait gain nothing, and cost much beside another process: torch reads
# it when it loads.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from successor.errors import SuccessorError, UsageError
from successor.host import free_cores
from successor.subjects.causal_lm.base import Base, quiet_transformers
from successor.subjects.causal_lm.foreign import Foreign
from successor.subjects.causal_lm.memory import require_memory
from successor.subjects.causal_lm.sampling import Manner, Said, batches, draw
from successor.subjects.causal_lm.settings import Settings

ADAPTER = "adapter_model.safetensors"
"""As PEFT names it: the files of a version are a folder that PEFT loads."""
ADAPTER_CONFIG = "adapter_config.json"


def device_of(settings: Settings) -> torch.device:
    """Where to compute.

    Raises:
        UsageError: when torch knows no such device, or it is not there.
    """
    if settings.device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    where = f"[subject] device = {settings.device!r}"
    try:
        device = torch.device(settings.device)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise UsageError(f"{where}: {str(error).splitlines()[0][:160]}") from None
    return device


def dtype_of(settings: Settings, device: torch.device) -> torch.dtype:
    """Which numbers the base has: bfloat16 where the device multiplies it by itself."""
    if settings.dtype != "auto":
        return torch.bfloat16 if settings.dtype == "bfloat16" else torch.float32
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    return torch.bfloat16 if device.type == "cpu" and _multiplies_bfloat16() else torch.float32


def _multiplies_bfloat16() -> bool:
    """Whether the processor has instructions for products of bfloat16."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - a line at a time
            flags = next((line.split() for line in file if line.startswith("flags")), [])
    except OSError:  # not Linux
        return False
    return "amx_bf16" in flags or "avx512_bf16" in flags


class Speaker:
    """A base with room for one adapter, which is changed from version to version."""

    def __init__(self, base: Base, settings: Settings) -> None:
        """Load it.

        Raises:
            SuccessorError: when it does not fit, is damaged, or transformers does not know it.
        """
        torch.set_num_threads(settings.threads or free_cores())
        self.base, self.settings = base, settings
        self.device = device_of(settings)
        self.dtype = dtype_of(settings, self.device)
        require_memory(base, self.device, self.dtype, settings.rows, settings.answer_tokens)
        self.tokenizer: Any = _tokenizer(base)
        self._whole: Any = _adapted(_model(base, self.dtype), settings.rank).to(self.device)
        self._whole.eval()
        self.model: Foreign = self._whole.get_base_model()
        if settings.checkpointing:
            self.model.activation_checkpointing_enable({"use_reentrant": False})
        self.ends = self._ends()
        self._worn: bytes | None = None
        self._whole.base_model.disable_adapter_layers()

    def _ends(self) -> tuple[int, ...]:
        """Tokens that end an answer, the tokenizer's own first."""
        told: Any = self.model.generation_config.eos_token_id
        several = told if isinstance(told, list) else [told]
        found = (self.tokenizer.eos_token_id, *several)
        return tuple(dict.fromkeys(int(each) for each in found if each is not None))

    # Text

    def prompt(self, question: str) -> tuple[int, ...]:
        """The tokens behind which an answer begins."""
        system = {"role": "system", "content": self.settings.system}
        asked = {"role": "user", "content": question}
        if not self.tokenizer.chat_template:
            text = f"{self.settings.system}\n\n{question}\n\n"
            return tuple(self.tokenizer(text)["input_ids"])
        try:
            text = self._templated([system, asked])
        except Exception:  # noqa: BLE001 - templates fail in their own ways on a system's words
            whole = f"{self.settings.system}\n\n{question}"
            text = self._templated([{"role": "user", "content": whole}])
        return tuple(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def _templated(self, messages: Sequence[Mapping[str, str]]) -> str:
        return self.tokenizer.apply_chat_template(
            messages, tokenize=False, add_generation_prompt=True
        )

    def text(self, tokens: Sequence[int]) -> str:
        """What tokens say."""
        return self.tokenizer.decode(tokens, skip_special_tokens=True)

    # Answers

    def groups(self, prompts: Sequence[Sequence[int]], each: int) -> list[list[int]]:
        """Which prompts are answered together."""
        return list(batches(prompts, each, self.settings.rows))

    def say(
        self, prompts: Sequence[Sequence[int]], each: int, temperature: float, seed: int
    ) -> list[list[Said]]:
        """Answers to prompts that fit one batch."""
        manner = Manner(self.settings.answer_tokens, temperature, frozenset(self.ends))
        return draw(self.model, prompts, each, manner, seed)

    # The adapter

    def wear(self, adapter: bytes | None) -> None:
        """Take on an adapter from `adapter()`; None: the base as it is.

        Raises:
            SuccessorError: when it is damaged, or of another base or rank.
        """
        if adapter is None:
            self._whole.base_model.disable_adapter_layers()
        else:
            if adapter != self._worn:
                self._put(adapter)
            self._whole.base_model.enable_adapter_layers()
        self._worn = adapter

    def _put(self, adapter: bytes) -> None:
        peft: Any = import_module("peft")
        self._worn = None
        try:
            found = load(adapter)
            known = {name: part.shape for name, part in self._state().items()}
            if {name: part.shape for name, part in found.items()} != known:
                raise SuccessorError(f"{ADAPTER}: is of another base, or of another rank")
            if not all(part.isfinite().all() for part in found.values()):
                raise SuccessorError(f"{ADAPTER}: has numbers that are none")
            peft.set_peft_model_state_dict(self._whole, found)
        except (SafetensorError, ValueError) as error:
            told = str(error).splitlines()[0][:160]
            raise SuccessorError(f"{ADAPTER}: is damaged: {told}") from None

    def begin(self, seed: int) -> None:
        """Take on a new adapter, which changes nothing yet: the first half is drawn, the second
        is nought (Hu et al. 2021).
        """
        chance = torch.Generator().manual_seed(seed % (1 << 63))
        with torch.no_grad():
            for name, part in self._whole.named_parameters():
                if "lora_A" in name:
                    drawn = torch.empty(part.shape).uniform_(-1.0, 1.0, generator=chance)
                    part.copy_(drawn / part.shape[1] ** 0.5)
                elif "lora_B" in name:
                    part.zero_()
        self._whole.base_model.enable_adapter_layers()
        self._worn = None

    def changed(self) -> None:
        """What it wears was trained, and is no longer what it took on."""
        self._worn = None

    def _state(self) -> dict[str, torch.Tensor]:
        peft: Any = import_module("peft")
        return peft.get_peft_model_state_dict(self._whole)

    def adapter(self) -> bytes:
        """What it wears, as PEFT keeps it; the same bytes for the same numbers."""
        state = self._state()
        return save({name: state[name].cpu().contiguous() for name in sorted(state)})

    def adapter_config(self) -> bytes:
        """How it is put on, as PEFT keeps it."""
        told: dict[str, Any] = self._whole.peft_config["default"].to_dict()
        told["base_model_name_or_path"] = self.base.name
        told["target_modules"] = sorted(told["target_modules"])
        return json.dumps(told, sort_keys=True, indent=1, default=str).encode()


def _tokenizer(base: Base) -> Foreign:
    transformers = quiet_transformers()
    try:
        return transformers.AutoTokenizer.from_pretrained(base.folder, local_files_only=True)
    except Exception as error:
        told = str(error).splitlines()[0][:160]
        raise SuccessorError(f"{base.name}: its tokenizer cannot be read: {told}") from error


def _model(base: Base, dtype: torch.dtype) -> Foreign:
    transformers = quiet_transformers()
    try:
        return transformers.AutoModelForCausalLM.from_pretrained(
            base.folder, dtype=dtype, local_files_only=True, attn_implementation="sdpa"
        )
    except Exception as error:
        told = str(error).splitlines()[0][:160]
        raise SuccessorError(f"{base.name}: cannot be loaded: {told}") from error


def _adapted(model: Foreign, rank: int) -> Foreign:
    """With LoRA on every linear layer but the last, which is how it matches full training
    (Biderman et al. 2024).

    Raises:
        SuccessorError: when PEFT is not installed.
    """
    try:
        peft: Any = import_module("peft")
    except ImportError as error:
        told = f"needs {error.name}; pip install 'successor-rsi[language]'"
        raise SuccessorError(f'[subject] kind = "model/causal_lm": {told}') from None
    config = peft.LoraConfig(
        r=rank, lora_alpha=2 * rank, target_modules="all-linear", task_type="CAUSAL_LM"
    )
    with warnings.catch_warnings():
        # PEFT asks transformers by a name that transformers gives up.
        warnings.simplefilter("ignore", FutureWarning)
        return peft.get_peft_model(model, config)

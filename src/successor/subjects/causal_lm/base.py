"""The base model: where its files are, what they are bound by, and whether they are whole.

A version is an adapter, and names its base by digest; the base itself is never copied into a
record. A GGUF file is dequantised once, into the user's cache.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from contextlib import redirect_stderr
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

from successor.errors import SuccessorError, UsageError
from successor.llm import SetupError
from successor.llm.local import weights
from successor.llm.places import user_cache
from successor.subjects.causal_lm.foreign import Foreign
from successor.types import Digest

TOKENIZERS = ("tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt")
"""Any of these is a tokenizer."""
_READ = (".json", ".safetensors", ".model", ".txt", ".jinja")
"""Files of a model that its loading may read."""
_ORIGIN = "origin.json"
"""In a folder of ours: the digest of the GGUF file that it was made of."""
_FORM = 1
"""Of the folders that are made of GGUF files; another form is made anew."""


@dataclass(frozen=True)
class Base:
    """A folder in the form of the Hugging Face hub."""

    folder: Path
    name: str
    """As the lab spells it."""

    @cached_property
    def listing(self) -> str:
        """A line for each file that is read: its digest, and its name.

        Raises:
            SuccessorError: when one cannot be read.
        """
        try:
            return "".join(
                f"{weights.digest(path)}  {path.name}\n"
                for path in sorted(self.folder.iterdir())
                if path.suffix in _READ and path.is_file() and path.name != _ORIGIN
            )
        except OSError as error:
            raise SuccessorError(f"{error.filename}: {error.strerror}") from None

    @property
    def digest(self) -> Digest:
        """What versions are bound to."""
        return sha256(self.listing.encode()).hexdigest()

    @cached_property
    def config(self) -> Mapping[str, Any]:
        """What `config.json` says."""
        return json.loads((self.folder / "config.json").read_bytes())


def find_base(name: str, folder: Path, environment: Mapping[str, str] = os.environ) -> Base:
    """The base that a lab names; of a GGUF file what was made of it, made now where it is new.

    Args:
        name: of pulled weights; or the path of a folder or GGUF file, as seen from the lab.
        folder: of the lab.
        environment: says where weights and caches are.

    Raises:
        UsageError: when it is not there, or lacks something.
    """
    path = (folder / Path(name).expanduser()).resolve()
    if name.endswith(".gguf") or name in weights.manifest():
        try:
            found = weights.found(str(path) if name.endswith(".gguf") else name, environment)
        except SetupError as error:
            raise UsageError(f"[subject] base = {name!r}: {error}") from None
        path = _dequantised(found, user_cache(environment) / "causal_lm", name)
    elif not path.is_dir():
        told = "no such folder, nor weights that `successor models pull` knows"
        raise UsageError(f"[subject] base = {name!r}: {told}")
    _require_files(path, name)
    return Base(path, name)


def _require_files(path: Path, name: str) -> None:
    where = f"[subject] base = {name!r}"
    if not (path / "config.json").is_file():
        raise UsageError(f"{where}: has no config.json, so it is no model's folder")
    if not any(path.glob("*.safetensors")):
        raise UsageError(f"{where}: has no *.safetensors; other forms of weights are not read")
    if not any((path / each).is_file() for each in TOKENIZERS):
        raise UsageError(f"{where}: has no tokenizer (none of {', '.join(TOKENIZERS)})")


def _dequantised(found: weights.Found, home: Path, name: str) -> Path:
    """The folder that was made of a GGUF file; it gets its name when it is whole."""
    target = home / f"{found.sha256[:32]}-{_FORM}"
    if (target / _ORIGIN).is_file():
        return target
    partial = home / f"{target.name}.{os.getpid()}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(parents=True)
        _convert(found.path, partial, name)
        (partial / _ORIGIN).write_text(json.dumps({"gguf": found.sha256}), encoding="utf-8")
        partial.rename(target)
    except OSError as error:
        if not (target / _ORIGIN).is_file():  # another process was first
            raise SuccessorError(f"{error.filename or home}: {error.strerror}") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return target


def _convert(path: Path, target: Path, name: str) -> None:
    """Dequantise with transformers, to bfloat16: its 8 bits of mantissa hold what 4 or 5 bits were.

    Raises:
        SuccessorError: when transformers cannot read the file.
    """
    transformers: Any = quiet_transformers()
    torch: Any = import_module("torch")
    try:
        # Its progress bar is not one of those that can be turned off.
        with redirect_stderr(StringIO()):
            model = transformers.AutoModelForCausalLM.from_pretrained(
                path.parent,
                gguf_file=path.name,
                dtype=torch.bfloat16,
                quantization_config=transformers.GgufConfig(dequantize=True),
            )
        tokenizer = transformers.AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
        model.save_pretrained(target)
        tokenizer.save_pretrained(target)
    except OSError:
        raise
    except Exception as error:
        told = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        raise SuccessorError(f"[subject] base = {name!r}: cannot be dequantised: {told}") from error


def quiet_transformers() -> Foreign:
    """The library, without progress bars and without warnings on stderr; imported here, and late.

    Raises:
        SuccessorError: when it is not installed.
    """
    try:
        transformers: Any = import_module("transformers")
    except ImportError as error:
        told = f"needs {error.name}; pip install 'successor-rsi[language]'"
        raise SuccessorError(f'[subject] kind = "model/causal_lm": {told}') from None
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    return transformers

"""The rewrites that there are: the files of `library/`, by name."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from importlib import import_module
from pkgutil import iter_modules
from typing import cast

import libcst as cst

from successor.authors.regions import fenced, unfenced
from successor.authors.rewrite import library
from successor.authors.rewrite.patterns import Variants
from successor.authors.trials import compiles


@lru_cache(maxsize=1)
def rewrites() -> Mapping[str, Variants]:
    """Each rewrite by the name of its file."""
    names = sorted(each.name for each in iter_modules(library.__path__))
    return {
        name: cast("Variants", import_module(f"{library.__name__}.{name}").variants)
        for name in names
    }


def useful(name: str, objectives: Sequence[str]) -> bool:
    """Whether a rewrite can make any of the objectives better: its file may name the only one
    that it is for, as `OBJECTIVE`.
    """
    only = vars(import_module(f"{library.__name__}.{name}")).get("OBJECTIVE")
    return only is None or only in objectives


def rewritten(source: str, function: str, name: str) -> Iterator[str]:
    """The texts that a rewrite makes of a file; what is marked to stay is in each as it was.

    Args:
        function: dotted name of what is rewritten; "" for every function of the file.
    """
    module = _module(fenced(source))
    for each in [function] if function else functions(module):
        for variant in rewrites()[name](module, each):
            text = unfenced(variant.code, source)
            if text is not None and text != source and compiles(text):
                yield text


@lru_cache(maxsize=4)
def _module(source: str) -> cst.Module:
    return cst.parse_module(source)


def functions(module: cst.Module) -> Iterator[str]:
    """Dotted names of the functions of a file, and of its classes."""
    for node in module.body:
        if isinstance(node, cst.FunctionDef):
            yield node.name.value
        elif isinstance(node, cst.ClassDef):
            inside = [each for each in node.body.body if isinstance(each, cst.FunctionDef)]
            yield from (f"{node.name.value}.{each.name.value}" for each in inside)


def normalised(source: str) -> str:
    """A digest that is the same for texts with the same syntax tree."""
    return sha256(ast.dump(ast.parse(source)).encode()).hexdigest()

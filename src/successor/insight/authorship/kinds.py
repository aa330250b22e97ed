"""Kinds of authors, as the trailers and names of a commit tell them.

    human        a person, and nothing says that AI took part
    suggested    a person whose commit names an AI as co-author, or a tool that made it for them
    autonomous   an agent is the author, or a promotion that a person decided on
    closed loop  a promotion by Successor that a policy decided on
    automation   other bots, such as those that raise versions of dependencies

What nobody wrote down cannot be seen: AI that leaves no trace counts as human, so that shares of AI
are lower bounds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias, get_args

Kind: TypeAlias = Literal["human", "suggested", "autonomous", "closed loop", "automation"]
KINDS: tuple[Kind, ...] = get_args(Kind)
AI: tuple[Kind, ...] = ("suggested", "autonomous", "closed loop")

_AI_NAME = re.compile(
    r"\b(copilot|codex|chatgpt|openai|gpt-?\d|gemini|cursor ?agent|devin ai|aider|openhands|"
    r"opencode|qwen|deepseek|claude[ -](code|opus|sonnet|haiku|fable|mythos|\d))",
    re.IGNORECASE,
)
"""Of products: Claude alone is what people are called, too."""
_AI_MAIL = re.compile(
    r"no-?reply@(anthropic\.com|aider\.(chat|dev)|openai\.com)|^aider@aider\.chat|"
    r"cursoragent@cursor\.com|copilot@github\.com|"
    r"(copilot|claude|codex|devin|cursor|gemini|jules|openhands|sweep)[\w-]*\[bot\]",
    re.IGNORECASE,
)
_BOT = re.compile(r"\[bot\]|\bbot@|dependabot|renovate|pre-commit-ci|github-actions", re.IGNORECASE)
_TOOL = re.compile(r"\(aider\)\s*$", re.IGNORECASE)
"""A person's name with the tool behind it, as that tool signs."""
_TRAILERS = ("co-authored-by", "assisted-by", "generated-by", "co-developed-by")


def kind_of(name: str, email: str, trailers: Mapping[str, Sequence[str]]) -> Kind:
    """Of a commit.

    Args:
        name: of its author.
        email: likewise.
        trailers: values by key, in lower case.
    """
    if "successor-version" in trailers:
        return _promoted(trailers)
    if _TOOL.search(name):
        return "suggested"
    bot = bool(_BOT.search(name) or _BOT.search(email))
    if _AI_MAIL.search(email) or _AI_MAIL.search(name) or (bot and _AI_NAME.search(name)):
        return "autonomous"
    if bot:
        return "automation"
    named = [value for key in _TRAILERS for value in trailers.get(key, ())]
    if any(_AI_NAME.search(value) or _AI_MAIL.search(_address(value)) for value in named):
        return "suggested"
    return "human"


def _promoted(trailers: Mapping[str, Sequence[str]]) -> Kind:
    """By the trailers of `successor attest --trailers`."""
    if trailers.get("successor-author", ("",))[0].startswith("human"):
        return "human"
    people = [each for each in trailers.get("successor-approved-by", ()) if each.strip("- ")]
    policy = all(by.startswith("policy") for by in _decided(trailers))
    return "closed loop" if policy and not people else "autonomous"


def _address(value: str) -> str:
    return value.rpartition("<")[2].rstrip("> ")


def _decided(trailers: Mapping[str, Sequence[str]]) -> Sequence[str]:
    return [by.strip().lower() for by in trailers.get("successor-decided-by", ())] or [""]

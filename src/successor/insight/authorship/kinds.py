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
    r"\b(claude|copilot|codex|chatgpt|openai|gpt-?\d|gemini|cursor ?agent|cursoragent|devin|aider|"
    r"openhands|sweep|jules|amp|opencode|windsurf|codegen|qwen|deepseek|grok)\b",
    re.IGNORECASE,
)
_AI_MAIL = re.compile(
    r"@(anthropic\.com|aider\.(chat|dev)|cursor\.(com|sh)|openai\.com)|"
    r"(copilot|claude|codex|devin|cursor|gemini|jules|openhands|sweep)[\w-]*(\[bot\])?@",
    re.IGNORECASE,
)
_BOT = re.compile(r"\[bot\]|\bbot@|(dependabot|renovate|pre-commit-ci|github-actions)", re.IGNORECASE)
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
        people = [each for each in trailers.get("successor-approved-by", ()) if each.strip("- ")]
        writers = trailers.get("successor-author", ("",))
        if writers[0].startswith("human"):
            return "human"
        policy = all(by == "policy" or by.startswith("rule") for by in _decided(trailers))
        return "closed loop" if policy and not people else "autonomous"
    if _TOOL.search(name):
        return "suggested"
    bot = bool(_BOT.search(name) or _BOT.search(email))
    if _AI_MAIL.search(email) or (_AI_NAME.search(name) and (bot or "noreply" in email.lower())):
        return "autonomous"
    if bot:
        return "automation"
    named = [value for key in _TRAILERS for value in trailers.get(key, ())]
    if any(_AI_NAME.search(value) or _AI_MAIL.search(value) for value in named):
        return "suggested"
    return "human"


def _decided(trailers: Mapping[str, Sequence[str]]) -> Sequence[str]:
    return [by.strip().lower() for by in trailers.get("successor-decided-by", ())] or [""]

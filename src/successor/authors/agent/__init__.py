"""The author `agent`: any command that edits files, in a sandbox, with a written brief."""

from __future__ import annotations

from collections.abc import Mapping

from successor.authors.agent.author import AgentAuthor
from successor.authors.agent.running import Runner
from successor.authors.agent.settings import Settings
from successor.authors.workshop import workshop_of
from successor.types import Subject
from successor.validation import validated


def agent(settings: Mapping[str, object], subject: Subject) -> AgentAuthor:
    """The author of a lab whose subject is a program, in any language.

    Raises:
        UsageError: when a setting is unknown or out of its range, or the command is no command.
    """
    checked = validated(Settings, "author", settings)
    return AgentAuthor(workshop_of(subject, AgentAuthor.name), checked, Runner(checked))


__all__ = ["AgentAuthor", "Settings", "agent"]

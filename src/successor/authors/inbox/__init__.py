"""The author `inbox`: what others handed in, by `successor mcp` say, in the order that it came."""

from __future__ import annotations

from collections.abc import Mapping

from successor.authors.inbox.author import InboxAuthor
from successor.authors.inbox.settings import Settings
from successor.authors.workshop import workshop_of
from successor.types import Subject
from successor.validation import validated


def inbox(settings: Mapping[str, object], subject: Subject) -> InboxAuthor:
    """The author of a lab whose subject is a program, in any language.

    Raises:
        UsageError: when a setting is unknown or out of its range.
    """
    checked = validated(Settings, "author", settings)
    return InboxAuthor(workshop_of(subject, InboxAuthor.name), checked)


__all__ = ["InboxAuthor", "Settings", "inbox"]

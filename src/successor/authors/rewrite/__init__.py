"""The author `rewrite`: a library of rewrites, each variant screened, the best handed in."""

from __future__ import annotations

from collections.abc import Mapping

from successor.authors.rewrite.author import RewriteAuthor
from successor.authors.rewrite.settings import Settings
from successor.authors.rewrite.shelf import rewrites
from successor.authors.workshop import workshop_of
from successor.errors import UsageError
from successor.types import Subject
from successor.validation import no_such, validated


def rewrite(settings: Mapping[str, object], subject: Subject) -> RewriteAuthor:
    """The author of a lab whose subject is a program.

    Raises:
        UsageError: when a setting is unknown or out of its range, or a rewrite is.
    """
    checked = validated(Settings, "author", settings)
    for name in checked.without:
        if name not in rewrites():
            unknown = no_such("rewrite", name, [*rewrites()])
            raise UsageError(f"[author] without = {name!r}: {unknown}")
    return RewriteAuthor(workshop_of(subject, RewriteAuthor.name), checked)


__all__ = ["RewriteAuthor", "Settings", "rewrite"]

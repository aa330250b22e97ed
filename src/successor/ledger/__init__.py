"""What happened, step by step: an append-only record that nobody can change unseen.

A record is a folder, `<lab>/.successor`:

    record.sqlite   the events, each hashed into a Merkle tree
    objects/        everything that the events name, under its SHA-256
    work/           the checkpoint of the step that is under way
    lock            held by the one process that writes
"""

from successor.ledger.audit import AuditReport, audit
from successor.ledger.clock import WorkClock
from successor.ledger.codec import as_text, is_text, require_text, version_id
from successor.ledger.events import (
    BOUND,
    Alive,
    Chartered,
    Choice,
    Decided,
    Directed,
    Entry,
    Event,
    Examined,
    GenerationClosed,
    GenerationOpened,
    Heartbeat,
    Judged,
    Lifted,
    Lowered,
    Paused,
    Progress,
    Proposed,
    Restored,
    Reviewed,
    RolledBack,
    SandboxOpened,
    SessionStarted,
    Signed,
    Stopped,
    Tally,
    Trigger,
    Written,
)
from successor.ledger.journal import PAUSED, WHILE_PAUSED, Listener, told_pause
from successor.ledger.merkle import verify_consistency, verify_inclusion
from successor.ledger.record import Ledger
from successor.ledger.reviews import Look, Proposal, Review
from successor.ledger.steps import CHEATING, HUMAN, REVIEW, Generation
from successor.ledger.tip import Head

__all__ = [
    "BOUND",
    "CHEATING",
    "HUMAN",
    "PAUSED",
    "REVIEW",
    "WHILE_PAUSED",
    "Alive",
    "AuditReport",
    "Chartered",
    "Choice",
    "Decided",
    "Directed",
    "Entry",
    "Event",
    "Examined",
    "Generation",
    "GenerationClosed",
    "GenerationOpened",
    "Head",
    "Heartbeat",
    "Judged",
    "Ledger",
    "Lifted",
    "Listener",
    "Look",
    "Lowered",
    "Paused",
    "Progress",
    "Proposal",
    "Proposed",
    "Restored",
    "Review",
    "Reviewed",
    "RolledBack",
    "SandboxOpened",
    "SessionStarted",
    "Signed",
    "Stopped",
    "Tally",
    "Trigger",
    "WorkClock",
    "Written",
    "as_text",
    "audit",
    "is_text",
    "require_text",
    "told_pause",
    "verify_consistency",
    "verify_inclusion",
    "version_id",
]

"""The question that a human answers with one key: accept, edit, reject, explain, or leave it."""

from __future__ import annotations

import os
import re
import signal
import sys
import termios
import threading
import time
import tty
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from select import select
from tempfile import TemporaryDirectory
from types import FrameType

import click

from successor.cli.options import plain
from successor.cli.signers import signer_at_terminal
from successor.director import review, signatories
from successor.errors import SuccessorError
from successor.lab import Lab
from successor.ledger import Choice, Look, Paused
from successor.oversight import stopfile
from successor.showing.proposal import Packet, editable, explained, packet_of, told, whole

QUESTION = "[a]ccept  [e]dit  [r]eject  e[x]plain  [q]uit and leave it waiting: "
KEYS: dict[str, Choice] = {"a": "accept", "e": "edit", "r": "reject", "q": "later"}
MOST_BYTES = 32
"""Of a key: arrows and the like send several."""
LOOK_S = 0.1
"""Time between two looks for a stop, while a key is waited for."""
_SUFFIX = re.compile(r"\.\w{1,8}")


def can_ask() -> bool:
    """Whether somebody sits at a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def pressed_at(question: str, look: Callable[[], None] = lambda: None) -> str:
    """The key that somebody presses once a question stands there; Abort for Ctrl-C and Ctrl-D.

    Args:
        look: called again and again meanwhile; what it raises ends the wait.
    """
    click.echo(question, err=True, nl=False)
    # A key that was pressed before the question stood there answers nothing.
    termios.tcflush(sys.stdin, termios.TCIFLUSH)
    with _key_by_key(sys.stdin.fileno()) as seat:
        while not select([seat], [], [], LOOK_S)[0]:
            look()
        pressed = os.read(seat, MOST_BYTES).decode(errors="replace")
    if pressed in ("\x03", "\x04", ""):  # nothing: nobody sits there any more
        raise click.Abort
    click.echo(plain(pressed), err=True)
    return pressed


@contextmanager
def _key_by_key(seat: int) -> Generator[int]:
    """A terminal that hands over each key at once, Ctrl-C too, and is afterwards as it was."""
    before = termios.tcgetattr(seat)
    tty.setraw(seat, termios.TCSADRAIN)
    try:
        yield seat
    finally:
        termios.tcsetattr(seat, termios.TCSADRAIN, before)


@contextmanager
def _hearing(record: Path) -> Generator[None]:
    """While somebody is asked, SIGUSR1 stops the lab as it does at work: nobody has to be there."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def hear(_: int, __: FrameType | None) -> None:
        stopfile.ask(record, Paused("signal", "SIGUSR1", "", stopfile.UNKNOWN))

    before = signal.signal(signal.SIGUSR1, hear)
    mask = signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGUSR1, before)


def not_shown(packet: Packet) -> str:
    """Why nobody at a terminal accepts a candidate yet; nothing when all of it was shown."""
    left = packet.left_out
    return f"{left:,} lines of it were not shown yet: press x to see them" if left else ""


def ask(lab: Lab) -> Lab | None:
    """The lab once a human has chosen; None when the candidate was left waiting.

    Raises:
        UsageError: when nothing waits.
    """
    ledger = lab.parts.ledger
    proposal = ledger.waiting()
    if proposal is None:
        return review(lab, "later")  # which says that nothing waits
    question = _Question(lab, packet_of(ledger, proposal))
    with _hearing(ledger.folder):
        while (chosen := question.choose()) is None:
            pass
    return chosen if question.choice != "later" else None


@dataclass
class _Question:
    """One candidate before one human, until a choice is on record."""

    lab: Lab
    packet: Packet
    choice: Choice | None = None

    def __post_init__(self) -> None:
        self._began = time.monotonic()
        self._shown = told(self.packet)
        self._explained = False
        click.echo(f"\n{self._shown}\n", err=True)

    def choose(self) -> Lab | None:
        """The lab after one key; None when the question is still open."""
        pressed = pressed_at(QUESTION, self._look)
        if pressed == "x":
            self._explain()
        elif pressed in KEYS:
            return self._take(KEYS[pressed])
        return None

    def _look(self) -> None:
        """Leave when somebody stops the lab: nobody decides in it then."""
        ledger = self.lab.parts.ledger
        if stopfile.asked(ledger.folder) is not None:
            click.echo("\r", err=True)
            stopfile.settle(ledger)
            ledger.require_going()

    def _explain(self) -> None:
        more = explained(self.packet)
        click.echo(f"\n{more}\n", err=True)
        if not self._explained:
            self._shown, self._explained = f"{self._shown}\n{more}", True

    def _take(self, choice: Choice) -> Lab | None:
        if choice == "accept" and not self._explained and (unseen := not_shown(self.packet)):
            click.echo(f"Not taken: {unseen}", err=True)
            return None
        try:
            files = self._edited() if choice == "edit" else None
            if choice == "edit" and files is None:
                click.echo("Nothing was changed.", err=True)
                return None
            look = Look(self._shown, time.monotonic() - self._began, self._explained)
            people = signatories(self.lab) if choice == "accept" else ()
            signed = signer_at_terminal(people) if people else None
            made = review(self.lab, choice, look=look, files=files, signed=signed)
        except (SuccessorError, click.ClickException, UnicodeDecodeError, OSError) as error:
            if choice not in ("accept", "edit"):
                raise
            message = error.format_message() if isinstance(error, click.ClickException) else error
            click.echo(plain(f"Not taken: {message}"), err=True)
            return None
        lacking = choice == "accept" and made.parts.ledger.waiting() is not None
        self.choice = "later" if lacking else choice
        return made

    def _edited(self) -> dict[str, bytes] | None:
        """Every file of the candidate as the human left it; None when all are as they were."""
        ledger, proposal = self.lab.parts.ledger, self.packet.proposal
        texts = editable(ledger, proposal)
        if not texts:
            raise SuccessorError("no file of this candidate is text")
        with TemporaryDirectory(prefix="successor-edit-") as folder:
            # The names are the author's: one such as ../x must not lead out of the folder.
            places = {
                name: Path(folder) / f"candidate-{place}{_suffix(name)}"
                for place, name in enumerate(texts)
            }
            for name, path in places.items():
                path.write_bytes(texts[name].encode())
            click.edit(filename=[str(path) for path in places.values()])
            edited = {name: path.read_bytes().decode() for name, path in places.items()}
        return None if edited == texts else whole(ledger, proposal, edited)


def _suffix(name: str) -> str:
    suffix = Path(name).suffix
    return suffix if _SUFFIX.fullmatch(suffix) else ".txt"

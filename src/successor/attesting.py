"""What supply-chain tools verify of a promotion: an in-toto statement with SLSA provenance.

A statement follows from the record up to the promotion, and from nothing else: whoever has a copy
of the record can make it again, byte by byte.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import cast

from successor.authors.improver import IMPROVER, TEXT
from successor.errors import UsageError
from successor.lab import record_of
from successor.ledger import (
    BOUND,
    Decided,
    Entry,
    GenerationOpened,
    Judged,
    Ledger,
    Proposal,
    SandboxOpened,
    SessionStarted,
    Written,
    audit,
)
from successor.ledger.disk import not_verified
from successor.oversight import (
    adopted,
    approval,
    head_of,
    lawfulness,
    people_who_signed,
    taken_back,
)
from successor.oversight.rules import canonical
from successor.signing import PublicKey, Statement
from successor.types import Digest, Version

PAYLOAD = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://slsa.dev/provenance/v1"
PACKAGE = "pkg:pypi/successor-rsi"
"""Names this program (package URL), and with it the kind of build and the builder."""
BUILD_TYPE = f"{PACKAGE}#promotion/v1"
RESTED_ON = ("lab", "subject", "judge", "base_cases")
"""Tables of the settings that a promotion rests on: not on who wrote the version."""
Json = Mapping[str, object]


@dataclass(frozen=True)
class Promotion:
    """A version that was judged better and took over, with what that rested on."""

    then: Ledger
    """The record up to the promotion."""
    session: Entry[SessionStarted]
    """That it was judged in."""
    opened: Entry[GenerationOpened]
    written: Entry[Written]
    judged: Entry[Judged]
    decided: Entry[Decided]
    approvals: tuple[tuple[PublicKey, bytes], ...]
    """People of the charter then who signed it, with what they handed in (DSSE, as JSON)."""

    @property
    def version(self) -> Version:
        return self.then.version(self.decided.event.decision.candidate)

    @property
    def parent(self) -> Version:
        """The version that it took over from."""
        return self.then.version(self.judged.event.verdict.incumbent)

    @property
    def goal(self) -> str:
        return str(self._table("lab").get("goal", ""))

    @property
    def verdict(self) -> bytes:
        """The verdict, as its digest is taken."""
        return canonical(asdict(self.judged.event.verdict))

    @property
    def evidence(self) -> Digest:
        """Digest of the verdict: what people sign an approval of."""
        return sha256(self.verdict).hexdigest()

    @property
    def proposal(self) -> Proposal:
        """As it was before it was decided on."""
        event = self.written.event
        verdict = self.judged.event.verdict
        return Proposal(event.generation, event.attempt, self.version, self.parent, verdict)

    @property
    def improver(self) -> Mapping[str, str]:
        """The version of an improver that searched for it, and the object with its code; nothing
        where none did.
        """
        told = self.written.event.figures
        return {key: str(told[key]) for key in (IMPROVER, TEXT) if key in told}

    @property
    def external(self) -> Json:
        """What whoever runs the lab had said that it rests on."""
        return {name: self._table(name) for name in RESTED_ON}

    @property
    def bound(self) -> Mapping[str, Digest]:
        """Files of the lab that judging rests on."""
        return cast("Mapping[str, Digest]", self._table(BOUND))

    def _table(self, name: str) -> Json:
        return cast("Json", self.session.event.settings.get(name, {}))


def promotion_of(folder: Path, beginning: str | None = None) -> Promotion:
    """The promotion of a version; of the incumbent, when none is named. Nothing is written.

    Args:
        beginning: of the version's id.

    Raises:
        UsageError: when nothing is on record, or the version was never judged better and
            promoted, or was rolled back since.
        RecordError: when the record does not verify.
    """
    record = record_of(folder)
    if (problem := audit(record).problem) is not None:
        raise not_verified(record, problem)
    whole = Ledger.read(record)
    if (problem := lawfulness(whole).problem) is not None:
        raise not_verified(record, problem)
    decided = _decided(whole, beginning, folder)
    candidate = decided.event.decision.candidate
    then = Ledger.read(record, decided.seq)
    judged = [e for e in then.entries(Judged) if e.event.verdict.candidate == candidate][-1]
    written = [e for e in then.entries(Written) if _wrote(e.event) == candidate][-1]
    return Promotion(
        then,
        [e for e in then.entries(SessionStarted) if e.seq < judged.seq][-1],
        then.entries(GenerationOpened)[-1],
        written,
        judged,
        decided,
        tuple(_approvals(then, judged.event)),
    )


def statement_of(promotion: Promotion) -> Statement:
    """What is signed: the files of the version, and how it came to take over."""
    subject = [_file(name, digest) for name, digest in sorted(promotion.version.files.items())]
    predicate = {"buildDefinition": _definition(promotion), "runDetails": _details(promotion)}
    content = {
        "_type": STATEMENT,
        "subject": subject,
        "predicateType": PREDICATE,
        "predicate": predicate,
    }
    return Statement(PAYLOAD, canonical(content))


def _decided(ledger: Ledger, beginning: str | None, folder: Path) -> Entry[Decided]:
    """The last promotion of a version that nobody took back."""
    incumbent = ledger.incumbent()
    if incumbent is None:
        raise UsageError(f"{folder}: there is no version yet")
    name = incumbent.id if beginning is None else ledger.named(beginning)
    told = f"{folder}: version {name[:12]}"
    made = [e for e in ledger.entries(Decided) if e.event.decision.candidate == name]
    promoted = [e for e in made if e.event.decision.outcome == "promoted"]
    if not promoted:
        came = f"it was {made[-1].event.decision.outcome}" if made else "nobody decided on it"
        raise UsageError(f"{told} was never promoted, {came}: there is nothing to attest")
    if not ledger.version(name).parents:
        raise UsageError(
            f"{told} is the first of its line: it took over from none, and nothing was proved of it"
        )
    if (back := taken_back(ledger, name, promoted[-1].seq)) is not None:
        event = back.event
        raise UsageError(
            f"{told} was rolled back by {event.by} ({event.reason}), event {back.seq}: "
            "it is no longer what the lab stands by"
        )
    return promoted[-1]


def _approvals(then: Ledger, judged: Judged) -> Iterator[tuple[PublicKey, bytes]]:
    law = adopted(then)
    if law is None or not law.charter.rules.people:
        return
    statement = approval(judged.verdict, law)
    for envelope in then.signatures(statement.body):
        for key in people_who_signed(law.charter.rules, statement, [envelope]):
            yield key, envelope


def _wrote(event: Written) -> Digest | None:
    return event.version.id if event.version else None


def _definition(promotion: Promotion) -> Json:
    parent, then = promotion.parent, promotion.then
    opened = [e.event for e in then.entries(SandboxOpened) if e.seq < promotion.judged.seq]
    taken_over_from = {"version": parent.id}
    dependencies = [
        *(
            {**_file(f"parent/{name}", digest), "annotations": taken_over_from}
            for name, digest in sorted(parent.files.items())
        ),
        *(_file(f"lab/{name}", digest) for name, digest in sorted(promotion.bound.items())),
    ]
    return {
        "buildType": BUILD_TYPE,
        "externalParameters": promotion.external,
        "internalParameters": {
            "host": promotion.session.event.host,
            "sandbox": asdict(opened[-1]) if opened else None,
        },
        "resolvedDependencies": dependencies,
    }


def _details(promotion: Promotion) -> Json:
    kernel = promotion.judged.event.kernel
    release = str(promotion.session.event.host.get("successor-rsi", ""))
    named = f"{PACKAGE}@{release}" if release else PACKAGE
    generation = promotion.decided.event.generation
    return {
        "builder": {
            "id": f"{named}?kernel={kernel}",
            "version": {"kernel": kernel, **({"successor-rsi": release} if release else {})},
        },
        "metadata": {
            "invocationId": f"{promotion.then.identity}/{generation}",
            "startedOn": _time(promotion.opened.time),
            "finishedOn": _time(promotion.decided.time),
        },
        "byproducts": [*_byproducts(promotion)],
    }


def _byproducts(promotion: Promotion) -> Iterator[Json]:
    decided, then = promotion.decided, promotion.then
    verdict = promotion.judged.event.verdict
    yield {**_content("verdict", promotion.verdict), "annotations": json.loads(promotion.verdict)}
    if verdict.evidence is not None:
        yield _file("scores", verdict.evidence)
    decision = canonical(asdict(decided.event.decision))
    author = {"author": promotion.version.author, **promotion.improver}
    yield {**_content("decision", decision), "annotations": {**json.loads(decision), **author}}
    events = {
        "generation": decided.event.generation,
        "written": promotion.written.seq,
        "judged": promotion.judged.seq,
        "decided": decided.seq,
    }
    head = head_of(then).statement.body
    yield {**_content("head", head), "annotations": {**json.loads(head), **events}}
    for key, envelope in promotion.approvals:
        signer = {"signer": key.comment, "key": key.fingerprint}
        yield {**_content("approval", envelope), "annotations": signer}


def _file(name: str, digest: Digest) -> Json:
    return {"name": name, "digest": {"sha256": digest}}


def _content(name: str, data: bytes) -> Json:
    media = {"mediaType": "application/json", "content": b64encode(data).decode()}
    return {**_file(name, sha256(data).hexdigest()), **media}


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

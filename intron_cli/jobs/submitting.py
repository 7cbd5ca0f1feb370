"""From a source to an upload that the service has: an earlier one, or a new one."""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from intron_cli.core import units
from intron_cli.core.destination import Destination
from intron_cli.core.errors import IntronError, SetupError, SourceError, StillProcessingError, UsageError
from intron_cli.core.record import EMPTY_TRANSCRIPT, Record, Source, Status
from intron_cli.core.request import Request
from intron_cli.core.text import seconds_text
from intron_cli.jobs import results
from intron_cli.jobs.attempt import OPEN, Attempt, Claim
from intron_cli.jobs.handover import HandOver, hand_over, undecided
from intron_cli.jobs.session import Session
from intron_cli.jobs.sources import Checked, HashCache, Stamp, checked, source_name

OnUnknown = Literal["ask", "skip", "retry"]
Again = Literal["no", "failed", "ended", "all"]
"""What is uploaded, and paid, anew: nothing, what failed or came back empty, what has ended, everything."""

URL_SECONDS = 24 * 3600.0
"""For so long an upload of a URL counts: what it leads to may change."""

_OWNER_LOOK = 0.5


@dataclass(frozen=True, slots=True)
class Order:
    """How sources are to be treated.

    ``limit`` is how many new uploads may be begun.
    ``decide`` is asked about a recording that may have been uploaded: True sends it again.
    """

    request: Request
    name: str | None = None
    send_name: bool = False
    again: Again = "no"
    limit: int | None = None
    on_unknown: OnUnknown = "ask"
    decide: Callable[[str], bool] = lambda _: False
    timeout: float = math.inf


@dataclass(frozen=True, slots=True)
class Submitted:
    """The record of a source so far, and the ledger's row for it, if it came to one."""

    record: Record
    attempt: Attempt | None = None


def submit(session: Session, text: str, order: Order, destination: Destination | None = None) -> Submitted:
    """Check and upload one source, or find that it was uploaded before.

    Raises what ends the run (set-up, usage, an interrupt); whatever else befalls the source is in
    its record.
    """
    record = Record("not_sent", Source(source_name(text)), order.request)
    try:
        with checked(text, session.limits, hash_cache(session, begin=True)) as source:
            record = replace(record, source=source.source)
            for code, message in source.warnings:
                record = record.warn(code, message)
                session.events.warn(code, message)
            attempt = _submitted(session, source, order, destination)
    except _LimitReachedError:
        return Submitted(record)
    except (SetupError, UsageError):
        raise
    except IntronError as error:
        return Submitted(results.with_error(record, error, _status_after(error)))
    known = results.record_of(attempt)
    return Submitted(replace(known, source=record.source, warnings=record.warnings), attempt)


class _WriteOnly:
    """A cache that is told what files hash to, and not asked."""

    def __init__(self, cache: HashCache) -> None:
        self.note_hash = cache.note_hash

    def known_hash(self, path: str, stamp: Stamp) -> str | None:
        del path, stamp
        return None


def hash_cache(session: Session, *, begin: bool = False) -> HashCache | None:
    """What earlier runs hashed; None where there is no ledger, unless one may ``begin``."""
    if not (begin or session.has_ledger):
        return None
    return _WriteOnly(session.ledger) if session.rehash else session.ledger


def uploaded_before(session: Session, source: Checked, request: Request) -> Attempt | None:
    """What an earlier run uploaded, or may have uploaded, of it. Makes no ledger where there is none."""
    if not session.has_ledger:
        return None
    job = job_of(source.id, request, session.service)
    return session.ledger.covering(job, request, _counts_for(source))


def identified(session: Session, text: str) -> Source:
    """What a source is, by its hash; one that would be rejected has none."""
    try:
        with checked(text, session.limits, hash_cache(session)) as source:
            return source.source
    except SourceError:
        return Source(source_name(text))


def known_upload(session: Session, text: str, request: Request) -> Attempt | None:
    """What an earlier run uploaded of a source."""
    try:
        with checked(text, session.limits, hash_cache(session)) as source:
            return uploaded_before(session, source, request)
    except SourceError:
        return None


def job_of(source_id: str, request: Request, service: str) -> str:
    """What tells a job apart in all but its outputs: source, part of it, request, service."""
    identity = "\n".join((source_id, "", request.identity(), service))
    return hashlib.sha256(identity.encode()).hexdigest()


def claim_of(session: Session, source: Checked, request: Request, destination: Destination | None = None) -> Claim:
    """A source as the ledger takes it."""
    return Claim(
        job=job_of(source.id, request, session.service),
        request=request,
        source_id=source.id,
        source_name=source.source.name,
        service=session.service,
        host=units.host(session.settings.base_url),
        key_print=session.key_print,
        source_path=str(source.path.absolute()) if source.path else None,
        bytes=source.source.bytes,
        duration_seconds=source.source.duration_seconds,
        destination=destination,
        counts_for=_counts_for(source),
    )


def claim_of_record(session: Session, record: Record) -> Claim:
    """A saved record of an upload as the ledger takes it."""
    request, service, source = record.request or Request(), record.service or session.service, record.source
    return Claim(
        job=job_of(source.sha256 or "", request, service),
        request=request,
        source_id=source.sha256 or "",
        source_name=source.name,
        service=service,
        host=record.provenance.host if record.provenance else units.host(service),
        key_print="",  # nobody knows with which it was sent, and none is due for taking it in
        bytes=source.bytes,
        duration_seconds=source.duration_seconds,
    )


def _submitted(session: Session, source: Checked, order: Order, destination: Destination | None) -> Attempt:
    """An attempt that the service has: an earlier one, or a new one that we carry out."""
    ledger = session.ledger
    if order.limit is not None and len(session.begun) >= order.limit:
        known = None if order.again == "all" else uploaded_before(session, source, order.request)
        if known is None:
            raise _LimitReachedError
    claim = claim_of(session, source, order.request, destination)
    _note_other_options(session, claim)
    patience = _Patience(session, order)
    while True:
        attempt, new = ledger.claim(
            claim, again=lambda found: found.id not in session.begun and is_again(order.again, found)
        )
        if new:
            return _carried_out(session, attempt, source, order)
        if attempt.state not in OPEN:
            _note_known(session, attempt, source.source.name)
            if destination and destination != attempt.destination:
                ledger.meant_for(attempt.id, destination)
            return attempt
        if ledger.owned(attempt):
            patience.wait_for(attempt)
        elif ledger.attempt(attempt.id) == attempt:
            _decide(session, attempt, order)


def _carried_out(session: Session, attempt: Attempt, source: Checked, order: Order) -> Attempt:
    session.begun.append(attempt.id)
    name = order.name or (source.path.name if order.send_name and source.path else None)
    work = HandOver(session.client, session.ledger, session.clock, session.catalog, session.scale)
    hand_over(attempt, source, work, session.events, name=name)
    return session.ledger.attempt(attempt.id)


def _decide(session: Session, attempt: Attempt, order: Order) -> None:
    """Nobody knows whether it was uploaded: send it again only on somebody's word."""
    error = undecided(attempt, attempt.source_name, attempt.reason or "the run was cut off there")
    if attempt.id in session.begun:  # the same bytes under another name, in this run
        raise error
    if order.on_unknown == "retry" or (order.on_unknown == "ask" and order.decide(error.message)):
        session.ledger.close_unknown(attempt, "sent again by decision")
        return
    raise error


class _Patience:
    """Waits for another process that is uploading the same recording, as long as one would for a result."""

    def __init__(self, session: Session, order: Order) -> None:
        self._session = session
        self._timeout = order.timeout
        self._began: float | None = None

    def wait_for(self, attempt: Attempt) -> None:
        now = self._session.clock.monotonic()
        if self._began is None:
            self._began = now
            self._session.events.note(f"{attempt.source_name} is being uploaded by another process; waiting for it.")
        if now - self._began >= self._timeout:
            raise StillProcessingError(
                f"Another process is still uploading {attempt.source_name} (job {attempt.id}).",
                "Run the same command again later.",
            )
        self._session.clock.sleep(_OWNER_LOOK * self._session.scale)


def is_again(again: Again, attempt: Attempt) -> bool:
    """Whether an earlier upload is to be made anew."""
    bad = attempt.state in ("failed", "gone") or attempt.reason == EMPTY_TRANSCRIPT
    ended = attempt.state in ("done", "failed", "gone")
    return {"no": False, "failed": bad, "ended": ended, "all": True}[again]


def _note_known(session: Session, attempt: Attempt, name: str) -> None:
    age = seconds_text(max(session.clock.now() - (attempt.submitted_at or attempt.claimed_at), 0))
    session.events.note(
        f"{name} was uploaded {age} ago as {attempt.file_id}; carrying on from there (--again uploads and pays anew)."
    )


def _note_other_options(session: Session, claim: Claim) -> None:
    same_source = [found for found in session.ledger.of_source(claim.source_id) if found.service == claim.service]
    if any(found.job == claim.job and found.covers(claim.request) for found in same_source):
        return
    others = [found for found in same_source if found.file_id]
    if others:
        session.events.note(
            f"{claim.source_name} was uploaded before with other options ({others[-1].file_id}); this is a new upload."
        )


class _LimitReachedError(Exception):
    """As many uploads were begun as were allowed."""


def _counts_for(source: Checked) -> float:
    return URL_SECONDS if source.url else math.inf


def _status_after(error: IntronError) -> Status:
    if isinstance(error, SourceError):
        return "rejected"
    kinds: dict[str, Status] = {"maybe_uploaded": "maybe", "refused": "refused"}
    return kinds.get(error.kind, "not_sent")

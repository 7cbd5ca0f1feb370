"""The hand-over of a recording: in two phases, so that we know of every upload we made.

The form goes out but for its last bytes; those follow when the ledger has ``handed_over`` on disk.
A form without its end cannot have been taken in.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from intron_cli.api import wire
from intron_cli.api.client import ServiceClient, UploadBody, UploadResult
from intron_cli.core.catalog import Catalog
from intron_cli.core.clock import Bell, Clock, pause
from intron_cli.core.errors import DecisionError, IntronError, Stopped, UnavailableError
from intron_cli.core.text import bytes_text
from intron_cli.jobs.attempt import Attempt
from intron_cli.jobs.events import Events
from intron_cli.jobs.ledger import Ledger
from intron_cli.jobs.line import Line
from intron_cli.jobs.sources import Checked, rewritten

MOST_TRIES = 4
MOST_SENT = 3
"""How often the size of a recording is spent on uploads that do not arrive."""
_PAUSES = (1.0, 3.0, 8.0)

_GIVEN_UP = "given up before the last byte"
_CUT_SHORT = "interrupted after the last byte, before the answer"


@dataclass(frozen=True, slots=True)
class HandOver:
    """What a hand-over needs. ``boundary`` makes the form's boundary, anew for each try.

    Once ``stop`` is rung, nothing goes on that can be left off without loss. ``line`` is told how fast it goes.
    """

    client: ServiceClient
    ledger: Ledger
    clock: Clock
    catalog: Catalog
    scale: float = 1.0
    stop: Bell = field(default_factory=Bell)
    line: Line = field(default_factory=lambda: Line(1))
    boundary: Callable[[], str] = lambda: f"intron-{secrets.token_hex(16)}"


def sent_as(
    source: Checked, asked: Mapping[str, str], name: str | None, suffix: str | None = None
) -> tuple[dict[str, str], str | None]:
    """The form's fields for a source, and the file name of its part (None: a URL is sent as text).

    ``suffix`` is that of what is sent, where it is not the source's own.
    """
    sent = name or source.sent_name
    fields = {"audio_file_name": sent, **asked}
    if source.url:
        return {**fields, "audio_file_url": source.url}, None
    ending = f".{suffix or source.suffix}"
    return fields, sent if sent.lower().endswith(ending) else sent + ending


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is handed over: a source, the attempt that the ledger has for it, and its number in the run.

    ``name`` is sent instead of the made-up one.
    """

    item: int
    attempt: Attempt
    source: Checked
    name: str | None = None


def hand_over(parcel: Parcel, work: HandOver, events: Events, *, claimed: bool = False) -> str:
    """Upload one recording; its file id is in the ledger before it is returned.

    The ledger has the attempt as ``sending``; ``claimed`` where the budget was asked for the first try.
    Raises DecisionError where nobody can tell whether it arrived, RefusedError and KeyRefusedError
    where the service said no, UnavailableError where it never went out whole, Stopped where the run ends.
    """
    attempt, source = parcel.attempt, parcel.source
    for number in range(1, MOST_TRIES + 1):
        result = _one_try(parcel, work, events, claimed=claimed and number == 1)
        fault = result.fault
        if result.outcome and result.outcome.file_id:
            events.submitted(parcel.item, source.source, result.outcome.file_id)
            return result.outcome.file_id
        if result.outcome and result.outcome.kind == "maybe":
            raise _undecided(parcel, fault, work)
        if result.outcome and not result.outcome.again:
            break
        work.ledger.sending(attempt.id)
        spent = work.ledger.attempt(attempt.id).sent_bytes
        lasting = isinstance(fault, UnavailableError) and fault.lasting
        if number == MOST_TRIES or lasting or spent > MOST_SENT * source.size:
            break
        seconds = _PAUSES[number - 1] * work.scale
        if not work.stop.is_rung:
            events.note(f"{fault} Trying again in {seconds:.0f} s.")
        _wait(attempt, seconds, work)
    raise _given_up(attempt, fault, work.ledger)


def _wait(attempt: Attempt, seconds: float, work: HandOver) -> None:
    try:
        pause(work.clock, seconds, work.stop)
    except Stopped:
        work.ledger.refused(attempt.id, _GIVEN_UP)
        raise


def _one_try(parcel: Parcel, work: HandOver, events: Events, *, claimed: bool) -> UploadResult:
    attempt, source = parcel.attempt, parcel.source
    sent = _Sent(parcel, work, events)
    fields, filename = sent_as(source, wire.form_fields(attempt.request, work.catalog), parcel.name)
    form = wire.build_form(fields, work.boundary(), filename)
    file = _opened(source)
    body = UploadBody(form, file, source.size if file else 0, sent.before_end, sent.progress)
    sent.file = file
    events.upload_started(parcel.item, source.source, body.size)
    work.line.started(parcel.item, work.clock.monotonic())
    result: UploadResult | None = None
    try:
        source.verify_unchanged()  # it may have waited for its turn: no byte is to be sent for nothing
        result = work.client.upload(body, events.held, claimed=claimed, stop=work.stop)
        _note(attempt, result, sent, work.ledger)
    except BaseException:
        if result is None:
            _settle_interrupted(attempt, sent, work.ledger)
        else:
            _note(attempt, result, sent, work.ledger)
        raise
    finally:
        work.line.ended(parcel.item, work.clock.monotonic())
        events.upload_ended(parcel.item)
    return result


def _note(attempt: Attempt, result: UploadResult, sent: "_Sent", ledger: Ledger) -> None:
    """Write the answer down before anything else is done: the one thing that must not be lost is the id."""
    file_id = result.outcome.file_id if result.outcome else None
    if file_id is None:
        ledger.count_try(attempt.id, sent.count)
        return
    try:
        ledger.submitted(attempt.id, file_id, sent.count)
    except IntronError as error:
        error.message = f"The recording was uploaded as {file_id}, but this could not be noted. {error.message}"
        error.hint = f"When the ledger is well again: intron jobs resolve {attempt.id} --file-id {file_id}"
        raise


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        self._digest.update(data)
        return data

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


def _opened(source: Checked) -> BinaryIO | _Hashing | None:
    """The file from its beginning; one whose hash is an earlier run's is hashed again on the way."""
    file = source.sent or source.file
    if file is None:
        return None
    file.seek(0)
    return _Hashing(file) if source.remembered else file


class _Sent:
    """How far one try came."""

    def __init__(self, parcel: Parcel, work: HandOver, events: Events) -> None:
        self._item, self._attempt, self._source = parcel.item, parcel.attempt, parcel.source
        self._ledger, self._stop, self._line, self._events = work.ledger, work.stop, work.line, events
        self.file: BinaryIO | _Hashing | None = None
        self.count = 0
        self.handed_over = False

    def progress(self, count: int) -> None:
        self.count = count
        self._line.sent(self._item, count)
        self._events.upload_sent(self._item, count)
        self._ensure_wanted()

    def _ensure_wanted(self) -> None:
        if self._stop.is_rung:
            raise Stopped

    def before_end(self) -> None:
        self._ensure_wanted()
        self._source.verify_unchanged()
        if isinstance(self.file, _Hashing) and self.file.hexdigest() != self._source.id:
            raise rewritten(self._source.source.name)
        # Set first: an interrupt between the two must count as handed over.
        self.handed_over = True
        self._line.all_sent(self._item)
        self._ledger.handed_over(self._attempt.id)
        self._events.upload_answer_due(self._item)


def _settle_interrupted(attempt: Attempt, sent: _Sent, ledger: Ledger) -> None:
    """An interrupt, or a file that changed: before the last bytes it did not arrive, after them nobody knows."""
    if sent.handed_over:
        ledger.let_go(attempt.id, _CUT_SHORT)
    else:
        ledger.refused(attempt.id, _GIVEN_UP)


def _undecided(parcel: Parcel, fault: IntronError | None, work: HandOver) -> DecisionError:
    reason = fault.message if fault else "no answer came"
    if work.stop.is_rung:
        reason = _CUT_SHORT
    work.ledger.let_go(parcel.attempt.id, reason)
    return undecided(parcel.attempt, parcel.source.source.name, reason)


def undecided(attempt: Attempt, name: str, reason: str) -> DecisionError:
    """The error for a recording that may have been uploaded."""
    return DecisionError(
        f"{name} may have been uploaded (job {attempt.id}): {reason.rstrip('.')}.",
        "It is not sent again unless you say so: --on-unknown retry (it may then be billed twice), or"
        f" intron jobs resolve {attempt.id} --file-id ID | --not-sent",
    )


def _given_up(attempt: Attempt, fault: IntronError | None, ledger: Ledger) -> IntronError:
    fault = fault or UnavailableError("The upload did not go through.", "Try again later.")
    # What the service said may hold anything; what it means is enough here.
    ledger.refused(attempt.id, f"{fault.kind.replace('_', ' ')}: not taken in")
    if isinstance(fault, UnavailableError):
        known = ledger.attempt(attempt.id)
        if known.tries > 1:
            spent = f", {bytes_text(known.sent_bytes)} sent that did not arrive" if known.sent_bytes else ""
            fault.message = f"{fault.message.rstrip('.')} ({known.tries} tries{spent})."
    return fault

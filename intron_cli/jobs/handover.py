"""The hand-over of a recording: in two phases, so that we know of every upload we made.

The form goes out but for its last bytes; those follow when the ledger has ``handed_over`` on disk.
A form without its end cannot have been taken in.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from intron_cli.api import wire
from intron_cli.api.client import ServiceClient, UploadBody, UploadResult
from intron_cli.core.catalog import Catalog
from intron_cli.core.clock import Clock
from intron_cli.core.errors import DecisionError, IntronError, SourceError, UnavailableError
from intron_cli.core.text import bytes_text
from intron_cli.jobs.attempt import Attempt
from intron_cli.jobs.events import Events
from intron_cli.jobs.ledger import Ledger
from intron_cli.jobs.sources import Checked

MOST_TRIES = 4
MOST_SENT = 3
"""How often the size of a recording is spent on uploads that do not arrive."""
_PAUSES = (1.0, 3.0, 8.0)


@dataclass(frozen=True, slots=True)
class HandOver:
    """What a hand-over needs. ``boundary`` makes the form's boundary, anew for each try."""

    client: ServiceClient
    ledger: Ledger
    clock: Clock
    catalog: Catalog
    scale: float = 1.0
    boundary: Callable[[], str] = lambda: f"intron-{secrets.token_hex(16)}"


def sent_as(source: Checked, asked: Mapping[str, str], name: str | None) -> tuple[dict[str, str], str | None]:
    """The form's fields for a source, and the file name of its part (None: a URL is sent as text)."""
    sent = name or source.sent_name
    fields = {"audio_file_name": sent, **asked}
    if source.url:
        return {**fields, "audio_file_url": source.url}, None
    suffix = f".{source.suffix}"
    return fields, sent if sent.lower().endswith(suffix) else sent + suffix


def hand_over(attempt: Attempt, source: Checked, work: HandOver, events: Events, *, name: str | None = None) -> str:
    """Upload one recording; its file id is in the ledger before it is returned.

    Raises DecisionError where nobody can tell whether it arrived, RefusedError and KeyRefusedError
    where the service said no, UnavailableError where it never went out whole.
    """
    for number in range(1, MOST_TRIES + 1):
        result = _one_try(attempt, source, work, events, name)
        fault = result.fault
        if result.outcome and result.outcome.file_id:
            events.submitted(source.source, result.outcome.file_id)
            return result.outcome.file_id
        if result.outcome and result.outcome.kind == "maybe":
            raise _undecided(attempt, source, fault, work.ledger)
        if result.outcome and not result.outcome.again:
            break
        work.ledger.sending(attempt.id)
        spent = work.ledger.attempt(attempt.id).sent_bytes
        lasting = isinstance(fault, UnavailableError) and fault.lasting
        if number == MOST_TRIES or lasting or spent > MOST_SENT * source.size:
            break
        pause = _PAUSES[number - 1] * work.scale
        events.note(f"{fault} Trying again in {pause:.0f} s.")
        work.clock.sleep(pause)
    raise _given_up(attempt, fault, work.ledger)


def _one_try(attempt: Attempt, source: Checked, work: HandOver, events: Events, name: str | None) -> UploadResult:
    work.ledger.sending(attempt.id)
    sent = _Sent(attempt, source, work.ledger, events)
    fields, filename = sent_as(source, wire.form_fields(attempt.request, work.catalog), name)
    form = wire.build_form(fields, work.boundary(), filename)
    file = _opened(source)
    body = UploadBody(form, file, source.size if file else 0, sent.before_end, sent.progress)
    sent.file = file
    events.upload_started(source.source, body.size)
    result: UploadResult | None = None
    try:
        result = work.client.upload(body, events.budget_wait)
        _note(attempt, result, sent, work.ledger)
    except BaseException:
        if result is None:
            _settle_interrupted(attempt, sent, work.ledger)
        else:
            _note(attempt, result, sent, work.ledger)
        raise
    finally:
        events.upload_ended()
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
    if source.file is None:
        return None
    source.file.seek(0)
    return _Hashing(source.file) if source.remembered else source.file


class _Sent:
    """How far one try came."""

    def __init__(self, attempt: Attempt, source: Checked, ledger: Ledger, events: Events) -> None:
        self._attempt, self._source, self._ledger, self._events = attempt, source, ledger, events
        self.file: BinaryIO | _Hashing | None = None
        self.count = 0
        self.handed_over = False

    def progress(self, count: int) -> None:
        self.count = count
        self._events.upload_sent(count)

    def before_end(self) -> None:
        self._source.verify_unchanged()
        if isinstance(self.file, _Hashing) and self.file.hexdigest() != self._source.id:
            raise SourceError(
                "changed",
                f"{self._source.source.name} changed since it was hashed, though its size and time say otherwise.",
                "It was not sent; run the command again with --rehash.",
            )
        # Set first: an interrupt between the two must count as handed over.
        self.handed_over = True
        self._ledger.handed_over(self._attempt.id)
        self._events.upload_answer_due()


def _settle_interrupted(attempt: Attempt, sent: _Sent, ledger: Ledger) -> None:
    """An interrupt, or a file that changed: before the last bytes it did not arrive, after them nobody knows."""
    if sent.handed_over:
        ledger.let_go(attempt.id, "interrupted after the last byte, before the answer")
    else:
        ledger.refused(attempt.id, "given up before the last byte")


def _undecided(attempt: Attempt, source: Checked, fault: IntronError | None, ledger: Ledger) -> DecisionError:
    reason = fault.message if fault else "no answer came"
    ledger.let_go(attempt.id, reason)
    return undecided(attempt, source.source.name, reason)


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

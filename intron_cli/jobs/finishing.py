"""From an upload to its result: what a look tells, noted in the ledger and made into a record."""

from dataclasses import replace

from intron_cli.api import wire
from intron_cli.core import units
from intron_cli.core.errors import GoneError, IntronError, SetupError, StillProcessingError, UsageError
from intron_cli.core.record import FACTS, Record
from intron_cli.core.text import seconds_text
from intron_cli.jobs import results
from intron_cli.jobs.attempt import Attempt
from intron_cli.jobs.handover import undecided
from intron_cli.jobs.item import Item
from intron_cli.jobs.session import Session

_QUOTA = "The quota let no look out before the wait was over."


def status(session: Session, name: str, *, structured: bool = False) -> Record:
    """Ask once about an id."""
    item = named(session, name)
    if item.record.error:
        return item.record
    try:
        data = session.client.status(item.file_id, structured=structured, waiting=session.events.held)
    except SetupError:
        raise
    except IntronError as error:
        return lost(session, item, error)
    return settled(session, item, data)


def named(session: Session, name: str, number: int = 0) -> Item:
    """What an id, a prefix of one, or a short number leads to.

    Raises UsageError for what cannot be an id, or is the beginning of several.
    """
    found = session.ledger.find(name) if session.has_ledger else []
    if len(found) > 1:
        ids = ", ".join(str(attempt.file_id) for attempt in found[:5])
        raise UsageError(f"'{name}' begins several file ids: {ids}.", "Give more of it.")
    if not found and not wire.is_file_id(name):
        raise UsageError(f"'{name}' is no file id.", "It looks like 12a9760f-b165-4404-91d0-a65d4c0078f5.")
    if not found:
        return Item(number, name, results.foreign_record(name, session.settings.base_url))
    attempt = found[0]
    if attempt.service != session.service and attempt.file_id == name:
        session.events.note(f"{name} was uploaded to {units.host(attempt.service)}, as far as this ledger knows.")
        return Item(number, name, results.foreign_record(name, session.settings.base_url))
    if attempt.service != session.service:
        raise UsageError(
            f"Job {attempt.id} belongs to {units.host(attempt.service)}, not to {units.host(session.service)}.",
            f"Add --base-url {attempt.service}, or the profile for it.",
        )
    return of_attempt(attempt, number)


def of_attempt(attempt: Attempt, number: int) -> Item:
    """A row of the ledger as a source of a run."""
    record = results.record_of(attempt)
    if attempt.file_id is None:
        record = results.with_error(record, _never_submitted(attempt))
    return Item(
        number, attempt.source_name, record, attempt.request,
        columns=attempt.columns, destination=attempt.destination, attempt=attempt,
    )  # fmt: skip


def is_end(data: wire.StatusData) -> bool:
    """Whether the service is done with it, one way or the other."""
    return data.state == wire.FINISHED or data.state in wire.FAILED


def settled(session: Session, item: Item, data: wire.StatusData) -> Record:
    """Note in the ledger what the service said, and make the record of it."""
    record, attempt = item.record, item.attempt
    if attempt and data.state == wire.FINISHED:
        whole = results.with_result(record, data, item.request, session.catalog)
        lacks = next((warning.code for warning in whole.warnings if warning.code in FACTS), None)
        attempt = session.ledger.finished(attempt.id, "done", data.state, lacks)
    elif attempt and data.state in wire.FAILED:
        attempt = session.ledger.finished(attempt.id, "failed", data.state)
    elif attempt and attempt.service_status != data.state:
        session.ledger.looked(attempt.id, data.state)
        item.attempt = replace(attempt, service_status=data.state)
    if is_end(data):
        finished_at = attempt.finished_at if attempt else session.clock.now()
        record = replace(record, finished_at=results.iso_time(finished_at))
    return results.with_result(record, data, item.request, session.catalog)


def lost(session: Session, item: Item, error: IntronError) -> Record:
    """The record where the service could not be asked, or does not know the id."""
    record, attempt = item.record, item.attempt
    if not isinstance(error, GoneError):
        hint = f"{error.hint} Carry on with: intron wait {record.file_id}".strip()
        return results.with_error(record, type(error)(error.message, hint))
    if attempt and attempt.key_print != session.key_print:
        error.hint = "It was uploaded with another key than the one in use now: try that one."
    elif attempt:
        session.ledger.finished(attempt.id, "gone", "", "the service no longer knows it")
        error.hint = "It was uploaded from here, so the service has dropped it; --again submits it anew."
    return results.with_error(record, error, "gone")


def out_of_time(item: Item, age: float | None = None) -> Record:
    """The record of a job whose wait is over; ``age`` is what its last look saw, None where there was none."""
    state = item.record.service_status
    message = _QUOTA if age is None else f"Still processing after {seconds_text(max(age, 0.0))} ({state})."
    error = StillProcessingError(message, f"Carry on with: intron wait {item.record.file_id}")
    return results.with_error(item.record, error, "processing")


def _never_submitted(attempt: Attempt) -> IntronError:
    if attempt.state == "handed_over":
        return undecided(attempt, attempt.source_name, attempt.reason or "the run was cut off there")
    return UsageError(
        f"Job {attempt.id} ({attempt.source_name}) was never submitted: {attempt.reason or attempt.state}.",
        "Run the same transcribe command again.",
    )

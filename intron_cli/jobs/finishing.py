"""From an upload to its result: waiting for it, or asking once."""

from dataclasses import replace

from intron_cli.api import wire
from intron_cli.core import units
from intron_cli.core.destination import Destination
from intron_cli.core.errors import GoneError, IntronError, SetupError, StillProcessingError, UsageError
from intron_cli.core.record import FACTS, Record
from intron_cli.core.request import Request
from intron_cli.jobs import results
from intron_cli.jobs.attempt import Attempt
from intron_cli.jobs.handover import undecided
from intron_cli.jobs.session import Session
from intron_cli.jobs.submitting import Order, Submitted, submit
from intron_cli.jobs.waiting import Wait, wait_for


def transcribe(
    session: Session,
    text: str,
    order: Order,
    wait: Wait,
    destination: Destination | None = None,
    *,
    structured: bool = False,
) -> Record:
    """Upload one source and wait for its result."""
    submitted = submit(session, text, order, destination)
    if submitted.attempt is None:
        return submitted.record
    return finish(session, submitted, order.request, wait, structured=structured)


def wait_named(session: Session, name: str, wait: Wait, *, structured: bool = False) -> Record:
    """Wait for the result of an id."""
    found = named(session, name)
    if found.record.error:
        return found.record
    return finish(session, found, found.record.request, wait, structured=structured)


def status(session: Session, name: str, *, structured: bool = False) -> Record:
    """Ask once about an id."""
    found = named(session, name)
    if found.record.error:
        return found.record
    try:
        data = _look(session, str(found.record.file_id), None, structured=structured)
    except SetupError:
        raise
    except IntronError as error:
        return _lost(session, found, error)
    return _settled(session, found, data, found.record.request)


def named(session: Session, name: str) -> Submitted:
    """What an id, a prefix of one, or a short number leads to.

    Raises UsageError for what cannot be an id, or is the beginning of several.
    """
    found = session.ledger.find(name) if session.has_ledger else []
    if len(found) > 1:
        ids = ", ".join(str(attempt.file_id) for attempt in found[:5])
        raise UsageError(f"'{name}' begins several file ids: {ids}.", "Give more of it.")
    if not found:
        if not wire.is_file_id(name):
            raise UsageError(f"'{name}' is no file id.", "It looks like 12a9760f-b165-4404-91d0-a65d4c0078f5.")
        return Submitted(results.foreign_record(name, session.settings.base_url))
    attempt = found[0]
    record = results.record_of(attempt)
    if attempt.service != session.service and attempt.file_id == name:
        session.events.note(f"{name} was uploaded to {units.host(attempt.service)}, as far as this ledger knows.")
        return Submitted(results.foreign_record(name, session.settings.base_url))
    if attempt.service != session.service:
        raise UsageError(
            f"Job {attempt.id} belongs to {units.host(attempt.service)}, not to {units.host(session.service)}.",
            f"Add --base-url {attempt.service}, or the profile for it.",
        )
    if attempt.file_id is None:
        record = results.with_error(record, _never_submitted(attempt))
    return Submitted(record, attempt)


def finish(
    session: Session, submitted: Submitted, request: Request | None, wait: Wait, *, structured: bool = False
) -> Record:
    """Wait for the result of an upload that the service has."""
    record, attempt = submitted.record, submitted.attempt
    file_id = str(record.file_id)
    submitted_at = (attempt.submitted_at if attempt else None) or session.clock.now()
    session.awaited = file_id
    session.events.waiting_started(record.source, file_id)
    try:
        data = wait_for(
            lambda within: _look(session, file_id, within, structured=structured),
            submitted_at,
            wait,
            session.clock,
            session.events,
        )
    except SetupError as error:
        error.hint = f"{error.hint} Then carry on with: intron wait {file_id}".strip()
        raise
    except StillProcessingError as error:
        error.hint = f"Carry on with: intron wait {file_id}"
        return results.with_error(record, error, "processing")
    except IntronError as error:
        return _lost(session, submitted, error)
    finally:
        session.events.waiting_ended()
    session.awaited = None
    return _settled(session, submitted, data, request)


def _look(session: Session, file_id: str, within: float | None, *, structured: bool) -> wire.StatusData:
    waiting = session.events.budget_wait
    return session.client.status(file_id, structured=structured, waiting=waiting, within=within)


def _settled(session: Session, submitted: Submitted, data: wire.StatusData, request: Request | None) -> Record:
    """Note in the ledger what the service said, and make the record of it."""
    record, attempt = submitted.record, submitted.attempt
    if attempt and data.state == wire.FINISHED:
        whole = results.with_result(record, data, request, session.catalog)
        lacks = next((warning.code for warning in whole.warnings if warning.code in FACTS), None)
        attempt = session.ledger.finished(attempt.id, "done", data.state, lacks)
    elif attempt and data.state in wire.FAILED:
        attempt = session.ledger.finished(attempt.id, "failed", data.state)
    elif attempt:
        session.ledger.looked(attempt.id, data.state)
    if data.state == wire.FINISHED or data.state in wire.FAILED:
        finished_at = attempt.finished_at if attempt else session.clock.now()
        record = replace(record, finished_at=results.iso_time(finished_at))
    return results.with_result(record, data, request, session.catalog)


def _lost(session: Session, submitted: Submitted, error: IntronError) -> Record:
    """The service could not be asked, or does not know the id."""
    record, attempt = submitted.record, submitted.attempt
    if not isinstance(error, GoneError):
        error.hint = f"{error.hint} Carry on with: intron wait {record.file_id}".strip()
        return results.with_error(record, error)
    session.awaited = None
    if attempt and attempt.key_print != session.key_print:
        error.hint = "It was uploaded with another key than the one in use now: try that one."
    elif attempt:
        session.ledger.finished(attempt.id, "gone", "", "the service no longer knows it")
        error.hint = "It was uploaded from here, so the service has dropped it; --again submits it anew."
    return results.with_error(record, error, "gone")


def _never_submitted(attempt: Attempt) -> IntronError:
    if attempt.state == "handed_over":
        return undecided(attempt, attempt.source_name, attempt.reason or "the run was cut off there")
    return UsageError(
        f"Job {attempt.id} ({attempt.source_name}) was never submitted: {attempt.reason or attempt.state}.",
        "Run the same transcribe command again.",
    )

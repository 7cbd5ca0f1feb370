"""From what the service and the ledger know to a record."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from intron_cli import __version__
from intron_cli.api import wire
from intron_cli.core import units
from intron_cli.core.catalog import Catalog
from intron_cli.core.errors import IntronError, RefusedError
from intron_cli.core.record import (
    EMPTY_TRANSCRIPT,
    OUTPUT_ABSENT,
    ErrorInfo,
    Provenance,
    Record,
    Source,
    Status,
    Transcript,
)
from intron_cli.core.request import Request
from intron_cli.jobs.attempt import Attempt, State
from intron_cli.jobs.naming import is_url

_STATUS: dict[State, Status] = {
    "claimed": "not_sent",
    "sending": "not_sent",
    "handed_over": "maybe",
    "refused": "refused",
    "submitted": "submitted",
    "done": "done",
    "failed": "failed",
    "gone": "gone",
}


FETCH_HINT = "--fetch downloads it here and uploads the bytes."


def iso_time(seconds: float | None) -> str | None:
    """Unix seconds as ISO 8601 in UTC."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def record_of(attempt: Attempt) -> Record:
    """What the ledger knows of an attempt."""
    sha256 = None if attempt.source_id.startswith("url:") else attempt.source_id
    return Record(
        status=_STATUS[attempt.state],
        source=Source(attempt.source_name, attempt.bytes, sha256, attempt.duration_seconds),
        request=attempt.request,
        service=attempt.service,
        service_status=attempt.service_status,
        file_id=attempt.file_id,
        submitted_at=iso_time(attempt.submitted_at),
        finished_at=iso_time(attempt.finished_at) if attempt.state in ("done", "failed", "gone") else None,
        columns=dict(attempt.columns),
        provenance=Provenance(__version__, attempt.host),
    )


def kept_record(attempt: Attempt) -> Record:
    """What is known of a job whose result lies where it was meant to, with what was found lacking then."""
    record = record_of(attempt)
    if attempt.reason == EMPTY_TRANSCRIPT:
        return record.warn(EMPTY_TRANSCRIPT, f"The transcript of {attempt.source_name} came back empty.")
    if attempt.reason == OUTPUT_ABSENT:
        return record.warn(OUTPUT_ABSENT, f"An output that was asked for {attempt.source_name} did not come back.")
    return record


def foreign_record(file_id: str, base_url: str) -> Record:
    """The same for a file id that this ledger never saw."""
    return Record(
        status="submitted",
        source=Source(file_id),
        service=units.service(base_url),
        file_id=file_id,
        provenance=Provenance(__version__, units.host(base_url)),
    )


def with_error(record: Record, error: IntronError, status: Status | None = None) -> Record:
    return replace(record, error=ErrorInfo.of(error), status=status or record.status)


def failure(record: Record, state: str, message: str) -> RefusedError:
    """The error for a job that the service gave up."""
    said = f": {message}" if message and "status found" not in message else ""
    was_read_there = is_url(record.source.name) and record.source.sha256 is None
    return RefusedError(
        f"The service could not process {record.source.name} ({state}){said}.",
        FETCH_HINT if was_read_there else "--again uploads, and pays, anew.",
    )


def with_result(record: Record, data: wire.StatusData, request: Request | None, catalog: Catalog) -> Record:
    """The record with what a status answer holds, and warnings about what it lacks."""
    if data.state != wire.FINISHED:
        return _unfinished(record, data)
    found: dict[str, Any] = {output.name: data.outputs[output.name] for output in catalog.outputs
                             if output.name in data.outputs}  # fmt: skip
    found |= {name: output for name, output in sorted(data.outputs.items()) if name not in found}
    source = record.source
    if source.duration_seconds is None:
        source = replace(source, duration_seconds=data.duration_seconds)
    done = replace(
        record,
        status="done",
        service_status=data.state,
        source=source,
        transcript=Transcript.parse(data.transcript or ""),
        outputs=found,
        raw=data.raw,
    )
    if not (data.transcript or "").strip():
        done = done.warn(EMPTY_TRANSCRIPT, f"The transcript of {source.name} came back empty.")
    for name in request.outputs if request else ():
        output = found.get(name)
        if output is None or (not (output.markdown or "").strip() and not output.value):
            title = catalog.title(name)
            done = done.warn(OUTPUT_ABSENT, f"{title} was asked for {source.name}, and none came back.")
    return done


def _unfinished(record: Record, data: wire.StatusData) -> Record:
    known = replace(record, service_status=data.state, raw=data.raw)
    if data.state in wire.FAILED:
        return with_error(known, failure(record, data.state, data.message), "failed")
    return replace(known, status="processing")

"""``intron jobs``: the ledger of what was sent."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from intron_cli.commands.asking import request_for, settings_for
from intron_cli.commands.options import AskOptions
from intron_cli.commands.program import Run
from intron_cli.core import units
from intron_cli.core.errors import UsageError
from intron_cli.core.record import to_json_bytes
from intron_cli.core.text import clean_line, plural, seconds_text

if TYPE_CHECKING:
    from intron_cli.jobs.attempt import Attempt
    from intron_cli.jobs.session import Session

Job = Annotated[str, typer.Argument(metavar="JOB", show_default=False, help="A job's number, or its file id.")]
Jobs = Annotated[list[str], typer.Argument(metavar="JOB...", show_default=False, help="Numbers, or file ids.")]

LIST_EXAMPLES = ("intron jobs list", "intron jobs list --json | jq '.[] | select(.state == \"maybe\")'")
RESOLVE_EXAMPLES = (
    "intron jobs resolve 12 --file-id 12a9760f-b165-4404-91d0-a65d4c0078f5",
    "intron jobs resolve 12 --not-sent",
)
ADOPT_EXAMPLES = (
    "intron jobs adopt notes/visit.wav.json",
    "intron jobs adopt 12a9760f-b165-4404-91d0-a65d4c0078f5 --source visit.wav",
)
PRUNE_EXAMPLES = ("intron jobs prune --older-than 90d",)

_SHORTEST_ID = 16
_FINISHED = ("done", "failed", "gone", "refused")


def list_(
    run: Run,
    unfinished: Annotated[bool, typer.Option("--unfinished", help="Only those that are not at their end.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print a JSON array.")] = False,
) -> int:
    """List what was sent: number, state, age, source, file id."""
    run.terminal.json_lines = json
    with run.session(run.settings()) as session:
        jobs = session.ledger.all() if session.has_ledger else []
        rows = [_row(session, job) for job in jobs if not (unfinished and job.state in _FINISHED)]
    if json:
        run.terminal.result(to_json_bytes(rows, indent=2))
    elif rows:
        run.terminal.result(_table(rows).encode("utf-8", "replace"))
    else:
        run.terminal.note("The ledger lists nothing.")
    return 0


def show(
    run: Run, job: Job, json: Annotated[bool, typer.Option("--json", help="Print the record as JSON.")] = False
) -> int:
    """Show all that the ledger knows of a job."""
    with run.session(run.settings()) as session:
        attempt = _named(session, job)
        if json:
            from intron_cli.jobs.results import record_of

            run.terminal.result(to_json_bytes(record_of(attempt).to_dict(), indent=2))
            return 0
        lines = [f"{name:<12} {clean_line(str(value))}" for name, value in _details(session, attempt) if value]
    run.terminal.result(("\n".join(lines) + "\n").encode("utf-8", "replace"))
    return 0


def resolve(
    run: Run,
    job: Job,
    file_id: Annotated[str | None, typer.Option(metavar="ID", help="It was uploaded, under this id.")] = None,
    not_sent: Annotated[bool, typer.Option("--not-sent", help="It was not uploaded.")] = False,
) -> int:
    """Decide about a recording that may have been uploaded."""
    if bool(file_id) == not_sent:
        raise UsageError("Say one of --file-id ID and --not-sent.")
    if file_id:
        _ensure_whole_id(file_id)
    with run.session(run.settings()) as session:
        attempt = _named(session, job)
        if attempt.state != "handed_over" or session.ledger.owned(attempt):
            raise UsageError(f"Job {attempt.id} needs no decision: it is {_state(session, attempt)}.")
        if not_sent:
            if not session.ledger.close_unknown(attempt, "said to be not sent"):
                raise UsageError(f"Job {attempt.id} changed meanwhile.", f"See: intron jobs show {attempt.id}")
            run.terminal.note(f"Job {attempt.id} is closed; the next run sends {attempt.source_name} again.")
        else:
            session.ledger.submitted(attempt.id, str(file_id))
            run.terminal.note(f"Job {attempt.id} is {file_id}. Its result: intron wait {file_id}")
    return 0


def adopt(
    run: Run,
    names: Annotated[
        list[str], typer.Argument(metavar="RECORD...", show_default=False, help="Saved records, or one file id.")
    ],
    ask: AskOptions,
    source: Annotated[
        str | None, typer.Option(metavar="FILE", help="The recording that was uploaded under that id.")
    ] = None,
) -> int:
    """Take uploads into the ledger that it never saw, so that they are not paid for again."""
    settings = settings_for(run, ask)
    with run.session(settings) as session:
        if source is not None:
            if len(names) != 1:
                raise UsageError("--source goes with one file id.")
            _adopt_id(run, session, names[0], source, ask)
            return 0
        taken = sum(_adopt_record(session, Path(name)) for name in names)
    run.terminal.note(f"{plural(taken, 'record')} taken in, {len(names) - taken} known already.")
    return 0


def forget(run: Run, jobs: Jobs) -> int:
    """Take names and history of jobs out of the ledger; what keeps them from being paid for twice stays."""
    with run.session(run.settings()) as session:
        for attempt in [_named(session, name) for name in jobs]:
            if attempt.state not in _FINISHED:
                raise UsageError(f"Job {attempt.id} is not at its end: it is {_state(session, attempt)}.")
            session.ledger.forget(attempt.id)
    run.terminal.note(f"{plural(len(jobs), 'job')} forgotten.")
    return 0


def prune(
    run: Run,
    older_than: Annotated[str, typer.Option(metavar="TIME", show_default=False, help="Such as 90d.")],
) -> int:
    """Forget all jobs that ended longer ago than a time."""
    try:
        age = units.duration(older_than)
    except ValueError as error:
        raise UsageError(f"--older-than takes {error}.") from None
    with run.session(run.settings()) as session:
        before = session.clock.now() - age
        jobs = session.ledger.all() if session.has_ledger else []
        old = [job for job in jobs if job.state in _FINISHED and (job.finished_at or job.claimed_at) < before]
        for job in old:
            session.ledger.forget(job.id)
    run.terminal.note(f"{plural(len(old), 'job')} forgotten.")
    return 0


def repair(
    run: Run,
    accept_loss: Annotated[
        bool, typer.Option("--accept-loss", help="Allow uploads again, though rows were lost.")
    ] = False,
) -> int:
    """Check the ledger, save what can be read of a damaged one, and say what was lost."""
    with run.session(run.settings()) as session:
        session.deep = True
        ledger = session.ledger
        lost = ledger.loss()
        if lost is None:
            run.terminal.result(f"The ledger is whole: {plural(len(ledger.all()), 'job')}.\n".encode())
            return 0
        if not accept_loss:
            ledger.ensure_whole()
        ledger.accept_loss()
    run.terminal.note("Uploads are allowed again. What was lost may be paid for again.")
    return 0


def _ensure_whole_id(file_id: str) -> None:
    """Raise UsageError for what is no file id, or only the beginning of one: nobody could wait for it."""
    from intron_cli.api.wire import is_file_id

    if not is_file_id(file_id) or len(file_id) < _SHORTEST_ID:
        raise UsageError(
            f"'{clean_line(file_id)}' is no whole file id.", "It looks like 12a9760f-b165-4404-91d0-a65d4c0078f5."
        )


def _adopt_id(run: Run, session: "Session", file_id: str, source: str, ask: AskOptions) -> None:
    from intron_cli.core.record import Record, Source
    from intron_cli.jobs.claims import claim_of, looking
    from intron_cli.jobs.item import Item
    from intron_cli.jobs.sources import checked

    _ensure_whole_id(file_id)
    if any(found.file_id == file_id for found in session.ledger.find(file_id)):
        run.terminal.note(f"{file_id} is in the ledger already.")
        return
    request = request_for(run, session.settings, ask)
    with checked(source, looking(session)) as found:
        item = Item(0, source, Record("submitted", Source(source)), request)
        attempt = session.ledger.adopt(claim_of(session, item, found), file_id, None)
    run.terminal.note(f"{source} is job {attempt.id} now, uploaded as {file_id}.")


def _adopt_record(session: "Session", path: Path) -> bool:
    """Take in a saved record. False where the ledger has it."""
    from intron_cli.jobs.claims import claim_of_record
    from intron_cli.output.folder import read_record

    record = read_record(path)
    if record is None or not (record.file_id and record.request and record.source.sha256 and record.service):
        raise UsageError(f"{path} is no saved record of an upload.", "A file id is adopted with --source FILE.")
    if any(found.file_id == record.file_id for found in session.ledger.find(record.file_id)):
        return False
    attempt = session.ledger.adopt(claim_of_record(session, record), record.file_id, None)
    if record.status == "done":
        session.ledger.finished(attempt.id, "done", record.service_status or "")
    return True


def _named(session: "Session", name: str) -> "Attempt":
    found = session.ledger.find(name) if session.has_ledger else []
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"'{clean_line(name)}' begins several file ids.", "Give more of it, or the number.")
    raise UsageError(f"The ledger has no job '{clean_line(name)}'.", "'intron jobs list' shows them.")


def _state(session: "Session", job: "Attempt") -> str:
    """A job's state in the words of its record: ``handed_over`` without an owner is ``maybe``."""
    if job.state == "handed_over":
        return "uploading" if session.ledger.owned(job) else "maybe"
    if job.state in ("claimed", "sending"):
        return "uploading" if session.ledger.owned(job) else "not_sent"
    return job.state


def _row(session: "Session", job: "Attempt") -> dict[str, Any]:
    from intron_cli.jobs.results import iso_time

    since = job.finished_at or job.submitted_at or job.handed_over_at or job.claimed_at
    return {
        "job": job.id,
        "state": _state(session, job),
        "since": iso_time(since),
        "age_seconds": round(max(0.0, session.clock.now() - since)),
        "source": job.source_name,
        "file_id": job.file_id,
        "service": job.service,
    }


def _table(rows: list[dict[str, Any]]) -> str:
    lines = []
    for row in rows:
        age = seconds_text(row["age_seconds"])
        lines.append(
            f"{row['job']:>4}  {row['state']:<9}  {age:>12}  {row['file_id'] or '-':<36}  {clean_line(row['source'])}"
        )
    head = f"{'job':>4}  {'state':<9}  {'for':>12}  {'file id':<36}  source"
    return "\n".join([head, *lines]) + "\n"


def _details(session: "Session", job: "Attempt") -> list[tuple[str, Any]]:
    from intron_cli.commands.asking import asked_line
    from intron_cli.jobs.results import iso_time

    place = job.destination
    return [
        ("job", job.id),
        ("state", _state(session, job)),
        ("file id", job.file_id),
        ("service", job.service),
        ("said", job.service_status),
        ("reason", job.reason),
        ("source", job.source_name),
        ("path", job.source_path),
        ("hash", job.source_id),
        ("asked", asked_line(job.request, session.catalog)),
        ("meant for", (place.file or f"{place.folder}/{place.name}.*") if place else None),
        ("tries", f"{job.tries}, {job.sent_bytes} bytes sent" if job.tries else None),
        ("begun", iso_time(job.claimed_at)),
        ("handed over", iso_time(job.handed_over_at)),
        ("submitted", iso_time(job.submitted_at)),
        ("finished", iso_time(job.finished_at)),
    ]

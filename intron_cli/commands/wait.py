"""``intron wait``: waits for jobs that were uploaded before."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from intron_cli.commands.ids import Ids, expanded
from intron_cli.commands.options import ShowOptions, WaitOptions
from intron_cli.commands.program import Run
from intron_cli.core.errors import UsageError
from intron_cli.core.text import plural

if TYPE_CHECKING:
    from intron_cli.config.settings import Settings
    from intron_cli.core.record import Record
    from intron_cli.jobs.attempt import Attempt
    from intron_cli.jobs.session import Session

EXAMPLES = (
    "intron wait 12a9760f -o visit.md",
    "intron upload visit.wav --soap | intron wait - --timeout 30m",
    "intron wait --all",
)


def wait(
    run: Run,
    wait: WaitOptions,
    show: ShowOptions,
    ids: Ids = None,
    all: Annotated[  # noqa: A002 - the option's name
        bool,
        typer.Option("--all", help="Every unfinished job of this service and key, each to where it was meant for."),
    ] = False,
) -> int:
    """Wait until jobs are done, then print or save them as transcribe would have."""
    from intron_cli.commands.asking import settings_for
    from intron_cli.commands.delivering import sink_for
    from intron_cli.commands.working import each, noting_absent
    from intron_cli.config.key import key_source

    settings = settings_for(run, show=show, wait=wait)
    if all and ids:
        raise UsageError("--all names every job, so no id fits beside it.", "Leave one of them out.")
    with run.session(settings) as session:
        if all:
            return _wait_all(run, settings, session, show)
        names = expanded(run, ids or [])
        sink = sink_for(run, settings, show, several=len(names) > 1)
        sink.ensure_possible(names)

        def work(name: str) -> "Record":
            key_source(settings)
            record = noting_absent(_waited(session, settings, name, show), show.show or (), run)
            sink.take(session, name, record)
            return record

        return each(run, names, work, sink.end, sink.early)


def _wait_all(run: Run, settings: "Settings", session: "Session", show: ShowOptions) -> int:
    """Deliver each unfinished job to the place it was meant for; what was meant for none comes out here."""
    from intron_cli.commands.delivering import sink_for, sink_of
    from intron_cli.commands.working import each
    from intron_cli.config.key import key_source
    from intron_cli.core.record import ErrorInfo

    key_source(settings)
    jobs: dict[str, Attempt] = {}
    if session.has_ledger:
        jobs = {str(job.id): job for job in session.ledger.unfinished(session.service, session.key_print)}
    run.terminal.note(f"{plural(len(jobs), 'unfinished job')}." if jobs else "No job is unfinished.")
    sink = sink_for(run, settings, show, several=True)
    sink.ensure_possible([job.source_name for job in jobs.values()])
    placed: set[int] = set()

    def work(number: str) -> "Record":
        job = jobs[number]
        record = _waited(session, settings, number, show)
        if job.destination:
            placed.add(job.id)
            own = sink_of(run, settings, job.destination, job.source_name)
            try:
                own.ensure_free(session, job.source_name, record)
                own.take(session, job.source_name, record)
            except UsageError as error:  # the others have places of their own
                return replace(record, error=ErrorInfo.of(error))
        else:
            sink.take(session, job.source_name, record)
        return record

    def end(records: Sequence["Record"]) -> None:
        loose = [record for number, record in zip(jobs, records, strict=False) if int(number) not in placed]
        sink.end(loose)

    return each(run, list(jobs), work, end)


def _waited(session: "Session", settings: "Settings", name: str, show: ShowOptions) -> "Record":
    from intron_cli.config import table
    from intron_cli.jobs.finishing import wait_named
    from intron_cli.jobs.waiting import Wait

    return wait_named(session, name, Wait(settings[table.TIMEOUT], session.scale), structured=show.structured)

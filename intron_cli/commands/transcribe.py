"""``intron transcribe``: upload, wait, print or save."""

from typing import TYPE_CHECKING, Annotated

import typer

from intron_cli.commands.options import WAIT_PANEL, AskOptions, SendOptions, ShowOptions, WaitOptions
from intron_cli.commands.program import Run

if TYPE_CHECKING:
    from intron_cli.core.record import Record

EXAMPLES = (
    "intron transcribe visit.wav --category telehealth --soap",
    "intron transcribe visit.mp3 --soap --icd-codes -o visit.md",
    "intron transcribe *.wav --soap -d notes",
    "intron transcribe call.wav -c call-center --agent-score --json",
)


def transcribe(
    run: Run,
    sources: Annotated[
        list[str], typer.Argument(metavar="SOURCE...", help="Recordings: files, or http(s) URLs.", show_default=False)
    ],
    ask: AskOptions,
    send: SendOptions,
    wait: WaitOptions,
    show: ShowOptions,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", rich_help_panel=WAIT_PANEL, help="Only upload; 'intron wait --all' delivers.")
    ] = False,
) -> int:
    """Upload recordings, wait, and print or save their transcripts and notes."""
    from intron_cli.commands.asking import again_of, asked_line, order_for, request_for, settings_for
    from intron_cli.commands.delivering import ensure_shown_is_asked, sink_for
    from intron_cli.commands.planning import dry_run, ensure_meant
    from intron_cli.commands.working import each, noting_absent
    from intron_cli.config import table
    from intron_cli.config.key import key_source

    settings = settings_for(run, ask, send, show, wait)
    request = request_for(run, settings, ask)
    sink = sink_for(run, settings, show, several=len(sources) > 1)
    sink.ensure_possible(sources)
    ensure_shown_is_asked(show.show or (), request, run.catalog)
    again = again_of(send, sources)
    if send.dry_run:
        return dry_run(run, settings, sources, request, send, again, json=run.terminal.json_lines)
    run.terminal.note(asked_line(request, run.catalog))
    with run.session(settings) as session:
        from intron_cli.jobs import finishing, submitting
        from intron_cli.jobs.waiting import Wait

        kept = {source: sink.kept(session, source, request, again) for source in dict.fromkeys(sources)}
        ensure_meant(run, session, [source for source in sources if kept[source] is None], request, send, again)
        order = order_for(run, settings, request, send, again)
        limit = Wait(settings[table.TIMEOUT], session.scale)

        def work(source: str) -> "Record":
            if found := kept[source]:
                return found
            key_source(settings)
            place = sink.destination(source)
            if no_wait:
                return submitting.submit(session, source, order, place).record
            record = finishing.transcribe(session, source, order, limit, place, structured=show.structured)
            record = noting_absent(record, show.show or (), run)
            sink.take(session, source, record)
            return record

        return each(run, sources, work, sink.end, sink.early)

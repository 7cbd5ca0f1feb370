"""``intron transcribe``: upload, wait, print or save."""

from typing import Annotated

import typer

from intron_cli.commands.asking import (
    asked_line,
    delivery_for,
    each,
    ensure_shown_is_asked,
    noting_absent,
    order_for,
    request_for,
    settings_for,
)
from intron_cli.commands.options import AskOptions, SendOptions, ShowOptions, WaitOptions
from intron_cli.commands.planning import dry_run, ensure_meant
from intron_cli.commands.program import Run
from intron_cli.config import table
from intron_cli.config.key import key_source

EXAMPLES = (
    "intron transcribe visit.wav --category telehealth --soap",
    "intron transcribe visit.mp3 --soap --icd-codes -o visit.md",
    "intron transcribe call.wav -c call-center --agent-score --json",
)


def transcribe(
    run: Run,
    sources: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE...", help="Recordings: files, or http(s) URLs.", show_default=False),
    ],
    ask: AskOptions,
    send: SendOptions,
    wait: WaitOptions,
    show: ShowOptions,
) -> int:
    """Upload recordings, wait, and print or save their transcripts and notes."""
    settings = settings_for(run, ask, send, show, wait)
    request = request_for(run, settings, ask)
    delivery = delivery_for(run, settings, show, several=len(sources) > 1)
    ensure_shown_is_asked(delivery, request, run.catalog)
    if send.dry_run:
        return dry_run(run, settings, sources, request, send, json=delivery.form.name == "json")
    key_source(settings)
    run.terminal.note(asked_line(request, run.catalog))
    with run.session(settings) as session:
        ensure_meant(run, session, sources, request, send)
        from intron_cli.jobs.waiting import Wait

        order = order_for(run, settings, request, send)
        limit = Wait(settings[table.TIMEOUT], session.scale)
        return each(
            run,
            sources,
            lambda source: noting_absent(
                session.transcribe(source, order, limit, structured=show.structured), delivery
            ),
            lambda records: delivery.deliver(records, run.terminal),
        )

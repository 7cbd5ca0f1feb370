"""``intron transcribe``: upload, wait, print or save."""

from typing import Annotated

import typer

from intron_cli.commands.options import WAIT_PANEL, AskOptions, SendOptions, ShowOptions, WaitOptions
from intron_cli.commands.program import Run

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
    from intron_cli.commands.asking import again_of, asked_line, request_for, settings_for
    from intron_cli.commands.delivering import ensure_shown_is_asked, sink_for
    from intron_cli.commands.planning import dry_run

    settings = settings_for(run, ask, send, show, wait)
    request = request_for(run, settings, ask)
    sink = sink_for(run, settings, show, several=len(sources) > 1)
    sink.ensure_possible(sources)
    ensure_shown_is_asked(show.show or (), request, run.catalog)
    again = again_of(send, sources)
    if send.dry_run:
        return dry_run(
            run, settings, sources, request, send, again, json=run.terminal.json_lines,
            kept=lambda session, source: sink.kept(session, source, request, again),
        )  # fmt: skip
    run.terminal.note(asked_line(request, run.catalog))
    from intron_cli.commands.transcribing import Transcribing  # brings httpx

    return Transcribing(run, settings, request, sink, send, again, show).all(sources, no_wait=no_wait)

"""``intron transcribe``: upload, wait, print or save."""

from typing import Annotated

import typer

from intron_cli.commands.options import WAIT_PANEL, AskOptions, SendOptions, ShowOptions, SourceOptions, WaitOptions
from intron_cli.commands.program import Run

EXAMPLES = (
    "intron transcribe visit.wav --category telehealth --soap",
    "intron transcribe visit.mp3 --soap --icd-codes -o visit.md",
    "intron transcribe recordings --recursive --soap -d notes",
    "intron transcribe --from-file calls.csv -c call-center --agent-score -d notes -f csv",
)

Sources = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SOURCE...",
        help="Recordings: files, folders, patterns, http(s) URLs, or - for stdin.",
        show_default=False,
    ),
]


def transcribe(
    run: Run,
    source: SourceOptions,
    ask: AskOptions,
    send: SendOptions,
    wait: WaitOptions,
    show: ShowOptions,
    sources: Sources = None,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", rich_help_panel=WAIT_PANEL, help="Only upload; 'intron wait --all' delivers.")
    ] = False,
) -> int:
    """Upload recordings, wait, and print or save their transcripts and notes."""
    from intron_cli.commands.asking import again_of, asked_line, request_for, settings_for
    from intron_cli.commands.delivering import ensure_forms, ensure_shown_is_asked, sink_for
    from intron_cli.commands.gathering import ensure_named, items_of, listing_for, wish_of
    from intron_cli.core.tally import MOST_TOLD

    ensure_named(sources or (), source)
    settings = settings_for(run, ask, send, show, wait)
    request = request_for(run, settings, ask)
    ensure_shown_is_asked(show.show or (), request, run.catalog)
    ensure_forms(run, show)
    listing = listing_for(run, sources or (), source, show.output_dir)
    items = items_of(run, settings, ask, listing, send.name)
    wish = wish_of(sources or (), source, [item.request for item in items])
    sink = sink_for(run, settings, show, several=listing.several, wish=wish, talks=len(items) <= MOST_TOLD)
    sink.ensure_possible(items)
    again = again_of(send, several=listing.several)
    asked = asked_line(request, run.catalog)
    if not send.dry_run:
        run.terminal.note(asked)
    from intron_cli.commands.transcribing import Transcribing  # brings httpx

    return Transcribing(run, settings, items, sink, send, source, again, show, asked).all(no_wait=no_wait)

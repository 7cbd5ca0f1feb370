"""``intron wait``: waits for jobs that were uploaded before."""

from typing import Annotated

import typer

from intron_cli.commands.ids import Ids, expanded
from intron_cli.commands.options import ShowOptions, WaitOptions
from intron_cli.commands.program import Run
from intron_cli.core.errors import UsageError

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

    settings = settings_for(run, show=show, wait=wait)
    if all and ids:
        raise UsageError("--all names every job, so no id fits beside it.", "Leave one of them out.")
    with run.session(settings) as session:
        from intron_cli.commands.waiting import Waiting

        waiting = Waiting(run, settings, session, show)
        return waiting.all() if all else waiting.named(expanded(run, ids or []))

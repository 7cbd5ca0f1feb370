"""``intron upload``: checks and uploads, prints file ids."""

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from intron_cli.commands.options import AskOptions, SendOptions, SourceOptions
from intron_cli.commands.program import Run
from intron_cli.commands.transcribe import Sources

if TYPE_CHECKING:
    from intron_cli.jobs.item import Item

EXAMPLES = ("intron upload visit.wav --soap | intron wait -",)


def upload(
    run: Run,
    source: SourceOptions,
    ask: AskOptions,
    send: SendOptions,
    sources: Sources = None,
    json: Annotated[bool, typer.Option("--json", help="Print records, not ids; stderr is JSON lines, too.")] = False,
) -> int:
    """Check and upload recordings; print one file id a line."""
    from intron_cli.commands.asking import again_of, asked_line, order_for, request_for, settings_for
    from intron_cli.commands.dry_run import dry_run
    from intron_cli.commands.gathering import ensure_named, items_of, listing_for
    from intron_cli.commands.planning import ensure_meant
    from intron_cli.commands.preparing import prepare
    from intron_cli.commands.working import Carrying

    run.terminal.json_lines = json
    run.terminal.ensure_open()
    ensure_named(sources or (), source)
    settings = settings_for(run, ask, send)
    asked = asked_line(request_for(run, settings, ask), run.catalog)
    listing = listing_for(run, sources or (), source)
    items = items_of(run, settings, ask, listing, send.name)
    order = order_for(run, settings, send, again_of(send, several=listing.several), source, wait=False)
    if not send.dry_run:
        run.terminal.note(asked)
    with run.session(settings) as session:
        prepare(run, session, send)
        if send.dry_run:
            return dry_run(run, session, items, order, asked=asked, json=json)
        ensure_meant(run, session, items, order, send)
        ids = _Ids(run, items, silent=json)
        end = ids.end if not json else lambda items: _print(run, items, several=listing.several)
        return Carrying(run, session, order, ids.take, end, end).carry(items)


class _Ids:
    """Prints the ids in the order of the sources, each as soon as those before it have come to their end."""

    def __init__(self, run: Run, items: "Sequence[Item]", *, silent: bool) -> None:
        self._run = run
        self._left = deque(items)
        self._silent = silent

    def take(self, item: "Item") -> None:
        del item
        while self._left and self._left[0].ended:
            self._say(self._left.popleft())

    def end(self, items: "Sequence[Item]") -> None:
        """Those behind one that never came to its end."""
        del items
        while self._left:
            self._say(self._left.popleft())

    def _say(self, item: "Item") -> None:
        if item.record.file_id and not self._silent:
            self._run.terminal.result(f"{item.record.file_id}\n".encode())


def _print(run: Run, items: "Sequence[Item]", *, several: bool) -> None:
    from intron_cli.core.record import to_json_bytes

    if items or several:
        values = [item.record.to_dict() for item in items]
        run.terminal.result(to_json_bytes(values if several else values[0], indent=2))

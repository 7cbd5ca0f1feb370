"""From what a command line names to the sources of a run, each with what is asked for it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from intron_cli.commands.asking import request_for
from intron_cli.commands.options import AskOptions, SourceOptions
from intron_cli.commands.program import Run
from intron_cli.config.settings import Settings
from intron_cli.core.errors import UsageError
from intron_cli.core.record import Record, Source
from intron_cli.core.request import Request
from intron_cli.core.text import plural

if TYPE_CHECKING:
    from intron_cli.jobs.item import Item
    from intron_cli.jobs.listing import Entry, Listing


def ensure_named(sources: Sequence[str], options: SourceOptions) -> None:
    """Raise UsageError where no source is named."""
    if options.null and options.from_file is None:
        raise UsageError("-0 says how a list is read, and there is none.", "Name it with --from-file.")
    if not sources and options.from_file is None:
        raise UsageError("No recording was named.", "Name a file, a folder or a URL, or a list with --from-file.")
    if options.from_file == "-" and "-" in sources:
        raise UsageError("stdin cannot be the list and a recording.", "Save one of them in a file.")


def listing_for(run: Run, sources: Sequence[str], options: SourceOptions, exclude: str | None = None) -> "Listing":
    """The sources that are named; ``exclude`` is a folder that results go to. Raises UsageError where none is."""
    from intron_cli.jobs.list_file import ListFile
    from intron_cli.jobs.listing import listed

    given = ListFile(options.from_file, run.terminal.streams.stdin, options.null) if options.from_file else None
    found = listed(sources, recursive=options.recursive, list_file=given, exclude=Path(exclude) if exclude else None)
    for line in found.told():
        run.terminal.note(line)
    if not found.entries:
        run.terminal.note("There is no recording in what was named.")
    return found


def items_of(run: Run, settings: Settings, ask: AskOptions, listing: "Listing", name: str | None) -> "list[Item]":
    """A source of the run for each entry. Raises UsageError for a row that asks for what there is not, by its line."""
    from intron_cli.jobs.item import Item
    from intron_cli.jobs.naming import STDIN, result_name, source_name

    base = request_for(run, settings, ask)
    requests: dict[frozenset[tuple[str, str]], Request] = {frozenset(): base}
    items = []
    for number, entry in enumerate(listing.entries):
        asks = frozenset(entry.asks.items())
        if asks not in requests:
            requests[asks] = _request_of(run, settings, ask, entry)
        request, own_name = requests[asks], entry.name or name
        called, below = source_name(entry.text), entry.below
        if entry.text == STDIN and own_name:
            called, below = own_name, result_name(own_name)
        items.append(
            Item(
                number, entry.text, Record("not_sent", Source(called), request), request, below, own_name, entry.named,
                entry.columns,
            )
        )  # fmt: skip
    if len(requests) > 1:
        own = sum(bool(entry.asks) for entry in listing.entries)
        run.terminal.note(f"The list says for {plural(own, 'recording')} what to ask for.")
    return items


def _request_of(run: Run, settings: Settings, ask: AskOptions, entry: "Entry") -> Request:
    from intron_cli.jobs.list_file import overrides

    try:
        return request_for(run, settings, ask, overrides(entry.asks))
    except ValueError as error:
        raise UsageError(f"Line {entry.line} of the list: {error}.") from None
    except UsageError as error:
        raise UsageError(f"Line {entry.line} of the list: {error.message}", error.hint) from None


def wish_of(sources: Sequence[str], options: SourceOptions, requests: Sequence[Request | None]) -> Mapping[str, object]:
    """What tells apart runs that write one file for all their sources."""
    return {
        "sources": [source if "://" in source else str(Path(source).absolute()) for source in sources],
        "list": options.from_file,
        "recursive": options.recursive,
        "shard": options.shard,
        "requests": sorted({repr(request) for request in requests}),
    }

"""Where the records of a run go: stdout or a file, a folder as each is done, or both."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from intron_cli.commands.document_sink import DocumentSink
from intron_cli.commands.folder_sink import FolderSink
from intron_cli.core.destination import Destination
from intron_cli.core.record import Record

if TYPE_CHECKING:
    from intron_cli.jobs.item import Again, Item
    from intron_cli.jobs.session import Session


class Sink(Protocol):
    """Takes the records of a run, in the order in which they come to their end."""

    def ensure_possible(self, items: "Sequence[Item]") -> None:
        """Raise UsageError before anything is paid for."""

    def ensure_ours(self, session: "Session") -> None:
        """Raise UsageError for a file of all results that somebody else wrote, or another run."""

    def destination(self, item: "Item") -> Destination | None:
        """Where the result of a source is meant to go, for whoever waits for it later."""

    def kept(self, session: "Session", item: "Item", again: "Again") -> Record | None:
        """What is there already and counts as done."""

    def restore(self, item: "Item") -> None:
        """Bring what was kept up to what is asked for now."""

    def ensure_free(self, session: "Session", item: "Item") -> None:
        """Raise UsageError where a later run finds somebody else's file in the place of a result."""

    def take(self, session: "Session", item: "Item") -> None:
        """One source has come to its end."""

    def slimmed(self, record: Record) -> Record:
        """What of a record that was taken is still needed at the end."""

    def end(self, session: "Session", records: Sequence[Record]) -> None:
        """All have; the records are in the sources' order."""

    def early(self, session: "Session", records: Sequence[Record]) -> None:
        """The run ends before its end."""


class BothSinks:
    """A folder, and beside it one document for all."""

    def __init__(self, folder: FolderSink, gathered: DocumentSink) -> None:
        self._folder = folder
        self._gathered = gathered

    def ensure_possible(self, items: "Sequence[Item]") -> None:
        self._folder.ensure_possible(items)
        self._gathered.ensure_possible(items)

    def ensure_ours(self, session: "Session") -> None:
        self._gathered.ensure_ours(session)

    def destination(self, item: "Item") -> Destination | None:
        return self._folder.destination(item)

    def kept(self, session: "Session", item: "Item", again: "Again") -> Record | None:
        return self._folder.kept(session, item, again)

    def restore(self, item: "Item") -> None:
        self._folder.restore(item)
        self._gathered.restore(item)

    def ensure_free(self, session: "Session", item: "Item") -> None:
        self._folder.ensure_free(session, item)

    def take(self, session: "Session", item: "Item") -> None:
        self._folder.take(session, item)
        self._gathered.take(session, item)

    def slimmed(self, record: Record) -> Record:
        return self._gathered.slimmed(record)

    def end(self, session: "Session", records: Sequence[Record]) -> None:
        self._gathered.end(session, records)

    def early(self, session: "Session", records: Sequence[Record]) -> None:
        self._gathered.early(session, records)

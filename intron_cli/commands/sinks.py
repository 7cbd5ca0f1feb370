"""Where the records of a run go: stdout or a file, a folder as each is done, or both."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from intron_cli.commands.program import Run
from intron_cli.core.destination import Destination
from intron_cli.core.files import sweep
from intron_cli.core.record import Record
from intron_cli.output.delivery import Delivery
from intron_cli.output.files import ensure_new
from intron_cli.output.folder import (
    FolderDelivery,
    Matches,
    Place,
    destination_of,
    ensure_folder,
    places_for,
    read_record,
)

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


class DocumentSink:
    """One document for all: on stdout, or in a file. ``run_print`` tells the runs apart that write such a file."""

    def __init__(self, run: Run, delivery: Delivery, *, several: bool, run_print: str = "") -> None:
        self._run = run
        self._delivery = delivery
        self._for_all = several or delivery.form.gathers
        self._run_print = run_print
        self._settled = False
        self._streams = delivery.form.lines and delivery.file is None
        self._before = ""

    def ensure_possible(self, items: "Sequence[Item]") -> None:
        del items
        self._delivery.ensure_possible(self._run.terminal)
        if self._delivery.file:
            sweep(self._delivery.file.parent)

    def ensure_ours(self, session: "Session") -> None:
        file = self._delivery.file
        if not self._for_all or file is None or not file.is_file():
            return
        self._before = _digest(file)
        known = session.ledger.written(str(file.absolute())) if session.has_ledger else None
        is_ours = known is not None and known[1] == self._run_print and self._before in known[0].split()
        if not is_ours and not self._delivery.force:
            ensure_new(file)

    def destination(self, item: "Item") -> Destination | None:
        del item
        file, view = self._delivery.file, self._delivery.view
        if file is None or self._for_all:
            return None
        return Destination((self._delivery.form.name,), str(file.absolute()), None, None, view.show, view.provenance)

    def kept(self, session: "Session", item: "Item", again: "Again") -> Record | None:
        """A file that an earlier run wrote for the same job, and that nobody changed since, is kept."""
        file, wanted = self._delivery.file, self.destination(item)
        if file is None or wanted is None or self._delivery.force or not file.is_file():
            return None
        from intron_cli.jobs.claims import is_again, known_upload
        from intron_cli.jobs.results import kept_record

        attempt = known_upload(session, item.text, item.request) if item.request else None
        if attempt and attempt.state == "done" and attempt.destination:
            same = replace(attempt.destination, written=None) == wanted
            if same and is_again(again, attempt):
                return None
            if same and attempt.destination.written == _digest(file):
                self._settled = True
                self._run.terminal.note(f"{file} is the result of this job already; nothing to do.")
                return kept_record(attempt)
        ensure_new(file)
        return None

    def restore(self, item: "Item") -> None:
        """A file is as it was left, or it would not have been kept; what streams says it again."""
        self._stream(item.record)

    def ensure_free(self, session: "Session", item: "Item") -> None:
        file = self._delivery.file
        if file is None or not file.is_file():
            return
        known = [job.destination for job in session.ledger.find(item.file_id) if job.destination]
        if not any(place.written == _digest(file) for place in known):
            ensure_new(file)

    def take(self, session: "Session", item: "Item") -> None:
        """What stands in a file is noted with the job first, so that a repeat can tell it from anybody's own."""
        self._stream(item.record)
        wanted = self.destination(item)
        if wanted is None or item.record.status != "done" or self._settled:
            return
        data = self._delivery.rendered([item.record])
        if not data:
            return
        jobs = session.ledger.find(item.file_id)
        for job in jobs:
            session.ledger.meant_for(job.id, replace(wanted, written=hashlib.sha256(data).hexdigest()))
        self._delivery.write(data, self._run.terminal)
        self._settled = True
        for job in jobs:
            session.ledger.delivered(job.id)

    def slimmed(self, record: Record) -> Record:
        if self._streams:
            return record.without_words()
        return replace(record, raw=None) if self._delivery.form.gathers and not self._delivery.form.lines else record

    def _stream(self, record: Record) -> None:
        if self._streams:
            self._delivery.deliver([record], self._run.terminal)

    def end(self, session: "Session", records: Sequence[Record]) -> None:
        if self._settled or self._streams:
            return
        data = self._delivery.rendered(records)
        file = self._delivery.file
        if file is None or not data:
            self._delivery.deliver(records, self._run.terminal)
            return
        digest, path = hashlib.sha256(data).hexdigest(), str(file.absolute())
        session.ledger.note_written(path, f"{digest} {self._before}", self._run_print)
        self._delivery.write(data, self._run.terminal)

    def early(self, session: "Session", records: Sequence[Record]) -> None:
        """A file is whole or not there: the same command could not carry on otherwise."""
        if self._delivery.file is None:
            self.end(session, records)


class FolderSink:
    """Documents and records in a folder, each as its source is done."""

    def __init__(self, run: Run, delivery: FolderDelivery, folder: Path, *, talks: bool = True) -> None:
        self._run = run
        self._delivery = delivery
        self._folder = folder
        self._talks = talks
        self._places: dict[int, Place] = {}

    def place(self, item: "Item", place: Place) -> None:
        """The place of a source that was settled before."""
        self._places[item.number] = place

    def ensure_possible(self, items: "Sequence[Item]") -> None:
        ensure_folder(self._folder)
        paths = [self._folder / item.below for item in items]
        for folder in {self._folder, *(path.parent for path in paths)}:
            sweep(folder)
        wishes = [(item.record.source.name, (item.text, item.request)) for item in items]
        places = places_for([(*wish, path) for wish, path in zip(wishes, paths, strict=True)])
        self._places = {item.number: place for item, place in zip(items, places, strict=True)}

    def ensure_ours(self, session: "Session") -> None:
        """Each result's place is looked at by itself."""

    def destination(self, item: "Item") -> Destination | None:
        return destination_of(self._delivery, self._places[item.number])

    def kept(self, session: "Session", item: "Item", again: "Again") -> Record | None:
        place = self._places[item.number]
        if self._delivery.is_free(place):
            return None
        from intron_cli.jobs.claims import identified

        known = identified(session, item.text)
        asked = Record("not_sent", known, item.request, service=session.service)
        record = self._delivery.kept(place, Matches(known.sha256, asked)) if known.sha256 else None
        if record is None:
            record = self._without_record(session, item, again)
        earlier = self._of_url(place, known.name) if record is None and known.sha256 is None else None
        if earlier:
            record = earlier if self._counts(session, earlier, asked) else None
        elif record is None:
            self._delivery.ensure_free(place)
        if record is None:
            return None
        if again in ("all", "ended") or (again == "failed" and record.exit_code):
            return None
        if self._delivery.with_record:
            self._delivery.ensure_documents_ours(place, record)
        return record

    def _of_url(self, place: Place, name: str) -> Record | None:
        """An earlier result of the same URL, which a later one may replace: what it leads to may have changed."""
        from intron_cli.jobs.sources import is_url

        record = read_record(place.record) if is_url(name) else None
        return record if record and record.source.name == name else None

    def _counts(self, session: "Session", earlier: Record, asked: Record) -> bool:
        """Whether an earlier result of a URL is one for now; what is downloaded first tells that by itself."""
        from intron_cli.jobs.claims import URL_SECONDS

        is_fresh = earlier.source.sha256 is None and session.clock.now() - _seconds(earlier) < URL_SECONDS
        return is_fresh and earlier.status == "done" and Matches(None, asked).record(earlier)

    def _without_record(self, session: "Session", item: "Item", again: "Again") -> Record | None:
        """With ``--no-record`` only the ledger knows that the documents are this job's."""
        from intron_cli.jobs.claims import is_again, known_upload
        from intron_cli.jobs.results import kept_record

        if self._delivery.with_record or item.request is None:
            return None
        attempt = known_upload(session, item.text, item.request)
        if attempt is None or attempt.delivered_at is None or is_again(again, attempt):
            return None
        return kept_record(attempt) if attempt.destination == self.destination(item) else None

    def restore(self, item: "Item") -> None:
        from intron_cli.jobs.sources import source_name

        place = self._places[item.number]
        if self._delivery.with_record:
            for line in self._delivery.complete(place, item.record):
                self._run.terminal.warn("edited", line)
        if self._talks:
            self._run.terminal.note(f"{source_name(item.text)}: its result is in {place.folder} already; kept.")

    def ensure_free(self, session: "Session", item: "Item") -> None:
        place = self._places[item.number]
        if self._delivery.is_free(place):
            return
        found = read_record(place.record)
        if found is None or found.file_id != item.record.file_id:
            self._delivery.ensure_free(place)
        else:
            self._delivery.ensure_documents_ours(place, found)

    def take(self, session: "Session", item: "Item") -> None:
        if item.record.status != "done":
            return
        place = self._places[item.number]
        for line in self._delivery.save(place, item.record):
            self._run.terminal.warn("edited", line)
        for job in session.ledger.find(item.file_id):
            session.ledger.delivered(job.id)
        item.how = f"saved in {place.folder}"

    def slimmed(self, record: Record) -> Record:
        return record.without_words()

    def end(self, session: "Session", records: Sequence[Record]) -> None:
        """All lies where it belongs."""

    early = end


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


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _seconds(record: Record) -> float:
    """When a saved record's upload was made (Unix seconds); long ago where it does not say."""
    try:
        return datetime.fromisoformat(record.submitted_at or "").timestamp()
    except ValueError:
        return 0.0

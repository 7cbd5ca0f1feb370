"""The records of a run in a folder, each with its documents beside it, as each is done."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from intron_cli.commands.program import Run
from intron_cli.core.destination import Destination
from intron_cli.core.files import sweep
from intron_cli.core.record import Record
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
            record = earlier if self._counts(session, item, earlier, asked) else None
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
        from intron_cli.jobs.naming import is_url

        record = read_record(place.record) if is_url(name) else None
        return record if record and record.source.name == name else None

    def _counts(self, session: "Session", item: "Item", earlier: Record, asked: Record) -> bool:
        """Whether an earlier result of a URL is one for now; what is downloaded first tells that by itself."""
        from intron_cli.jobs.claims import URL_SECONDS, known_query, query_doubt

        if session.supply and session.supply.has(item.text):
            return False
        same = known_query(session, item.text, earlier.file_id)
        is_fresh = earlier.source.sha256 is None and session.clock.now() - _seconds(earlier) < URL_SECONDS
        counts = is_fresh and earlier.status == "done" and Matches(None, asked).record(earlier) and same is not False
        if counts and same is None:
            self._run.terminal.warn(*query_doubt(earlier.source.name))
        return counts

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
        from intron_cli.jobs.naming import source_name

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


def _seconds(record: Record) -> float:
    """When a saved record's upload was made (Unix seconds); long ago where it does not say."""
    try:
        return datetime.fromisoformat(record.submitted_at or "").timestamp()
    except ValueError:
        return 0.0

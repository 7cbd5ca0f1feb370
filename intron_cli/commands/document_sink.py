"""One document for all the records of a run: on stdout, or in a file."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from intron_cli.commands.program import Run
from intron_cli.core.destination import Destination
from intron_cli.core.files import sweep
from intron_cli.core.record import Record
from intron_cli.output.delivery import Delivery
from intron_cli.output.files import ensure_new

if TYPE_CHECKING:
    from intron_cli.jobs.item import Again, Item
    from intron_cli.jobs.session import Session


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


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()

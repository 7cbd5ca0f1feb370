"""Where results go: stdout or a file at the end, or a folder as each is done."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from intron_cli.commands.options import ShowOptions
from intron_cli.commands.program import Run
from intron_cli.config import table
from intron_cli.config.settings import Settings
from intron_cli.core.catalog import Catalog
from intron_cli.core.destination import Destination
from intron_cli.core.errors import UsageError
from intron_cli.core.files import sweep
from intron_cli.core.record import Record
from intron_cli.core.request import Request
from intron_cli.output.delivery import Delivery
from intron_cli.output.document import TRANSCRIPT, section_name
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
from intron_cli.output.format import Format, View

if TYPE_CHECKING:
    from intron_cli.jobs.session import Session
    from intron_cli.jobs.submitting import Again


class Sink(Protocol):
    """Takes the records of a run."""

    def ensure_possible(self, sources: Sequence[str]) -> None:
        """Raise UsageError before anything is paid for."""

    def destination(self, source: str) -> Destination | None:
        """Where the result of a source is meant to go, for whoever waits for it later."""

    def kept(self, session: "Session", source: str, request: Request, again: "Again") -> Record | None:
        """What is there already and counts as done."""

    def restore(self, source: str, record: Record) -> None:
        """Bring what was kept up to what is asked for now."""

    def ensure_free(self, session: "Session", source: str, record: Record) -> None:
        """Raise UsageError where a later run finds somebody else's file in the place of a result."""

    def take(self, session: "Session", source: str, record: Record) -> None:
        """One source has come to its end."""

    def end(self, records: Sequence[Record]) -> None:
        """All have."""

    def early(self, records: Sequence[Record]) -> None:
        """The run ends before its end."""


class DocumentSink:
    """One document for all: on stdout, or in a file."""

    def __init__(self, run: Run, delivery: Delivery) -> None:
        self._run = run
        self._delivery = delivery
        self._several = False
        self._settled = False

    def ensure_possible(self, sources: Sequence[str]) -> None:
        self._several = len(sources) > 1
        self._delivery.ensure_possible(self._run.terminal)
        if self._delivery.file:
            sweep(self._delivery.file.parent)
        if self._delivery.file and self._several and not self._delivery.force:
            ensure_new(self._delivery.file)

    def destination(self, source: str) -> Destination | None:
        del source
        file, view = self._delivery.file, self._delivery.view
        if file is None or self._several:
            return None
        return Destination((self._delivery.form.name,), str(file.absolute()), None, None, view.show, view.provenance)

    def kept(self, session: "Session", source: str, request: Request, again: "Again") -> Record | None:
        """A file that an earlier run wrote for the same job, and that nobody changed since, is kept."""
        file, wanted = self._delivery.file, self.destination(source)
        if file is None or wanted is None or self._delivery.force or not file.is_file():
            return None
        from intron_cli.jobs.results import kept_record
        from intron_cli.jobs.submitting import is_again, known_upload

        attempt = known_upload(session, source, request)
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

    def restore(self, source: str, record: Record) -> None:
        """A file is as it was left, or it would not have been kept."""

    def ensure_free(self, session: "Session", source: str, record: Record) -> None:
        file = self._delivery.file
        if file is None or not file.is_file():
            return
        known = [job.destination for job in session.ledger.find(record.file_id or "") if job.destination]
        if not any(place.written == _digest(file) for place in known):
            ensure_new(file)

    def take(self, session: "Session", source: str, record: Record) -> None:
        """What stands in a file is noted with the job first, so that a repeat can tell it from anybody's own."""
        wanted = self.destination(source)
        data = self._delivery.rendered([record]) if wanted and record.status == "done" and not self._settled else b""
        if wanted is None or not data:
            return
        jobs = session.ledger.find(record.file_id or "")
        for job in jobs:
            session.ledger.meant_for(job.id, replace(wanted, written=hashlib.sha256(data).hexdigest()))
        self._delivery.write(data, self._run.terminal)
        self._settled = True
        for job in jobs:
            session.ledger.delivered(job.id)

    def end(self, records: Sequence[Record]) -> None:
        if not self._settled:
            self._delivery.deliver(records, self._run.terminal)

    def early(self, records: Sequence[Record]) -> None:
        """A file is whole or not there: the same command could not carry on otherwise."""
        if self._delivery.file is None:
            self.end(records)


class FolderSink:
    """Documents and records in a folder, each as its source is done; stdout stays empty."""

    def __init__(self, run: Run, delivery: FolderDelivery, folder: Path) -> None:
        self._run = run
        self._delivery = delivery
        self._folder = folder
        self._places: dict[str, Place] = {}

    def place(self, source: str, place: Place) -> None:
        """The place of a source that was settled before."""
        self._places[source] = place

    def ensure_possible(self, sources: Sequence[str]) -> None:
        from intron_cli.jobs.sources import result_name

        ensure_folder(self._folder)
        sweep(self._folder)
        self._places = places_for([(source, self._folder / result_name(source)) for source in sources])

    def destination(self, source: str) -> Destination | None:
        return destination_of(self._delivery, self._places[source])

    def kept(self, session: "Session", source: str, request: Request, again: "Again") -> Record | None:
        place = self._places[source]
        if self._delivery.is_free(place):
            return None
        from intron_cli.jobs.submitting import identified

        known = identified(session, source)
        asked = Record("not_sent", known, request, service=session.service)
        record = self._delivery.kept(place, Matches(known.sha256, asked)) if known.sha256 else None
        if record is None:
            record = self._without_record(session, source, request, again)
        if record is None:
            self._delivery.ensure_free(place)
            return None
        if again in ("all", "ended") or (again == "failed" and record.exit_code):
            return None
        if self._delivery.with_record:
            self._delivery.ensure_documents_ours(place, record)
        return record

    def _without_record(self, session: "Session", source: str, request: Request, again: "Again") -> Record | None:
        """With ``--no-record`` only the ledger knows that the documents are this job's."""
        from intron_cli.jobs.results import kept_record
        from intron_cli.jobs.submitting import is_again, known_upload

        attempt = None if self._delivery.with_record else known_upload(session, source, request)
        if attempt is None or attempt.delivered_at is None or is_again(again, attempt):
            return None
        return kept_record(attempt) if attempt.destination == self.destination(source) else None

    def restore(self, source: str, record: Record) -> None:
        place = self._places[source]
        if self._delivery.with_record:
            for line in self._delivery.complete(place, record):
                self._run.terminal.warn("edited", line)
        self._run.terminal.note(f"{source}: its result is in {place.folder} already; kept.")

    def ensure_free(self, session: "Session", source: str, record: Record) -> None:
        place = self._places[source]
        if self._delivery.is_free(place):
            return
        found = read_record(place.record)
        if found is None or found.file_id != record.file_id:
            self._delivery.ensure_free(place)
        else:
            self._delivery.ensure_documents_ours(place, found)

    def take(self, session: "Session", source: str, record: Record) -> None:
        if record.status != "done":
            return
        place = self._places[source]
        for line in self._delivery.save(place, record):
            self._run.terminal.warn("edited", line)
        for job in session.ledger.find(record.file_id or ""):
            session.ledger.delivered(job.id)
        self._run.terminal.note(f"{source}: saved in {place.folder}.")

    def end(self, records: Sequence[Record]) -> None:
        pass

    early = end


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def sink_for(run: Run, settings: Settings, show: ShowOptions, *, several: bool) -> Sink:
    """Where results go and in which form. Raises UsageError for what cannot work."""
    run.terminal.json_lines = show.json or show.format == ["json"]
    if show.output and show.output_dir:
        raise UsageError("-o names one file and -d a folder for all.", "Leave one of them out.")
    view = View(tuple(show.show or ()), several, show.provenance, run.catalog)
    mode = settings[table.OUTPUT_MODE]
    folder = show.output_dir or (None if show.output else settings[table.OUTPUT_DIR])
    if folder:
        forms = _forms(run, settings, show)
        return FolderSink(run, FolderDelivery(forms, view, mode, show.force, show.record), Path(folder))
    file = Path(show.output) if show.output else None
    form = _form(run, settings, show, file)
    return DocumentSink(run, Delivery(form, view, file, mode, show.force))


def sink_of(run: Run, settings: Settings, destination: Destination, source: str) -> Sink:
    """The sink that a job was meant for when it was uploaded."""
    forms = tuple(run.formats.named(name) for name in destination.formats)
    view = View(destination.show, provenance=destination.provenance, catalog=run.catalog)
    mode = settings[table.OUTPUT_MODE]
    if destination.folder and destination.name:
        sink = FolderSink(
            run, FolderDelivery(forms, view, mode, with_record=destination.record), Path(destination.folder)
        )
        sink.place(source, Place(Path(destination.folder), destination.name))
        return sink
    return DocumentSink(run, Delivery(forms[0], view, Path(destination.file or ""), mode))


def _forms(run: Run, settings: Settings, show: ShowOptions) -> tuple[Format, ...]:
    names = show.format or (["json"] if show.json else [settings[table.FORMAT] or "markdown"])
    forms = dict.fromkeys(run.formats.named(name) for name in names)
    return tuple(forms)


def _form(run: Run, settings: Settings, show: ShowOptions, file: Path | None) -> Format:
    """The form that is named, else the one that the file's suffix names, else the setting's."""
    if show.format and len(show.format) > 1:
        raise UsageError("Several formats at once go into a folder.", "Name one with -d, or name one format.")
    named = "json" if show.json else next(iter(show.format or ()), None)
    if named is None and file:
        if by_suffix := run.formats.of_file(file):
            return by_suffix
        if file.suffix and settings.resolved(table.FORMAT).is_default:
            known = ", ".join(run.formats.names)
            raise UsageError(f"The suffix of {file} names no format.", f"Add -f: one of {known}.")
    return run.formats.named(named or settings[table.FORMAT] or "markdown")


def ensure_shown_is_asked(show: Sequence[str], request: Request, catalog: Catalog) -> None:
    """Raise UsageError for a section to show that would not come, before anything is paid for."""
    if request.template or request.fields:
        return
    for name in show:
        section = section_name(name, catalog)
        if section != TRANSCRIPT and section not in request.outputs:
            output = catalog.output(name)
            flag = f"Add --{output.flag}." if output else "'intron outputs' lists what there is."
            raise UsageError(f"--show {name} shows what is not asked for.", flag)

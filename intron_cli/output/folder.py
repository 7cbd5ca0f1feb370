"""Results in a folder: a document for each form, the record beside them, nothing of anybody's overwritten."""

import errno
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from intron_cli.core.destination import Destination
from intron_cli.core.errors import UsageError
from intron_cli.core.reading import record_from
from intron_cli.core.record import Record, to_json_bytes
from intron_cli.output.files import write_result
from intron_cli.output.format import Format, View

_LONGEST_NAME = 245
"""Bytes of a source's name, so that its results' fit into what file systems take."""
_LARGEST_RECORD = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Place:
    """Where the results of one source lie: ``visit.wav.md``, ``visit.wav.json``."""

    folder: Path
    name: str

    @property
    def record(self) -> Path:
        return self.folder / f"{self.name}.json"

    def document(self, form: Format) -> Path:
        return self.folder / f"{self.name}.{form.suffix}"


@dataclass(frozen=True, slots=True)
class FolderDelivery:
    """The forms of the documents, what they show, and whether the record is saved beside them."""

    forms: tuple[Format, ...]
    view: View
    mode: int = 0o600
    force: bool = False
    with_record: bool = True

    def is_free(self, place: Place) -> bool:
        """Whether nothing lies where results of this place would."""
        return not any(path.exists() for path in self._paths(place))

    def ensure_free(self, place: Place) -> None:
        """Raise UsageError for a file that is in the way and not ours to replace."""
        for path in self._paths(place):
            self._ensure_ours(path)

    def ensure_documents_ours(self, place: Place, record: Record) -> None:
        """Raise UsageError for a document beside a record that the record does not know."""
        for form in self._document_forms():
            path = place.document(form)
            if path.name not in record.documents:
                self._ensure_ours(path)

    def _ensure_ours(self, path: Path) -> None:
        if path.is_dir() or (path.exists() and not self.force):
            raise UsageError(
                f"{path} exists already and is not a result of this recording.",
                "Choose another folder, move it away, or add --force.",
            )

    def kept(self, place: Place, matches: "Matches") -> Record | None:
        """The saved record of the same job, if there is one: it counts as done."""
        record = read_record(place.record)
        return record if record and record.status == "done" and matches.record(record) else None

    def save(self, place: Place, record: Record) -> list[str]:
        """Write the record, then the documents that are missing or unchanged since we wrote them.

        Returns what to tell: the documents that somebody edited, which stay as they are. A cut at any
        point leaves a record that tells its documents from anybody's own, so that a later run can go on.
        """
        documents = self._documents(place, record)
        before = self._written_before(place)
        edited = [path for path in documents if _is_edited(path, before)]
        new = {path: data for path, data in documents.items() if data and path not in edited}
        after = {path.name: _digest(data) for path, data in new.items()} | {
            path.name: before[path.name] for path in edited
        }
        meanwhile = after | {path.name: before[path.name] for path in new if path.name in before and path.exists()}
        _make(place.folder)
        self._write_record(place, record, meanwhile)
        for path, data in new.items():
            write_result(path, data, self.mode)
        if meanwhile != after:
            self._write_record(place, record, after)
        return _told(edited)

    def complete(self, place: Place, record: Record) -> list[str]:
        """Write the documents that a kept record lacks or outdates; what is told is as for :meth:`save`."""
        documents = self._documents(place, record)
        if any(self._lacks(path, data, record) for path, data in documents.items()):
            return self.save(place, record)
        return _told([path for path in documents if _is_edited(path, dict(record.documents))])

    def _lacks(self, path: Path, data: bytes, record: Record) -> bool:
        """Whether a document has to be written; somebody else's in its place is replaced where that was said."""
        known = record.documents.get(path.name)
        if not path.exists() or known is None:
            return bool(data) and (self.force or not path.exists())
        return known != _digest(data) and not _is_edited(path, dict(record.documents))

    def _documents(self, place: Place, record: Record) -> dict[Path, bytes]:
        view = replace(self.view, several=False)
        return {place.document(form): form.render([record], view) for form in self._document_forms()}

    def _write_record(self, place: Place, record: Record, documents: Mapping[str, str]) -> None:
        if self.with_record or any(form.name == "json" for form in self.forms):
            saved = replace(record, documents=documents)
            write_result(place.record, to_json_bytes(saved.to_dict(), indent=2), self.mode)

    def _document_forms(self) -> list[Format]:
        return [form for form in self.forms if form.name != "json"]

    def _paths(self, place: Place) -> list[Path]:
        return [place.record, *(place.document(form) for form in self._document_forms())]

    def _written_before(self, place: Place) -> dict[str, str]:
        record = read_record(place.record)
        return dict(record.documents) if record else {}


@dataclass(frozen=True, slots=True)
class Matches:
    """What tells whether a saved record is of the same job."""

    sha256: str | None
    asked: Record

    def record(self, found: Record) -> bool:
        mine = self.asked
        same_source = found.source.sha256 == self.sha256 and found.service == mine.service
        return bool(same_source and found.request and mine.request and found.request.covers(mine.request))


def read_record(path: Path) -> Record | None:
    """The record in a file; None where there is none, or none of ours."""
    try:
        if path.stat().st_size > _LARGEST_RECORD:
            return None
        return record_from(json.loads(path.read_bytes()))
    except (OSError, ValueError, RecursionError):
        return None


def places_for(wishes: Sequence[tuple[str, object, Path]]) -> list[Place]:
    """The place of each source: what it is called, what is wished of it, and the path of its results without suffix.

    Raises UsageError where two different wishes would share a place.
    """
    places: list[Place] = []
    taken: dict[Path, tuple[str, object]] = {}
    for text, wish, path in wishes:
        if len(os.fsencode(path.name)) > _LONGEST_NAME:
            raise UsageError(f"The name {path.name[:40]}… is too long to be saved with a suffix.", "Rename the file.")
        other, its_wish = taken.setdefault(path, (text, wish))
        if other != text or its_wish != wish:
            both = f"{other} and {text}" if other != text else f"{text}, asked for twice in different ways,"
            raise UsageError(
                f"{both} would both be saved as {path.name}.* in {path.parent}.", "Save them in different folders."
            )
        places.append(Place(path.parent, path.name))
    return places


def ensure_folder(folder: Path) -> None:
    """Raise UsageError where ``folder`` is none, or cannot be made or written in."""
    try:
        nearest = next((one for one in (folder, *folder.absolute().parents) if one.exists()), folder)
    except OSError as error:
        raise _unusable(folder, error.errno) from None
    if not nearest.is_dir():
        raise UsageError(f"{nearest} is no folder.", "Choose another one with -d.")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise _unusable(nearest, errno.EACCES)


def _make(folder: Path) -> None:
    """Names of results are patients' names: a new folder is its owner's alone."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise _unusable(folder, error.errno) from None


def _unusable(folder: Path, number: int | None) -> UsageError:
    reason = os.strerror(number or errno.EIO)
    return UsageError(f"Nothing can be written in {folder}: {reason}.", "Choose another folder with -d.")


def destination_of(delivery: FolderDelivery, place: Place) -> Destination:
    return Destination(
        formats=tuple(form.name for form in delivery.forms),
        folder=str(place.folder.absolute()),
        name=place.name,
        show=delivery.view.show,
        provenance=delivery.view.provenance,
        record=delivery.with_record,
    )


def _told(edited: Sequence[Path]) -> list[str]:
    return [f"{path} was edited since it was written and stays as it is." for path in edited]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _is_edited(path: Path, before: dict[str, str]) -> bool:
    if path.name not in before:
        return False
    try:
        return _digest(path.read_bytes()) != before[path.name]
    except OSError:
        return False

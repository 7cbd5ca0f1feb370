"""Results in a folder: a document for each form, the record beside them, nothing of anybody's overwritten."""

import json
import shutil
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from core.records import visit
from output.privileges import without_privileges

from intron_cli.core.errors import UsageError
from intron_cli.core.record import Record, Source
from intron_cli.output.folder import (
    FolderDelivery,
    Matches,
    Place,
    destination_of,
    ensure_folder,
    places_for,
    read_record,
)
from intron_cli.output.format import View
from intron_cli.output.formats import FORMATS

RECORD = visit("Hello.", {"summary": "Well."})


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "results" / "monday", "visit.wav")


def delivery(*forms: str, **options: Any) -> FolderDelivery:
    return FolderDelivery(tuple(FORMATS.named(form) for form in forms or ("markdown",)), View(), **options)


def names(place: Place) -> list[str]:
    return sorted(path.name for path in place.folder.iterdir())


def test_documents_and_the_record_lie_side_by_side(place: Place) -> None:
    """Under the source's whole name, each its owner's alone."""
    assert delivery("markdown", "text").save(place, RECORD) == []
    assert names(place) == ["visit.wav.json", "visit.wav.md", "visit.wav.txt"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in place.folder.iterdir()} == {0o600}
    saved = json.loads(place.record.read_bytes())
    assert saved["schema"] == "intron.record/1"
    assert sorted(saved["documents"]) == ["visit.wav.md", "visit.wav.txt"]
    assert read_record(place.record) == replace(RECORD, documents=saved["documents"])


def test_the_record_can_be_left_out(place: Place) -> None:
    """Unless it is what was asked for."""
    delivery(with_record=False).save(place, RECORD)
    assert names(place) == ["visit.wav.md"]
    delivery("json", with_record=False).save(place, RECORD)
    assert names(place) == ["visit.wav.json", "visit.wav.md"]


def test_a_failure_has_a_record_and_no_document(place: Place) -> None:
    """So that the next run knows."""
    delivery().save(place, Record("failed", Source("visit.wav")))
    assert names(place) == ["visit.wav.json"]


def test_a_document_that_was_edited_stays(place: Place) -> None:
    """Also when it is saved a third time; the others are brought up to date."""
    both = delivery("markdown", "text")
    both.save(place, RECORD)
    place.document(FORMATS.named("md")).write_text("Corrected by Dr A.")
    for words in ("Hello again.", "Hello once more."):
        (told,) = both.save(place, visit(words))
        assert "visit.wav.md was edited" in told
        assert place.document(FORMATS.named("md")).read_text() == "Corrected by Dr A."
        assert words in place.document(FORMATS.named("txt")).read_text()


def test_a_document_that_was_deleted_is_written_again(place: Place) -> None:
    """Deleting is no editing."""
    delivery().save(place, RECORD)
    place.document(FORMATS.named("md")).unlink()
    assert delivery().save(place, RECORD) == []
    assert "visit.wav.md" in names(place)


def test_what_is_in_the_way_is_found_first(place: Place) -> None:
    """Whether it is a document or a record; force takes its place."""
    delivery().ensure_free(place)
    place.folder.mkdir(parents=True)
    for path in (place.record, place.document(FORMATS.named("md"))):
        path.write_text("somebody's")
        with pytest.raises(UsageError, match="exists already and is not a result"):
            delivery().ensure_free(place)
        delivery(force=True).ensure_free(place)
        path.unlink()


def test_the_same_job_counts_as_done(place: Place) -> None:
    """The same bytes, service and at least what is asked now; anything else does not."""
    assert delivery().kept(place, Matches("0f" * 32, RECORD)) is None
    delivery().save(place, RECORD)
    fewer = replace(RECORD, request=visit().request)
    for same in (RECORD, fewer):
        assert delivery().kept(place, Matches("0f" * 32, same)) is not None
    for other in (
        Matches("ff" * 32, RECORD),
        Matches("0f" * 32, replace(RECORD, service="https://a.example")),
        Matches("0f" * 32, visit(outputs={"soap_note": "S"})),
    ):
        assert delivery().kept(place, other) is None
    delivery().save(place, replace(RECORD, status="failed"))
    assert delivery().kept(place, Matches("0f" * 32, RECORD)) is None


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"not json", b"\xff", b"[" * 100_000, b'{"schema": "intron.record/1"}']
)
def test_what_is_no_record_of_ours_is_none(tmp_path: Path, content: bytes) -> None:
    """Whatever somebody put there; a folder or nothing at all is none either."""
    (tmp_path / "x.json").write_bytes(content)
    assert read_record(tmp_path / "x.json") is None
    assert read_record(tmp_path) is None
    assert read_record(tmp_path / "gone.json") is None


def test_two_sources_never_share_a_place(tmp_path: Path) -> None:
    """Names decide, not suffixes; the same source twice is one, unless it is asked for in different ways."""
    wav, mp3 = tmp_path / "visit.wav", tmp_path / "visit.mp3"
    places = places_for([("a", "soap", wav), ("b", "soap", mp3), ("a", "soap", wav)])
    assert [place.record.name for place in places] == ["visit.wav.json", "visit.mp3.json", "visit.wav.json"]
    with pytest.raises(UsageError, match=r"x/visit\.wav and y/visit\.wav would both be saved as visit\.wav\.\*"):
        places_for([("x/visit.wav", "soap", wav), ("y/visit.wav", "soap", wav)])
    with pytest.raises(UsageError, match=r"visit\.wav, asked for twice in different ways, would both be saved"):
        places_for([("visit.wav", "soap", wav), ("visit.wav", "summary", wav)])


def test_where_it_goes_is_kept_with_the_job(place: Place) -> None:
    """In full, so that it is the same from any folder."""
    found = destination_of(delivery("markdown", "json"), place)
    assert (found.formats, found.folder, found.name) == (("markdown", "json"), str(place.folder), "visit.wav")


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder that nobody but its owner can enter, in one that everybody can."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    (folder / "closed").mkdir()
    (folder / "closed").chmod(0)
    yield folder / "closed"
    (folder / "closed").chmod(0o755)
    shutil.rmtree(folder)


def test_a_folder_that_cannot_be_used_is_found_first(tmp_path: Path, closed: Path) -> None:
    """A file in its place, or one that cannot be entered or written in; one that can be made is fine."""
    ensure_folder(tmp_path / "a" / "b")
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="is no folder"):
        ensure_folder(tmp_path / "file" / "below")
    with without_privileges():
        for folder in (closed, closed / "below" / "further"):
            with pytest.raises(UsageError, match="Permission denied"):
                ensure_folder(folder)


def test_a_folder_that_cannot_be_made_after_all_is_told(tmp_path: Path) -> None:
    """In one sentence."""
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="Not a directory"):
        delivery().save(Place(tmp_path / "file" / "below", "visit.wav"), RECORD)

"""Results come to where they were meant to go, later if they could not at once, and replace nothing of anybody's."""

from pathlib import Path

import pytest
import rawserver as raw
from harness import write_wav
from rawserver import RawServer

from .conftest import At

IDS = [f"{number}2a9760f-b165-4404-91d0-a65d4c0078f5" for number in range(9)]
TAKEN = [raw.taken(file_id) for file_id in IDS]
QUEUED = raw.found("FILE_QUEUED")
THEIRS = "Somebody's own words.\n"


def meant_for(way: str, folder: Path) -> tuple[list[str], Path]:
    """The options that send a result of visit.wav into a folder, and the document that comes of it."""
    if way == "-d":
        return ["-d", str(folder)], folder / "visit.wav.md"
    return ["-o", str(folder / "visit.md")], folder / "visit.md"


@pytest.mark.parametrize("way", ["-d", "-o"])
def test_what_could_not_be_written_is_delivered_by_the_next_wait(
    at: At, recording: Path, tmp_path: Path, way: str
) -> None:
    """A job is not over for ``wait --all`` before its result lies where it was meant for."""
    options, document = meant_for(way, tmp_path / "out")
    (tmp_path / "out").mkdir()
    with RawServer(TAKEN, [QUEUED, raw.finished("At last.")]) as server:
        cli = at.cli(server)
        assert cli("transcribe", recording, *options, "--timeout", "0").code == 8
        (tmp_path / "out").rmdir()
        (tmp_path / "out").write_text(THEIRS)
        for _ in range(2):
            assert cli("wait", "--all").code == 2
        assert (tmp_path / "out").read_text() == THEIRS
        (tmp_path / "out").unlink()
        (tmp_path / "out").mkdir()
        assert cli("wait", "--all").code == 0
        assert "At last." in document.read_text()
        looks = len(server.looks)
        assert cli("wait", "--all").code == 0
        assert (len(server.looks), len(server.uploads)) == (looks, 1)


@pytest.mark.parametrize("command", ["wait", "transcribe"])
@pytest.mark.parametrize("way", ["-d", "-o"])
def test_what_was_cut_before_the_write_is_delivered_by_the_next_wait(
    at: At, recording: Path, tmp_path: Path, way: str, command: str
) -> None:
    """A kill between the service's last answer and the file loses nothing."""
    options, document = meant_for(way, tmp_path / "out")
    (tmp_path / "out").mkdir()
    first = [QUEUED] if command == "wait" else []
    with RawServer(TAKEN, [*first, raw.finished("At last.")]) as server:
        cli = at.cli(server)
        if command == "wait":
            assert cli("transcribe", recording, *options, "--timeout", "0").code == 8
        arguments = ["wait", "--all"] if command == "wait" else ["transcribe", recording, *options]
        at.killed_before(document.name, server, *arguments)
        assert not document.exists()
        assert cli("wait", "--all").code == 0
        assert "At last." in document.read_text()
        assert len(server.uploads) == 1


def test_one_bad_destination_keeps_no_other_from_its_result(at: At, tmp_path: Path) -> None:
    """The others are delivered, the bad one is told, and the exit code says that the ends differ."""
    names = ("a", "b", "c")
    with RawServer(TAKEN, [QUEUED, QUEUED, QUEUED, raw.finished()]) as server:
        cli = at.cli(server)
        for number, name in enumerate(names):
            path = write_wav(tmp_path / f"{name}.wav", 2 + number)
            assert cli("transcribe", path, "-d", tmp_path / name, "--timeout", "0").code == 8
        for name in ("a", "b"):
            (tmp_path / name).write_text(THEIRS)
        found = cli("wait", "--all")
        assert found.code == 3
        assert (tmp_path / "c" / "c.wav.md").exists()
        (tmp_path / "b").unlink()
        assert cli("wait", "--all").code == 3
        assert (tmp_path / "b" / "b.wav.md").exists()
        assert cli("wait", "--all").code == 2
        (tmp_path / "a").unlink()
        assert cli("wait", "--all").code == 0
        assert (tmp_path / "a" / "a.wav.md").exists()
        assert len(server.uploads) == 3


@pytest.mark.parametrize(("way", "name"), [("-d", "visit.wav.md"), ("-d", "visit.wav.json"), ("-o", "visit.md")])
def test_wait_replaces_nothing_of_somebody_else_s(at: At, recording: Path, tmp_path: Path, way: str, name: str) -> None:
    """What came in the way meanwhile stays, and the result comes once it is moved away."""
    folder = tmp_path / "out"
    options, document = meant_for(way, folder)
    folder.mkdir()
    with RawServer(TAKEN, [QUEUED, raw.finished("At last.")]) as server:
        cli = at.cli(server)
        assert cli("transcribe", recording, *options, "--timeout", "0").code == 8
        (folder / name).write_text(THEIRS)
        assert cli("wait", "--all").code == 2
        assert (folder / name).read_text() == THEIRS
        (folder / name).unlink()
        assert cli("wait", "--all").code == 0
        assert "At last." in document.read_text()


def test_a_foreign_document_beside_a_matching_record_stays(
    at: At, recording: Path, other: Path, tmp_path: Path
) -> None:
    """It is told before anything is sent, and --force replaces it."""
    folder = tmp_path / "out"
    with RawServer(TAKEN) as server:
        cli = at.cli(server)
        assert cli("transcribe", recording, "-d", folder).code == 0
        foreign = folder / "visit.wav.txt"
        foreign.write_text(THEIRS)
        for _ in range(2):
            found = cli("transcribe", other, recording, "-d", folder, "-f", "text")
            assert found.code == 2
            assert str(foreign) in found.err
        assert foreign.read_text() == THEIRS
        assert not (folder / "other.wav.txt").exists()
        assert len(server.begun) == 1
        assert cli("transcribe", recording, "-d", folder, "-f", "text", "--force").code == 0
        assert "Hello from the tests." in foreign.read_text()
        assert len(server.uploads) == 1


def test_a_document_that_a_cut_run_left_behind_is_brought_up_to_date(at: At, recording: Path, tmp_path: Path) -> None:
    """Nobody edited it: it is the earlier result, beside the record of the later one."""
    folder = tmp_path / "out"
    document = folder / "visit.wav.md"
    with RawServer(TAKEN, [raw.finished("The first one."), raw.finished("The second one.")]) as server:
        cli = at.cli(server)
        assert cli("transcribe", recording, "-d", folder).code == 0
        at.killed_before("visit.wav.md", server, "transcribe", recording, "--again", "-d", folder)
        assert "The first one." in document.read_text()
        found = cli("transcribe", recording, "-d", folder, "-v")
        assert found.code == 0
        assert "edited" not in found.err
        assert "The second one." in document.read_text()
        assert "The second one." in (folder / "visit.wav.json").read_text()
        assert len(server.uploads) == 2


def test_a_document_that_somebody_edited_still_stays(at: At, recording: Path, tmp_path: Path) -> None:
    """Their words are worth more than a newer result."""
    folder = tmp_path / "out"
    with RawServer(TAKEN, [raw.finished("The first one."), raw.finished("The second one.")]) as server:
        cli = at.cli(server)
        assert cli("transcribe", recording, "-d", folder).code == 0
        (folder / "visit.wav.md").write_text(THEIRS)
        assert cli("transcribe", recording, "--again", "-d", folder).code == 0
        assert cli("transcribe", recording, "-d", folder).code == 0
        assert (folder / "visit.wav.md").read_text() == THEIRS


@pytest.mark.parametrize("length", [236, 240, 245, 248, 250, 252, 255])
@pytest.mark.parametrize("letter", ["a", "é"])
def test_a_result_name_that_is_too_long_is_told_before_anything_is_sent(
    at: At, tmp_path: Path, length: int, letter: str
) -> None:
    """Either the result can be written, or nothing is paid for."""
    size = len(letter.encode())
    path = write_wav(tmp_path / (letter * ((length - 4) // size) + ".wav"))
    with RawServer() as server:
        found = at.cli(server)("transcribe", path, "-d", tmp_path / "out")
        assert (found.code, len(server.begun)) in ((0, 1), (2, 0))
        assert found.code == 2 or length < 252
        if found.code == 0:
            assert sorted(one.suffix for one in (tmp_path / "out").iterdir()) == [".json", ".md"]


@pytest.mark.parametrize("options", [["-d", "out"], ["-o", "a" * 260 + ".md"]])
def test_a_long_name_of_a_url_or_a_file_is_told_before_anything_is_sent(
    at: At, tmp_path: Path, options: list[str]
) -> None:
    """The same for the last part of a URL and for the file that is named."""
    with RawServer() as server:
        found = at.cli(server)("transcribe", "https://files.example/" + "a" * 260, options[0], tmp_path / options[1])
        assert (found.code, len(server.begun)) == (2, 0)


def test_a_repeat_without_records_is_done(at: At, recording: Path, tmp_path: Path) -> None:
    """With --no-record, too, the same command again has nothing to do."""
    folder = tmp_path / "out"
    with RawServer(TAKEN) as server:
        cli = at.cli(server)
        for _ in range(3):
            assert cli("transcribe", recording, "-d", folder, "--no-record").code == 0
        assert [path.name for path in folder.iterdir()] == ["visit.wav.md"]
        assert len(server.uploads) == 1
        (folder / "visit.wav.md").unlink()
        assert cli("transcribe", recording, "-d", folder, "--no-record").code == 0
        assert (folder / "visit.wav.md").exists()
        assert len(server.uploads) == 1


def test_without_records_a_foreign_document_is_still_in_the_way(at: At, recording: Path, tmp_path: Path) -> None:
    """Only what was written for this job counts as its result."""
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "visit.wav.md").write_text(THEIRS)
    with RawServer() as server:
        assert at.cli(server)("transcribe", recording, "-d", folder, "--no-record").code == 2
        assert not server.begun
    assert (folder / "visit.wav.md").read_text() == THEIRS

"""No recording is paid for twice unless somebody asked for it, and none is taken for another."""

import os
from pathlib import Path
from typing import Any

import pytest
import rawserver as raw
from clock import FakeClock
from harness import Cli
from rawserver import FILE_ID, RawServer

from .conftest import At

IDS = [f"{number}2a9760f-b165-4404-91d0-a65d4c0078f5" for number in range(9)]
TAKEN = [raw.taken(file_id) for file_id in IDS]
UNANSWERED = (raw.read_all, raw.answer(502, b"<html>bad gateway</html>"))
QUEUED = raw.found("FILE_QUEUED")
FAILED = raw.found("FILE_PROCESSING_FAILED")


@pytest.fixture
def copy(tmp_path: Path, recording: Path) -> Path:
    """The same bytes under another name."""
    path = tmp_path / "copy.wav"
    path.write_bytes(recording.read_bytes())
    return path


def overwritten_in_place(path: Path) -> None:
    """Other bytes in the same file, with the size and the time that it had."""
    before = path.stat()
    data = bytearray(path.read_bytes())
    data[-1] ^= 0x55
    while path.stat().st_ctime_ns == before.st_ctime_ns:  # the system's clock goes in steps
        with path.open("r+b") as file:
            file.write(data)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = path.stat()
    assert (after.st_size, after.st_mtime_ns, after.st_ino) == (before.st_size, before.st_mtime_ns, before.st_ino)


# A ledger that lost its table


def emptied(at: At) -> None:
    at.ledger.write_bytes(b"")


def without_table(at: At) -> None:
    at.sql("DROP TABLE attempt")


def without_all(at: At) -> None:
    for (name,) in at.sql("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"):
        at.sql(f"DROP TABLE {name}")
    at.sql("PRAGMA user_version = 0")


@pytest.mark.parametrize("damage", [emptied, without_table, without_all])
def test_a_ledger_that_was_emptied_counts_as_damaged(at: At, recording: Path, other: Path, damage: Any) -> None:
    """Nothing is uploaded, neither the same nor another recording, until the loss is accepted; then all goes on."""
    with RawServer(TAKEN[:3]) as server:
        cli = at.cli(server)
        assert cli("transcribe", recording).code == 0
        damage(at)
        assert [cli("transcribe", path).code for path in (recording, other, recording)] == [4, 4, 4]
        assert cli("upload", recording).code == 4
        assert cli("jobs", "list").code in (0, 4)
        assert cli("jobs", "repair").code == 4
        assert len(server.begun) == 1
        assert cli("jobs", "repair", "--accept-loss").code == 0
        assert cli("transcribe", recording).code == 0
        assert len(server.uploads) == 2


# The same bytes twice on one command line


@pytest.mark.parametrize("twice", ["copy", "same"])
def test_again_over_failures_uploads_the_same_bytes_once(at: At, recording: Path, copy: Path, twice: str) -> None:
    """Also where what was sent anew fails anew."""
    with RawServer(TAKEN, [FAILED]) as server:
        cli = at.cli(server)
        assert cli("transcribe", recording).code == 6
        assert cli("transcribe", recording, copy if twice == "copy" else recording, "--again").code == 6
        assert len(server.uploads) == 2


@pytest.mark.parametrize("twice", ["copy", "same"])
@pytest.mark.parametrize("command", ["transcribe", "upload"])
def test_again_all_uploads_the_same_bytes_once(at: At, recording: Path, copy: Path, twice: str, command: str) -> None:
    """The second one takes what the first one brought."""
    with RawServer(TAKEN) as server:
        cli = at.cli(server)
        assert cli("transcribe", recording).code == 0
        second = copy if twice == "copy" else recording
        assert cli(command, recording, second, "--again-all", "--yes").code == 0
        assert len(server.uploads) == 2


def test_a_retry_uploads_the_same_bytes_once(at: At, recording: Path, copy: Path) -> None:
    """What stays unknown after the retry is not retried for its second name."""
    with RawServer([UNANSWERED]) as server:
        cli = at.cli(server)
        assert cli("transcribe", recording).code == 10
        assert cli("transcribe", recording, copy, recording, "--on-unknown", "retry").code == 10
        assert len(server.uploads) == 2


# --again, cut off


class _StopsInTheWait(FakeClock):
    """Ctrl-C at the first pause after something was uploaded."""

    def __init__(self, server: RawServer, uploads: int) -> None:
        super().__init__()
        self._server, self._uploads = server, uploads

    def sleep(self, seconds: float) -> None:
        if len(self._server.uploads) >= self._uploads and self._server.looks[2:]:
            raise KeyboardInterrupt
        super().sleep(seconds)


def test_a_repeated_again_carries_on(at: At, recording: Path) -> None:
    """What the cut run sent anew is waited for; only when it is done does --again pay once more."""
    with RawServer(TAKEN, [raw.finished(), QUEUED, QUEUED, QUEUED, raw.finished("The second one.")]) as server:
        cli = at.cli(server)
        assert cli("transcribe", recording).code == 0
        for _ in range(2):
            assert cli("transcribe", recording, "--again", "--timeout", "0").code == 8
        found = cli("transcribe", recording, "--again")
        assert "The second one." in found.out
        assert len(server.uploads) == 2
        assert cli("transcribe", recording, "--again").code == 0
        assert len(server.uploads) == 3


def test_again_after_an_interrupt_carries_on(at: At, recording: Path) -> None:
    """The same after Ctrl-C in the wait."""
    with RawServer(TAKEN, [raw.finished(), QUEUED, QUEUED, QUEUED, QUEUED, raw.finished("Anew.")]) as server:
        assert at.cli(server)("transcribe", recording).code == 0
        stopping = Cli(at.home, server.url, _StopsInTheWait(server, 2))
        assert stopping("transcribe", recording, "--again").code == 130
        assert "Anew." in at.cli(server)("transcribe", recording, "--again").out
        assert len(server.uploads) == 2


# Another recording in the same file


@pytest.mark.parametrize("place", [[], ["-d", "out"], ["-o", "out.md"]])
def test_a_file_overwritten_in_place_is_another_recording(at: At, recording: Path, place: list[str]) -> None:
    """Its size and time tell nothing; what the old bytes came to is never given out as its own."""
    where = [word if word.startswith("-") else str(recording.parent / word) for word in place]
    with RawServer(TAKEN, [raw.finished("The old one."), raw.finished("The new one.")]) as server:
        cli = at.cli(server)
        assert cli("transcribe", recording, *where).code == 0
        overwritten_in_place(recording)
        plan = cli("transcribe", recording, "--dry-run", "--json")
        assert plan.json["totals"]["recordings"] == 1
        assert cli("transcribe", recording, *where, "--force").code == 0
        assert len(server.uploads) == 2
        assert server.uploads[0].body != server.uploads[1].body


def wrong_hash(at: At, path: Path, right: Path) -> None:
    """Make the ledger take the file at ``path`` for the one at ``right``."""
    ((sha256,),) = at.sql("SELECT sha256 FROM hash WHERE path = ?", str(right))
    at.sql("UPDATE hash SET sha256 = ? WHERE path = ?", sha256, str(path))


@pytest.mark.parametrize("place", [["-d", "out"], ["-o", "first.md"], []])
def test_rehash_reads_anew_and_remembers(at: At, recording: Path, other: Path, place: list[str]) -> None:
    """Kept results are found by what is read, nothing is uploaded, and the next run knows it without being told."""
    where = [word if word.startswith("-") else str(recording.parent / word) for word in place]
    answers = [raw.finished("The first one."), raw.finished("The other one."), raw.finished("The first one.")]
    with RawServer(TAKEN, answers) as server:
        cli = at.cli(server)
        assert cli("transcribe", recording, *where).code == 0
        assert cli("transcribe", other).code == 0
        wrong_hash(at, recording, other)
        plan = cli("transcribe", recording, "--dry-run", "--json", "--rehash").json
        assert IDS[0] in plan["sources"][0]["known"]
        wrong_hash(at, recording, other)
        found = cli("transcribe", recording, *where, "--rehash")
        assert (found.code, "The other one." in found.out) == (0, False)
        again = cli("transcribe", recording, "--dry-run", "--json").json
        assert IDS[0] in again["sources"][0]["known"]
        assert cli("transcribe", recording, *where).code == 0
        assert len(server.uploads) == 2


# Ids that are none


@pytest.mark.parametrize("short", ["12a9760f", "1", "12a9760f-b165-4"])
def test_a_prefix_is_no_id_to_adopt(at: At, recording: Path, short: str) -> None:
    """It would stand in the ledger as an upload that no service knows."""
    with RawServer() as server:
        cli = at.cli(server)
        found = cli("jobs", "adopt", short, "--source", recording)
        assert (found.code, found.err.count("\n")) == (2, 1)
        assert cli("jobs", "adopt", FILE_ID, "--source", recording).code == 0
        assert cli("transcribe", recording).code == 0
        assert not server.uploads


@pytest.mark.parametrize("short", ["12a9760f", "1", "12a9760f-b165-4"])
def test_a_prefix_is_no_id_to_resolve_with(at: At, recording: Path, short: str) -> None:
    """The decision stays open; the whole id settles it."""
    with RawServer([UNANSWERED]) as server:
        cli = at.cli(server)
        assert cli("transcribe", recording).code == 10
        assert cli("jobs", "resolve", "1", "--file-id", short).code == 2
        assert cli("transcribe", recording).code == 10
        assert cli("jobs", "resolve", "1", "--file-id", FILE_ID).code == 0
        assert cli("transcribe", recording).code == 0
        assert len(server.uploads) == 1

"""Temporary audio: nowhere in the folder, nobody else's to read, bounded, and told where there is no room."""

import io
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from clock import FakeClock
from hypothesis import given
from hypothesis import strategies as st
from rawserver import Exchange, RawServer, answer, answer_bytes

from intron_cli.api.download import Download
from intron_cli.core.errors import SetupError, SourceError
from intron_cli.jobs.spool import Spool, spooled, temporary_audio

FULL = """
import io, resource, sys
from pathlib import Path
from intron_cli.core.errors import IntronError
from intron_cli.jobs.spool import spooled
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    spooled(io.BytesIO(bytes(300_000)), Path(sys.argv[1]), 10**6)
except IntronError as error:
    print(error.exit_code, error)
"""


class Broken(io.BytesIO):
    """A pipe that fails after its first bytes."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise OSError(5, "Input/output error: /home/jane/secret")
        return super().read(size)


def test_nothing_of_it_lies_in_the_folder(tmp_path: Path) -> None:
    """Which is made, and its owner's alone."""
    folder = tmp_path / "state"
    with temporary_audio(folder) as file:
        file.write(b"RIFF")
        file.flush()
        if os.name != "nt":
            assert list(folder.iterdir()) == []
            assert stat.S_IMODE(os.fstat(file.fileno()).st_mode) == 0o600
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(folder.iterdir()) == []


def test_what_a_power_cut_left_is_swept(tmp_path: Path) -> None:
    """And nothing else: neither what a running process has there nor what is not ours."""
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], stdout=subprocess.PIPE, check=True)
    left = tmp_path / f".audio.x1y2z3_4.{int(dead.stdout)}.intron.tmp"
    used = tmp_path / f".audio.x1y2z3_4.{os.getpid()}.intron.tmp"
    for path in (left, used, tmp_path / "ledger.sqlite3"):
        path.write_bytes(b"RIFF")
    temporary_audio(tmp_path).close()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([used.name, "ledger.sqlite3"])


@given(st.binary(min_size=1, max_size=5000), st.integers(0, 9))
def test_what_comes_on_stdin_is_all_there(tmp_path_factory: pytest.TempPathFactory, data: bytes, more: int) -> None:
    """Up to the last byte that is allowed."""
    folder = tmp_path_factory.getbasetemp() / "spool"
    with spooled(io.BytesIO(data), folder, len(data) + more) as file:
        assert file.read() == data


def test_too_much_is_refused(tmp_path: Path) -> None:
    """As soon as it is too much: a pipe may have no end."""
    endless = io.BytesIO(bytes(10_000_000))
    with pytest.raises(SourceError, match="more than 2 MB") as caught:
        spooled(endless, tmp_path, 2_000_000)
    assert caught.value.reason == "too_large"
    assert endless.tell() < 4_000_000


def test_nothing_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="stdin is empty") as caught:
        spooled(io.BytesIO(), tmp_path, 10)
    assert caught.value.reason == "empty"
    assert caught.value.hint


def test_a_pipe_that_breaks_is_told_by_kind(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="Input/output error") as caught:
        spooled(Broken(b"RIFF"), tmp_path, 10**6)
    assert "jane" not in str(caught.value)
    (closed := io.BytesIO()).close()
    with pytest.raises(SourceError, match="closed"):
        spooled(closed, tmp_path, 10)


class Pausing(io.BytesIO):
    """A pipe that was made non-blocking, with nothing in it for a moment; ``fileno`` is one with something."""

    def __init__(self, data: bytes, ready: int) -> None:
        super().__init__(data)
        self._ready = ready
        self._paused = False

    def fileno(self) -> int:
        return self._ready

    def read(self, size: int | None = -1, /) -> bytes:
        self._paused = not self._paused
        return None if self._paused else super().read(3)  # type: ignore[return-value] # what a raw stream does


def test_a_pause_is_not_the_end(tmp_path: Path) -> None:
    """What came by then is not all of the recording."""
    with tempfile.TemporaryFile() as ready, spooled(Pausing(b"RIFF....", ready.fileno()), tmp_path, 10) as file:
        assert file.read() == b"RIFF...."


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    """In one line, with the folder and what to do; nothing of the recording stays."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, tmp_path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True
    )
    assert done.stdout.startswith("4 Temporary audio cannot be written to ")
    assert done.stdout.count("\n") == 1
    assert str(tmp_path) in done.stdout
    assert "INTRON_STATE" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SetupError, match="cannot be written"):
        temporary_audio(tmp_path / "file" / "state")


def cut(exchange: Exchange) -> None:
    exchange.connection.sendall(answer_bytes(200, b"RIFF" + bytes(5000))[:-2000])


def test_a_download_ends_in_a_spool(tmp_path: Path, clock: FakeClock) -> None:
    """With what came last, within its bound; errors call it by what may be shown."""
    url, shown = "/visit.wav?token=s3cret", "https://clinic.example/visit.wav"
    whole = (answer(200, b"RIFF" + bytes(5000)),)
    with RawServer(status=[(cut,), whole]) as server:
        spool = Spool(tmp_path, shown, 5004)
        Download(server.url + url, shown, clock).fetch(spool)
        with spool.finished() as file:
            assert file.read() == b"RIFF" + bytes(5000)
        spool = Spool(tmp_path, shown, 5003)
        with pytest.raises(SourceError, match=r"https://clinic\.example/visit\.wav has more than 5 kB") as caught:
            Download(server.url + url, shown, clock).fetch(spool)
        spool.close()
    assert "s3cret" not in str(caught.value)


def test_a_spool_begins_anew(tmp_path: Path) -> None:
    """With its bound, and without what came before."""
    spool = Spool(tmp_path, "https://clinic.example/visit.wav", 10)
    spool.write(b"123456789")
    spool.restart()
    spool.write(b"abc")
    with pytest.raises(SourceError, match=r"clinic\.example"):
        spool.expect(11)
    with pytest.raises(SourceError, match="more than 10 bytes"):
        spool.write(b"defghijk")
    spool.restart()
    with pytest.raises(SourceError, match=r"visit\.wav is empty"):
        spool.finished()
    spool.write(b"abc")
    with spool.finished() as file:
        assert file.read() == b"abc"
    spool.close()

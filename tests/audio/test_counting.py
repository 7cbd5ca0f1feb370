"""Counting packets, in a process that shares the file with this one."""

import hashlib
import io
import subprocess
import sys
from pathlib import Path

import pytest
from audio.recordings import Made

import intron_cli.audio
from intron_cli.audio.counting import count
from intron_cli.audio.recording import inspect
from intron_cli.audio.verdict import Limits
from intron_cli.jobs.sources import Looking, checked

pytest.importorskip("av", reason="av is not installed (pip install 'intron-cli[audio]')")


@pytest.mark.parametrize("name", ["wav", "fragmented.mp4", "film.webm", "opus"])
def test_a_file_is_read_whole_after_it_was_counted(recordings: dict[str, Made], name: str) -> None:
    """Although the other process left the place in it at the end, and some of it had been read ahead."""
    path = recordings[name].path
    with path.open("rb") as file:
        file.read(4096)
        found = count(file)
        file.seek(0)
        assert file.read() == path.read_bytes()
    assert found is not None
    assert found.seconds == pytest.approx(12.0, abs=0.2)


def test_what_comes_before_the_sound_of_opus_is_not_counted(recordings: dict[str, Made]) -> None:
    """Or recordings of just the longest duration were too long where somebody counts, and not where nobody does."""
    with recordings["opus"].path.open("rb") as file:
        found, header = count(file), inspect(file)
    assert found
    assert header
    assert found.seconds == pytest.approx(header.duration_seconds, abs=1e-6)


@pytest.mark.parametrize("name", ["cut faststart.m4a", "cut fragmented.mp4", "cut m4a", "fragmented.mp4", "webm"])
def test_a_counted_source_keeps_its_hash(recordings: dict[str, Made], name: str) -> None:
    """By which it is told from all others."""
    path = recordings[name].path
    with checked(str(path), Looking(Limits(600, 10**8, count))) as source:
        assert source.source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert source.file
        assert source.file.read() == path.read_bytes()


def test_what_is_no_recording_is_not_counted(tmp_path: Path) -> None:
    """And what is no file, neither."""
    (path := tmp_path / "letter.webm").write_text("Dear colleague")
    with path.open("rb") as file:
        assert count(file) is None
    assert count(io.BytesIO(b"RIFF")) is None


@pytest.mark.skipif(sys.platform == "win32", reason="a process there does not learn that its parent ended")
@pytest.mark.parametrize("program", ["packets", "opus"])
def test_a_program_ends_with_who_wants_its_answer(program: str) -> None:
    """Whoever is killed leaves nobody behind that reads on for nobody."""
    folder = Path(intron_cli.audio.__file__).parent
    child = f"import sys, threading; sys.path.insert(0, {str(folder)!r}); import {program}; {program}.end_with_parent()"
    child += "; print('ready', flush=True); threading.Event().wait()"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        process.kill()
        assert process.stdout.read() == b""  # nobody holds the pipe any more

"""What shrinking makes of recordings, good and bad, with the real extra."""

import hashlib
import random
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO

import pytest
from audio.recordings import ENCODED, Made, ffmpeg

from intron_cli.audio.recording import inspect
from intron_cli.audio.shrinking import BYTES_A_SECOND, Bounds, NotShrunk, Shrunk, checked, installed, shrink
from intron_cli.audio.verdict import Limits, judge

pytest.importorskip("av", reason="av is not installed (pip install 'intron-cli[audio]')")

WHOLE = (
    *ENCODED, "film.mp4", "film.mkv", "film.webm", "sox gsm.wav", "sox aifc", "sox amr", "piped wav",
    "piped fragmented.mp4", "piped webm", "joined mp3", "joined ogg", "joined flac",
)  # fmt: skip
CUT = (
    "cut wav",
    "cut mp3",
    "cut faststart.m4a",
    "cut fragmented.mp4",
    "cut ogg",
    "cut opus",
    "cut flac",
    "cut webm",
    "cut wma",
)
TELLING = (
    "ms.wav",
    "mp3.wav",
    "mp3",
    "mp2.mp3",
    "faststart.m4a",
    "fragmented.mp4",
    "ogg",
    "opus",
    "flac",
    "webm",
    "mka",
    "wma",
)
"""Of damage within these the decoder says something."""

UNBOUNDED = Bounds()
VISIT = Path(__file__).parent.parent / "data" / "jfk.mp3"


def shrunk(path: Path, bounds: Bounds = UNBOUNDED, into: BinaryIO | None = None) -> Shrunk | NotShrunk:
    with path.open("rb") as file, tempfile.TemporaryFile() as target:
        return shrink(file, into or target, bounds)


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_the_extra_is_here() -> None:
    assert installed() is shrink


@pytest.mark.parametrize("name", WHOLE)
def test_whatever_is_recorded_is_made_small(recordings: dict[str, Made], name: str) -> None:
    """Mono Opus of 16 kHz, exactly as long as is told, of the expected size; and the original is as it was."""
    made = recordings[name]
    before = made.path.read_bytes()
    with made.path.open("rb") as file, tempfile.TemporaryFile() as target:
        file.read(100)
        found = shrink(file, target, Bounds())
        assert (file.tell(), target.tell()) == (0, 0)
        assert file.read() == before
        small = inspect(target)
    assert isinstance(found, Shrunk)
    assert any(found.seconds == pytest.approx(seconds, rel=0.03) for seconds in made.right)
    assert small
    assert (small.container.name, small.codec, small.channels, small.sample_rate) == ("Ogg", "Opus", 1, 16_000)
    assert (small.duration_seconds, small.bytes) == (pytest.approx(found.seconds, abs=1e-6), found.bytes)
    assert small.flaws == ()
    assert found.bytes <= 1.1 * BYTES_A_SECOND * found.seconds


def test_the_same_recording_makes_the_same_bytes(tmp_path: Path) -> None:
    """So that a second try sends what the first one did; what is written of it elsewhere in it is left out."""
    named = tmp_path / "named.mp3"
    ffmpeg("-i", str(VISIT), "-c", "copy", "-metadata", "title=Jane Doe", "-metadata", "comment=positive", str(named))
    assert b"Jane Doe" in named.read_bytes()
    made = set()
    for number in range(2):
        with named.open("rb") as file, (tmp_path / str(number)).open("w+b") as target:
            shrink(file, target, Bounds())
            data = target.read()
        made.add(hashlib.sha256(data).hexdigest())
        assert not any(text in data for text in (b"Jane Doe", b"positive", b"Lavf", b"Lavc"))
    assert len(made) == 1


@pytest.mark.parametrize("name", CUT)
def test_of_a_truncated_recording_is_kept_what_is_there(recordings: dict[str, Made], name: str) -> None:
    """That it is one has been told before."""
    found = shrunk(recordings[name].path)
    assert isinstance(found, Shrunk)
    assert found.seconds == pytest.approx(recordings[name].seconds, rel=0.03)


@pytest.mark.parametrize("how", ["overwritten", "missing"])
@pytest.mark.parametrize("name", TELLING)
def test_damage_in_the_middle_loses_nothing_silently(
    recordings: dict[str, Made], tmp_path: Path, name: str, how: str
) -> None:
    """It is told, with about the place."""
    data = recordings[name].path.read_bytes()
    hole, middle = max(600, len(data) // 20) | 1, len(data) // 2 + 40
    inserted = random.Random(1).randbytes(hole) if how == "overwritten" else b""
    found = shrunk(written(tmp_path / name, data[:middle] + inserted + data[middle + hole :]))
    assert isinstance(found, NotShrunk)
    assert found.reason == "damaged"
    assert found.seconds == pytest.approx(6, abs=2)


@pytest.mark.parametrize("part", [0.3, 0.6, 0.8])
@pytest.mark.parametrize("name", ["ogg", "opus", "flac", "faststart.m4a", "mp3"])
def test_damage_shows_at_the_latest_by_the_length(
    recordings: dict[str, Made], tmp_path: Path, name: str, part: float
) -> None:
    """Near the end, where a decoder takes it for a cut."""
    data = recordings[name].path.read_bytes()
    hole, place = max(600, len(data) // 20) | 1, int(len(data) * part)
    path = written(tmp_path / name, data[:place] + random.Random(1).randbytes(hole) + data[place + hole :])
    with path.open("rb") as file:
        judgement = judge(file, name, Limits(600, 10**8))
    assert isinstance(checked(shrunk(path), judgement), NotShrunk)


@pytest.mark.parametrize("name", ["cut m4a", "empty wav"])
def test_what_cannot_be_read_at_all(recordings: dict[str, Made], name: str) -> None:
    assert shrunk(recordings[name].path) == NotShrunk("damaged")


@pytest.mark.parametrize(
    "text",
    [
        b"Dear colleague",
        b"#EXTM3U\n#EXTINF:5,\nfile:///etc/hosts\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile a.wav\n",
    ],
)
def test_what_points_elsewhere_is_not_followed(tmp_path: Path, text: bytes) -> None:
    assert shrunk(written(tmp_path / "list.wav", text)) == NotShrunk("damaged")


def test_a_film_without_sound(tmp_path: Path) -> None:
    path = tmp_path / "silent.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc=d=1:s=64x48:r=5", "-c:v", "mpeg4", str(path))
    assert shrunk(path) == NotShrunk("no_sound")


def test_the_bounds_hold(tmp_path: Path) -> None:
    """What is longer or larger than allowed is given up, and no more of it written."""
    found = shrunk(VISIT, Bounds(seconds=5.0))
    assert isinstance(found, NotShrunk)
    assert found.reason == "too_long"
    with (tmp_path / "small").open("w+b") as target:
        assert shrunk(VISIT, Bounds(bytes=20_000), target) == NotShrunk("too_large")
        assert target.seek(0, 2) <= 20_000
    assert isinstance(shrunk(VISIT, Bounds(seconds=11.1, bytes=40_000)), Shrunk)


def test_a_full_disk_is_told() -> None:
    with Path("/dev/full").open("r+b", buffering=0) as full:
        assert shrunk(VISIT, into=full) == NotShrunk("not_written")


def test_what_takes_too_long_is_ended() -> None:
    with VISIT.open("rb") as file, tempfile.TemporaryFile() as target:
        assert shrink(file, target, Bounds(), patience=0) == NotShrunk("timed_out")


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        ("raise ImportError", "not_run"),
        ("import os; os.abort()", "damaged"),
        ("import os, sys; os.write(2, b'?'); sys.exit()", "damaged"),
    ],
)
def test_a_process_that_breaks_down_harms_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, reason: str
) -> None:
    """Whether the extra is broken, or breaks on a recording."""
    (tmp_path / "av.py").write_text(module)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    found = shrunk(VISIT)
    assert isinstance(found, NotShrunk)
    assert found.reason == reason


def test_a_recording_that_changes_in_the_middle(tmp_path: Path) -> None:
    """From mono at 16 kHz to stereo at 44.1: both parts are there."""
    other = tmp_path / "other.mp3"
    ffmpeg("-i", str(VISIT), "-ar", "44100", "-ac", "2", str(other))
    with (tmp_path / "both.mp3").open("wb") as both:
        for path in (VISIT, other):
            with path.open("rb") as part:
                shutil.copyfileobj(part, both)
    found = shrunk(tmp_path / "both.mp3")
    assert isinstance(found, Shrunk)
    assert found.seconds == pytest.approx(22, abs=0.2)

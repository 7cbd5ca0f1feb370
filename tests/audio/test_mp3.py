"""MP3: its frames tell how long it is, whatever its header says."""

import io
import struct

import pytest
from audio.builders import mp3_frames

from intron_cli.audio.recording import Recording, inspect
from intron_cli.sandbox.answers import bundled_recording

ID3 = b"ID3\x03\x00\x00" + bytes([0, 0, 7, 104]) + bytes(1000)


def look(data: bytes) -> Recording:
    found = inspect(io.BytesIO(data))
    assert found is not None
    assert found.container.name == "MP3"
    return found


@pytest.fixture(scope="module")
def bundled() -> bytes:
    return bundled_recording().read_bytes()


def test_the_bundled_recording_is_known(bundled: bytes) -> None:
    """71.2 seconds, by its frames."""
    found = look(bundled)
    assert found.duration_seconds == pytest.approx(71.2, abs=0.1)
    assert found.basis == "exact"
    assert (found.bytes, found.suffix, found.accepted) == (len(bundled), "mp3", True)


@pytest.mark.parametrize("rates", [(9,), (1, 14, 9, 2)], ids=["constant", "varying"])
def test_a_file_without_an_index_is_walked_through(rates: tuple[int, ...]) -> None:
    """Its first frames say nothing of the rest, whether a tag stands before them or not."""
    frames = b"".join(mp3_frames(1000, rates))
    for data in (frames, ID3 + frames):
        found = look(data)
        assert (found.duration_seconds, found.basis) == (pytest.approx(1000 * 1152 / 44100), "exact")
        assert found.sample_rate == 44100


def test_a_tag_is_not_counted_as_sound(bundled: bytes) -> None:
    """However large its picture is."""
    size = 300_000
    tag = b"ID3\x03\x00\x00" + bytes([size >> 21, size >> 14 & 127, size >> 7 & 127, size & 127]) + bytes(size)
    start = 0 if bundled[:3] != b"ID3" else 10 + sum((bundled[9 - at] & 127) << 7 * at for at in range(4))
    assert look(tag + bundled[start:]).duration_seconds == pytest.approx(71.2, abs=0.1)


def test_joined_files_are_as_long_as_both(bundled: bytes) -> None:
    """The header tells of the first only."""
    found = look(bundled + bundled)
    assert (found.duration_seconds, found.basis) == (pytest.approx(2 * 71.28, abs=0.2), "exact")
    assert found.flaws == ("joined",)


def test_a_cut_file_is_as_long_as_what_is_left(bundled: bytes) -> None:
    """The header tells of what is no longer there."""
    found = look(bundled[: len(bundled) // 2])
    assert found.duration_seconds == pytest.approx(71.28 / 2, abs=0.1)
    assert found.flaws == ("truncated",)


def test_a_file_too_large_to_walk_through_is_known_by_its_index() -> None:
    """Where its size agrees with it; without an index it is unknown."""
    frame = next(mp3_frames(1, (14,)))
    count = 17_000_000 // len(frame)
    xing = b"Info" + struct.pack(">III", 3, count, (count + 1) * len(frame))
    index = frame[:21] + xing + frame[21 + len(xing) :]
    whole = index + frame * count
    seconds = count * 1152 / 44100
    assert (look(whole).duration_seconds, look(whole).basis) == (pytest.approx(seconds, rel=0.01), "header")
    assert look(frame * count).duration_seconds is None
    assert (look(whole[:16_500_000]).duration_seconds, look(whole[:16_500_000]).flaws) == (None, ("truncated",))
    assert (look(whole + whole).duration_seconds, look(whole + whole).flaws) == (None, ("joined",))


def test_the_other_form_of_index_is_believed_alike() -> None:
    """That of Fraunhofer's encoders."""
    frame = next(mp3_frames(1, (14,)))
    count = 17_000_000 // len(frame)
    vbri = b"VBRI" + struct.pack(">HHHII", 1, 0, 75, (count + 1) * len(frame), count)
    index = frame[:36] + vbri + frame[36 + len(vbri) :]
    found = look(index + frame * count)
    assert (found.duration_seconds, found.basis) == (pytest.approx(count * 1152 / 44100, rel=0.01), "header")
    assert look(index + frame * (count // 4)).flaws == ("truncated",)


@pytest.mark.parametrize("frames", [0, 3, 2**32 - 1])
def test_an_index_that_contradicts_itself_is_not_believed(frames: int) -> None:
    """No frame is so short or so long."""
    frame = next(mp3_frames(1, (14,)))
    count = 17_000_000 // len(frame)
    xing = b"Xing" + struct.pack(">III", 3, frames, (count + 1) * len(frame))
    found = look(frame[:21] + xing + frame[21 + len(xing) :] + frame * count)
    assert (found.duration_seconds, found.basis) == (None, "unknown")


def test_a_file_with_garbage_is_unknown(bundled: bytes) -> None:
    """In the middle or at its end."""
    middle = len(bundled) // 2
    assert look(bundled[:middle] + bytes(100_000) + bundled[middle:]).duration_seconds is None
    assert look(bundled + b"<html>" * 20_000).duration_seconds is None


@pytest.mark.parametrize(
    "text",
    [
        b"ID3 is a format for tags, and this is a text about it.\n" * 40,
        ID3,
        ID3 + b"Dear colleague,\n" * 1000,
        b"\xff\xfb\x90\xc0" + b"no frame follows this one " * 400,
        "\ufeffDear colleague, how are you?\n".encode("utf-16-le") * 200,
    ],
)
def test_what_only_begins_like_one_is_no_recording(text: bytes) -> None:
    """A tag, a single header or a text in UTF-16."""
    assert inspect(io.BytesIO(text)) is None

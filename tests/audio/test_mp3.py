"""MP3: a header is believed only where the size of the file agrees with it."""

import io

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
    """71.28 seconds, by a header that its size agrees with."""
    found = look(bundled)
    assert found.duration_seconds == pytest.approx(71.28, abs=0.05)
    assert found.basis == "header"
    assert (found.bytes, found.suffix, found.accepted) == (len(bundled), "mp3", True)


@pytest.mark.parametrize("rates", [(9,), (1, 14, 9, 2)], ids=["constant", "varying"])
def test_a_file_without_an_index_is_unknown(rates: tuple[int, ...]) -> None:
    """Its first frames say nothing of the rest, whether a tag stands before them or not."""
    frames = b"".join(mp3_frames(1000, rates))
    for data in (frames, ID3 + frames):
        found = look(data)
        assert (found.duration_seconds, found.basis) == (None, "unknown")
        assert found.sample_rate == 44100


def test_a_tag_is_not_counted_as_sound(bundled: bytes) -> None:
    """However large its picture is."""
    size = 300_000
    tag = b"ID3\x03\x00\x00" + bytes([size >> 21, size >> 14 & 127, size >> 7 & 127, size & 127]) + bytes(size)
    start = 0 if bundled[:3] != b"ID3" else 10 + sum((bundled[9 - at] & 127) << 7 * at for at in range(4))
    assert look(tag + bundled[start:]).duration_seconds == pytest.approx(71.28, abs=0.05)


def test_joined_files_are_unknown(bundled: bytes) -> None:
    """The header tells of the first only."""
    found = look(bundled + bundled)
    assert (found.duration_seconds, found.basis) == (None, "unknown")


def test_a_cut_file_is_unknown(bundled: bytes) -> None:
    """The header tells of what is no longer there."""
    assert look(bundled[: len(bundled) // 2]).duration_seconds is None


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

"""Whatever bytes come: an answer, and only headers are read for it."""

import io

import pytest
from audio.builders import Counted, box, chunk, flac, fmt, mp3_frames, mp4, opus, riff
from hypothesis import example, given, settings
from hypothesis import strategies as st

from intron_cli.audio.recording import inspect
from intron_cli.audio.sniff import HEAD_BYTES, sniff
from intron_cli.audio.wav import read_wav

SAMPLES = {
    "wav": riff(fmt(), chunk(b"fact", b"\x40\1\0\0"), chunk(b"data", bytes(4000))),
    "mp3": b"ID3\3\0\0\0\0\0\x0a" + bytes(10) + b"".join(mp3_frames(12)),
    "m4a": mp4(5),
    "flac": flac(5),
    "opus": opus(5),
    "webm": b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm" + bytes(100),
}

changes = st.lists(st.tuples(st.integers(0, 400), st.binary(min_size=1, max_size=8)), min_size=1, max_size=6)


def changed(data: bytes, where: list[tuple[int, bytes]]) -> bytes:
    mutable = bytearray(data)
    for place, content in where:
        mutable[place : place + len(content)] = content
    return bytes(mutable)


@pytest.mark.parametrize("kind", SAMPLES)
@given(where=changes, length=st.integers(0, 6000))
@settings(deadline=None, max_examples=60)
def test_a_damaged_header_does_no_harm(kind: str, where: list[tuple[int, bytes]], length: int) -> None:
    """A recording of finite length or none at all, and no error."""
    data = changed(SAMPLES[kind], where)[:length]
    found = inspect(io.BytesIO(data))
    if found is not None:
        assert found.bytes == len(data)
        assert (found.duration_seconds is None) == (found.basis == "unknown")
        assert found.duration_seconds is None or 0 <= found.duration_seconds < float("inf")


@given(
    st.binary(max_size=200), st.sampled_from([b"", b"RIFF\0\0\0\0WAVE", b"ID3", b"OggS", b"fLaC", b"\0\0\0\x20ftyp"])
)
@example(b"", b"")
@settings(deadline=None)
def test_any_bytes_are_answered(data: bytes, start: bytes) -> None:
    """Also after a start that is believed."""
    sniff(start + data)
    inspect(io.BytesIO(start + data))


@given(changes)
@settings(deadline=None)
def test_little_of_a_wav_is_read(where: list[tuple[int, bytes]]) -> None:
    """However its chunks lie, and however much it claims to hold."""
    file = Counted(changed(SAMPLES["wav"], where) + bytes(300_000))
    inspect(file)
    assert file.read_bytes < HEAD_BYTES + 40_000


def test_chunks_without_end_are_given_up() -> None:
    """A WAV of a million empty chunks is not walked through."""
    file = Counted(riff(fmt()) + chunk(b"junk", b"") * 100_000)
    assert read_wav(file, len(file.getvalue())) is None
    assert file.reads < 2000


def test_boxes_without_end_are_given_up() -> None:
    """Nor an MP4 of as many boxes read twice."""
    file = Counted(mp4(5, after=box(b"free") * 50_000))
    inspect(file)
    assert file.read_bytes < 4 * len(file.getvalue())


@pytest.mark.parametrize("kind", [kind for kind in SAMPLES if kind != "m4a"])
def test_the_size_of_a_recording_costs_nothing(kind: str) -> None:
    """Of 20 MB no more than a twentieth is read."""
    file = Counted(SAMPLES[kind] + bytes(20_000_000))
    inspect(file)
    assert file.read_bytes < 1_200_000


def test_the_sound_of_an_mp4_is_not_read() -> None:
    """Only its boxes' headers are."""
    file = Counted(mp4(5, after=box(b"mdat", bytes(20_000_000))))
    found = inspect(file)
    assert found is not None
    assert found.duration_seconds == pytest.approx(5)
    assert file.read_bytes < 100_000

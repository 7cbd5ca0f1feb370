"""WAV: how long it lasts is what the file holds, whatever its header claims."""

import io
import struct
import wave

import pytest
from audio.builders import ADPCM, EXTENSIBLE, STREAMED, chunk, fmt, riff
from hypothesis import given
from hypothesis import strategies as st

from intron_cli.audio.recording import Recording, inspect

SECONDS = 2
DATA = bytes(2 * 8000 * SECONDS)
DS64 = struct.pack("<QQQI", 0, len(DATA), 0, 0)


def look(data: bytes) -> Recording:
    found = inspect(io.BytesIO(data))
    assert found is not None
    assert found.container.name == "WAV"
    assert found.bytes == len(data)
    return found


def test_a_plain_file_is_known_exactly() -> None:
    """Length, coding, channels and rate."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(2)
        writer.setsampwidth(2)
        writer.setframerate(16000)
        writer.writeframes(bytes(4 * 16000))
    found = look(file.getvalue())
    assert (found.duration_seconds, found.basis) == (1.0, "exact")
    assert (found.codec, found.channels, found.sample_rate) == ("PCM", 2, 16000)
    assert found.accepted
    assert found.suffix == "wav"


@pytest.mark.parametrize("declared", [STREAMED, 0, STREAMED - 1, 0x7FFFFFFF, len(DATA) + 2])
def test_a_file_from_a_pipe_is_as_long_as_what_came(declared: int) -> None:
    """A recorder that cannot go back leaves the size unset."""
    found = look(riff(fmt(), chunk(b"data", DATA, declared), declared=STREAMED))
    assert (found.duration_seconds, found.basis) == (SECONDS, "exact")


def test_a_truncated_file_is_as_long_as_what_is_left() -> None:
    """A broken copy does not pass for the whole."""
    whole = riff(fmt(), chunk(b"data", DATA))
    assert look(whole[: len(whole) - len(DATA) // 2]).duration_seconds == SECONDS / 2


def test_a_file_without_a_sample_lasts_no_time() -> None:
    """That is known, and not the same as unknown."""
    found = look(riff(fmt(), chunk(b"data", b"")))
    assert (found.duration_seconds, found.basis) == (0.0, "exact")


def test_what_follows_the_samples_is_not_counted() -> None:
    """Nor what stands before them."""
    found = look(riff(chunk(b"LIST", bytes(500)), fmt(), chunk(b"data", DATA), chunk(b"id3 ", bytes(9000))))
    assert found.duration_seconds == SECONDS


def test_an_odd_chunk_is_followed_by_a_pad_byte() -> None:
    """It belongs to no chunk."""
    assert look(riff(chunk(b"LIST", b"odd"), fmt(), chunk(b"data", DATA))).duration_seconds == SECONDS


def test_rf64_tells_its_size_in_ds64() -> None:
    """Beyond 4 GB; a file that is shorter than that is as long as it is."""
    data = chunk(b"data", DATA, STREAMED) + chunk(b"LIST", bytes(5000))
    found = look(riff(chunk(b"ds64", DS64), fmt(), data, kind=b"RF64", declared=STREAMED))
    assert found.duration_seconds == SECONDS
    huge = chunk(b"ds64", struct.pack("<QQQI", 0, 2**40, 0, 0))
    cut = riff(huge, fmt(), chunk(b"data", DATA, STREAMED), kind=b"RF64", declared=STREAMED)
    assert look(cut).duration_seconds == SECONDS


def test_an_extensible_header_names_the_coding_further_back() -> None:
    """There it is the first half of an identifier."""
    guid = struct.pack("<H", 3) + bytes.fromhex("0000000010008000 00aa00389b71")
    extra = struct.pack("<HHI", 22, 32, 4) + guid
    found = look(riff(fmt(EXTENSIBLE, bits=32, extra=extra), chunk(b"data", DATA)))
    assert found.codec == "float PCM"
    assert found.duration_seconds == SECONDS / 2


def test_a_compressed_file_counts_its_samples_in_fact() -> None:
    """Without that its length cannot be known from the header, and is not guessed."""
    with_fact = look(riff(fmt(ADPCM, bits=4), chunk(b"fact", struct.pack("<I", 24000)), chunk(b"data", DATA)))
    assert (with_fact.duration_seconds, with_fact.codec) == (3.0, "IMA ADPCM")
    for fact in (b"", chunk(b"fact", b"\0\0\0\0"), chunk(b"fact", b"\xff\xff\xff\xff"), chunk(b"fact", b"")):
        without = look(riff(fmt(ADPCM, bits=4), fact, chunk(b"data", DATA)))
        assert (without.duration_seconds, without.basis) == (None, "unknown")


def test_an_unknown_coding_is_shown_by_its_number() -> None:
    """And its length is unknown."""
    found = look(riff(fmt(0x4242), chunk(b"data", DATA)))
    assert (found.codec, found.duration_seconds) == ("format 0x4242", None)


@pytest.mark.parametrize("zero", [fmt(rate=0), fmt(channels=0, bits=0).replace(b"\1\0\x10", b"\0\0\x10")])
def test_a_header_without_a_rate_tells_no_length(zero: bytes) -> None:
    """There is nothing to divide by."""
    look(riff(zero, chunk(b"data", DATA)))


@pytest.mark.parametrize(
    "data",
    [
        riff(),
        riff(fmt()),
        riff(chunk(b"data", DATA)),
        riff(chunk(b"fmt ", bytes(8)), chunk(b"data", DATA)),
        riff(chunk(b"LIST", b"", STREAMED), fmt(), chunk(b"data", DATA)),
        riff(fmt())[:30],
        riff(fmt(), b"dat"),
    ],
)
def test_without_format_or_samples_it_is_no_recording(data: bytes) -> None:
    """Whatever its first bytes say."""
    assert inspect(io.BytesIO(data)) is None


@given(
    channels=st.integers(1, 8),
    rate=st.sampled_from([8000, 11025, 16000, 44100, 48000]),
    bits=st.sampled_from([8, 16, 24, 32]),
    frames=st.integers(1, 300),
    before=st.lists(st.binary(max_size=9), max_size=3),
    declared=st.sampled_from([None, 0, STREAMED]),
)
def test_any_plain_file_is_as_long_as_its_frames(
    channels: int, rate: int, bits: int, frames: int, before: list[bytes], declared: int | None
) -> None:
    """Whatever its shape, the chunks before the samples, and the size that was written down."""
    data = bytes(frames * channels * bits // 8)
    extras = [chunk(b"junk", content) for content in before]
    found = inspect(
        io.BytesIO(
            riff(
                *extras,
                fmt(1, channels, rate, bits),
                b"data" + struct.pack("<I", len(data) if declared is None else declared) + data,
            )
        )
    )
    assert found is not None
    assert found.duration_seconds == pytest.approx(frames / rate)
    assert (found.channels, found.sample_rate) == (channels, rate)

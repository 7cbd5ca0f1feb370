"""What the bytes are, whatever the name says; and which headers can be believed."""

import io

import pytest
from audio.builders import box, chunk, flac, fmt, mp4, ogg_page, opus, riff

from intron_cli.audio.recording import Recording, inspect
from intron_cli.audio.sniff import ACCEPTED, FLAC, M4A, MP3, MP4, OGG, WAV, WEBM, sniff

EBML = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\x82"


def look(data: bytes) -> Recording:
    found = inspect(io.BytesIO(data))
    assert found is not None
    return found


def test_the_service_takes_seven() -> None:
    """The suffixes of its documentation."""
    assert {container.suffix for container in ACCEPTED} == {"wav", "mp3", "mp4", "m4a", "ogg", "webm", "flac"}
    assert all(container.accepted for container in ACCEPTED)


@pytest.mark.parametrize(
    ("head", "container"),
    [
        (riff(fmt()), WAV),
        (riff(kind=b"RF64"), WAV),
        (b"ID3\x04\x00", MP3),
        (b"\xff\xfb\x90\x00", MP3),
        (b"\xff\xf3\x40\xc0", MP3),
        (box(b"ftyp", b"isom"), MP4),
        (box(b"ftyp", b"mp42"), MP4),
        (box(b"ftyp", b"M4V "), MP4),
        (box(b"ftyp", b"M4A "), M4A),
        (box(b"ftyp", b"M4B "), M4A),
        (b"OggS\x00\x02", OGG),
        (EBML + b"\x84webm", WEBM),
        (b"fLaC\x00", FLAC),
    ],
)
def test_what_the_service_takes(head: bytes, container: object) -> None:
    """Is known by its first bytes."""
    assert sniff(head) is container


@pytest.mark.parametrize(
    ("head", "suffix"),
    [
        (EBML + b"\x88matroska", "mka"), (box(b"ftyp", b"qt  "), "mov"), (box(b"ftyp", b"3gp5"), "3gp"),
        (box(b"ftyp", b"3g2a"), "3gp"), (b"#!AMR\n", "amr"), (b"caff\0\1", "caf"), (b".snd\0\0", "au"),
        (bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), "wma"), (b"\xff\xf1\x50\x80", "aac"),
        (b"\xff\xf9\x50\x80", "aac"), (b"FORM\0\0\0\0AIFF", "aiff"), (b"FORM\0\0\0\0AIFC", "aifc"),
        (b"RIFF\0\0\0\0AVI LIST", "avi"), (b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00", "w64"),
    ],
)  # fmt: skip
def test_sound_that_the_service_does_not_list(head: bytes, suffix: str) -> None:
    """Is known all the same, so that its user is told what it is; how long it is stays unknown."""
    found = look(head + bytes(500))
    assert (found.suffix, found.accepted) == (suffix, False)
    assert (found.duration_seconds, found.basis) == (None, "unknown")


@pytest.mark.parametrize(
    "data",
    [
        b"", b"R", b"RIFF", b"Dear colleague, this letter was named visit.wav.", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7",
        b"PK\x03\x04" + bytes(30), b"\xff\xd8\xff\xe0\x00\x10JFIF", b"RIFF\0\0\0\0WEBPVP8 ",
        "\ufefftext".encode("utf-16"),
        b"\xff\xff\xff\xff" * 4, bytes(4096), b"<!doctype html>", b'{"file_id": "x"}',
    ],
)  # fmt: skip
def test_what_is_no_sound(data: bytes) -> None:
    """Texts, pictures, archives and nothing at all, whatever their names."""
    assert inspect(io.BytesIO(data)) is None


@pytest.mark.parametrize(
    ("data", "seconds"),
    [(mp4(12.5), 12.5), (mp4(700, brand=b"isom"), 700), (mp4(3, wide=True), 3), (flac(9), 9), (opus(62), 62)],
    ids=["m4a", "mp4", "wide", "flac", "opus"],
)
def test_a_whole_file_is_known_by_its_header(data: bytes, seconds: float) -> None:
    """With the container that is in it."""
    found = look(data)
    assert (found.duration_seconds, found.basis) == (pytest.approx(seconds), "header")
    assert found.accepted


def test_a_fragmented_mp4_is_unknown() -> None:
    """Phones and browsers write so, and the header in front knows nothing of the fragments."""
    assert look(mp4(0.1, after=box(b"moof", bytes(100)) + box(b"mdat", bytes(900)))).duration_seconds is None
    assert look(mp4(0.1, wide=True, after=box(b"moof", bytes(100)))).duration_seconds is None


def test_a_truncated_mp4_is_unknown() -> None:
    """Its header tells of what is no longer there."""
    assert look(mp4(60)[:-1000]).duration_seconds is None


def test_an_mp4_of_countless_boxes_is_unknown() -> None:
    """Nobody walks through them all."""
    assert look(mp4(60, after=box(b"free") * 6000)).duration_seconds is None


def test_a_flac_from_a_pipe_is_known_by_its_last_frame() -> None:
    """Its header counts no samples."""
    found = look(flac(5, told=0))
    assert (found.duration_seconds, found.basis) == (5, "header")


@pytest.mark.parametrize(("told", "flaws"), [(60, ("truncated",)), (4, ())])
def test_a_flac_whose_header_and_frames_differ_is_unknown(told: float, flaws: tuple[str, ...]) -> None:
    """One of them is wrong."""
    found = look(flac(5, told=told))
    assert (found.duration_seconds, found.flaws) == (None, flaws)


def test_a_flac_that_ends_within_a_frame_is_truncated() -> None:
    found = look(flac(5)[:-2])
    assert (found.duration_seconds, found.flaws) == (None, ("truncated",))


def test_joined_flacs_are_unknown() -> None:
    """Their frames begin counting anew."""
    found = look(flac(5) * 2 * 400)
    assert (found.duration_seconds, found.flaws) == (None, ("joined",))


def test_a_film_without_sound_is_known_to_be_silent() -> None:
    """Only where its header is whole."""
    silent = mp4(5).replace(b"soun", b"vide")
    assert look(silent).silent
    assert not look(silent[:-10]).silent


def test_a_chained_ogg_is_unknown() -> None:
    """The first stream's end is not the recording's."""
    found = look(opus(10, serial=1) + opus(50, serial=2))
    assert (found.suffix, found.duration_seconds) == ("ogg", None)


@pytest.mark.parametrize(
    "data",
    [ogg_page(b"\x80theora" + bytes(40), flags=2), b"OggS" + bytes(60), b"fLaC" + bytes(10), box(b"ftyp", b"M4A ")],
)
def test_a_header_that_cannot_be_read_is_unknown(data: bytes) -> None:
    """The container is what the bytes say, and the service may make more of it."""
    found = look(data)
    assert found.accepted
    assert (found.duration_seconds, found.basis) == (None, "unknown")


def test_a_webm_is_unknown() -> None:
    """Browsers write it without a length."""
    assert look(EBML + b"\x84webm" + bytes(500)).duration_seconds is None


def test_a_wav_is_told_from_its_kin() -> None:
    """By its form, not by RIFF alone."""
    assert look(riff(fmt(), chunk(b"data", bytes(16000)))).suffix == "wav"

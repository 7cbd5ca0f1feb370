"""What a recording is: its container, by content, and how long it lasts, with how that is known."""

import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal

from intron_cli.audio.sniff import FLAC, HEAD_BYTES, M4A, MP3, MP4, OGG, WAV, Container, sniff
from intron_cli.audio.wav import read_wav

Basis = Literal["exact", "header", "unknown"]

_MOST_BOXES = 4096
_OGG_PAGE = 65_307  # the longest that there is
_OGG_SERIAL = slice(14, 18)


@dataclass(frozen=True, slots=True)
class Recording:
    """What is known of a recording.

    ``duration_seconds`` is None where it cannot be trusted; ``basis`` says how it is known:
    ``exact`` from the sizes of what is there, ``header`` from a header that the file's size
    agrees with, ``unknown``.
    """

    container: Container
    bytes: int
    duration_seconds: float | None = None
    basis: Basis = "unknown"
    codec: str | None = None
    channels: int | None = None
    sample_rate: int | None = None

    @property
    def accepted(self) -> bool:
        """Whether the service lists this container."""
        return self.container.accepted

    @property
    def suffix(self) -> str:
        """The suffix that fits the bytes, without its dot."""
        return self.container.suffix


def inspect(file: BinaryIO) -> Recording | None:
    """Look at an open, seekable file; None where its bytes are no audio. Reads only headers.

    The position of ``file`` is undefined afterwards.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    container = sniff(file.read(HEAD_BYTES))
    if container is None:
        return None
    if container is WAV:
        return _inspect_wav(file, size)
    read = _READERS.get(container)
    if read is None:
        return Recording(container, size)
    return _inspect_tagged(file, size, container, read)


def _inspect_wav(file: BinaryIO, size: int) -> Recording | None:
    header = read_wav(file, size)
    if header is None:
        return None
    basis: Basis = "unknown" if header.duration_seconds is None else "exact"
    return Recording(WAV, size, header.duration_seconds, basis, header.codec, header.channels, header.sample_rate)


def _inspect_tagged(
    file: BinaryIO, size: int, container: Container, read: Callable[[BinaryIO, int], tuple[Any, bool]]
) -> Recording | None:
    file.seek(0)
    try:
        info, trusted = read(file, size)
    except Exception:  # noqa: BLE001 - mutagen raises far more than its own errors on damaged files
        return None if container is MP3 else Recording(container, size)
    length = float(getattr(info, "length", 0) or 0)
    known = trusted and length > 0
    return Recording(
        container,
        size,
        length if known else None,
        "header" if known else "unknown",
        getattr(info, "codec", None),
        getattr(info, "channels", None),
        getattr(info, "sample_rate", None),
    )


def _read_mp3(file: BinaryIO, size: int) -> tuple[Any, bool]:
    """Believe an MP3 header only where length times bit rate gives the size of the file.

    Otherwise it has no Xing header and a varying bit rate, is joined from several, or cut.
    """
    from mutagen.mp3 import MP3 as MutagenMP3
    from mutagen.mp3 import BitrateMode

    info = MutagenMP3(file).info
    if info.sketchy or info.bitrate_mode == BitrateMode.UNKNOWN:
        return info, False
    file.seek(0)
    audio_bytes = size - _id3_bytes(file.read(10))
    expected = info.length * info.bitrate / 8
    return info, abs(expected - audio_bytes) <= max(8192, 0.03 * audio_bytes)


def _id3_bytes(head: bytes) -> int:
    if head[:3] != b"ID3" or len(head) < 10:
        return 0
    high, middle, low, last = (byte & 0x7F for byte in head[6:10])
    return 10 + (high << 21 | middle << 14 | low << 7 | last)


def _read_mp4(file: BinaryIO, size: int) -> tuple[Any, bool]:
    from mutagen.mp4 import MP4 as MutagenMP4

    trusted = _is_one_piece(file, size)
    file.seek(0)
    return MutagenMP4(file).info, trusted


def _is_one_piece(file: BinaryIO, size: int) -> bool:
    """Whether all boxes of an MP4 are there and none is a fragment.

    Phones and browsers write in fragments; the header in front then knows nothing of the length.
    """
    position = 0
    for _ in range(_MOST_BOXES):
        file.seek(position)
        header = file.read(16)
        if len(header) < 8:
            return False
        length, name = struct.unpack(">I4s", header[:8])
        if length == 1 and len(header) == 16:
            length = int.from_bytes(header[8:], "big")
        if name == b"moof" or 0 < length < 8:
            return False
        position += length or size - position
        if position >= size:
            return position == size
    return False


def _read_ogg(file: BinaryIO, size: int) -> tuple[Any, bool]:
    """Believe an Ogg's length only where the last page is of the first stream: others may follow it."""
    import mutagen

    file.seek(0)
    first = file.read(_OGG_SERIAL.stop)
    file.seek(max(0, size - _OGG_PAGE))
    end = file.read(_OGG_PAGE)
    last = end[max(0, end.rfind(b"OggS")) :]
    file.seek(0)
    return mutagen.File(file).info, first[_OGG_SERIAL] == last[_OGG_SERIAL]


def _read_flac(file: BinaryIO, size: int) -> tuple[Any, bool]:
    from mutagen.flac import FLAC as MutagenFLAC

    del size
    return MutagenFLAC(file).info, True


_READERS: dict[Container, Callable[[BinaryIO, int], tuple[Any, bool]]] = {
    MP3: _read_mp3,
    MP4: _read_mp4,
    M4A: _read_mp4,
    OGG: _read_ogg,
    FLAC: _read_flac,
}

"""The header of a WAV file, read by walking its chunks.

Sizes in the header are claims: a recorder that writes to a pipe leaves 0 or 0xFFFFFFFF, a broken
copy ends early. So the data size is clamped to what the file holds.
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO

_PCM_LIKE = {0x0001: "PCM", 0x0003: "float PCM", 0x0006: "A-law", 0x0007: "mu-law"}
_COMPRESSED = {0x0002: "MS ADPCM", 0x0011: "IMA ADPCM", 0x0031: "GSM 6.10", 0x0050: "MP2", 0x0055: "MP3"}
_EXTENSIBLE = 0xFFFE
_UNSET = (0, 0xFFFFFFFF)
_MOST_CHUNKS = 512


@dataclass(frozen=True, slots=True)
class WavHeader:
    """What the header says. ``duration_seconds`` is None where it cannot be known from it."""

    codec: str
    channels: int
    sample_rate: int
    duration_seconds: float | None


@dataclass(slots=True)
class _Chunks:
    fmt: bytes = b""
    fact_samples: int = 0
    data_bytes: int | None = None
    wide_data_bytes: int = 0


def read_wav(file: BinaryIO, size: int) -> WavHeader | None:
    """Read the header of a WAV file of ``size`` bytes; None where it has no usable ``fmt`` chunk."""
    chunks = _walk(file, size)
    if len(chunks.fmt) < 16 or chunks.data_bytes is None:
        return None
    tag, channels, rate, _, block, _ = struct.unpack("<HHIIHH", chunks.fmt[:16])
    if tag == _EXTENSIBLE and len(chunks.fmt) >= 26:
        tag = int.from_bytes(chunks.fmt[24:26], "little")
    codec = _PCM_LIKE.get(tag) or _COMPRESSED.get(tag) or f"format 0x{tag:04x}"
    duration = None
    if tag in _PCM_LIKE and rate and block:
        duration = chunks.data_bytes / (rate * block)
    elif rate and chunks.fact_samples not in _UNSET and chunks.data_bytes:
        duration = chunks.fact_samples / rate
    return WavHeader(codec, channels, rate, duration)


def _walk(file: BinaryIO, size: int) -> _Chunks:
    found = _Chunks()
    position = 12
    for _ in range(_MOST_CHUNKS):
        file.seek(position)
        header = file.read(8)
        if len(header) < 8:
            break
        name, declared = header[:4], int.from_bytes(header[4:], "little")
        start = position + 8
        if name == b"data":
            found.data_bytes = _clamped(declared, found.wide_data_bytes, size - start)
            break
        if name == b"fmt ":
            found.fmt = file.read(min(declared, 64))
        elif name == b"fact":
            found.fact_samples = int.from_bytes(file.read(min(declared, 4)), "little")
        elif name == b"ds64":
            found.wide_data_bytes = int.from_bytes(file.read(min(declared, 16))[8:16], "little")
        position = start + declared + declared % 2
    return found


def _clamped(declared: int, wide: int, available: int) -> int:
    if declared == 0xFFFFFFFF and wide:
        declared = wide
    return available if declared in _UNSET else min(declared, available)

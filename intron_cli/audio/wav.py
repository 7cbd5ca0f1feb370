"""The header of a WAV, RF64 or Wave64 file, read by walking its chunks.

Sizes in the header are claims: a recorder that writes to a pipe leaves 0 or a number near the largest
that there is, a broken copy ends early. So the data size is clamped to what the file holds.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from intron_cli.audio.facts import Facts, Flaw

_PCM_LIKE = {0x0001: "PCM", 0x0003: "float PCM", 0x0006: "A-law", 0x0007: "mu-law"}
_IN_BLOCKS = {0x0002: "MS ADPCM", 0x0011: "IMA ADPCM", 0x0031: "GSM 6.10"}
_OTHERS = {0x0050: "MP2", 0x0055: "MP3", 0x00FF: "AAC"}
_EXTENSIBLE = 0xFFFE
_UNSET = (0, 0xFFFFFFFF)
_STREAMED = 0x7FFFF000
"""From here on a size that the file does not reach was never written down: sox leaves this, others 2^31 or 2^32 - 1."""

_MOST_CHUNKS = 512
_RIFF_HEAD, _WAVE64_HEAD = 12, 40


@dataclass(slots=True)
class _Chunks:
    fmt: bytes = b""
    fact_samples: int = 0
    data_bytes: int | None = None
    wide_data_bytes: int = 0
    flaws: tuple[Flaw, ...] = ()


def read_wav(file: BinaryIO, size: int, *, wave64: bool = False) -> Facts | None:
    """Read the header of a WAV file of ``size`` bytes; None where it has no usable ``fmt`` chunk."""
    chunks = _walk(file, size, wave64=wave64)
    if len(chunks.fmt) < 16 or chunks.data_bytes is None:
        return None
    tag, channels, rate, _, _, _ = struct.unpack("<HHIIHH", chunks.fmt[:16])
    if tag == _EXTENSIBLE and len(chunks.fmt) >= 26:
        tag = int.from_bytes(chunks.fmt[24:26], "little")
    codec = _PCM_LIKE.get(tag) or _IN_BLOCKS.get(tag) or _OTHERS.get(tag) or f"format 0x{tag:04x}"
    seconds = _seconds(chunks, tag)
    return Facts(seconds, "unknown" if seconds is None else "exact", codec, channels, rate, chunks.flaws)


def _seconds(chunks: _Chunks, tag: int) -> float | None:
    rate: int
    byte_rate: int
    block: int
    rate, byte_rate, block = struct.unpack("<IIH", chunks.fmt[4:14])
    data = chunks.data_bytes or 0
    if not rate:
        return None
    if tag in _PCM_LIKE:
        return data / (rate * block) if block else None
    if tag in _IN_BLOCKS and block and len(chunks.fmt) >= 20:
        samples_per_block = int.from_bytes(chunks.fmt[18:20], "little")
        if samples_per_block:
            return data / block * samples_per_block / rate
    if chunks.fact_samples in _UNSET or not data or chunks.flaws:
        return None
    seconds = chunks.fact_samples / rate
    by_rate = data / byte_rate if byte_rate else seconds
    return seconds if 0.5 <= seconds / by_rate <= 2 else None


def _walk(file: BinaryIO, size: int, *, wave64: bool) -> _Chunks:
    found = _Chunks()
    for name, start, declared in _chunks(file, size, wave64=wave64):
        if name == b"data":
            _measure_data(file, found, start, declared, size)
            break
        if name == b"fmt ":
            found.fmt = file.read(min(declared, 64))
        elif name == b"fact":
            found.fact_samples = int.from_bytes(file.read(min(declared, 4)), "little")
        elif name == b"ds64":
            found.wide_data_bytes = int.from_bytes(file.read(min(declared, 16))[8:16], "little")
    return found


def _chunks(file: BinaryIO, size: int, *, wave64: bool) -> Iterator[tuple[bytes, int, int]]:
    """Each chunk's name, where its content starts, and its size as declared."""
    position, head, even = (_WAVE64_HEAD, 24, 8) if wave64 else (_RIFF_HEAD, 8, 2)
    for _ in range(_MOST_CHUNKS):
        if position >= size:
            return
        file.seek(position)
        header = file.read(head)
        if len(header) < head:
            return
        declared = int.from_bytes(header[16:], "little") - head if wave64 else int.from_bytes(header[4:], "little")
        if declared < 0:
            return
        yield header[:4], position + head, declared
        position += head + declared + -declared % even


def _measure_data(file: BinaryIO, found: _Chunks, start: int, declared: int, size: int) -> None:
    available = size - start
    if declared == _UNSET[1] and found.wide_data_bytes:
        declared = found.wide_data_bytes
        streamed = False
    else:
        streamed = declared == 0 or (declared >= _STREAMED and declared > available)
    found.data_bytes = available if streamed else min(declared, available)
    if not streamed and declared > available:
        found.flaws = ("truncated",)
    elif not streamed and declared < available:
        file.seek(start + declared + declared % 2)
        if file.read(4) in (b"RIFF", b"RF64"):
            found.flaws = ("joined",)

"""Ogg: the codec from the first page, the length from the last whole one.

A later recording in the same file (a chain) begins counting anew, often under another serial number.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from intron_cli.audio.facts import Facts, Flaw
from intron_cli.audio.samples import ascending, spread

_PAGE = 65_307
"""The longest that there is."""

_BEGIN = 2
_LONGEST_FIRST_PAGE = 60.0
"""Seconds. A recording of a running stream starts counting elsewhere."""


@dataclass(frozen=True, slots=True)
class _Page:
    flags: int
    granule: int
    serial: int
    content: int
    end: int


@dataclass(frozen=True, slots=True)
class _Codec:
    name: str
    channels: int
    rate: int
    clock: int
    skipped: int = 0


def read_ogg(file: BinaryIO, size: int) -> Facts:
    file.seek(0)
    head = file.read(4096)
    first = next(_pages(head, 0), None)
    codec = _codec(head[first.content : first.end]) if first else None
    if first is None or codec is None:
        return Facts()
    told = (codec.name, codec.channels, codec.rate)
    last = _last(file, size)
    if last is None:
        return Facts(None, "unknown", *told)
    flaws: tuple[Flaw, ...] = ("truncated",) if last.end < size else ()
    seconds = (last.granule - codec.skipped) / codec.clock
    if seconds < 0 or not _is_one_stream(file, size, last, codec.clock):
        return Facts(None, "unknown", *told, flaws)
    return Facts(seconds, "header", *told, flaws)


def _is_one_stream(file: BinaryIO, size: int, last: _Page, clock: int) -> bool:
    """Whether all pages that are looked at belong to one recording that begins here and goes on to the last."""
    pages = [page for start, data in spread(file, 0, size) for page in _pages(data, start)]
    granules = [page.granule for page in pages if page.granule > 0] or [last.granule]
    begins_here = granules[0] <= _LONGEST_FIRST_PAGE * clock
    alone = all(page.serial == last.serial for page in pages) and sum(page.flags & _BEGIN > 0 for page in pages) == 1
    return alone and begins_here and ascending([*granules, last.granule])


def _pages(data: bytes, base: int) -> Iterator[_Page]:
    """The pages whose headers lie in ``data``, which begins at ``base`` in the file."""
    at = data.find(b"OggS")
    while 0 <= at <= len(data) - 27:
        _, version, flags, granule, serial, _, _, count = struct.unpack_from("<4sBBqIIIB", data, at)
        lacing = data[at + 27 : at + 27 + count]
        if version == 0 and len(lacing) == count:
            content = at + 27 + count
            yield _Page(flags, granule, serial, base + content, base + content + sum(lacing))
        at = data.find(b"OggS", at + 4)


def _last(file: BinaryIO, size: int) -> _Page | None:
    """The last page that is there whole and ends a packet."""
    start = max(0, size - 2 * _PAGE)
    file.seek(start)
    pages = list(_pages(file.read(2 * _PAGE), start))
    return next((page for page in reversed(pages) if page.end <= size and page.granule > 0), None)


def _codec(head: bytes) -> _Codec | None:
    """What the first packet of a stream says of itself."""
    if head.startswith(b"OpusHead") and len(head) >= 19:
        skipped, rate = struct.unpack_from("<HI", head, 10)
        return _Codec("Opus", head[9], rate or 48_000, 48_000, skipped)
    channels = rate = 0
    name = ""
    if head.startswith(b"\x01vorbis") and len(head) >= 30:
        name, channels, rate = "Vorbis", head[11], int.from_bytes(head[12:16], "little")
    elif head.startswith(b"Speex   ") and len(head) >= 80:
        name, rate, channels = "Speex", *struct.unpack_from("<I8xI", head, 36)
    elif head.startswith(b"\x7fFLAC") and len(head) >= 51:
        packed = int.from_bytes(head[27:35], "big")
        name, channels, rate = "FLAC", (packed >> 41 & 7) + 1, packed >> 44
    return _Codec(name, channels, rate, rate) if rate else None

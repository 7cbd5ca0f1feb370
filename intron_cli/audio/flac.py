"""FLAC: the header's count of samples, held against the frames that are there.

An encoder that writes to a pipe leaves the count at 0, a cut file has fewer frames than it says, and of joined
files it knows the first only. Each frame says where in the recording it stands.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import BinaryIO

from intron_cli.audio.facts import Facts, Flaw
from intron_cli.audio.samples import ascending, spread

_STREAMINFO = 34
_MOST_BLOCKS = 128
_TAIL = 256 * 1024
_LONGEST = 64 * 1024
_SYNC = (b"\xff\xf8", b"\xff\xf9")
_SIZES = {1: 192, **{code: 576 << code - 2 for code in range(2, 6)}, **{code: 256 << code - 8 for code in range(8, 16)}}


@dataclass(frozen=True, slots=True)
class _Frame:
    at: int
    sample: int
    size: int

    @property
    def end(self) -> int:
        return self.sample + self.size


def read_flac(file: BinaryIO, size: int, offset: int = 0) -> Facts:
    file.seek(offset + 8)
    info = file.read(_STREAMINFO)
    packed = int.from_bytes(info[10:18], "big")
    rate, channels, total = packed >> 44, (packed >> 41 & 7) + 1, packed & (1 << 36) - 1
    start = _first_frame(file, size, offset + 4)
    if len(info) < _STREAMINFO or not rate or start is None:
        return Facts(flaws=("truncated",) if start is None else ())
    block = int.from_bytes(info[2:4], "big")
    last, whole = _last_frame(file, start, size, block)
    if last is None:
        return Facts(None, "unknown", "FLAC", channels, rate)
    looks = [next(_frames(data, block), None) for _, data in spread(file, start, size)]
    flaws: tuple[Flaw, ...] = ("truncated",) if last.end < total or not whole else ()
    in_order = ascending([*(found.sample for found in looks if found), last.sample])
    if flaws or not in_order or total not in (0, last.end):
        return Facts(None, "unknown", "FLAC", channels, rate, flaws if in_order else ("joined",))
    return Facts(last.end / rate, "header", "FLAC", channels, rate)


def _first_frame(file: BinaryIO, size: int, position: int) -> int | None:
    """Where the metadata ends; None where the file ends before."""
    for _ in range(_MOST_BLOCKS):
        file.seek(position)
        head = file.read(4)
        position += 4 + int.from_bytes(head[1:], "big")
        if len(head) < 4 or position > size:
            return None
        if head[0] & 0x80:
            return position
    return None


def _last_frame(file: BinaryIO, start: int, size: int, block: int) -> tuple[_Frame | None, bool]:
    """The last frame, and whether it is there whole."""
    tail = max(start, size - _TAIL)
    file.seek(tail)
    data = file.read(_TAIL)
    last = None
    for last in _frames(data, block):  # noqa: B007 - the last one is wanted
        pass
    whole = last is not None and len(data) - last.at <= _LONGEST and _crc(data[last.at :], 0x8005, 16) == 0
    return last, whole


def _frames(data: bytes, block: int) -> Iterator[_Frame]:
    at = _next_sync(data, 0)
    while at >= 0:
        if frame := _frame(data, at, block):
            yield frame
        at = _next_sync(data, at + 1)


def _next_sync(data: bytes, start: int) -> int:
    found = [at for sync in _SYNC if (at := data.find(sync, start)) >= 0]
    return min(found, default=-1)


def _frame(data: bytes, at: int, block: int) -> _Frame | None:
    """The frame whose header stands at ``at``, if its check sum says that one does."""
    head = data[at : at + 16]
    if len(head) < 6 or head[3] & 1 or head[3] >> 4 > 10 or head[2] & 15 == 15:
        return None
    number, after = _coded_number(head)
    code = head[2] >> 4
    extra = {6: 1, 7: 2}.get(code, 0)
    size = int.from_bytes(head[after : after + extra], "big") + 1 if extra else _SIZES.get(code, 0)
    after += extra + {12: 1, 13: 2, 14: 2}.get(head[2] & 15, 0)
    if number < 0 or not size or after >= len(head) or _crc(head[: after + 1], 0x07, 8) != 0:
        return None
    return _Frame(at, number if head[1] & 1 else number * (block or size), size)


def _coded_number(head: bytes) -> tuple[int, int]:
    """The frame's or sample's number, written like a UTF-8 character, and where it ends; -1 where it is none."""
    first = head[4]
    ones = 8 - (first ^ 0xFF).bit_length()
    if ones == 0:
        return first, 5
    rest = head[5 : 4 + ones]
    if ones in (1, 8) or len(rest) < ones - 1 or any(byte & 0xC0 != 0x80 for byte in rest):
        return -1, 5
    number = first & (0x7F >> ones)
    for byte in rest:
        number = number << 6 | byte & 0x3F
    return number, 4 + ones


@cache
def _crc_table(polynomial: int, width: int) -> tuple[int, ...]:
    top, mask = 1 << width - 1, (1 << width) - 1
    table = []
    for byte in range(256):
        value = byte << width - 8
        for _ in range(8):
            value = (value << 1 ^ (polynomial if value & top else 0)) & mask
        table.append(value)
    return tuple(table)


def _crc(data: bytes, polynomial: int, width: int) -> int:
    table, value, mask = _crc_table(polynomial, width), 0, (1 << width) - 1
    for byte in data:
        value = (value << 8 & mask) ^ table[value >> width - 8 ^ byte]
    return value

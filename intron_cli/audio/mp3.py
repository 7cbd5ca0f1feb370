"""MP3 (and MP2): its frames walked one by one, which tells the length whatever stands in front of them.

A header without an index knows nothing of a varying bit rate, and one of joined or cut files tells of another
file than this. Of files that are too large to be walked through, the index is believed where the size agrees.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO

from intron_cli.audio.facts import Facts, Flaw

_MOST_BYTES = 16_000_000
"""Ten minutes at 200 kbit/s."""

_MOST_FRAMES = 60_000
_LEAST_FRAME, _LARGEST_FRAME = 24, 2881
"""Bytes, by the tables below."""

_SEARCHED = 64 * 1024
_MOST_TAGS = 16

_V1 = ((0,), (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
       (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
       (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320))  # fmt: skip
_V2 = ((0,), (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
       (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
       (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160))  # fmt: skip
_RATES = (44_100, 48_000, 32_000)


@dataclass(frozen=True, slots=True)
class _Frame:
    length: int
    samples: int
    rate: int
    layer: int
    channels: int

    @property
    def codec(self) -> str:
        return f"MP{self.layer}"


@dataclass(slots=True)
class _Walk:
    """``whole`` where every byte belonged to a frame or a tag."""

    seconds: float = 0.0
    frames: int = 0
    whole: bool = False
    cut: bool = False


@dataclass(frozen=True, slots=True)
class _Index:
    """How many frames follow the first, in how many bytes with it, and the samples put around the sound; 0: untold."""

    frames: int = 0
    bytes: int = 0
    added: int = 0


def read_mp3(file: BinaryIO, size: int, start: int) -> Facts | None:
    """Read an MP3 whose first frame stands at ``start`` or soon after; None where there is none."""
    first_at = _first_frame(file, start)
    if first_at is None:
        return None
    file.seek(first_at)
    head = file.read(2048)
    first = _frame(head[:4])
    assert first is not None
    told = (first.codec, first.channels, first.rate)
    index = _index(head[: first.length])
    if size - first_at > _MOST_BYTES:
        return _by_index(index, size - first_at, first, told)
    walk = _walked(file, first_at, size)
    if not walk.whole:
        return Facts(None, "unknown", *told)
    flaws: tuple[Flaw, ...] = ("truncated",) if walk.cut else ()
    if index.frames and walk.frames - 1 > index.frames + 2:
        flaws = ("joined", *flaws)
    elif index.frames > walk.frames + 1:
        flaws = ("truncated",)
    not_heard = first.samples + (0 if flaws else index.added) if index.frames else 0
    seconds = walk.seconds - not_heard / first.rate
    return Facts(max(0.0, seconds), "exact", *told, flaws)


def _by_index(index: _Index, there: int, first: _Frame, told: tuple[str, int, int]) -> Facts:
    """What the index says, if it tells of about as many bytes as are ``there``."""
    seconds = (index.frames * first.samples - index.added) / first.rate
    is_possible = index.frames > 0 and _LEAST_FRAME <= index.bytes / index.frames <= _LARGEST_FRAME
    if not is_possible or seconds <= 0:
        return Facts(None, "unknown", *told)
    if abs(index.bytes - there) <= 0.02 * there:
        return Facts(seconds, "header", *told)
    return Facts(None, "unknown", *told, ("truncated",) if index.bytes > there else ("joined",))


def _first_frame(file: BinaryIO, start: int) -> int | None:
    """Where three frames of one kind follow one another, or as many as there are until the end."""
    file.seek(start)
    data = file.read(_SEARCHED)
    at = data.find(b"\xff")
    while 0 <= at < len(data) - 3:
        if _is_followed(data, at):
            return start + at
        at = data.find(b"\xff", at + 1)
    return None


def _is_followed(data: bytes, at: int) -> bool:
    first = _frame(data[at : at + 4])
    kind = first and (first.rate, first.layer)
    for _ in range(3):
        frame = _frame(data[at : at + 4])
        if frame is None or (frame.rate, frame.layer) != kind:
            return False
        at += frame.length
        if at >= len(data):
            return at == len(data) or len(data) == _SEARCHED
    return True


def _walked(file: BinaryIO, position: int, size: int) -> _Walk:
    walk, tags = _Walk(), 0
    while position < size and walk.frames < _MOST_FRAMES:
        file.seek(position)
        head = file.read(4)
        frame = _frame(head)
        if frame is None:
            skipped = _tag_bytes(file, head, position, size) if tags < _MOST_TAGS else 0
            if not skipped:
                return walk
            position, tags = position + skipped, tags + 1
            continue
        if position + frame.length > size:
            walk.cut = True
            break
        position += frame.length
        walk.seconds += frame.samples / frame.rate
        walk.frames += 1
    walk.whole = position >= size or walk.cut
    return walk


def id3_bytes(head: bytes) -> int:
    """How long the ID3 tag is whose first ten bytes are ``head``; 0 where it is none."""
    if head[:3] != b"ID3" or len(head) < 10:
        return 0
    high, middle, low, last = (byte & 0x7F for byte in head[6:10])
    return 10 + (high << 21 | middle << 14 | low << 7 | last) + (10 if head[5] & 0x10 else 0)


def _tag_bytes(file: BinaryIO, head: bytes, position: int, size: int) -> int:
    """The length of what may stand between and after frames: tags, and a few bytes too short for a header."""
    if head[:3] == b"TAG":
        return 128
    if head[:3] == b"ID3":
        file.seek(position)
        return id3_bytes(file.read(10))
    if head == b"APET":
        file.seek(position)
        ape = file.read(32)
        return int.from_bytes(ape[12:16], "little") + 32 if len(ape) == 32 else 0
    return size - position if size - position < 4 else 0


@lru_cache(maxsize=4096)
def _frame(head: bytes) -> _Frame | None:
    """The frame of this header, but for those of free bit rate."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, 4 - (head[1] >> 1 & 3)
    bits, code, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version == 1 or layer == 4 or bits in (0, 15) or code == 3:
        return None
    first = version == 3
    rate = _RATES[code] // {3: 1, 2: 2, 0: 4}[version]
    kilobits = (_V1 if first else _V2)[layer][bits]
    samples = 384 if layer == 1 else 1152 if first or layer == 2 else 576
    slot = 4 if layer == 1 else 1
    length = (samples // 8 // slot * kilobits * 1000 // rate + padding) * slot
    return _Frame(length, samples, rate, layer, 1 if head[3] >> 6 == 3 else 2)


def _index(frame: bytes) -> _Index:
    """The index in the first frame, in either of the two forms that there are; without one, of nothing."""
    if frame[36:40] == b"VBRI" and len(frame) >= 54:
        return _Index(int.from_bytes(frame[50:54], "big"), int.from_bytes(frame[46:50], "big"))
    at = max(frame.find(b"Xing", 0, 64), frame.find(b"Info", 0, 64))
    if at < 0 or len(frame) < at + 12 or not frame[at + 7] & 1:
        return _Index()
    flags = frame[at + 7]
    size = int.from_bytes(frame[at + 12 : at + 16], "big") if flags & 2 else 0
    encoder = at + 8 + 4 + 4 * (flags >> 1 & 1) + 100 * (flags >> 2 & 1) + 4 * (flags >> 3 & 1)
    packed = int.from_bytes(frame[encoder + 21 : encoder + 24], "big")
    added = min(packed >> 12, 2304) + min(packed & 0xFFF, 2304)
    return _Index(int.from_bytes(frame[at + 8 : at + 12], "big"), size, added)

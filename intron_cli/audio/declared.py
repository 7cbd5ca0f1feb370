"""Containers of which only one thing is read: whether the file reaches as far as its header says."""

from typing import BinaryIO

from intron_cli.audio.facts import Facts

_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_ASF_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_MOST_CHUNKS = 512
_STREAMED = 0x7FFFF000
"""From here on a size of 32 bits was never written down."""


def read_declared(file: BinaryIO, size: int) -> Facts:
    """Of AIFF, AU, CAF, AVI and WMA; others are not known to be cut off."""
    file.seek(0)
    head = file.read(4096)
    if head[:4] == b"caff":
        end = _caf_end(file, size)
    elif head.startswith(_ASF):
        end = _asf_end(head)
    else:
        end = _iff_or_au_end(head)
    return Facts(flaws=("truncated",) if end is not None and end > size else ())


def _iff_or_au_end(head: bytes) -> int | None:
    if head[:4] == b".snd" and len(head) >= 12:
        start, length = int.from_bytes(head[4:8], "big"), int.from_bytes(head[8:12], "big")
    elif head[:4] in (b"FORM", b"RIFF"):
        start, length = 8, int.from_bytes(head[4:8], "big" if head[:4] == b"FORM" else "little")
    else:
        return None
    return start + length if 0 < length < _STREAMED else None


def _caf_end(file: BinaryIO, size: int) -> int | None:
    position = 8
    for _ in range(_MOST_CHUNKS):
        file.seek(position)
        head = file.read(12)
        length = int.from_bytes(head[4:], "big", signed=True)
        if len(head) < 12 or length < 0:
            return None
        position += 12 + length
        if head[:4] == b"data" or position > size:
            return position
    return None


def _asf_end(head: bytes) -> int | None:
    """As the properties in its header have it, unless it was broadcast when they were written."""
    at = head.find(_ASF_PROPERTIES)
    if at < 0 or len(head) < at + 92 or head[at + 88] & 1:
        return None
    return int.from_bytes(head[at + 40 : at + 48], "little")

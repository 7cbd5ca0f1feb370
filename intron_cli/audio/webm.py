"""WebM and Matroska: what codec, and whether all is there. How long it lasts, browsers do not write down."""

import re
from typing import BinaryIO

from intron_cli.audio.facts import Facts

_SEGMENT = bytes.fromhex("18538067")
_CODEC = re.compile(rb"A_(OPUS|VORBIS|AAC|FLAC|MPEG/L3|PCM|AC3|EAC3)")
_NAMES = {b"OPUS": "Opus", b"VORBIS": "Vorbis", b"MPEG/L3": "MP3", b"AC3": "AC-3", b"EAC3": "E-AC-3"}
_LOOKED_AT = 64 * 1024


def read_webm(file: BinaryIO, size: int) -> Facts:
    file.seek(0)
    head = file.read(_LOOKED_AT)
    found = _CODEC.search(head)
    codec = _NAMES.get(found[1], found[1].decode()) if found else None
    return Facts(codec=codec, flaws=("truncated",) if _ends_early(head, size) else ())


def _ends_early(head: bytes, size: int) -> bool:
    at = head.find(_SEGMENT, 0, 4096) + len(_SEGMENT)
    if at < len(_SEGMENT) or at >= len(head) or not head[at]:
        return False
    width = 9 - head[at].bit_length()
    bits = 7 * width
    length = int.from_bytes(head[at : at + width], "big") & (1 << bits) - 1
    streamed = length == (1 << bits) - 1
    return not streamed and at + width + length > size

"""The header of an MP4, M4A, MOV or 3GP file: its boxes walked, nothing of its sound read."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from intron_cli.audio.facts import Basis, Facts, Flaw

_MOST_BOXES = 4096
_UNSET = (0, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF)
_CODECS = {
    b"mp4a": "AAC", b"alac": "ALAC", b"Opus": "Opus", b"samr": "AMR-NB", b"sawb": "AMR-WB", b"fLaC": "FLAC",
    b".mp3": "MP3", b"ac-3": "AC-3", b"ec-3": "E-AC-3", b"sowt": "PCM", b"twos": "PCM", b"lpcm": "PCM",
    b"ulaw": "mu-law", b"alaw": "A-law",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Box:
    name: bytes
    start: int
    end: int


@dataclass(slots=True)
class _Track:
    handler: bytes = b""
    scale: int = 0
    duration: int = 0
    edited: int = 0
    codec: str | None = None
    channels: int | None = None
    sample_rate: int | None = None


def read_mp4(file: BinaryIO, size: int) -> Facts:
    """What the header in front or at the end says, believed where all boxes are there and none is a fragment.

    Phones and browsers write in fragments; the header then knows nothing of the length.
    """
    boxes = list(_boxes(file, 0, size))
    end = boxes[-1].end if boxes else 0
    flaws: tuple[Flaw, ...] = ("truncated",) if end > size else ()
    headers = [box for box in boxes if box.name == b"moov" and box.end <= size]
    if not headers:
        return Facts(flaws=flaws)
    if len(headers) > 1:
        flaws = ("joined", *flaws)
    scale, tracks, fragmented = _header(file, headers[0])
    sounding = [track for track in tracks if track.handler == b"soun"]
    whole = end == size and not flaws and not fragmented and all(box.name != b"moof" for box in boxes)
    if not sounding:
        return Facts(flaws=flaws, silent=whole and bool(tracks))
    track = sounding[0]
    seconds = _seconds(track, scale) if whole else None
    basis: Basis = "unknown" if seconds is None else "header"
    return Facts(seconds, basis, track.codec, track.channels, track.sample_rate, flaws)


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[_Box]:
    """The boxes from ``start`` on; the last one may claim to go on after ``end``."""
    position = start
    for _ in range(_MOST_BOXES):
        if position >= end:
            return
        file.seek(position)
        header = file.read(min(16, end - position))
        if len(header) < 8:
            return
        length, name, head = int.from_bytes(header[:4], "big"), header[4:8], 8
        if length == 1 and len(header) == 16:
            length, head = int.from_bytes(header[8:], "big"), 16
        length = length or end - position
        if length < head:
            return
        yield _Box(name, position + head, position + length)
        position += length


def _header(file: BinaryIO, moov: _Box) -> tuple[int, list[_Track], bool]:
    """The time scale of the whole, its tracks, and whether fragments are announced."""
    scale, tracks, fragmented = 0, [], False
    for box in _boxes(file, moov.start, moov.end):
        if box.name == b"mvhd":
            scale, _ = _scale_and_duration(_content(file, box))
        elif box.name == b"trak":
            tracks.append(_track(file, box))
        elif box.name == b"mvex":
            fragmented = True
    return scale, tracks, fragmented


def _track(file: BinaryIO, trak: _Box) -> _Track:
    track = _Track()
    inner = [trak]
    for _ in range(5):  # trak, mdia, minf, stbl: no deeper
        inner = [box for outer in inner for box in list(_boxes(file, outer.start, outer.end))]
        for box in inner:
            _note(file, track, box)
        inner = [box for box in inner if box.name in (b"mdia", b"minf", b"stbl", b"edts")]
    return track


def _note(file: BinaryIO, track: _Track, box: _Box) -> None:
    if box.name == b"mdhd":
        track.scale, track.duration = _scale_and_duration(_content(file, box))
    elif box.name == b"hdlr":
        track.handler = track.handler or _content(file, box)[8:12]
    elif box.name == b"elst":
        track.edited = _edited(_content(file, box))
    elif box.name == b"stsd":
        entry = _content(file, box)[8:]
        if len(entry) >= 36 and track.handler == b"soun":
            track.codec = _CODECS.get(entry[4:8])
            track.channels = int.from_bytes(entry[24:26], "big") or None
            track.sample_rate = int.from_bytes(entry[32:34], "big") or None


def _content(file: BinaryIO, box: _Box) -> bytes:
    file.seek(box.start)
    return file.read(max(0, min(box.end - box.start, 4096)))


def _scale_and_duration(content: bytes) -> tuple[int, int]:
    wide = content[:1] == b"\1"
    if len(content) < (32 if wide else 20):
        return 0, 0
    scale, duration = struct.unpack(">IQ", content[20:32]) if wide else struct.unpack(">II", content[12:20])
    return scale, 0 if duration in _UNSET else duration


def _edited(content: bytes) -> int:
    """How long the track plays by its edit list, in the whole's time scale: without what the encoder put in front."""
    wide = content[:1] == b"\1"
    width = 20 if wide else 12
    total = 0
    for at in range(8, len(content) - width + 1, width):
        length, begin = struct.unpack_from(">Qq" if wide else ">Ii", content, at)
        total += length if begin >= 0 else 0
    return total


def _seconds(track: _Track, scale: int) -> float | None:
    if not track.scale or not track.duration:
        return None
    seconds = track.duration / track.scale
    edited = track.edited / scale if scale else 0.0
    return edited if 0 < edited < seconds else seconds

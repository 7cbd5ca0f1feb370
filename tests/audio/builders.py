"""Small recordings, made byte by byte."""

import io
import struct
from collections.abc import Iterator

PCM, ADPCM, EXTENSIBLE = 0x0001, 0x0011, 0xFFFE
STREAMED = 0xFFFFFFFF


def chunk(name: bytes, content: bytes, declared: int | None = None) -> bytes:
    """A RIFF chunk, padded to an even length; ``declared`` is what its header claims."""
    size = len(content) if declared is None else declared
    return name + struct.pack("<I", size) + content + b"\0" * (len(content) % 2)


def fmt(tag: int = PCM, channels: int = 1, rate: int = 8000, bits: int = 16, extra: bytes = b"") -> bytes:
    block = channels * bits // 8 or 1
    return chunk(b"fmt ", struct.pack("<HHIIHH", tag, channels, rate, rate * block, block, bits) + extra)


def riff(*chunks: bytes, kind: bytes = b"RIFF", declared: int | None = None) -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return kind + struct.pack("<I", len(body) if declared is None else declared) + body


def box(name: bytes, *content: bytes, wide: bool = False) -> bytes:
    """An MP4 box, with a size of 64 bits where ``wide``."""
    body = b"".join(content)
    if wide:
        return struct.pack(">I4sQ", 1, name, len(body) + 16) + body
    return struct.pack(">I4s", len(body) + 8, name) + body


def mp4(seconds: float, *, brand: bytes = b"M4A ", after: bytes = b"", wide: bool = False) -> bytes:
    """An MP4 with one track of sound, its header in front, and ``after`` behind."""
    scale = 8000
    entry = box(b"mp4a", bytes(6), b"\0\1", bytes(8), struct.pack(">HHHHI", 1, 16, 0, 0, scale << 16), box(b"free"))
    table = box(b"stbl", box(b"stsd", bytes(4), struct.pack(">I", 1), entry))
    media = box(
        b"mdia",
        box(b"mdhd", bytes(12), struct.pack(">II", scale, round(seconds * scale)), bytes(4)),
        box(b"hdlr", bytes(8), b"soun", bytes(13)),
        box(b"minf", table),
    )
    moov = box(b"moov", box(b"trak", media))
    return box(b"ftyp", brand, bytes(4), b"isom") + moov + box(b"mdat", bytes(2000), wide=wide) + after


def crc(data: bytes, polynomial: int, width: int) -> bytes:
    """The check sum at the end of a FLAC frame's header (8 bits) or of the frame (16 bits)."""
    value = 0
    for byte in data:
        value ^= byte << width - 8
        for _ in range(8):
            value = (value << 1) ^ (polynomial if value >> width - 1 else 0)
            value &= (1 << width) - 1
    return value.to_bytes(width // 8, "big")


def flac_frame(number: int) -> bytes:
    """A FLAC frame of 4000 samples of silence, the ``number``-th of its stream (below 2048)."""
    coded = bytes([number]) if number < 128 else bytes([0xC0 | number >> 6, 0x80 | number & 63])
    header = b"\xff\xf8\x70\x08" + coded + (3999).to_bytes(2, "big")
    frame = header + crc(header, 0x07, 8) + bytes(3)
    return frame + crc(frame, 0x8005, 16)


def flac(seconds: float, rate: int = 8000, *, told: float | None = None) -> bytes:
    """A FLAC of silence; its header tells ``told`` seconds (0: unknown, as from a pipe) instead of the truth."""
    samples = round((seconds if told is None else told) * rate)
    frames = [flac_frame(number) for number in range(round(seconds * rate / 4000))]
    packed = rate << 44 | 0 << 41 | 15 << 36 | samples
    info = struct.pack(">HH", 4000, 4000) + bytes(6) + packed.to_bytes(8, "big") + bytes(16)
    return b"fLaC" + b"\x80" + len(info).to_bytes(3, "big") + info + b"".join(frames)


def ogg_page(content: bytes, *, granule: int = 0, serial: int = 1, number: int = 0, flags: int = 0) -> bytes:
    lacing = bytes([255] * (len(content) // 255) + [len(content) % 255])
    head = struct.pack("<4sBBqIII", b"OggS", 0, flags, granule, serial, number, 0)
    return head + bytes([len(lacing)]) + lacing + content


def opus(seconds: float, *, serial: int = 1) -> bytes:
    """An Ogg stream of Opus: its two headers and a last page that tells how long it is."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 0) + struct.pack("<I", 0)
    return (
        ogg_page(head, serial=serial, flags=2)
        + ogg_page(tags, serial=serial, number=1)
        + ogg_page(bytes(300), granule=min(48000, round(seconds * 24000)), serial=serial, number=2)
        + ogg_page(bytes(300), granule=round(seconds * 48000), serial=serial, number=3, flags=4)
    )


def mp3_frames(count: int, bitrates: tuple[int, ...] = (9,)) -> Iterator[bytes]:
    """Frames of MPEG 1 layer III at 44.1 kHz; ``bitrates`` are indices into the table, taken in turn."""
    kilobits = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
    for number in range(count):
        index = bitrates[number % len(bitrates)]
        header = bytes([0xFF, 0xFB, index << 4, 0xC0])
        yield header.ljust(144 * kilobits[index] * 1000 // 44100, b"\0")


class Counted(io.BytesIO):
    """A file that counts what is read of it."""

    read_bytes = 0
    reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        found = super().read(size)
        self.read_bytes += len(found)
        self.reads += 1
        return found

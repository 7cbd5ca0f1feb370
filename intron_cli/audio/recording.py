"""What a recording is: its container, by content, and how long it lasts, with how that is known."""

import math
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import BinaryIO

from intron_cli.audio.counting import Counter
from intron_cli.audio.declared import read_declared
from intron_cli.audio.facts import Basis, Facts, Flaw
from intron_cli.audio.flac import read_flac
from intron_cli.audio.mp3 import id3_bytes, read_mp3
from intron_cli.audio.mp4 import read_mp4
from intron_cli.audio.ogg import read_ogg
from intron_cli.audio.sniff import (
    FLAC,
    HEAD_BYTES,
    M4A,
    MATROSKA,
    MP3,
    MP4,
    OGG,
    QUICKTIME,
    THREE_GP,
    WAV,
    WAVE64,
    WEBM,
    Container,
    sniff,
)
from intron_cli.audio.wav import read_wav
from intron_cli.audio.webm import read_webm


@dataclass(frozen=True, slots=True)
class Recording:
    """What is known of a recording.

    ``duration_seconds`` is None where it cannot be trusted; ``basis`` says how it is known:
    ``exact`` from all that is there, ``header`` from headers that the rest of the file agrees
    with, ``unknown``. ``silent``: there is certainly no sound in it, as in a film without any.
    """

    container: Container
    bytes: int
    duration_seconds: float | None = None
    basis: Basis = "unknown"
    codec: str | None = None
    channels: int | None = None
    sample_rate: int | None = None
    flaws: tuple[Flaw, ...] = ()
    silent: bool = False

    @property
    def accepted(self) -> bool:
        """Whether the service lists this container."""
        return self.container.accepted

    @property
    def suffix(self) -> str:
        """The suffix that fits the bytes, without its dot."""
        return self.container.suffix

    @property
    def bit_rate(self) -> int | None:
        """Bits a second over all."""
        return round(8 * self.bytes / self.duration_seconds) if self.duration_seconds else None


def inspect(file: BinaryIO) -> Recording | None:
    """Look at an open, seekable file; None where its bytes are no audio. Reads little but headers.

    The position of ``file`` is undefined afterwards.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(HEAD_BYTES)
    container, start = sniff(head), id3_bytes(head)
    if container is MP3 and start:
        file.seek(start)
        container = sniff(file.read(HEAD_BYTES)) or MP3  # a tag may stand before other containers, too
    if container is None:
        return None
    facts = _facts(file, size, container, start)
    if facts is None:
        return None
    known = facts.seconds is not None and math.isfinite(facts.seconds)
    return Recording(
        container,
        size,
        facts.seconds if known else None,
        facts.basis if known else "unknown",
        facts.codec,
        facts.channels,
        facts.sample_rate,
        facts.flaws,
        facts.silent,
    )


def counted(recording: Recording, file: BinaryIO, counter: Counter | None) -> Recording:
    """The recording with its duration counted, packet by packet, where a counter is there and can."""
    if counter is None or recording.basis == "exact":
        return recording
    found = counter(file)
    if found is None:
        return recording
    if found.seconds is None:
        return replace(recording, silent=True)
    return replace(
        recording,
        duration_seconds=found.seconds,
        basis="exact",
        codec=recording.codec or found.codec,
        channels=recording.channels or found.channels,
        sample_rate=recording.sample_rate or found.sample_rate,
        silent=False,
    )


def _facts(file: BinaryIO, size: int, container: Container, start: int) -> Facts | None:
    if container is MP3:
        return read_mp3(file, size, start)
    if container is FLAC:
        return read_flac(file, size, start)
    if container is WAVE64:
        return read_wav(file, size, wave64=True) or Facts()
    return _READERS.get(container, read_declared)(file, size)


_READERS: dict[Container, Callable[[BinaryIO, int], Facts | None]] = {
    WAV: read_wav,
    MP4: read_mp4,
    M4A: read_mp4,
    QUICKTIME: read_mp4,
    THREE_GP: read_mp4,
    OGG: read_ogg,
    WEBM: read_webm,
    MATROSKA: read_webm,
}

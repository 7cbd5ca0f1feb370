"""A program of its own: reads the recording on stdin, writes it to stdout as mono Opus at 24 kbit/s in Ogg.

It is run as a file, in a process for each recording: foreign code that reads foreign bytes may crash
or go on for ever, and then only this process ends. So it imports nothing of ours. What came of it is
JSON on stderr: the seconds that were written, or why nothing of it is of use.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

RATE = 16_000
BIT_RATE = 24_000

_CODER = {"application": "audio", "vbr": "constrained", "frame_duration": "20", "compression_level": "5"}
"""With these, fewest words were heard wrong of those measured. Unconstrained, the bit rate is up to a fifth higher."""

_CONTAINERS = "wav,w64,mp3,mov,ogg,matroska,flac,aac,amr,caf,au,asf,aiff,avi"
_ALLOWED = {"format_whitelist": _CONTAINERS, "protocol_whitelist": "none"}
"""Named containers only, and no further file or address that one of them may point to."""

_DECODERS = {"amrnb": "libopencore_amrnb", "amrwb": "libopencore_amrwb"}
"""FFmpeg's own know nothing of the pauses that phones leave out."""

_TAGS = (b"ID3", b"TAG", b"APETAGEX", b"LYRICSBEGIN")

_PACKETS_AT_START = 3
"""A recording of a running stream begins with what its decoder cannot use yet."""

_TIME_AFTER, _BYTES_AFTER = 0.5, 1.0
"""Seconds. Damage with less behind it is the end of a file that was cut off: its last packet or page is not whole."""

_LOOK_SECONDS = 0.5
"""Between two looks whether the parent is there."""


class StoppedError(Exception):
    """Nothing that was written is of use; ``seconds`` is how far into the recording it came."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = seconds


class Target:
    """Where the encoder writes to, with a bound. Foreign code may swallow what is raised: ``failure`` keeps it."""

    def __init__(self, file: BinaryIO, most_bytes: int) -> None:
        self._file = file
        self._left = most_bytes
        self.failure: StoppedError | None = None

    def write(self, piece: bytes) -> int:
        self._left -= len(piece)
        if self._left < 0:
            raise self._failed("too_large")
        rest = memoryview(piece)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError:
            raise self._failed("not_written") from None
        return len(piece)

    def _failed(self, reason: str) -> StoppedError:
        self.failure = StoppedError(reason)
        return self.failure


class File:
    """The recording for foreign code. It is told that a place does not exist, which a damaged header may name."""

    def __init__(self, file: BinaryIO) -> None:
        self.read = file.read
        self.tell = file.tell
        self._file = file

    def seek(self, offset: int, whence: int = 0) -> int:
        try:
            return self._file.seek(offset, whence)
        except OSError:
            return -1


class Source:
    """The sound of a recording, frame by frame; raises StoppedError where some of it is lost on the way.

    ``complaints`` are what the reader finds wrong: of a damaged container it says so and goes on
    behind the damage. ``doubtful``: it had found something before it began to read on.
    """

    def __init__(self, container: Any, size: int, complaints: list[Any], *, doubtful: bool) -> None:
        self._container = container
        self._stream = container.streams.audio[0]
        self._decoder = _decoder(self._stream)
        self._size = size
        self._complaints = complaints
        self._doubtful = doubtful
        self._time = 0.0
        self._end = 0
        self._undecoded = 0.0
        self._unused = 0
        self.seconds = 0.0

    def frames(self) -> Iterator[Any]:
        trouble: float | None = None
        for packet in self._container.demux(self._stream):
            frames = self._decoded(packet)
            if self._has_gap(packet) and (self._doubtful or self._complaints):
                raise StoppedError("damaged", self.seconds)
            if self._complaints and trouble is None:
                trouble = self.seconds
            for frame in frames:
                self.seconds += frame.samples / frame.sample_rate
                yield frame
            if frames and packet.pos is not None:
                self._end = max(self._end, packet.pos + packet.size)
            if trouble is not None and self.seconds + self._undecoded - trouble > _TIME_AFTER:
                raise StoppedError("damaged", trouble)
        if trouble is not None and self._left() > _BYTES_AFTER:
            raise StoppedError("damaged", trouble)

    def _decoded(self, packet: Any) -> list[Any]:
        import av

        try:
            frames: list[Any] = self._decoder.decode(packet if packet.size else None)
        except av.FFmpegError as error:
            if bytes(packet).startswith(_TAGS):  # stands between recordings that were joined
                self._complaints.clear()
            elif not self.seconds and self._unused < _PACKETS_AT_START:
                self._complaints.clear()
                self._unused += 1
            else:
                self._complaints.append(error)
                self._undecoded += float((packet.duration or 0) * (packet.time_base or 0))
            return []
        return frames

    def _has_gap(self, packet: Any) -> bool:
        """Whether by its time the packet does not follow the one before."""
        if packet.pts is None or not packet.size:
            return False
        begin, expected = float(packet.pts * packet.time_base), self._time
        self._time = begin + float((packet.duration or 0) * packet.time_base)
        return begin > expected + _TIME_AFTER

    def _left(self) -> float:
        """About how many seconds the bytes are that follow the last sound."""
        return (self._size - self._end) * self.seconds / self._end if self._end else 0.0


def _decoder(stream: Any) -> Any:
    import av

    context = stream.codec_context
    name = _DECODERS.get(context.name)
    if name in av.codecs_available:
        decoder = av.CodecContext.create(name, "r")
        decoder.sample_rate, decoder.layout = context.sample_rate, context.layout
        return decoder
    context.thread_count = 1
    return context


class Shrinker:
    """Encodes frames of any kind; ``samples`` counts what went in."""

    def __init__(self, container: Any) -> None:
        from av.codec.context import Flags

        self._container = container
        self._stream = container.add_stream("libopus", rate=RATE, layout="mono", options=_CODER)
        self._coder = self._stream.codec_context
        self._coder.bit_rate = BIT_RATE
        self._coder.flags |= Flags.bitexact
        self._coder.open()
        self.samples = 0

    def encode(self, frames: Iterator[Any]) -> None:
        import av

        pieces = av.AudioFifo()
        for frame in _resampled(frames):
            pieces.write(frame)
            for piece in pieces.read_many(self._coder.frame_size):
                self._write(piece)
        if rest := pieces.read(partial=True):
            self._write(rest)
        self._container.mux(self._stream.encode(None))

    def _write(self, piece: Any) -> None:
        piece.pts, piece.time_base = self.samples, Fraction(1, RATE)
        self.samples += piece.samples
        self._container.mux(self._stream.encode(piece))


def _resampled(frames: Iterator[Any]) -> Iterator[Any]:
    import av

    resampler, kind = None, None
    for frame in frames:
        frame.pts = None
        # Recordings that were joined may change their kind in the middle.
        if resampler is None or kind != (frame.format.name, frame.layout.name, frame.rate):
            yield from _untimed(resampler.resample(None) if resampler else ())
            resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
            kind = (frame.format.name, frame.layout.name, frame.rate)
        yield from _untimed(resampler.resample(frame))
    yield from _untimed(resampler.resample(None) if resampler else ())


def _untimed(frames: Any) -> Iterator[Any]:
    for frame in frames:
        frame.pts = None
        yield frame


def shrink(file: BinaryIO, target: BinaryIO, most_seconds: float, most_bytes: int) -> float:
    """How many seconds were written. Raises StoppedError."""
    try:
        import av
        import av.logging
    except ImportError:
        raise StoppedError("not_run") from None

    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    written = Target(target, most_bytes)
    av.logging.set_level(av.logging.ERROR)
    try:
        with av.logging.Capture() as complaints, av.open(File(file), options=_ALLOWED) as source:
            if not source.streams.audio:
                raise StoppedError("no_sound")
            # A first look goes seconds ahead. What it tried with a film's pictures does not count.
            doubtful = any(found[1] == source.format.name for found in complaints)
            complaints.clear()
            # bitexact: the same recording makes the same bytes, and no name of an encoder stands in them.
            with av.open(written, "w", format="ogg", options={"fflags": "+bitexact"}) as ogg:
                shrinker = Shrinker(ogg)
                sound = Source(source, size, complaints, doubtful=doubtful)
                shrinker.encode(_bounded(sound, most_seconds))
    except av.FFmpegError:
        raise written.failure or StoppedError("damaged") from None
    if not shrinker.samples:
        raise StoppedError("damaged")
    return shrinker.samples / RATE


def _bounded(source: Source, most_seconds: float) -> Iterator[Any]:
    for frame in source.frames():
        if source.seconds > most_seconds:
            raise StoppedError("too_long", source.seconds)
        yield frame


def end_with_parent() -> None:
    """Whoever wants the answer may be killed; foreign code would then go on for nobody."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_SECONDS)
        signal.raise_signal(signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def main() -> None:
    end_with_parent()
    most_seconds, most_bytes = float(sys.argv[1]), int(sys.argv[2])
    with (
        os.fdopen(os.dup(0), "rb") as file,
        os.fdopen(os.dup(1), "wb", buffering=0) as target,
        os.fdopen(os.dup(2), "w", encoding="ascii") as answer,
        Path(os.devnull).open("wb") as nowhere,
    ):
        # What foreign code prints goes neither into the recording nor into the answer.
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
        try:
            outcome: dict[str, Any] = {"seconds": shrink(file, target, most_seconds, most_bytes)}
        except StoppedError as stopped:
            outcome = {"reason": stopped.reason, "seconds": stopped.seconds}
        json.dump(outcome, answer)


if __name__ == "__main__":
    main()

"""A slow line to the sandbox: the bodies of all requests together come no faster than it carries them."""

import threading
from io import BufferedIOBase

from intron_cli.core.clock import Clock
from intron_cli.sandbox.body import CHUNK_BYTES

SAVED_SECONDS = 0.05
"""What the line carries in so long is made up for after a pause: no sleep ends on the dot."""

SLICE_SECONDS = 0.1
"""Nobody sleeps longer at a time, so that a sandbox that stops is not held up."""

_LEAST_PIECE = 1024


class SlowLine:
    """A token bucket of bytes that all connections draw from; who overdraws it waits until it is even again."""

    def __init__(self, bits_per_second: float, clock: Clock) -> None:
        self._rate = bits_per_second / 8
        self._clock = clock
        self._lock = threading.Lock()
        self._bytes = 0.0
        self._filled = clock.monotonic()
        self._closed = False
        # Small pieces, or those who share the line would take turns of seconds.
        self.piece = int(min(max(self._rate * SAVED_SECONDS, _LEAST_PIECE), CHUNK_BYTES))
        """So many bytes are read at a time."""

    def take(self, count: int) -> None:
        """Return when the line has had the time for ``count`` more bytes, or is closed."""
        due = self._due(count)
        while not self._closed and (left := due - self._clock.monotonic()) > 0:
            self._clock.sleep(min(left, SLICE_SECONDS))

    def close(self) -> None:
        """Let everybody through who waits."""
        self._closed = True

    def _due(self, count: int) -> float:
        with self._lock:
            now = self._clock.monotonic()
            come = self._bytes + (now - self._filled) * self._rate
            self._bytes = min(come, self._rate * SAVED_SECONDS) - count
            self._filled = now
            return now - self._bytes / self._rate


class SlowStream(BufferedIOBase):
    """What comes over the line, for one who reads a body piece by piece."""

    def __init__(self, stream: BufferedIOBase, line: SlowLine) -> None:
        self._stream = stream
        self._line = line

    def read1(self, size: int = -1, /) -> bytes:
        piece = self._stream.read1(self._line.piece if size < 0 else min(size, self._line.piece))
        self._line.take(len(piece))
        return piece

    def readline(self, size: int | None = -1, /) -> bytes:
        line = self._stream.readline(size)
        self._line.take(len(line))
        return line

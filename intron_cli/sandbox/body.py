"""The body of a request, as a stream: by Content-Length or chunked, never whole in memory."""

import re
from collections.abc import Callable, Iterator
from email.message import Message
from io import BufferedIOBase

CHUNK_BYTES = 64 * 1024

_LINE_BYTES = 4096
_MOST_TRAILERS = 64


class FramingError(ValueError):
    """It cannot be said where the body ends."""


class BodyCutError(ConnectionError):
    """The connection ended before the body did; nothing of such a body counts."""


class RequestBody:
    """Reads one request's body from the connection.

    ``ask`` is called before the first byte is read: a client that sent ``Expect: 100-continue``
    is told to go on only when somebody wants its body.
    """

    def __init__(self, stream: BufferedIOBase, headers: Message, *, ask: Callable[[], None]) -> None:
        self._stream = stream
        self._ask = ask
        self.chunked = _is_chunked(headers)
        self.length = None if self.chunked else _length(headers)
        self.received = 0
        self.exhausted = self.length == 0

    def chunks(self) -> Iterator[bytes]:
        """The pieces as they come; ends only where the body was complete."""
        if self.exhausted:
            return
        self._ask()
        for piece in self._chunked() if self.length is None else self._counted(self.length):
            self.received += len(piece)
            yield piece
        self.exhausted = True

    def _counted(self, left: int) -> Iterator[bytes]:
        while left:
            piece = self._read(min(left, CHUNK_BYTES))
            left -= len(piece)
            yield piece

    def _chunked(self) -> Iterator[bytes]:
        while size := _chunk_size(self._line()):
            yield from self._counted(size)
            if self._line():
                raise FramingError("a chunk is longer than it says")
        for _ in range(_MOST_TRAILERS):
            if not self._line():
                return
        raise FramingError("too many trailers")

    def _read(self, most: int) -> bytes:
        try:
            piece = self._stream.read1(most)
        except OSError as cause:
            raise BodyCutError from cause
        if not piece:
            raise BodyCutError
        return piece

    def _line(self) -> bytes:
        try:
            line = self._stream.readline(_LINE_BYTES)
        except OSError as cause:
            raise BodyCutError from cause
        if line.endswith(b"\n"):
            return line.rstrip(b"\r\n")
        if len(line) == _LINE_BYTES:
            raise FramingError("a line is too long")
        raise BodyCutError


def _is_chunked(headers: Message) -> bool:
    codings = headers.get_all("Transfer-Encoding", [])
    if not codings:
        return False
    # Two ways to tell the length are how requests are smuggled past proxies: refuse them.
    if [coding.strip().lower() for coding in codings] != ["chunked"] or "Content-Length" in headers:
        raise FramingError("the transfer encoding is not understood")
    return True


def _length(headers: Message) -> int:
    lengths = set(headers.get_all("Content-Length", ["0"]))
    if len(lengths) != 1:
        raise FramingError("more than one content length")
    length = lengths.pop().strip()
    if not re.fullmatch(r"[0-9]{1,18}", length):
        raise FramingError("the content length is not a number")
    return int(length)


def _chunk_size(line: bytes) -> int:
    size = line.partition(b";")[0].strip()
    if not re.fullmatch(rb"[0-9A-Fa-f]{1,15}", size):
        raise FramingError("the size of a chunk is not a number")
    return int(size, 16)

"""A server that does what it is told, byte by byte: for what a well-behaved one cannot show.

A script is a row of steps for one exchange, begun when the request's head has been read. Uploads
and status calls each have a row of scripts; the last of a row is used for all that follow.
"""

import contextlib
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Sequence
from typing import Any, Self

FILE_ID = "12a9760f-b165-4404-91d0-a65d4c0078f5"
PATIENCE = 20.0
"""Seconds after which a test that hangs is given up."""


class Exchange:
    """One request as it came in, and the connection it came on."""

    def __init__(self, connection: socket.socket, stopped: threading.Event) -> None:
        self.connection = connection
        self.head = b""
        self.body = bytearray()
        self.released = threading.Event()
        self._stopped = stopped

    @property
    def headers(self) -> dict[str, str]:
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}

    @property
    def line(self) -> str:
        return self.head.decode("latin-1").partition("\r\n")[0]

    @property
    def length(self) -> int:
        return int(self.headers.get("content-length", "0"))

    @property
    def end(self) -> bytes:
        """The closing boundary of this request's form."""
        return f"--{self.headers['content-type'].partition('boundary=')[2]}--\r\n".encode()

    @property
    def whole(self) -> bool:
        """Whether the form came in with its end, so that a service may have taken it."""
        return len(self.body) == self.length and self.body.endswith(self.end)

    def read_head(self) -> bool:
        data = bytearray()
        while b"\r\n\r\n" not in data:
            piece = self.connection.recv(65536)
            if not piece:
                return False
            data += piece
        head, _, rest = bytes(data).partition(b"\r\n\r\n")
        self.head, self.body = head, bytearray(rest)
        return True

    def read_until(self, count: int) -> None:
        """Read on until ``count`` bytes of the body are there, or no more come."""
        while len(self.body) < count and (piece := self.connection.recv(65536)):
            self.body += piece

    def wait(self, event: threading.Event) -> None:
        """Wait for an event of the test's, but never longer than the server lives."""
        while not event.wait(0.01) and not self._stopped.is_set():
            pass


Step = Callable[[Exchange], object]
Script = Sequence[Step]


def read_all(exchange: Exchange) -> None:
    """The whole body, as its Content-Length has it."""
    exchange.read_until(exchange.length)


def read(count: int) -> Step:
    """So many bytes of the body and not one call more."""
    return lambda exchange: exchange.read_until(count)


def read_but_end(exchange: Exchange) -> None:
    """All but the closing boundary."""
    exchange.read_until(exchange.length - len(exchange.end))


def send(data: bytes) -> Step:
    return lambda exchange: exchange.connection.sendall(data)


def answer(code: int, body: object = b"", **headers: str) -> Step:
    """A whole answer; a body that is no bytes goes as JSON. Underscores in header names are dashes."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return send(answer_bytes(code, data, **headers))


def answer_bytes(code: int, data: bytes, **headers: str) -> bytes:
    fields = {"Content-Type": "application/json", "Content-Length": str(len(data)), "Connection": "close"}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {code} Whatever", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode() + data


def reset(exchange: Exchange) -> None:
    """End the connection with RST: what was not read, and what was not delivered, is lost."""
    exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    exchange.connection.close()


def drain(exchange: Exchange) -> None:
    """Say that no more is written, and read on until the client ends."""
    exchange.connection.shutdown(socket.SHUT_WR)
    exchange.read_until(1 << 40)


def hang(exchange: Exchange) -> None:
    """Neither read nor write until the test releases the exchange or the server stops."""
    exchange.wait(exchange.released)


def close(exchange: Exchange) -> None:
    exchange.connection.close()


def envelope(data: dict[str, Any], message: str = "file status found", status: str = "Ok") -> dict[str, Any]:
    return {"status": status, "message": message, "data": data}


def taken(file_id: str = FILE_ID) -> Script:
    """An upload as it should be."""
    return (read_all, answer(200, envelope({"file_id": file_id}, "file queued for processing")))


def found(state: str = "FILE_TRANSCRIBED", **data: Any) -> Script:
    """A status answer."""
    return (answer(200, envelope({"processing_status": state, "audio_file_name": "rec", **data})),)


def finished(transcript: str = "Hello from the tests.", **data: Any) -> Script:
    return found(audio_transcript=transcript, processed_audio_duration_in_seconds=2, **data)


class RawServer:
    """The scripts on a port of this machine; a context manager. ``exchanges`` holds what came in."""

    def __init__(
        self,
        upload: Sequence[Script] = (),
        status: Sequence[Script] = (),
        *,
        tls: ssl.SSLContext | None = None,
        buffer: int | None = None,
        greeting: bytes = b"",
    ) -> None:
        self._scripts = {"POST": list(upload) or [taken()], "GET": list(status) or [finished()]}
        self._tls = tls
        self._stopped = threading.Event()
        self._changed = threading.Condition()
        self._threads: list[threading.Thread] = []
        self.exchanges: list[Exchange] = []
        self._listener = socket.socket()
        if buffer:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(16)
        self._greeting = greeting
        self.host = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.url = f"{'https' if tls else 'http'}://{self.host}"

    @property
    def uploads(self) -> list[Exchange]:
        """The forms that came in whole: each of them a service may have taken, and billed."""
        return [exchange for exchange in self.begun if exchange.whole]

    @property
    def begun(self) -> list[Exchange]:
        """The uploads of which at least the head came in."""
        return [exchange for exchange in self.exchanges if exchange.line.startswith("POST")]

    @property
    def looks(self) -> list[Exchange]:
        return [exchange for exchange in self.exchanges if exchange.line.startswith("GET")]

    def wait_for(self, what: Callable[[Self], object]) -> None:
        """Wait until the exchanges satisfy ``what``."""
        with self._changed:
            assert self._changed.wait_for(lambda: what(self), PATIENCE), "the client never came that far"

    def __enter__(self) -> Self:
        self._begin(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for exchange in self.exchanges:
            with contextlib.suppress(OSError):
                exchange.connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)

    def _begin(self, work: Callable[..., None], *arguments: object) -> None:
        self._threads.append(threading.Thread(target=work, args=arguments, daemon=True))
        self._threads[-1].start()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._begin(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            connection.sendall(self._greeting)
            exchange = Exchange(connection, self._stopped)
            if exchange.read_head():
                script = self._script(exchange)
                for step in script:
                    step(exchange)
                    self._tell()
        connection.close()

    def _script(self, exchange: Exchange) -> Script:
        with self._changed:
            self.exchanges.append(exchange)
            self._changed.notify_all()
            scripts = self._scripts[exchange.line.partition(" ")[0]]
            return scripts.pop(0) if len(scripts) > 1 else scripts[0]

    def _tell(self) -> None:
        with self._changed:
            self._changed.notify_all()

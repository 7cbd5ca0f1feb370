"""HTTP/1.1 as real clients speak it, and as hostile or dying ones do."""

import os
import socket
import struct
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

from intron_cli.core.clock import Clock
from intron_cli.sandbox.body import CHUNK_BYTES, BodyCutError, FramingError, RequestBody
from intron_cli.sandbox.line import SlowLine, SlowStream
from intron_cli.sandbox.log import Log, shown
from intron_cli.sandbox.reply import HangUpError, Reply, error
from intron_cli.sandbox.service import Request, Service

IDLE_SECONDS = 60
LINGER_SECONDS = 5
MOST_DRAINED = 2_000_000_000

_AT_ONCE = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
"""Not to linger at the end of a connection: what was not read or delivered is lost."""


class Handler(BaseHTTPRequestHandler):
    """One connection. The protocol is here; what is answered is the service's business."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    wbufsize = -1

    def __init__(self, service: Service, clock: Clock, log: Log, line: SlowLine | None, *connection: Any) -> None:
        self._service = service
        self._line = line
        self._clock = clock
        self._log = log
        super().__init__(*connection)

    def _serve(self) -> None:
        """Answer one request; a body that was cut off is answered by nothing and never taken in."""
        path, _, query = self._target()
        try:
            stream = SlowStream(self.rfile, self._line) if self._line else self.rfile
            body = RequestBody(stream, self.headers, ask=self._ask_for_body)
            request = Request(self.command, path, query, self.headers, body)
            reply = self._refuse_host() or self._service.answer(request)
        except HangUpError:
            self._log(f"{shown(self.command)} {shown(path)}: connection reset")
            self._reset()
        except FramingError as cause:
            self._send(error(400, str(cause)), path, whole=False)
        except BodyCutError:
            self._log(f"{self.command} {shown(path)}: cut off before its end, not taken in")
            self.close_connection = True
        else:
            self._send(reply, path, whole=body.exhausted)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve  # noqa: N815 - its base's names

    def _target(self) -> tuple[str, str, str]:
        """Path and query; of an address in full, which HTTP allows, the same."""
        target = self.path
        if not target.startswith("/"):
            with suppress(ValueError):
                parts = urlsplit(target)
                return parts.path, "?", parts.query
        return target.partition("#")[0].partition("?")

    def _refuse_host(self) -> Reply | None:
        """Only this machine's own names: a web page whose name was rebound to it gets nothing."""
        hosts = self.headers.get_all("Host", [])
        if len(hosts) != 1:
            return error(400, "one Host header is required")
        port = self.connection.getsockname()[1]
        allowed = {f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")}
        if port == 80:
            allowed |= {"127.0.0.1", "localhost", "[::1]"}
        if hosts[0].strip().lower() in allowed:
            return None
        return error(421, "the sandbox answers only to 127.0.0.1 and localhost")

    def handle_expect_100(self) -> bool:
        """The go-ahead is not given here but when somebody wants to read the body."""
        return True

    def _ask_for_body(self) -> None:
        expectation = self.headers.get("Expect", "").strip().lower()
        if expectation == "100-continue" and self.request_version >= "HTTP/1.1":
            self.send_response_only(HTTPStatus.CONTINUE)
            self.end_headers()
            self.wfile.flush()

    def _send(self, reply: Reply, path: str, *, whole: bool) -> None:
        """Write an answer; ``whole`` says that nothing of the request's body is left unread."""
        self._log(f"{shown(self.command)} {shown(path)} {reply.status}")
        body = reply.body()
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if not whole or reply.cut or self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: len(body) // 2] if reply.cut else body)
        self.wfile.flush()
        self.close_connection = self.close_connection or reply.cut
        if not whole:
            self._drain()

    def _reset(self) -> None:
        """Close so that the client is told of it by a reset, whatever it is doing."""
        self.close_connection = True
        with suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            # Its files may stay open: with the descriptor gone they have nothing left to write to.
            socket.close(self.connection.detach())

    def _drain(self) -> None:
        """Read on after an early answer, then close.

        Closing with bytes unread would reset the connection, and a client that is still sending
        would see the reset instead of the answer.
        """
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(LINGER_SECONDS)
            left = MOST_DRAINED
            while left > 0 and (piece := self.connection.recv(CHUNK_BYTES)):
                left -= len(piece)
                if self._line:
                    self._line.take(len(piece))

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Requests that the base class cannot read: answered in the envelope, not in HTML."""
        del message, explain
        self.command = self.command or "?"
        self.request_version = self.protocol_version
        with suppress(ValueError):
            self._send(error(code, HTTPStatus(code).phrase.lower()), "?", whole=False)

    def version_string(self) -> str:
        return "intron-sandbox"

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string(self._clock.now() if timestamp is None else timestamp)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its base's signature
        """The base class would write to stderr, and with the request line as it came."""

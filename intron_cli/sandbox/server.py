"""The stand-in as a whole: its options, its socket and its life."""

import os
import socket
import socketserver
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

from intron_cli.core.catalog import CATALOG, Catalog
from intron_cli.core.clock import Clock
from intron_cli.sandbox.handler import Handler
from intron_cli.sandbox.line import SlowLine
from intron_cli.sandbox.log import Log, silent
from intron_cli.sandbox.options import SandboxOptions
from intron_cli.sandbox.recogniser import Recogniser
from intron_cli.sandbox.scenes import read_scene
from intron_cli.sandbox.service import Service

__all__ = ["SandboxOptions", "SandboxServer", "silent"]

HOST = "127.0.0.1"

_GOODBYE_SECONDS = 2.0
_SMALL_BUFFER = 16 * 1024
_SMALL_SEGMENT = 1460
"""Bytes, as outside this machine; after them the client's system measures how much it takes on ahead of the line."""


class SandboxServer:
    """The stand-in on a port of this machine, from ``start`` (or ``with``) to ``stop``.

    ``log`` gets a line for each event, from several threads; a line never holds a key or a word of
    a transcript. ``recogniser`` hears what nobody wrote down; it is closed when the sandbox stops.
    Raises OSError where the port cannot be had.
    """

    def __init__(
        self,
        options: SandboxOptions,
        *,
        clock: Clock,
        log: Log = silent,
        catalog: Catalog = CATALOG,
        recogniser: Recogniser | None = None,
    ) -> None:
        self._options = options
        self._clock = clock
        self._log = log
        self._catalog = catalog
        self._recogniser = recogniser
        self._service: Service | None = None
        self._listener: _Listener | None = None
        self._spool: tempfile.TemporaryDirectory[str] | None = None
        self._line: SlowLine | None = None

    @property
    def url(self) -> str:
        """The address, known once the server has started."""
        if self._listener is None:
            raise RuntimeError("the sandbox is not running")
        return f"http://{HOST}:{self._listener.server_port}"

    def start(self) -> Self:
        # mkdtemp makes the folder for its owner alone: what lies in it was said by patients.
        spool = tempfile.TemporaryDirectory(prefix="intron-sandbox-", ignore_cleanup_errors=True)
        service = Service(
            self._options,
            spool=Path(spool.name),
            clock=self._clock,
            catalog=self._catalog,
            log=self._log,
            recogniser=self._recogniser,
        )
        bandwidth = self._options.bandwidth
        self._line = SlowLine(bandwidth, self._clock) if bandwidth else None
        handler = partial(Handler, service, self._clock, self._log, self._line)
        try:
            self._listener = _Listener((HOST, self._options.port), handler, self._log, buffer=_buffer(self._options))
        except BaseException:
            service.close()
            spool.cleanup()
            raise
        self._spool = spool
        self._service = service
        threading.Thread(target=self._listener.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def stop(self) -> None:
        """End all connections and remove what was uploaded. Harmless when not running."""
        if self._line is not None:
            self._line.close()
        if self._listener is not None:
            self._listener.shutdown()
            self._listener.server_close()
            self._listener.hang_up()
            self._listener = None
        if self._service is not None:
            self._service.close()
            self._service = None
        if self._spool is not None:
            self._spool.cleanup()
            self._spool = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _buffer(options: SandboxOptions) -> int | None:
    """A small one where a form is to come slowly or not to its end: else all of it were on its way at once."""
    cuts = any(read_scene(text)[0].cuts_form for text in options.scenes)
    return _SMALL_BUFFER if cuts or options.bandwidth else None


class _Listener(ThreadingHTTPServer):
    """A thread for each connection; quiet about clients that go away."""

    daemon_threads = True
    request_queue_size = 128
    # On Windows the option means that another program may take over the port.
    allow_reuse_address = os.name != "nt"

    def __init__(
        self, address: tuple[str, int], handler: Callable[..., Handler], log: Log, *, buffer: int | None = None
    ) -> None:
        self._log = log
        self._buffer = buffer
        self._open: dict[Any, threading.Thread] = {}
        super().__init__(address, cast("type[Handler]", handler))

    def server_bind(self) -> None:
        """The base class would ask the resolver for the host's full name, which may leave the machine."""
        if self._buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._buffer)
            if hasattr(socket, "TCP_MAXSEG"):
                with suppress(OSError):
                    self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, _SMALL_SEGMENT)
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.socket.getsockname()[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        thread = threading.Thread(target=self.process_request_thread, args=(request, client_address), daemon=True)
        self._open[request] = thread
        thread.start()

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        self._open.pop(request, None)

    def hang_up(self) -> None:
        """Shut what is still connected, so that its threads end and let go of their files."""
        for connection, thread in list(self._open.items()):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            thread.join(_GOODBYE_SECONDS)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell by its kind what went wrong: a traceback could show what a request held."""
        del request, client_address
        error = sys.exception()
        if not isinstance(error, ConnectionError | TimeoutError):
            self._log(f"a request failed: {type(error).__name__}")

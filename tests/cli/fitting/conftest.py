"""Recordings of a few seconds, and the program before a stand-in that keeps what it was sent."""

import http.server
import math
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from clock import FakeClock
from harness import Cli
from rawserver import Exchange, RawServer

RATE = 16_000


def sound(seconds: float) -> bytes:
    """A rising tone, 16 bits mono, which no coder takes for silence."""
    count = round(seconds * RATE)
    return struct.pack(f"<{count}h", *(round(9000 * math.sin(n * (0.1 + n / 4e7))) for n in range(count)))


def wav(seconds: float) -> bytes:
    data = sound(seconds)
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16,
                       b"data", len(data))  # fmt: skip
    return head + data


def au(seconds: float) -> bytes:
    """The same in a container that the service does not list."""
    data = sound(seconds)
    swapped = struct.pack(f">{len(data) // 2}h", *struct.unpack(f"<{len(data) // 2}h", data))
    return struct.pack(">4sIIIII", b".snd", 24, len(swapped), 3, RATE, 1) + swapped


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "visit.wav"
    path.write_bytes(wav(6))
    return path


@pytest.fixture
def unlisted(tmp_path: Path) -> Path:
    path = tmp_path / "visit.au"
    path.write_bytes(au(6))
    return path


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer() as server:
        yield server


@pytest.fixture
def cli(tmp_path: Path, server: RawServer, clock: FakeClock) -> Cli:
    return Cli(tmp_path / "home", server.url, clock)


def part(exchange: Exchange) -> tuple[str, bytes]:
    """The file name and the bytes of what was sent."""
    boundary = exchange.headers["content-type"].partition("boundary=")[2].encode()
    piece = bytes(exchange.body).split(b"--" + boundary)[-2]
    head, _, data = piece.partition(b"\r\n\r\n")
    return head.decode().partition('filename="')[2].partition('"')[0], data.removesuffix(b"\r\n")


def left_in(cli: Cli) -> list[str]:
    """Temporary audio in the state folder."""
    return [path.name for path in (cli.home / "state").iterdir() if "audio" in path.name or path.suffix == ".tmp"]


class Shop(http.server.BaseHTTPRequestHandler):
    """Serves ``content``, or another for each ``id`` in the query, and remembers what it was asked with."""

    content = b""
    url = ""
    seen: list[dict[str, str]] = []  # noqa: RUF012 - the handler's class is made for each test

    def do_GET(self) -> None:
        self.seen.append(dict(self.headers.items()))
        number = self.path.partition("id=")[2]
        content = wav(3 + int(number)) if number else self.content
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its base's signature
        """Nothing."""


@pytest.fixture
def shop() -> Iterator[type[Shop]]:
    handler = type("ThisShop", (Shop,), {"content": wav(3), "seen": [], "url": ""})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    handler.url = f"http://user:secret@127.0.0.1:{server.server_port}/calls/visit.wav?token=secret"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield handler
    server.shutdown()
    server.server_close()

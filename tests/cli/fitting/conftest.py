"""Recordings of a few seconds, and the program before a stand-in that keeps what it was sent."""

import math
import struct
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

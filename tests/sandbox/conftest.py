"""A sandbox on a real socket, with a clock that no test waits for."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from clock import FakeClock
from sandbox.client import Client, StartSandbox

from intron_cli.sandbox.answers import bundled_recording
from intron_cli.sandbox.recogniser import Recogniser
from intron_cli.sandbox.server import SandboxOptions, SandboxServer


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def log() -> list[str]:
    """The lines that the sandboxes of a test logged."""
    return []


@pytest.fixture
def start(clock: FakeClock, log: list[str]) -> Iterator[StartSandbox]:
    """Starts a sandbox with the options given and hands out a client of it."""
    with ExitStack() as running:

        def begin(recogniser: Recogniser | None = None, **options: Any) -> Client:
            server = SandboxServer(SandboxOptions(**options), clock=clock, log=log.append, recogniser=recogniser)
            return Client(running.enter_context(server).url)

        yield begin


@pytest.fixture
def client(start: StartSandbox) -> Client:
    """A client of a sandbox as it is when nothing is set, with repeatable ids."""
    return start(seed=1)


@pytest.fixture(scope="session")
def bundled() -> bytes:
    return bundled_recording().read_bytes()

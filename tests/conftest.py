"""What the tests share."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from clock import FakeClock
from harness import Cli

from intron_cli.sandbox.answers import bundled_recording
from intron_cli.sandbox.server import SandboxOptions, SandboxServer


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def sandbox(clock: FakeClock) -> Iterator[SandboxServer]:
    """A stand-in for the service on the tests' clock."""
    with SandboxServer(SandboxOptions(seed=1), clock=clock) as server:
        yield server


@pytest.fixture
def cli(tmp_path: Path, sandbox: SandboxServer, clock: FakeClock) -> Cli:
    """The program, pointed at the sandbox."""
    return Cli(tmp_path / "home", sandbox.url, clock)


@pytest.fixture
def visit(tmp_path: Path) -> Path:
    """The bundled recording, whose transcript the sandbox knows."""
    path = tmp_path / "visit.mp3"
    with bundled_recording().open("rb") as source, path.open("wb") as target:
        shutil.copyfileobj(source, target)
    return path

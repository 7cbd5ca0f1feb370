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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="a skipped test fails the run")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.getoption("--no-skips") and terminalreporter.stats.get("skipped"):
        terminalreporter.section("skipped, and no skips are allowed")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.config.getoption("--no-skips") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED

"""A ledger, what can be claimed in it, and the program against a scripted server."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from clock import FakeClock
from harness import Cli, write_wav
from rawserver import RawServer

from intron_cli.core.request import Request
from intron_cli.jobs.attempt import Attempt, Claim
from intron_cli.jobs.ledger import Ledger

OpenLedger = Callable[[], Ledger]


def claim_of(*outputs: str, job: str = "job", source_id: str = "5" * 64, counts_for: float = 1e9) -> Claim:
    return Claim(
        job=job,
        request=Request(outputs=outputs),
        source_id=source_id,
        source_name="visit.wav",
        service="https://infer.intron.health",
        host="infer.intron.health",
        key_print="0123456789abcdef",
        source_path="/recordings/visit.wav",
        bytes=32044,
        duration_seconds=2.0,
        counts_for=counts_for,
    )


@pytest.fixture
def open_ledger(tmp_path: Path, clock: FakeClock) -> Iterator[OpenLedger]:
    """Opens the ledger of one folder, each time as another process would."""
    with ExitStack() as opened:

        def begin() -> Ledger:
            ledger = Ledger(tmp_path / "state", clock)
            opened.callback(ledger.close)
            return ledger

        yield begin


@pytest.fixture
def ledger(open_ledger: OpenLedger) -> Ledger:
    return open_ledger()


class At:
    """``intron`` in a home of its own, pointed at one server after another."""

    def __init__(self, home: Path, clock: FakeClock) -> None:
        self.home = home
        self.clock = clock
        self.recording = write_wav(home.parent / "visit.wav")

    def cli(self, server: RawServer) -> Cli:
        return Cli(self.home, server.url, self.clock)

    def attempts(self) -> list[Attempt]:
        ledger = Ledger(self.home / "state", self.clock)
        try:
            with sqlite3.connect(ledger.path) as database:
                numbers = [row[0] for row in database.execute("SELECT id FROM attempt ORDER BY id")]
            database.close()
            return [ledger.attempt(number) for number in numbers]
        finally:
            ledger.close()

    @property
    def states(self) -> list[str]:
        return [attempt.state for attempt in self.attempts()]


@pytest.fixture
def at(tmp_path: Path, clock: FakeClock) -> At:
    return At(tmp_path / "home", clock)

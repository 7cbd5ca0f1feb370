"""From a source to what is handed over, and what is told meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from clock import FakeClock
from harness import KEY, write_wav

from intron_cli.audio import shrinking
from intron_cli.config.settings import Settings
from intron_cli.core.catalog import CATALOG
from intron_cli.core.record import Record, Source
from intron_cli.jobs.fitting import Shrinking
from intron_cli.jobs.item import Item, Order
from intron_cli.jobs.preparing import Preparer, Ready
from intron_cli.jobs.session import Session
from intron_cli.output.progress import Reporter
from intron_cli.output.terminal import Streams, Terminal


class Told(Reporter):
    """Keeps what is said to be done before an upload."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(Terminal(Streams.test()), clock)
        self.what: list[str] = []

    def preparing(self, item: int, source: Source, what: str, count: int = 0) -> None:
        self.what.append(what)


@pytest.fixture
def session(tmp_path: Path, clock: FakeClock) -> Iterator[Session]:
    state = tmp_path / "state"
    env = {"INTRON_STATE": str(state), "INTRON_CONFIG": str(tmp_path / "c.toml"), "INTRON_API_KEY": KEY}
    small = Shrinking("always", shrinking.installed() or pytest.fail("the extra audio is missing"), state)
    session = Session(Settings(env), clock, CATALOG, Told(clock), shrinking=small)
    yield session
    session.close()


def test_what_was_done_is_over_before_it_is_sent(session: Session, tmp_path: Path) -> None:
    """Else it would stand beside its own upload."""
    path = write_wav(tmp_path / "visit.wav", 6)
    ready = Preparer(session, Order()).prepare(Item(0, str(path), Record("not_sent", Source(str(path)))))
    assert isinstance(ready, Ready)
    assert isinstance(session.events, Told)
    assert session.events.what == ["shrinking", ""]
    ready.files.close()

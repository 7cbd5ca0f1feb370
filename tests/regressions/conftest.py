"""``intron`` in homes of its own, what its state folder holds, and a kill at the call that puts a file in place."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from clock import FakeClock
from harness import Cli, write_wav
from rawserver import PATIENCE, RawServer

KILLED = 99

_KILLED_AT_A_RENAME = """
import os, sys
from intron_cli.app import main

def hook(event, values):
    if event in ("os.rename", "os.link") and os.fsdecode(values[1]).endswith({ending!r}):
        os._exit({code})

sys.addaudithook(hook)
sys.exit(main({arguments!r}))
"""


class At:
    """One home, pointed at one server after another; its ledger can be looked into and damaged."""

    def __init__(self, home: Path, clock: FakeClock) -> None:
        self.home = home
        self.clock = clock

    def cli(self, server: RawServer | None = None) -> Cli:
        return Cli(self.home, server.url if server else "http://127.0.0.1:9", self.clock)

    @property
    def ledger(self) -> Path:
        return self.home / "state" / "ledger.db"

    def sql(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """What a statement comes to in the ledger's file."""
        database = sqlite3.connect(self.ledger)
        try:
            with database:
                return database.execute(statement, values).fetchall()
        finally:
            database.close()

    def kept_bytes(self) -> bytes:
        """All that lies in the state folder."""
        return b"".join(path.read_bytes() for path in sorted((self.home / "state").rglob("*")) if path.is_file())

    def killed_before(self, ending: str, server: RawServer, *arguments: object) -> None:
        """Run a process of its own that dies as it puts the file with that ending in its place."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("INTRON_")}
        ours = {"INTRON_RATE": "30/0.6s", "INTRON_STATUS_INTERVAL": "0s"}
        code = _KILLED_AT_A_RENAME.format(ending=ending, code=KILLED, arguments=[str(word) for word in arguments])
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=kept | self.cli(server).env | ours,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == KILLED, done.stderr.decode()


@pytest.fixture
def at(tmp_path: Path, clock: FakeClock) -> At:
    return At(tmp_path / "home", clock)


@pytest.fixture
def elsewhere(tmp_path: Path, clock: FakeClock) -> At:
    """Another machine: a home that knows nothing of the first one's."""
    return At(tmp_path / "elsewhere", clock)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write_wav(tmp_path / "visit.wav")


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Another recording."""
    return write_wav(tmp_path / "other.wav", 3)


@pytest.fixture
def bare(at: At) -> Cli:
    """The program with nothing set but where its files are."""
    cli = at.cli()
    for name in ("INTRON_API_KEY", "INTRON_BASE_URL"):
        del cli.env[name]
    return cli


def settings_file(cli: Cli, text: str) -> Path:
    """Write the settings by hand, their owner's alone."""
    path = Path(cli.env["INTRON_CONFIG"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)
    return path

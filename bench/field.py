"""What the benchmarks of batches, lost connections and killed processes run on: recordings, a sandbox, processes."""

import hashlib
import json
import os
import random
import sqlite3
import subprocess
import sys
import urllib.request
import wave
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from intron_cli.core.clock import SystemClock
from intron_cli.sandbox.server import SandboxOptions, SandboxServer

MOST_SECONDS = 60.0

Row = tuple[str, object, str, bool]
"""What was measured, its value, its bar in words, whether it is met."""


class Field:
    """A sandbox by the system's clock and a place for recordings, answers, state and results."""

    def __init__(self, folder: Path, server: SandboxServer, rate: str, looks: str) -> None:
        self.folder = folder
        self.server = server
        self.results = folder / "results"
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self._rate = rate
        self._looks = looks

    def environment(self, state: Path | None = None) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("INTRON_", "SAHARA_"))}
        return kept | {
            "INTRON_BASE_URL": self.server.url, "INTRON_API_KEY": "bench-key", "INTRON_RATE": self._rate,
            "INTRON_STATUS_INTERVAL": self._looks, "INTRON_CONFIG": str(self.folder / "none.toml"),
            "INTRON_STATE": str(state or self.folder / "state"), "TMPDIR": str(self.temporary),
        }  # fmt: skip

    def start(self, *arguments: object, state: Path | None = None) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "intron_cli", *map(str, arguments)]
        return subprocess.Popen(
            command, env=self.environment(state), cwd=self.folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def stats(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.server.url}/sandbox/stats") as answer:
            told: dict[str, Any] = json.load(answer)
        return told

    def uploads(self) -> dict[str, int]:
        """How often the service took each recording in, by its hash."""
        found: dict[str, int] = self.stats()["uploads"]
        return found

    def recording(self, number: int, seconds: float = 2.0, within: str = "") -> Path:
        """A recording that no other number has: noise, with a transcript that says which it is."""
        path = self.folder / within / f"visit-{number}.wav"
        path.parent.mkdir(exist_ok=True)
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(random.Random(number).randbytes(2 * round(8000 * seconds)))
        (self.folder / "answers" / f"{digest(path)}.txt").write_text(spoken(number))
        return path

    def recordings(self, name: str, numbers: Iterable[int], seconds: float = 2.0) -> Path:
        """A folder of them."""
        for number in numbers:
            self.recording(number, seconds, name)
        return self.folder / name


def sources(folder: Path) -> list[Path]:
    """How the recordings of a folder are named on the command line."""
    return [folder]


def spoken(number: int) -> str:
    return f"This is recording {number}. " + "The patient slept well. " * 40


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def ended(process: subprocess.Popen[bytes], within: float = MOST_SECONDS) -> int:
    """Its exit code; one that takes longer than so many seconds is killed, and that is an error."""
    try:
        return process.wait(within)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise


@contextmanager
def field(rate: str, looks: str = "0s", **options: Any) -> Iterator[Field]:
    """A field until the end of the block, with these options of the sandbox and this pace of the client's."""
    with TemporaryDirectory(prefix="intron-bench-") as name:
        folder = Path(name).resolve()
        (folder / "answers").mkdir()
        with SandboxServer(SandboxOptions(answers=folder / "answers", **options), clock=SystemClock()) as server:
            yield Field(folder, server, rate, looks)


def undecided(state: Path) -> set[int]:
    """The ledger's rows that may have been uploaded, where no process is at work."""
    path = state / "ledger.db"
    if not path.exists():
        return set()
    database = sqlite3.connect(path)
    try:
        return {int(row[0]) for row in database.execute("SELECT id FROM attempt WHERE state = 'handed_over'")}
    except sqlite3.OperationalError:  # killed before it had a table
        return set()
    finally:
        database.close()


def table(rows: Sequence[Row]) -> str:
    lines = ["| measured | value | bar | met |", "| --- | --- | --- | --- |"]
    return "\n".join([*lines, *(f"| {name} | {value} | {bar} | {'yes' if met else 'NO'} |"
                                for name, value, bar, met in rows)])  # fmt: skip

"""The program before a sandbox that goes wrong, and what both of them know afterwards."""

import hashlib
import json
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from clock import FakeClock
from harness import Cli, Result, write_wav

from intron_cli.jobs.attempt import Attempt
from intron_cli.jobs.ledger import Ledger
from intron_cli.sandbox.server import SandboxOptions, SandboxServer

SPOKEN = "The lithium carbonate of Zanzibar was doubled."
"""A transcript that nothing else would say."""

EARLY = ("reset-before", "reset-middle", "reset-before-end")
"""Scenes that meet a recording on its way only if it is larger than the buffers between both ends."""


class Scenery:
    """A sandbox with scenes, the program pointed at it, and one recording with a transcript."""

    def __init__(self, folder: Path, clock: FakeClock, *scenes: str) -> None:
        self.home = folder / "home"
        self.clock = clock
        self.log: list[str] = []
        large = any(scene.partition("=")[0] in EARLY for scene in scenes)
        self.recording = write_wav(folder / "Ngozi Okafor 1980.wav", 300 if large else 2, 16_000 if large else 8_000)
        self.answers = folder / "answers"
        self.answers.mkdir()
        digest = hashlib.sha256(self.recording.read_bytes()).hexdigest()
        (self.answers / f"{digest}.txt").write_text(SPOKEN)
        options = SandboxOptions(seed=1, scenes=scenes, answers=self.answers)
        self.server = SandboxServer(options, clock=clock, log=self.log.append)

    def __call__(self, *arguments: object, url: str | None = None, **more: Any) -> Result:
        """Transcribe the recording, for ten minutes at most."""
        cli = Cli(self.home, url or self.server.url, self.clock)
        return cli("transcribe", self.recording, "--summary", "--timeout", "10m", *arguments, **more)

    @property
    def stats(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.server.url}/sandbox/stats") as answer:
            told: dict[str, Any] = json.load(answer)
        return told

    @property
    def uploads(self) -> int:
        """How often the service took the recording in."""
        return sum(self.stats["uploads"].values())

    @property
    def attempts(self) -> list[Attempt]:
        ledger = Ledger(self.home / "state", self.clock)
        try:
            return ledger.all()
        finally:
            ledger.close()

    @property
    def state(self) -> str:
        """The state of the latest attempt, which nobody owns any more."""
        latest = self.attempts[-1]
        assert latest.owner is None
        return latest.state


SetScene = Callable[..., Scenery]


@pytest.fixture
def scenery(tmp_path: Path, clock: FakeClock) -> Iterator[SetScene]:
    """Starts a sandbox with the scenes given."""
    with ExitStack() as running:

        def begin(*scenes: str) -> Scenery:
            scenery = Scenery(tmp_path, clock, *scenes)
            running.enter_context(scenery.server)
            return scenery

        yield begin

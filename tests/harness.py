"""The whole program in one process: real files, the real sandbox over a real socket, a clock that takes no time."""

import io
import json
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clock import FakeClock

from intron_cli import app
from intron_cli.audio import counting, shrinking
from intron_cli.audio.counting import Counter
from intron_cli.audio.shrinking import Shrinker
from intron_cli.commands.program import Program
from intron_cli.core.catalog import CATALOG, Catalog
from intron_cli.output.formats import FORMATS, Formats
from intron_cli.output.terminal import Streams

KEY = "sandbox-key-for-the-tests"


@dataclass(frozen=True)
class Result:
    """What a command line came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Cli:
    """``intron`` with a state and a settings file of its own, pointed at ``url``."""

    def __init__(self, home: Path, url: str, clock: FakeClock) -> None:
        self.home = home
        self.clock = clock
        self.catalog: Catalog = CATALOG
        self.formats: Formats = FORMATS
        self.counter: Counter | None = counting.installed()
        self.shrinker: Shrinker | None = shrinking.installed()
        self.env = {
            "INTRON_STATE": str(home / "state"),
            "INTRON_CONFIG": str(home / "config.toml"),
            "INTRON_BASE_URL": url,
            "INTRON_API_KEY": KEY,
        }

    def __call__(self, *arguments: object, stdin: bytes = b"", tty: bool = False, columns: int = 80) -> Result:
        streams = Streams.test(stdin, tty=tty, columns=columns)
        program = Program(
            env=self.env, streams=streams, clock=self.clock, catalog=self.catalog, own_formats=self.formats,
            counter=lambda: self.counter, shrinker=lambda: self.shrinker,
        )  # fmt: skip
        code = app.run([str(argument) for argument in arguments], program)
        return Result(code, _text(streams.stdout), _text(streams.stderr))


def _text(stream: object) -> str:
    assert isinstance(stream, io.BytesIO)
    return stream.getvalue().decode()


def write_wav(path: Path, seconds: float = 2.0, rate: int = 8000) -> Path:
    """A WAV of silence, 16 bits mono."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(bytes(2 * round(seconds * rate)))
    return path

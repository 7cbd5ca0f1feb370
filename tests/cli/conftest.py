"""The program against stand-ins with options, and as a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from clock import FakeClock
from harness import KEY, Cli, Result
from rawserver import PATIENCE

from intron_cli.sandbox.server import SandboxOptions, SandboxServer

CliAt = Callable[..., Cli]
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def cli_at(tmp_path: Path, clock: FakeClock) -> Iterator[CliAt]:
    """The program in one home, pointed at a URL or at a sandbox with the options given."""
    with ExitStack() as running:

        def begin(url: str | None = None, **options: Any) -> Cli:
            if url is None:
                url = running.enter_context(SandboxServer(SandboxOptions(seed=1, **options), clock=clock)).url
            return Cli(tmp_path / "home", url, clock)

        yield begin


def one_line(found: Result) -> str:
    """The only line that a failed command said: no result, no traceback, no key."""
    assert found.out == ""
    assert found.err.count("\n") == 1, found.err
    assert found.err.startswith("error: ")
    assert "Traceback" not in found.err
    assert KEY not in found.err
    return found.err


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts ``intron`` as a process, with a home of its own, quick looks, and nothing of this machine's settings."""
    running: list[subprocess.Popen[bytes]] = []

    def begin(
        *arguments: object, url: str = "http://127.0.0.1:9", stdin: int = subprocess.DEVNULL, **env: str
    ) -> subprocess.Popen[bytes]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("INTRON_", "PYTHON"))}
        home = {"INTRON_STATE": str(tmp_path / "home" / "state"), "INTRON_CONFIG": str(tmp_path / "home" / "c.toml")}
        ours = {"INTRON_BASE_URL": url, "INTRON_API_KEY": KEY, "INTRON_RATE": "30/0.6s", "INTRON_STATUS_INTERVAL": "0s"}
        process = subprocess.Popen(
            [sys.executable, "-m", "intron_cli", *map(str, arguments)],
            env=kept | home | ours | {"HOME": str(tmp_path / "home")} | env,
            stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        running.append(process)
        return process

    yield begin
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


def ended(process: subprocess.Popen[bytes]) -> Result:
    """What a process came to."""
    out, err = process.communicate(timeout=PATIENCE)
    return Result(process.returncode, out.decode(), err.decode())

"""Some recordings in folders, and the program before a sandbox that knows what is said in them."""

import json
import shutil
import urllib.request
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cli.conftest import CliAt
from harness import Cli, write_wav


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """Five recordings in two folders, two of them the same bytes, and what is no recording."""
    folder = tmp_path / "calls"
    (folder / "monday").mkdir(parents=True)
    for number, name in enumerate(("a.wav", "b.WAV", "monday/c.wav", "monday/d.wav")):
        write_wav(folder / name, 2 + number)
    shutil.copy(folder / "a.wav", folder / "monday" / "again.wav")
    (folder / "readme.txt").write_text("no recording")
    return folder


@pytest.fixture
def cli(calls: Path, cli_at: CliAt, tmp_path: Path) -> Cli:
    """The program before a sandbox that knows what is said in each of them."""
    answers = tmp_path / "answers"
    answers.mkdir()
    for path in calls.rglob("*.[wW][aA][vV]"):
        (answers / f"{sha256(path.read_bytes()).hexdigest()}.txt").write_text(f"This is {path.stem}.")
    return cli_at(answers=answers)


def stats(cli: Cli) -> dict[str, Any]:
    with urllib.request.urlopen(f"{cli.env['INTRON_BASE_URL']}/sandbox/stats") as answer:
        told: dict[str, Any] = json.load(answer)
    return told


def uploads(cli: Cli) -> int:
    return sum(stats(cli)["uploads"].values())


def requests(cli: Cli) -> int:
    return len(stats(cli)["requests"])


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())

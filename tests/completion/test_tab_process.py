"""TAB as a process: what it loads, and that it touches nothing."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from intron_cli.app import COMMANDS
from intron_cli.commands.shells import SHELLS, Shell

THIRD_PARTIES = ("httpx", "rich", "pydantic", "tomlkit", "platformdirs")
OURS = ("intron_cli.jobs", "intron_cli.api", "intron_cli.audio", "intron_cli.core.record", "intron_cli.config.settings")

# Tells each thing that a program does to its surroundings, as the interpreter itself sees it.
_WATCHED = """
import json, runpy, sys
told = ("open", "socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec", "os.mkdir",
        "os.posix_spawn", "os.fork", "os.rename", "os.remove", "sqlite3.connect")
def tell(event, arguments):
    if event in told:
        print(json.dumps([event, str(arguments[0])]), file=sys.__stderr__, flush=True)
sys.argv = ["intron"]
sys.addaudithook(tell)
runpy.run_module("intron_cli", run_name="__main__")
"""


def environment(shell: Shell, words: list[str], **more: str) -> dict[str, str]:
    sent = f"intron {shlex.join(words)}" if shell == "bash" else "\x1f".join(words)
    ours = {name: value for name, value in os.environ.items() if not name.startswith("INTRON_")}
    return {**ours, "_INTRON_COMPLETE": shell, "_INTRON_WORDS": sent, **more}


def run(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], env=env, capture_output=True, text=True, timeout=60, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("words", [["transcribe", "--so"], ["transcribe", "--category", "tele"], ["tran"]])
def test_tab_loads_nothing_heavy(shell: Shell, words: list[str]) -> None:
    """Neither what speaks HTTP, reads recordings or draws, nor the ledger, nor the settings."""
    offers, loaded = loading(shell, words)
    assert len(offers) == 1
    assert sorted(name for name in loaded if name.startswith((*THIRD_PARTIES, "sqlite3", *OURS))) == []


LEAVES = [[row.name, *below] for row in COMMANDS for below in ([[sub.name] for sub in row.subcommands] or [[]])]


@pytest.mark.parametrize("command", LEAVES, ids=" ".join)
def test_the_options_of_a_command_load_nothing_heavy(command: list[str]) -> None:
    """A command's file is loaded by TAB; what only its body needs is imported there."""
    offers, loaded = loading("fish", [*command, "--"])
    assert any(offer.startswith("--help\t") for offer in offers)
    assert (
        sorted(name for name in loaded if name.startswith((*THIRD_PARTIES, "intron_cli.jobs", "intron_cli.api"))) == []
    )


def loading(shell: Shell, words: list[str]) -> tuple[list[str], set[str]]:
    """What TAB offers, and the modules that it took."""
    done = run("-X", "importtime", "-m", "intron_cli", env=environment(shell, words))
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "typer" in loaded
    return done.stdout.splitlines(), loaded


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("words", "offer"), [(["upload", "-c", "tele"], "telehealth"), (["config", "set", "la"], "language")]
)
def test_tab_touches_nothing(tmp_path: Path, shell: Shell, words: list[str], offer: str) -> None:
    """Broken settings are not read, their command for the key is not run, no folder is made, nobody is called."""
    ran = tmp_path / "ran"
    config = tmp_path / "config.toml"
    text = f'api_key_command = ["touch", {json.dumps(str(ran))}]\nlanguage = \n'
    config.write_text(text)
    config.chmod(0o666)
    home = {name: str(tmp_path) for name in ("HOME", "USERPROFILE", "XDG_CONFIG_HOME", "XDG_STATE_HOME")}
    places = {"INTRON_CONFIG": str(config), "INTRON_STATE": str(tmp_path / "state")}
    done = run("-c", _WATCHED, env=environment(shell, words, **home, **places))
    assert done.returncode == 0
    assert done.stdout.partition("\t")[0] == offer
    events = [json.loads(line) for line in done.stderr.splitlines()]
    assert {event for event, _ in events} <= {"open"}
    assert [path for _, path in events if path.startswith(str(tmp_path))] == []
    assert list(tmp_path.iterdir()) == [config]


def test_tab_ends_well_where_nobody_reads() -> None:
    """A shell that has gone away is told nothing."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as gone:
        done = subprocess.run(
            [sys.executable, "-m", "intron_cli"], env=environment("fish", ["transcribe", "-"]),
            stdout=gone, stderr=subprocess.PIPE, timeout=60, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")

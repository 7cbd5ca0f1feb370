"""``sandbox``, ``demo``, ``outputs`` and ``completion``."""

import http.client
import re
import signal
import socket
import sys
from pathlib import Path

import pytest
from harness import Cli, write_wav
from rawserver import PATIENCE

from .conftest import Start, ended, one_line


@pytest.mark.parametrize("code", [0, 7, 130])
def test_the_sandbox_ends_with_its_command_s_code(start: Start, code: int) -> None:
    """`sandbox -- COMMAND` is as good as the command."""
    found = ended(start("sandbox", "--", sys.executable, "-c", f"print('ran'); raise SystemExit({code})"))
    assert (found.code, found.out, found.err) == (code, "ran\n", "")


def test_the_sandbox_points_its_command_at_itself(start: Start, tmp_path: Path) -> None:
    """The command has a made-up key, a state of its own, and nothing of the user's settings."""
    script = "import os, json; print(json.dumps({k: v for k, v in os.environ.items() if k.startswith('INTRON_')}))"
    found = ended(start("sandbox", "--", sys.executable, "-c", script, INTRON_CATEGORY="legal"))
    assert re.search(r'"INTRON_BASE_URL": "http://127\.0\.0\.1:\d+"', found.out)
    assert '"INTRON_API_KEY": "sandbox-' in found.out
    assert "INTRON_CATEGORY" not in found.out
    assert str(tmp_path) not in found.out


def test_intron_against_the_sandbox(start: Start, visit: Path) -> None:
    """The main job runs against it without any set-up."""
    found = ended(start("sandbox", "--time-scale", "100", "--", "intron", "transcribe", visit, "--soap"))
    assert (found.code, found.err) == (0, "")
    assert "## SOAP note" in found.out


def test_the_sandbox_invents_nothing(start: Start, tmp_path: Path) -> None:
    """A recording without words fails where no recogniser is installed, and is empty where one is."""
    recording = write_wav(tmp_path / "a.wav")
    found = ended(start("sandbox", "--time-scale", "100", "--", "intron", "transcribe", recording))
    assert found.code in (6, 7)
    assert found.out == ("" if found.code == 6 else "## Transcript\n\n*(empty)*\n")
    assert ("no recogniser" if found.code == 6 else "empty") in found.err


def test_a_command_that_is_not_there(start: Start) -> None:
    """The line names it."""
    found = ended(start("sandbox", "--", "no-such-program-anywhere"))
    assert found.code == 2
    assert "no-such-program-anywhere" in one_line(found)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_a_sandbox_that_is_stopped(start: Start, tmp_path: Path, number: int, code: int) -> None:
    """It says where it listens, writes its environment when it is ready, and takes it away at the end."""
    file = tmp_path / "sandbox.env"
    process = start("sandbox", "--env-file", file)
    assert process.stderr
    line = process.stderr.readline().decode()
    listens = re.match(r"The sandbox listens at http://(127\.0\.0\.1:\d+)\. Ctrl-C ends it\.", line)
    assert listens
    connection = http.client.HTTPConnection(listens[1], timeout=PATIENCE)
    connection.request("GET", "/file/v1/status/a")
    assert connection.getresponse().status == 403
    connection.close()
    assert process.stderr.readline() == b"GET /file/v1/status/a 403\n"
    assert "export INTRON_BASE_URL=http://127.0.0.1:" in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    process.send_signal(number)
    found = ended(process)
    assert (found.code, found.out, found.err) == (code, "", "")
    assert not file.exists()


def test_the_sandbox_s_port(start: Start) -> None:
    """The one that was named; and one that is taken is told."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    process = start("sandbox", "--port", port)
    assert process.stderr
    assert f"at http://127.0.0.1:{port}." in process.stderr.readline().decode()
    second = ended(start("sandbox", "--port", port))
    assert second.code == 4
    assert f"cannot listen on port {port}: Address already in use. Leave --port out" in one_line(second)
    process.send_signal(signal.SIGINT)
    assert ended(process).code == 0


@pytest.mark.parametrize("arguments", [["--quota", "often"], ["--time-scale", "0"], ["--port", "70000"]])
def test_a_sandbox_that_cannot_be(cli: Cli, arguments: list[str]) -> None:
    """Exit code 2 in one line."""
    found = cli("sandbox", *arguments)
    assert found.code == 2
    one_line(found)


def test_the_demo(start: Start, tmp_path: Path) -> None:
    """The dialogue by speakers and a SOAP note with its four parts, each step said; nothing is left behind."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    found = ended(start("demo", TMPDIR=str(temporary)))
    assert found.code == 0
    assert "SPEAKER_01" in found.out
    assert "SPEAKER_02" in found.out
    for part in ("Subjective", "Objective", "Assessment", "Plan"):
        assert part in found.out
    assert "$ intron transcribe telehealth-visit.mp3 --category telehealth --soap --summary --diarize" in found.err
    assert "intron config set api_key" in found.err
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "home").exists()


def test_outputs_lists_flags_by_category(cli: Cli) -> None:
    """All categories, or the one that is named, with the flags that it takes."""
    everything = cli("outputs").out
    assert all(name in everything for name in ("general:", "telehealth:", "call-center:", "meeting-notes:"))
    one = cli("outputs", "procedure").out
    assert "--op-note" in one
    assert "--soap" not in one
    assert cli("outputs", "general", "--json").json[0]["outputs"][0]["name"] == "summary"
    assert cli("outputs", "--languages", "--json").json["sw"] == "Swahili"
    assert "sw    Swahili +" in cli("outputs", "--languages").out
    assert "Choose one of" in one_line(cli("outputs", "dentistry"))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_completion_prints_a_script(cli: Cli, shell: str) -> None:
    """The script calls the program back, and nothing else is printed."""
    found = cli("completion", shell)
    assert (found.code, found.err) == (0, "")
    assert "_INTRON_COMPLETE" in found.out


def test_completion_for_an_unknown_shell(cli: Cli) -> None:
    """The shells that there are, are named."""
    found = cli("completion", "tcsh")
    assert found.code == 2
    assert "fish" in one_line(found)

"""The first mistakes of a new user: each is one line that says what to do, with its exit code."""

import os
import socket
from pathlib import Path

import pytest
from harness import KEY, Cli, write_wav

from .conftest import CliAt, one_line


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write_wav(tmp_path / "a.wav")


@pytest.mark.parametrize("command", ["transcribe", "upload", "status", "wait"])
def test_no_key(cli: Cli, recording: Path, command: str) -> None:
    """Without a key every command of the work says how to set one, and that there is a demo."""
    del cli.env["INTRON_API_KEY"]
    found = cli(command, recording if command in ("transcribe", "upload") else "12a9760f")
    assert found.code == 4
    line = one_line(found)
    assert "intron config set api_key" in line
    assert "intron demo" in line


@pytest.mark.parametrize("command", ["transcribe", "upload", "status", "wait"])
@pytest.mark.parametrize("json", [False, True])
def test_a_wrong_key(cli_at: CliAt, recording: Path, command: str, json: bool) -> None:  # noqa: FBT001
    """The service's refusal is told with what it said and how to set the right key."""
    cli = cli_at(refused_keys=frozenset({KEY}))
    arguments = [command, recording if command in ("transcribe", "upload") else "12a9760f"]
    found = cli(*arguments, *(["--json"] if json else []))
    assert found.code == 4
    assert "permission denied,access-key error" in found.err
    assert "intron config set api_key" in found.err
    assert KEY not in found.err
    assert "bug" not in found.err
    if not json:
        one_line(found)


def test_a_refused_key_ends_the_run(cli_at: CliAt, tmp_path: Path) -> None:
    """No second recording is tried with a key that was refused."""
    cli = cli_at(refused_keys=frozenset({KEY}))
    found = cli("transcribe", write_wav(tmp_path / "a.wav"), write_wav(tmp_path / "b.wav", 3))
    assert found.code == 4
    one_line(found)


@pytest.mark.parametrize("key", ["one\ntwo", "one two", "schlüssel", "\u202ekey", "a\x1b[31mb"])
def test_a_key_that_was_pasted_badly(cli: Cli, recording: Path, key: str) -> None:
    """A key with a line break, a blank or other than ASCII is named by its variable and never shown."""
    cli.env["INTRON_API_KEY"] = key
    found = cli("transcribe", recording)
    assert found.code == 4
    line = one_line(found)
    assert "INTRON_API_KEY" in line
    assert key not in line


def test_a_key_with_a_line_end_is_taken(cli: Cli, visit: Path) -> None:
    """A line end around a key is nobody's mistake."""
    cli.env["INTRON_API_KEY"] = f"{KEY}\n"
    assert cli("transcribe", visit).code == 0


@pytest.mark.parametrize("command", ["transcribe", "wait"])
def test_nothing_listening(cli_at: CliAt, recording: Path, command: str) -> None:
    """A refused connection is told with the address, and where to look."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    found = cli_at(f"http://127.0.0.1:{port}")(command, recording if command == "transcribe" else "12a9760f")
    assert found.code == 5
    line = one_line(found)
    assert f"127.0.0.1:{port}" in line
    assert "base_url" in line


def test_the_key_goes_to_no_other_machine_in_the_clear(cli: Cli, recording: Path) -> None:
    """Plain http is for this machine only."""
    found = cli("transcribe", recording, "--base-url", "http://intron.invalid")
    assert found.code == 4
    assert "https" in one_line(found)


def no_file(folder: Path) -> Path:
    return folder / "missing.wav"


def text_file(folder: Path) -> Path:
    (folder / "a.wav").write_text("Dear doctor, this is no recording.\n" * 20)
    return folder / "a.wav"


def empty_file(folder: Path) -> Path:
    (folder / "a.wav").write_bytes(b"")
    return folder / "a.wav"


def fifo(folder: Path) -> Path:
    os.mkfifo(folder / "a.wav")
    return folder / "a.wav"


def dangling(folder: Path) -> Path:
    (folder / "a.wav").symlink_to(folder / "gone.wav")
    return folder / "a.wav"


def loop(folder: Path) -> Path:
    (folder / "a.wav").symlink_to(folder / "a.wav")
    return folder / "a.wav"


def below_a_file(folder: Path) -> Path:
    return write_wav(folder / "a.wav") / "b.wav"


def too_long(folder: Path) -> Path:
    return write_wav(folder / "a.wav", 601, 1000)


def too_short(folder: Path) -> Path:
    return write_wav(folder / "a.wav", 0.5)


def not_listed(folder: Path) -> Path:
    (folder / "a.amr").write_bytes(b"#!AMR\n" + bytes(1000))
    return folder / "a.amr"


def long_name(folder: Path) -> Path:
    return folder / ("a" * 300)


SOURCES = [
    (no_file, "There is no file"),
    (text_file, "not audio"),
    (empty_file, "is empty"),
    (fifo, "no regular file"),
    (dangling, "There is no file"),
    (loop, "cannot be read"),
    (below_a_file, "cannot be read"),
    (too_long, "10 min 1 s; at most 10 min"),
    (too_short, "nothing under 1 s"),
    (not_listed, "AMR"),
    (long_name, "cannot be read"),
]


@pytest.mark.parametrize("command", ["transcribe", "upload"])
@pytest.mark.parametrize(("make", "said"), SOURCES, ids=[make.__name__ for make, _ in SOURCES])
def test_a_source_that_cannot_be_sent(cli: Cli, tmp_path: Path, command: str, make: object, said: str) -> None:
    """Exit code 9, the file's name, what is wrong with it; nothing is sent."""
    place = tmp_path / "recordings"
    place.mkdir()
    assert callable(make)
    source = make(place)
    found = cli(command, source)
    assert found.code == 9
    line = one_line(found)
    assert said in line
    assert str(source)[:100] in line


def test_a_recording_of_unknown_length_is_sent_with_a_warning(cli_at: CliAt, tmp_path: Path) -> None:
    """A WAV that says nothing usable of its length is not refused for it."""
    header = bytearray(write_wav(tmp_path / "a.wav", 2).read_bytes())
    header[20:22] = b"\x11\x00"  # ADPCM, whose length the sizes do not tell
    (tmp_path / "a.wav").write_bytes(header)
    found = cli_at()("upload", tmp_path / "a.wav")
    assert found.code == 0
    assert found.out.count("\n") == 1
    assert found.err.startswith("warning: How long ")


def test_a_wav_that_came_through_a_pipe(cli_at: CliAt, tmp_path: Path) -> None:
    """Sizes of 0xFFFFFFFF mean that the writer could not go back: the recording is as long as it is."""
    data = bytearray(write_wav(tmp_path / "a.wav", 60).read_bytes())
    data[4:8] = data[40:44] = b"\xff\xff\xff\xff"
    (tmp_path / "a.wav").write_bytes(data)
    found = cli_at()("upload", tmp_path / "a.wav", "--json")
    assert (found.code, found.err) == (0, "")
    assert found.json["source"]["duration_seconds"] == 60


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-c", "general", "--soap"], "--category telehealth"),
        (["-c", "dentistry"], "Choose one of: general"),
        (["--language", "klingon"], "intron outputs --languages"),
        (["--field", "nonsense"], "NAME=VALUE"),
        (["--field", "use_diarization=TRUE"], "--diarize"),
        (["--timeout", "soon"], "duration such as"),
        (["-f", "papyrus"], "markdown"),
        (["--show", "soap", "--json"], "--show"),
        (["--sope"], "--soap"),
        (["--base-url", "nonsense"], "URL"),
    ],
)
def test_a_command_line_that_cannot_be(cli: Cli, recording: Path, arguments: list[str], said: str) -> None:
    """Exit code 2, and the line says what would be right."""
    found = cli("transcribe", recording, *arguments)
    assert found.code == 2
    assert said in found.err
    assert found.err.count("\n") == 1
    assert "Traceback" not in found.err


def test_a_command_that_is_not_there(cli: Cli) -> None:
    """The nearest one is named."""
    found = cli("transcrib", "a.wav")
    assert found.code == 2
    assert "transcribe" in one_line(found)

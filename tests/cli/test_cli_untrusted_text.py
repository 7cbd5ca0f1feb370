"""Text from elsewhere on its way to a terminal, a pipe and JSON."""

import hashlib
import re
from pathlib import Path

import pytest
import rawserver as raw
from harness import KEY, write_wav
from rawserver import RawServer

from .conftest import CliAt

HOSTILE = (
    "Hello\x1b]52;c;cm0gLXJmIC8=\x07 \x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\ \x1b[2J\x1b[31mred\x1b[0m "
    "\u202eesrever\u202c \u2066x\u2069 [bold]b[/bold] [link=http://evil.example]l[/link] \x9b31m \x08\x7f\0 end."
)
WAYS = [
    (["-f", "markdown"], False),
    (["-f", "text"], False),
    (["--json"], False),
    (["-f", "markdown", "--color", "never"], True),
    (["-f", "text", "--color", "never"], True),
]
OUR_STYLE = re.compile(r"\x1b\[\d(?:;\d)*m")
"""Bold, underlined and the like; every colour has two digits, and none is asked for here."""
FORBIDDEN = "\x1b\x9b\x07\x08\x7f\0\u202e\u202c\u2066\u2069"


def without_style(text: str) -> str:
    return OUR_STYLE.sub("", text)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write_wav(tmp_path / "a.wav")


@pytest.mark.parametrize(("arguments", "tty"), WAYS)
def test_a_hostile_transcript(
    cli_at: CliAt,
    tmp_path: Path,
    recording: Path,
    arguments: list[str],
    tty: bool,  # noqa: FBT001
) -> None:
    """No escape sequence, control character or bidi override comes through; rich markup is text."""
    answers = tmp_path / "answers"
    answers.mkdir()
    (answers / f"{hashlib.sha256(recording.read_bytes()).hexdigest()}.txt").write_text(HOSTILE)
    found = cli_at(answers=answers)("transcribe", recording, "--summary", *arguments, tty=tty)
    assert found.code == 0
    assert not set(without_style(found.out)) & set(FORBIDDEN)
    words = found.json["transcript"]["text"] if "--json" in arguments else without_style(found.out).replace("\\", "")
    for kept in ("Hello", "[bold]b[/bold]", "end."):
        assert kept in words
    if "--json" not in arguments:
        assert "52;c;" not in found.out


def test_json_keeps_every_character_escaped(cli_at: CliAt, recording: Path) -> None:
    """In JSON nothing is lost: what could steer a terminal stands there as an escape."""
    with RawServer(status=[raw.finished(HOSTILE)]) as server:
        found = cli_at(server.url)("transcribe", recording, "--json")
    assert found.json["raw"]["audio_transcript"] == HOSTILE
    assert not set(found.out) & set(FORBIDDEN)


@pytest.mark.parametrize(("arguments", "tty"), WAYS)
def test_hostile_outputs(cli_at: CliAt, recording: Path, arguments: list[str], tty: bool) -> None:  # noqa: FBT001
    """Names and values of outputs, whatever their shape, are as untrusted as the transcript."""
    outputs = {
        "transcript_summary": HOSTILE,
        "transcript_\x1b[31mred": [[HOSTILE]],
        "transcript_[bold]x": {"\x1b[31m" + HOSTILE: [HOSTILE]},
        "transcript_\n": HOSTILE,
    }
    with RawServer(status=[raw.finished("Hi.", **outputs)]) as server:
        found = cli_at(server.url)("transcribe", recording, *arguments, tty=tty)
    assert found.code == 0
    assert "Summary" in found.out
    assert "[bold]b[/bold]" in found.out.replace("\\", "")
    assert not set(without_style(found.out)) & set(FORBIDDEN)


@pytest.mark.parametrize("tty", [False, True])
def test_a_hostile_refusal(cli_at: CliAt, recording: Path, tty: bool) -> None:  # noqa: FBT001
    """What the service says of an error is one clean line."""
    body = {"status": "Error", "message": f"no\r\n{HOSTILE}", "data": {}}
    with RawServer([(raw.read_all, raw.answer(400, body))]) as server:
        found = cli_at(server.url)("transcribe", recording, "--color", "never", "--progress", "plain", tty=tty)
    assert found.code == 6
    assert "[bold]b[/bold]" in found.err
    assert not set(found.err) & set(FORBIDDEN)
    assert [line.startswith("error: ") for line in found.err.splitlines()][-1]


def test_a_hostile_state(cli_at: CliAt, recording: Path) -> None:
    """The name of a state that nobody knows is cleaned before it is told."""
    with RawServer(status=[raw.found(f"FILE_\n{HOSTILE}")]) as server:
        found = cli_at(server.url)("transcribe", recording, "--timeout", "0")
        status = cli_at(server.url)("status", raw.FILE_ID)
    for text in (found.err, status.out):
        assert "FILE_" in text
        assert text.count("\n") == 1
        assert not set(text) & set(FORBIDDEN)


def test_a_hostile_file_name(cli_at: CliAt, tmp_path: Path) -> None:
    """The name of a file is told clean, and is no part of the form."""
    path = write_wav(tmp_path / "Jane Doe\x1b[31m\u202e\n[bold].wav")
    with RawServer([raw.taken(), (raw.read_all, raw.answer(400))]) as server:
        cli = cli_at(server.url)
        done = cli("transcribe", path, "-v")
        refused = cli("transcribe", path, "--again")
    assert (done.code, refused.code) == (0, 6)
    assert not set(done.err + refused.err + done.out) & set(FORBIDDEN)
    assert b"Jane" not in b"".join(bytes(exchange.body) + exchange.head for exchange in server.exchanges)


@pytest.mark.parametrize("name", ["Jane\udcff.wav", "-rf.wav", "a b'c\"d.wav", "größe.wav"])
def test_odd_file_names_work(cli_at: CliAt, tmp_path: Path, name: str) -> None:
    """Names that are no UTF-8, look like options or hold quotes are names."""
    path = write_wav(tmp_path / name)
    with RawServer() as server:
        cli = cli_at(server.url)
        found = cli("transcribe", path, "--json")
        assert cli("transcribe", path, "-o", tmp_path / "out.txt").code == 0
    assert (found.code, found.err) == (0, "")
    assert found.json["status"] == "done"


def test_a_bug_is_told_without_what_was_said(cli_at: CliAt, recording: Path) -> None:
    """An answer that our own code would stumble over never shows its words or the key."""
    deep: object = "secret words"
    for _ in range(90):
        deep = [deep]
    with RawServer(status=[raw.finished("secret words", transcript_summary=deep)]) as server:
        found = cli_at(server.url)("transcribe", recording)
    assert found.code == 0
    assert KEY not in found.err
    assert "secret" not in found.err

"""A recording from a pipe, on the way to the same job."""

from pathlib import Path

import pytest
from harness import Cli
from rawserver import RawServer

from .conftest import left_in, part, wav


def test_a_recording_from_a_pipe(cli: Cli, server: RawServer, recording: Path, tmp_path: Path) -> None:
    """Hashed and looked at like any file; its name is the one that is given."""
    found = cli("transcribe", "-", "--name", "visit.wav", "-d", tmp_path / "out", stdin=recording.read_bytes())
    assert found.code == 0, found.err
    assert part(server.uploads[0])[0] == "visit.wav"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["visit.wav.json", "visit.wav.md"]
    assert left_in(cli) == []
    again = cli("transcribe", "-", "--name", "visit.wav", "-d", tmp_path / "out", stdin=recording.read_bytes())
    assert (again.code, len(server.uploads)) == (0, 1)


def test_a_pipe_without_a_name(cli: Cli, server: RawServer, unlisted: Path) -> None:
    """Is stdin, whatever comes."""
    found = cli("transcribe", "-", "--shrink", "--json", stdin=unlisted.read_bytes())
    assert (found.code, found.json["source"]["name"]) == (0, "stdin")
    assert part(server.uploads[0])[0].startswith("rec-")


@pytest.mark.parametrize(
    ("stdin", "tty", "code", "said"),
    [
        (b"", False, 9, "The recording on stdin is empty."),
        (b"hello, this is text", False, 9, "stdin is no recording"),
        (b"", True, 2, "stdin is a terminal"),
    ],
)
def test_what_is_no_recording_on_stdin(
    cli: Cli,
    server: RawServer,
    stdin: bytes,
    tty: bool,  # noqa: FBT001
    code: int,
    said: str,
) -> None:
    """Told, and nothing sent."""
    found = cli("transcribe", "-", stdin=stdin, tty=tty)
    assert (found.code, len(server.begun)) == (code, 0)
    assert said in found.err


def test_a_pipe_that_does_not_end_is_given_up(cli: Cli, server: RawServer) -> None:
    """Beyond what is sent at most."""
    cli.env["INTRON_MAX_BYTES"] = "10kB"
    found = cli("transcribe", "-", stdin=wav(3))
    assert (found.code, len(server.begun)) == (9, 0)
    assert "has more than 10 kB" in found.err


def test_a_list_and_a_recording_cannot_both_come_on_stdin(cli: Cli, server: RawServer) -> None:
    """Told before either is read."""
    found = cli("transcribe", "-", "--from-file", "-", stdin=wav(3))
    assert (found.code, len(server.begun)) == (2, 0)
    assert "stdin cannot be the list and a recording." in found.err

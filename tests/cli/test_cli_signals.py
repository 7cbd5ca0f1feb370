"""Being asked to stop, at every stage, with real processes and signals."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
import rawserver as raw
from clock import FakeClock
from harness import KEY, Cli, Result, write_wav
from rawserver import FILE_ID, RawServer

from intron_cli.jobs.ledger import Ledger

from .conftest import CliAt, Start, ended

SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write_wav(tmp_path / "visit.wav")


def stopped(process: subprocess.Popen[bytes], number: int) -> Result:
    """What a process came to that was sent a signal: one line, no traceback, no key."""
    process.send_signal(number)
    found = ended(process)
    assert found.out == ""
    assert found.err.count("\n") == 1, found.err
    assert found.err.startswith("Interrupted. ")
    assert KEY not in found.err
    return found


def state(tmp_path: Path) -> str:
    """The state of the only attempt, which nobody owns any more."""
    ledger = Ledger(tmp_path / "home" / "state", FakeClock())
    try:
        attempt = ledger.attempt(1)
        assert not ledger.owned(attempt)
        return attempt.state
    finally:
        ledger.close()


def next_run(cli: Cli, recording: Path) -> Result:
    return cli("transcribe", recording)


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_before_the_upload_ends(start: Start, cli_at: CliAt, tmp_path: Path, number: int, code: int) -> None:
    """Nothing was uploaded, the line says so, and the same command starts anew."""
    large = write_wav(tmp_path / "visit.wav", 300, 16_000)
    with RawServer([(raw.read(1000), raw.hang)], buffer=4096) as server:
        process = start("transcribe", large, url=server.url)
        server.wait_for(lambda server: server.begun and len(server.begun[0].body) >= 1000)
        found = stopped(process, number)
        assert not server.uploads
    assert found.code == code
    assert "was not uploaded; the same command starts anew" in found.err
    assert state(tmp_path) == "refused"
    with RawServer() as server:
        assert next_run(cli_at(server.url), large).code == 0
    assert len(server.uploads) == 1


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_while_a_pipe_is_read(start: Start, number: int, code: int) -> None:
    """One that is slow, or never ends: nobody need wait for it."""
    process = start("transcribe", "-", stdin=subprocess.PIPE)
    assert process.stdin
    process.stdin.write(bytes(300_000))  # more than a pipe holds, so it is being read when this returns
    process.stdin.flush()
    process.send_signal(number)
    assert process.wait(raw.PATIENCE) == code
    assert ended(process).err == "Interrupted. Nothing was uploaded.\n"


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_while_the_answer_is_waited_for(
    start: Start, cli_at: CliAt, tmp_path: Path, recording: Path, number: int, code: int
) -> None:
    """The form is out: it may have been taken, the line says so, and the same command does not send it again."""
    with RawServer([(raw.read_all, raw.hang)]) as server:
        process = start("transcribe", recording, url=server.url)
        server.wait_for(lambda server: server.uploads)
        found = stopped(process, number)
        assert found.code == code
        assert "may have been uploaded (job 1)" in found.err
        assert state(tmp_path) == "handed_over"
        assert next_run(cli_at(server.url), recording).code == 10
    assert len(server.begun) == 1


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_in_the_wait(start: Start, cli_at: CliAt, tmp_path: Path, recording: Path, number: int, code: int) -> None:
    """The id and the command that carries on are told; carrying on uploads nothing."""
    with RawServer(status=[raw.found("FILE_QUEUED")]) as server:
        process = start("transcribe", recording, url=server.url)
        server.wait_for(lambda server: server.looks)
        found = stopped(process, number)
        assert len(server.uploads) == 1
    assert found.code == code
    assert f"carry on with: intron wait {FILE_ID}" in found.err
    assert state(tmp_path) == "submitted"
    with RawServer() as server:
        assert cli_at(server.url)("wait", FILE_ID).code == 0
    assert not server.uploads


def test_in_the_wait_for_an_id_from_elsewhere(start: Start) -> None:
    """An id that this machine never uploaded is carried on with in the same way."""
    with RawServer(status=[raw.found("FILE_QUEUED")]) as server:
        process = start("wait", FILE_ID, url=server.url)
        server.wait_for(lambda server: server.looks)
        found = stopped(process, signal.SIGINT)
    assert found.code == 130
    assert f"intron wait {FILE_ID}" in found.err


def test_a_second_time_leaves_now_and_the_screen_as_it_was(start: Start, recording: Path) -> None:
    """Nobody waits for an answer who said so twice, and the cursor is there again."""
    with RawServer([(raw.read_all, raw.hang)]) as server:
        process = start("transcribe", recording, "--progress", "bar", "-v", url=server.url, INTRON_RATE="30/60s")
        server.wait_for(lambda server: server.uploads)
        process.send_signal(signal.SIGINT)
        assert process.stderr
        read = b""
        while b"once more Ctrl-C" not in read and (piece := process.stderr.read1()):
            read += piece
        assert b"\x1b[?25l" in read
        process.send_signal(signal.SIGINT)
        found = ended(process)
    assert found.code == 130
    assert found.err.endswith("\x1b[J\r\x1b[K\x1b[?25h")


def test_nothing_is_told_of_a_line_that_we_cut(start: Start, tmp_path: Path) -> None:
    """The uploads that an interrupt breaks off are not tried again, and nobody says so."""
    large = write_wav(tmp_path / "visit.wav", 300, 16_000)
    with RawServer([(raw.read(1000), raw.hang)], buffer=4096) as server:
        process = start("transcribe", large, "-v", url=server.url)
        server.wait_for(lambda server: server.begun and len(server.begun[0].body) >= 1000)
        process.send_signal(signal.SIGINT)
        found = ended(process)
    assert found.code == 130
    assert "Trying again" not in found.err


def test_killed_before_the_upload_ends(start: Start, cli_at: CliAt, tmp_path: Path) -> None:
    """A kill leaves an attempt without an owner; before the last bytes the next run closes it and sends anew."""
    large = write_wav(tmp_path / "visit.wav", 300, 16_000)
    with RawServer([(raw.read(1000), raw.hang), raw.taken()], buffer=4096) as server:
        process = start("transcribe", large, url=server.url)
        server.wait_for(lambda server: server.begun and len(server.begun[0].body) >= 1000)
        os.kill(process.pid, signal.SIGKILL)
        assert ended(process).code == -signal.SIGKILL
        assert state(tmp_path) == "sending"
        assert next_run(cli_at(server.url), large).code == 0
        assert state(tmp_path) == "refused"
    assert len(server.uploads) == 1


def test_killed_while_the_answer_is_waited_for(start: Start, cli_at: CliAt, tmp_path: Path, recording: Path) -> None:
    """After the last bytes nobody knows: the next run says so and sends nothing."""
    with RawServer([(raw.read_all, raw.hang)]) as server:
        process = start("transcribe", recording, url=server.url)
        server.wait_for(lambda server: server.uploads)
        os.kill(process.pid, signal.SIGKILL)
        ended(process)
        assert state(tmp_path) == "handed_over"
        found = next_run(cli_at(server.url), recording)
        assert found.code == 10
        assert "cut off" in found.err
    assert len(server.begun) == 1


@pytest.mark.parametrize("arguments", [["outputs"], ["outputs", "--languages"], ["completion", "bash"]])
def test_a_reader_that_has_seen_enough(start: Start, arguments: list[str]) -> None:
    """`| head -1` is no error."""
    process = start(*arguments)
    assert process.stdout
    process.stdout.close()
    assert process.stderr
    error = process.stderr.read().decode()
    assert (process.wait(raw.PATIENCE), error) == (0, "")


def test_a_reader_that_leaves_before_the_result(start: Start, recording: Path) -> None:
    """The work is done and noted all the same, and nothing is said."""
    with RawServer() as server:
        process = start("transcribe", recording, url=server.url)
        assert process.stdout
        process.stdout.close()
        assert process.stderr
        error = process.stderr.read().decode()
        assert (process.wait(raw.PATIENCE), error) == (0, "")
    assert len(server.uploads) == 1

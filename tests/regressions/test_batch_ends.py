"""Many at once, and the ways in which a run of them ends: nothing paid for twice, nothing lost."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import rawserver as raw
from clock import FakeClock
from harness import Result, write_wav
from rawserver import PATIENCE, RawServer

from intron_cli.jobs.ledger import Ledger

from .conftest import At

Start = Callable[..., subprocess.Popen[bytes]]


def file_id(number: int) -> str:
    return f"12a9760f-b165-4404-91d0-{number:012d}"


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    folder = tmp_path / "calls"
    folder.mkdir()
    for number in range(8):
        write_wav(folder / f"{number}.wav", 2 + number)
    return folder


@pytest.fixture
def start(at: At) -> Iterator[Start]:
    """A process of its own on a scale of hundredths."""
    running: list[subprocess.Popen[bytes]] = []

    def begin(server: RawServer, *arguments: object, rate: str = "30/6s") -> subprocess.Popen[bytes]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("INTRON_")}
        ours = {"INTRON_RATE": rate, "INTRON_STATUS_INTERVAL": "0s"}
        process = subprocess.Popen(
            [sys.executable, "-m", "intron_cli", *map(str, arguments)], env=kept | at.cli(server).env | ours,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        running.append(process)
        return process

    yield begin
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


def ended(process: subprocess.Popen[bytes]) -> Result:
    out, err = process.communicate(timeout=PATIENCE)
    return Result(process.returncode, out.decode(), err.decode())


def states(at: At) -> list[str]:
    ledger = Ledger(at.home / "state", FakeClock())
    try:
        assert not any(ledger.owned(attempt) for attempt in ledger.all())
        return [attempt.state for attempt in ledger.all()]
    finally:
        ledger.close()


def test_an_interrupt_gives_answers_a_moment(at: At, recordings: Path, start: Start) -> None:
    """What was handed over is answered while the interrupt waits, and its ids are in the ledger."""
    hung = [(raw.read_all, raw.hang, raw.answer(200, raw.envelope({"file_id": file_id(n)}))) for n in range(4)]
    with RawServer(hung) as server:
        process = start(server, "upload", recordings, rate="30/600s")
        server.wait_for(lambda server: len(server.uploads) == 4)
        process.send_signal(signal.SIGINT)
        for exchange in server.uploads:
            exchange.released.set()
        found = ended(process)
    assert found.code == 130
    assert sorted(found.out.split()) in ([], sorted(file_id(n) for n in range(4)))
    assert states(at)[:4] == ["submitted"] * 4
    assert "Interrupted. 4 recordings uploaded and not done; carry on with the same command" in found.err


def test_an_interrupt_does_not_wait_for_ever(at: At, recordings: Path, start: Start) -> None:
    """What has no answer by then may have been uploaded, and nothing else was begun; the next run sends the rest."""
    hung = [(raw.read_all, raw.hang)] * 4
    with RawServer([*hung, *(raw.taken(file_id(number)) for number in range(4))]) as server:
        process = start(server, "transcribe", recordings)
        server.wait_for(lambda server: len(server.uploads) == 4)
        process.send_signal(signal.SIGINT)
        found = ended(process)
        assert len(server.begun) == 4
        assert found.code == 130
        assert "4 recordings may have been uploaded (jobs 1, 2, 3, 4): not sent again unasked." in found.err
        assert states(at)[:4] == ["handed_over"] * 4
        again = at.cli(server)("transcribe", recordings, "--on-unknown", "skip")
        assert again.code == 3
        assert len(server.uploads) == 8


def test_many_that_are_interrupted_are_told_together(at: At, recordings: Path, start: Start) -> None:
    """In a line, and one with all their ids."""
    taken = [raw.taken(file_id(number)) for number in range(8)]
    with RawServer(taken, [raw.found("FILE_QUEUED")]) as server:
        process = start(server, "transcribe", recordings, rate="30/600s")
        server.wait_for(lambda server: len(server.uploads) == 8)
        process.send_signal(signal.SIGTERM)
        found = ended(process)
    assert found.code == 143
    said, ids = found.err.splitlines()
    assert said.startswith("Interrupted. 8 recordings uploaded and not done; carry on with the same command, or with: ")
    assert ids.split()[-8:] == [file_id(number) for number in range(8)]


def test_a_kill_with_four_in_flight(at: At, recordings: Path, start: Start) -> None:
    """Those that were not sent whole are sent again, those that were are asked about, none is sent twice unasked."""
    whole, part = (raw.read_all, raw.hang), (raw.read(300), raw.hang)
    for path in recordings.iterdir():
        write_wav(path, 300 + int(path.stem), 8000)
    scripts = [whole, whole, part, part, *(raw.taken(file_id(number)) for number in range(8))]
    with RawServer(scripts, buffer=4096) as server:
        process = start(server, "transcribe", recordings)
        server.wait_for(lambda server: len(server.begun) == 4 and len(server.uploads) == 2)
        process.kill()
        ended(process)
        assert sorted(states(at)[:4]) == ["handed_over", "handed_over", "sending", "sending"]
        found = at.cli(server)("transcribe", recordings, "--on-unknown", "skip", "-f", "jsonl")
        assert found.code == 3
        assert found.out.count('"status": "maybe"') == 2
        lengths = [exchange.length for exchange in server.uploads]
    assert len(lengths) == len(set(lengths)) == 8


def test_an_error_that_ends_the_run_waits_for_the_others_answers(at: At, recordings: Path) -> None:
    """A key that is refused in the middle: what is handed over at that time gets its id."""
    refused = (raw.read_all, raw.answer(403, {"status": "Error", "message": "permission denied,access-key error"}))
    with RawServer([raw.taken(file_id(0)), raw.taken(file_id(1)), refused]) as server:
        found = at.cli(server)("transcribe", recordings)
    assert found.code == 4
    told = [attempt for attempt in states(at) if attempt != "refused"]
    assert told == ["submitted", "submitted"]


def test_what_may_have_been_uploaded_is_asked_about_at_the_end(at: At, recordings: Path) -> None:
    """Nobody at a terminal is held up by a question while there is other work."""
    with RawServer([(raw.read_all, raw.close), *(raw.taken(file_id(number)) for number in range(8))]) as server:
        assert at.cli(server)("transcribe", recordings, "--limit", "1").code == 3
        found = at.cli(server)("transcribe", recordings, tty=True, stdin=b"y\n")
        assert found.code == 0
        bodies = [len(exchange.body) for exchange in server.uploads]
    assert bodies[0] == bodies[-1] == min(bodies)
    assert len(bodies) == 9


@pytest.mark.parametrize("answer", [b"n\n", b""])
def test_without_a_yes_it_is_left(at: At, recordings: Path, answer: bytes) -> None:
    """Silence is no decision."""
    with RawServer([(raw.read_all, raw.close), *(raw.taken(file_id(number)) for number in range(8))]) as server:
        at.cli(server)("transcribe", recordings, "--limit", "1")
        assert at.cli(server)("transcribe", recordings, tty=True, stdin=answer).code == 3
        assert len(server.uploads) == 8


def test_the_other_name_of_a_refused_recording_is_refused(at: At, recordings: Path) -> None:
    """The same bytes would meet the same."""
    shutil.copy(recordings / "0.wav", recordings / "zero.wav")
    refused = (raw.read_all, raw.answer(400, {"status": "Error", "message": "no"}))
    with RawServer([refused, *(raw.taken(file_id(number)) for number in range(8))]) as server:
        found = at.cli(server)("transcribe", recordings, "--json")
        assert len(server.begun) == 8
    states = {Path(one["source"]["name"]).name: one["status"] for one in found.json}
    assert (states["0.wav"], states["zero.wav"]) == ("refused", "refused")


def test_a_result_that_cannot_be_written_ends_the_run_and_loses_nothing(at: At, recordings: Path) -> None:
    """The ids are told, and the same command carries on."""
    with RawServer([raw.taken(file_id(number)) for number in range(8)]) as server:
        cli = at.cli(server)
        out = at.home / "out"
        out.mkdir(parents=True)
        (out / "0.wav.md").mkdir()
        assert cli("transcribe", recordings, "-d", out).code == 2
        assert not server.begun

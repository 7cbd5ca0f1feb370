"""Several recordings at the prompt, and what goes wrong on the way: what is paid for, what is told, what is left."""

import json
import shutil
import threading
from pathlib import Path

import pytest
import rawserver as raw
from harness import write_wav
from rawserver import RawServer

from .conftest import At


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """Twelve recordings."""
    folder = tmp_path / "calls"
    folder.mkdir()
    for number in range(12):
        write_wav(folder / f"call{number:02}.wav", 2 + number)
    return folder


def test_a_limit_holds_for_what_is_made_anew(at: At, calls: Path) -> None:
    """What failed counts as a new upload, whether it was uploaded before or not."""
    failed = raw.found("FILE_PROCESSING_FAILED")
    with RawServer(status=[*[failed] * 12, raw.finished()]) as server:
        cli = at.cli(server)
        assert (cli("transcribe", calls).code, len(server.uploads)) == (6, 12)
        found = cli("transcribe", calls, "--again", "--limit", "2")
        assert len(server.uploads) == 14
    assert (found.code, found.err) == (0, "warning: 10 recordings left by --limit; the same command sends more.\n")


def test_answers_that_tell_nothing_are_not_collected(at: At, calls: Path) -> None:
    """Each of them leaves a decision to somebody: after some in a row no other recording is begun."""
    with RawServer([(raw.read_all, raw.answer(502, b"<html>", Content_Type="text/html"))]) as server:
        found = at.cli(server)("transcribe", calls, "-f", "jsonl")
        assert 3 <= len(server.uploads) <= 6
    ends = [json.loads(line)["status"] for line in found.out.splitlines()]
    assert (found.code, len(ends), ends.count("maybe")) == (3, 12, len(server.uploads))
    assert "Not begun: the service gave no clear answer to the last uploads." in found.err


def test_a_decision_is_asked_for_once(at: At, calls: Path) -> None:
    """However many names the recording has: a no is not asked about again, and a yes sends it once."""
    for number, name in enumerate(("once.wav", "twice.wav")):
        shutil.copy(calls / f"call{number:02}.wav", calls / name)
    lost = (raw.read_all, raw.reset)
    with RawServer([raw.taken(), lost, lost, raw.taken()]) as server:
        cli = at.cli(server)
        cli("config", "set", "uploads", "1")
        cli("transcribe", calls / "call11.wav")
        sources = [calls / name for name in ("call00.wav", "call01.wav", "once.wav", "twice.wav")]
        assert (cli("transcribe", *sources).code, len(server.uploads)) == (10, 3)
        found = cli("transcribe", *sources, "-f", "jsonl", tty=True, stdin=b"n\ny\ny\ny\n")
        assert len(server.uploads) == 4
    assert found.err.count("[y/N]") == 2
    ends = {Path(one["source"]["name"]).name: one["status"] for one in map(json.loads, found.out.splitlines())}
    assert ends == {"call00.wav": "maybe", "once.wav": "maybe", "call01.wav": "done", "twice.wav": "done"}


def test_what_changed_in_its_turn_is_not_sent_for_nothing(at: At, calls: Path) -> None:
    """It is seen before the first byte, not after the last but one."""
    waiting = calls / "call01.wav"

    def change(exchange: raw.Exchange) -> None:
        waiting.write_bytes(waiting.read_bytes() + b"more")

    with RawServer([(raw.read_all, change, *raw.taken()), raw.taken()]) as server:
        cli = at.cli(server)
        cli("config", "set", "uploads", "1")
        found = cli("transcribe", calls / "call00.wav", waiting, calls / "call02.wav")
        assert (found.code, len(server.begun)) == (3, 2)
    assert "changed while it was read" in found.err


def test_the_end_of_a_run_tells_of_what_may_have_been_uploaded(at: At, calls: Path) -> None:
    """A key that is refused while others wait for their answer: those are no recordings that were not sent."""
    refused = raw.answer(403, raw.envelope({}, "permission denied,access-key error", "Error"))
    no_answer = threading.Event()
    lost = (raw.read_all, lambda exchange: exchange.wait(no_answer), raw.reset)
    refusing = (raw.read_all, refused, raw.drain, lambda exchange: no_answer.set())
    with RawServer([lost, refusing]) as server:
        found = at.cli(server)("transcribe", calls / "call00.wav", calls / "call01.wav", "-f", "json")
    assert found.code == 4
    assert [one["status"] for one in found.json] == ["maybe", "not_sent"]
    assert "call00.wav may have been uploaded (job 1)" in found.err

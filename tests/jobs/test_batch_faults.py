"""Several recordings at the prompt, and what goes wrong on the way: what is paid for, what is told, what is left."""

import json
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

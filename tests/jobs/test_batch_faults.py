"""Several recordings at the prompt, and what goes wrong on the way: what is paid for, what is told, what is left."""

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

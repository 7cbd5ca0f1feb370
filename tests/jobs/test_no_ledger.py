"""Uploads of which nothing is noted on disk."""

from pathlib import Path

import pytest
from harness import Cli


@pytest.mark.parametrize("command", ["transcribe", "upload"])
def test_it_is_the_way_round_an_unusable_ledger(cli: Cli, visit: Path, command: str) -> None:
    """It works where no ledger can be, and says what it costs."""
    state = cli.home / "state"
    state.parent.mkdir(parents=True)
    state.write_bytes(b"")
    without = cli(command, visit)
    assert (without.code, "--no-ledger" in without.err) == (4, True)
    found = cli(command, visit, "--no-ledger")
    assert found.code == 0
    assert found.out
    assert "pays again" in found.err


def test_it_leaves_a_ledger_as_it_is(cli: Cli, visit: Path) -> None:
    """Nothing is read from it and nothing is written."""
    assert cli("upload", visit).code == 0
    before = (cli.home / "state" / "ledger.db").read_bytes()
    first, second = cli("upload", visit, "--no-ledger"), cli("upload", visit, "--no-ledger")
    assert (first.code, second.code) == (0, 0)
    assert first.out != second.out
    assert (cli.home / "state" / "ledger.db").read_bytes() == before

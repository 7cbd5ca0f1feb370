"""Recordings from pipes and URLs: each in a file of its own, for as long as it is wanted."""

import io
from pathlib import Path

import pytest
from clock import FakeClock
from rawserver import RawServer, answer

from intron_cli.jobs.supply import Supply

DATA = b"RIFF" + bytes(5000)


@pytest.fixture
def supply(tmp_path: Path, clock: FakeClock) -> Supply:
    return Supply(io.BytesIO(DATA), tmp_path, clock, 10_000, fetches=True)


def test_a_url_that_is_named_twice_has_two_files(supply: Supply) -> None:
    """One is being uploaded while the other is looked at, hashed and closed."""
    with RawServer(status=[(answer(200, DATA),)]) as server:
        url = server.url + "/visit.wav"
        with supply.open(url) as uploading:
            assert uploading.read(1000) == DATA[:1000]
            with supply.open(url) as looked_at:
                assert looked_at.read() == DATA
            assert uploading.read() == DATA[1000:]
    assert uploading.closed


def test_what_is_looked_at_again_need_not_come_again(supply: Supply) -> None:
    """Once; it takes no room for longer than it is wanted."""
    with RawServer(status=[(answer(200, DATA),)]) as server:
        url = server.url + "/visit.wav"
        with supply.open(url) as first:
            supply.keep(url)
        with supply.open(url) as again:
            assert again is first
        assert again.closed
        assert len(server.looks) == 1


def test_what_came_on_stdin_is_there_until_the_end(supply: Supply) -> None:
    """It cannot come again."""
    for _ in range(3):
        with supply.open("-") as file:
            file.seek(0)
            assert file.read() == DATA
    supply.close()
    assert file.closed

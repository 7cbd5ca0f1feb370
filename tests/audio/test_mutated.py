"""Real files with bytes changed anywhere: an answer, finite and soon."""

from collections.abc import Iterator

import pytest
from audio.builders import Counted
from audio.recordings import ENCODED, Made
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intron_cli.audio.verdict import Limits, judge

CHANGES = st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=9)), min_size=1, max_size=8)
MOST_READS = 100_000


def places(size: int, where: list[tuple[float, bytes]]) -> Iterator[tuple[int, bytes]]:
    """Half of the changes in the first kilobyte, where headers are."""
    for number, (part, content) in enumerate(where):
        yield int(part * (min(size, 1000) if number % 2 == 0 else size)), content


@pytest.mark.parametrize("name", ENCODED)
@given(where=CHANGES, kept=st.floats(0.01, 1))
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_a_changed_file_is_answered(
    recordings: dict[str, Made], name: str, where: list[tuple[float, bytes]], kept: float
) -> None:
    """A verdict, and a duration that is a number or unknown."""
    data = bytearray(recordings[name].path.read_bytes())
    for place, content in places(len(data), where):
        data[place : place + len(content)] = content
    file = Counted(bytes(data[: int(kept * len(data)) + 1]))
    found = judge(file, "visit", Limits(600, 10**8)).recording
    if found is not None:
        assert (found.duration_seconds is None) == (found.basis == "unknown")
        assert found.duration_seconds is None or 0 <= found.duration_seconds < float("inf")
    assert file.reads < MOST_READS

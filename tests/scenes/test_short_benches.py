"""The benchmarks in short, with real processes and the system's clock: what is counted holds on any machine."""

import batch
import budget
import faults
import kill
import pytest

from intron_cli.sandbox.scenes import SCENES


def test_kills() -> None:
    """A dozen of them, wherever they hit: nothing is paid for twice unannounced, nothing is lost or left over."""
    tally = kill.measured(12, 4, 6)
    assert tally.kills == 12
    assert tally.most_uploads <= 1
    assert (tally.unexplained, tally.lost, tally.torn, tally.left_over) == (0, 0, 0, [])


def test_kills_on_a_slow_line() -> None:
    """The same where uploads are on their way when the kill comes, and some arrive after it."""
    tally = kill.measured(6, 4, 6, kill.SetUp(10, 2, (6, 4, 6), options={"bandwidth": 4e6}))
    assert tally.kills == 6
    assert tally.most_uploads <= 1
    assert (tally.unexplained, tally.lost, tally.torn, tally.left_over) == (0, 0, 0, [])


@pytest.mark.parametrize("name", ["reset-after", "html", "status-cut-answer"])
def test_faults(name: str) -> None:
    """Two runs of a process in a scene upload once at most."""
    scene = next(scene for scene in SCENES if scene.name == name)
    codes, uploads = faults.measured(scene)
    assert set(codes) <= {5, 10}
    assert uploads <= 1


@pytest.mark.parametrize("killed", [False, True], ids=["living", "killed"])
def test_a_shared_budget(killed: bool) -> None:  # noqa: FBT001
    """Two processes ask no more than one may; a machine that is busy delays a request by less than a second."""
    times, _ = budget.asked(2, 4.0, killed=killed, window=3.0)
    assert budget.most_in_any_window(times, 2.0) <= budget.COUNT


def test_two_at_once() -> None:
    """The same files at the same time are uploaded once."""
    assert budget.second_uploads(1, 3) == 0


@pytest.mark.parametrize(
    ("times", "bound"),
    [([3.0], 3.0), ([1.0] * 15, 1.0), ([1.0] * 16, 6.0), ([1.0] * 100, 36.0), ([50.0] + [1.0] * 99, 50.0),
     ([20.0] * 100, 38.0)],
)  # fmt: skip
def test_the_bound_of_a_batch(times: list[float], bound: float) -> None:
    """Thirty requests in six seconds, two for each recording, and no result before it is processed."""
    assert batch.bound(times) == bound

"""The request budget, on a clock that takes no time."""

import itertools
import os
import tempfile
from pathlib import Path

import pytest
from clock import FakeClock
from hypothesis import given, settings
from hypothesis import strategies as st

from intron_cli.api.budget import Budget, Kind, fingerprint
from intron_cli.core.units import Rate

RATE = Rate(30, 60.0)

Moves = st.lists(
    st.tuples(st.sampled_from(["upload", "status"]), st.floats(0, 20), st.integers(0, 2)), min_size=1, max_size=80
)


def budget(folder: Path, clock: FakeClock, rate: Rate = RATE, interval: float = 1.1) -> Budget:
    return Budget(folder, "scope", rate, interval, clock)


def most_in_a_window(times: list[float], seconds: float) -> int:
    return max(sum(start <= time < start + seconds for time in times) for start in times)


@settings(max_examples=30, deadline=None)
@given(moves=Moves, count=st.integers(1, 8))
def test_no_window_holds_more_than_the_rate(moves: list[tuple[Kind, float, int]], count: int) -> None:
    """Whatever is asked when, by however many users of one file: the rate holds, with the margin."""
    clock, rate = FakeClock(), Rate(count, 6.0)
    with tempfile.TemporaryDirectory() as folder:
        budgets = [budget(Path(folder), clock, rate) for _ in range(3)]
        sent: list[tuple[float, Kind]] = []
        for kind, pause, who in moves:
            clock.sleep(pause)
            budgets[who].acquire(kind)
            sent.append((clock.now(), kind))
        for one in budgets:
            one.close()
    assert most_in_a_window([at for at, _ in sent], rate.kept_seconds - 1e-6) <= count
    looks = [at for at, kind in sent if kind == "status"]
    assert all(later - earlier >= 1.1 - 1e-6 for earlier, later in itertools.pairwise(looks))


def test_thirty_go_out_at_once_and_the_next_waits_for_the_window(tmp_path: Path, clock: FakeClock) -> None:
    """The quota can be used in one go; the kept window is a sixtieth wider than the service's."""
    one = budget(tmp_path, clock)
    assert [one.claim("upload") for _ in range(30)] == [0.0] * 30
    assert one.claim("upload") == pytest.approx(61.0)
    clock.sleep(60.9)
    assert one.claim("upload") == pytest.approx(0.1)
    clock.sleep(0.1)
    assert one.claim("upload") == 0.0
    one.close()


@pytest.mark.parametrize(("seconds", "kept"), [(60.0, 61.0), (6.0, 6.1), (1.0, 1.05), (0.6, 0.65)])
def test_the_margin_is_a_sixtieth_and_at_least_50_ms(seconds: float, kept: float) -> None:
    """Jitter between us and the server must not break the window there."""
    assert Rate(30, seconds).kept_seconds == pytest.approx(kept)


def test_nothing_is_reserved(tmp_path: Path, clock: FakeClock) -> None:
    """Being told to wait costs nothing: whoever asks when it is time gets the request."""
    first, second = (budget(tmp_path, clock, Rate(1, 60.0)) for _ in range(2))
    assert first.claim("upload") == 0.0
    for _ in range(50):
        assert first.claim("upload") == pytest.approx(61.0)
    clock.sleep(61.0)
    assert second.claim("upload") == 0.0
    first.close()
    second.close()


def test_uploads_do_not_wait_for_the_status_interval(tmp_path: Path, clock: FakeClock) -> None:
    """Only looks keep their distance, and only from one another."""
    one = budget(tmp_path, clock)
    assert one.claim("status") == 0.0
    assert one.claim("upload") == 0.0
    assert one.claim("status") == pytest.approx(1.1)
    one.close()


def test_services_and_keys_have_budgets_of_their_own(tmp_path: Path, clock: FakeClock) -> None:
    """What one key sends leaves the other's quota as it is."""
    one, other = (Budget(tmp_path, scope, Rate(1, 60.0), 1.1, clock) for scope in ("a", "b"))
    assert (one.claim("upload"), other.claim("upload")) == (0.0, 0.0)
    one.close()
    other.close()


def test_a_hold_is_kept_by_all(tmp_path: Path, clock: FakeClock) -> None:
    """When the service asked to be left alone, every user of the file does, for that kind of request."""
    first, second = (budget(tmp_path, clock) for _ in range(2))
    first.hold("upload", 25)
    assert second.claim("upload") == pytest.approx(25)
    assert second.claim("status") == 0.0
    told: list[float] = []
    second.acquire("upload", told.append)
    assert sum(told) == pytest.approx(25)
    first.close()
    second.close()


def test_a_hold_is_an_hour_at_most(tmp_path: Path, clock: FakeClock) -> None:
    """A time to wait that nobody could mean does not stop the work for good."""
    one = budget(tmp_path, clock)
    one.hold("upload", 999_999)
    assert one.claim("upload") == pytest.approx(3600)
    one.close()


@pytest.mark.parametrize("step", [-10.0, -3600.0, -86400.0 * 400])
def test_a_clock_that_is_set_back_stalls_nothing(tmp_path: Path, step: float) -> None:
    """Claims and holds that lie in the future count from now on, for a window at most."""
    before = FakeClock()
    one = budget(tmp_path, before, Rate(2, 60.0))
    one.acquire("upload")
    one.acquire("upload")
    one.hold("status", 30)
    one.close()
    after = FakeClock(before.now() + step)
    two = budget(tmp_path, after, Rate(2, 60.0))
    assert two.claim("upload") <= 61.0
    two.acquire("upload")
    assert sum(after.slept) <= 61.1
    two.acquire("status")
    assert sum(after.slept) <= 3600.0 + 61.1
    two.close()


@pytest.mark.parametrize("content", [b"", b"not a database" * 200, b"SQLite format 3\0" + bytes(2000)])
def test_a_damaged_file_is_replaced(tmp_path: Path, clock: FakeClock, content: bytes) -> None:
    """The file is disposable: one that is of no use is begun anew, and is shared again."""
    path = tmp_path / "budget-scope.db"
    path.write_bytes(content)
    first, second = (budget(tmp_path, clock, Rate(1, 60.0)) for _ in range(2))
    assert first.claim("upload") == 0.0
    assert second.claim("upload") > 0.0
    first.close()
    second.close()
    assert path.read_bytes().startswith(b"SQLite format 3\0")


def test_a_file_of_another_shape_is_replaced(tmp_path: Path, clock: FakeClock) -> None:
    """A database whose tables are not ours does not stop the work."""
    import sqlite3

    database = sqlite3.connect(tmp_path / "budget-scope.db")
    database.execute("CREATE TABLE claim (something_else)")
    database.close()
    one = budget(tmp_path, clock, Rate(1, 60.0))
    assert one.claim("upload") == 0.0
    assert one.claim("upload") > 0.0
    one.close()


def test_a_file_that_goes_away_is_begun_anew(tmp_path: Path, clock: FakeClock) -> None:
    """Deleting the file at any time is harmless."""
    one = budget(tmp_path, clock)
    assert one.claim("upload") == 0.0
    os.unlink(tmp_path / "budget-scope.db")  # noqa: PTH108 - what somebody else does
    assert one.claim("upload") == 0.0
    one.close()


def test_where_no_file_can_be_the_budget_is_the_process_s(tmp_path: Path, clock: FakeClock) -> None:
    """An unusable folder leaves a budget in memory that keeps the rate all the same."""
    in_the_way = tmp_path / "state"
    in_the_way.write_bytes(b"")
    one = budget(in_the_way, clock, Rate(1, 60.0))
    assert one.claim("upload") == 0.0
    assert one.claim("upload") == pytest.approx(61.0)
    one.close()


def test_a_fingerprint_tells_keys_apart_and_shows_none() -> None:
    """Equal for equal parts, different where the border between them lies elsewhere."""
    assert fingerprint("a", "secret-key") == fingerprint("a", "secret-key")
    assert len({fingerprint("a", "bc"), fingerprint("ab", "c"), fingerprint("abc"), fingerprint("a", "bd")}) == 4
    assert "secret" not in fingerprint("a", "secret-key")

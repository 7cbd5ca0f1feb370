"""What a run does next, on a clock and a quota of the test's own."""

import math
import time
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intron_cli.core.units import Rate
from intron_cli.jobs.estimate import Estimate
from intron_cli.jobs.planner import FEW, MOST_OUTSTANDING, Action, Expire, Kind, Look, Planner, Sleep, Upload

RATE = Rate(30, 60.0)


@dataclass
class World:
    """A planner, and what it has to do with: the time, a quota, and how long the service takes for each job."""

    planner: Planner
    takes: list[float]
    rate: Rate = RATE
    now: float = 0.0
    claims: list[tuple[float, Kind]] = field(default_factory=list)
    begun: list[float] = field(default_factory=list)
    looks: list[int] = field(default_factory=list)
    done: dict[int, float] = field(default_factory=dict)
    most_waiting: int = 0

    def claim(self, kind: Kind) -> float:
        oldest = self.claims[-self.rate.count][0] if len(self.claims) >= self.rate.count else -math.inf
        if (wait := oldest + self.rate.kept_seconds - self.now) > 0:
            return wait
        self.claims.append((self.now, kind))
        return 0.0

    def next(self) -> Action:
        return self.planner.next(self.now, self.claim)

    def act(self, action: Action) -> None:
        """Uploads and looks take no time in this world."""
        if isinstance(action, Upload):
            self.planner.begun()
            self.planner.uploading -= 1
            self.planner.wait_for(len(self.begun), self.now)
            self.begun.append(self.now)
        elif isinstance(action, Look):
            ended = self.now - self.begun[action.job] >= self.takes[action.job]
            self.looks.append(action.job)
            self.planner.looked(action.job, self.now, ended=ended)
            if ended:
                self.done[action.job] = self.now
        else:
            assert isinstance(action, Sleep)
            assert 0 < action.seconds < math.inf
            self.now += action.seconds
        self.most_waiting = max(self.most_waiting, len(list(self.planner.waiting)))

    def run(self) -> None:
        while action := self.next():
            self.act(action)


def world(takes: list[float], rate: Rate = RATE, guess: float | None = None, scale: float = 1.0) -> World:
    planner = Planner(rate, Estimate(guess, scale), scale=scale)
    planner.to_upload = planner.ready = len(takes)
    return World(planner, takes, rate)


def test_one_recording_is_uploaded_and_looked_at_until_it_is_done() -> None:
    """The first look after 2 s, then at each quarter of the age."""
    found = world([9.0])
    found.run()
    assert found.done == {0: 10.0}
    assert [at for at, kind in found.claims if kind == "status"] == [2, 4, 6, 8, 10]


def test_a_thousand_are_planned_in_no_time() -> None:
    """A second of this machine for hours of the service."""
    began = time.perf_counter()
    found = world([25.0 + number % 7 for number in range(1000)])
    found.run()
    assert len(found.done) == 1000
    assert time.perf_counter() - began < 5  # a machine that is busy is slower, not as slow as a quadratic plan


@given(st.lists(st.floats(0, 300), min_size=1, max_size=80), st.integers(2, 40), st.floats(0.5, 200))
def test_everything_ends_within_the_quota(takes: list[float], count: int, guess: float) -> None:
    """Whatever the service does, all are uploaded once and looked at to their end, and never too fast."""
    found = world(takes, Rate(count, 60.0), guess)
    found.run()
    assert len(found.begun) == len(takes) == len(found.done)
    times = [at for at, _ in found.claims]
    assert all(sum(at <= one < at + 60 for one in times) <= count for at in times)
    assert found.most_waiting <= MOST_OUTSTANDING


def test_a_batch_takes_hardly_more_than_two_requests_each() -> None:
    """A look that finds nothing costs an upload."""
    found = world([30.0] * 100)
    found.run()
    assert len(found.claims) <= 220


def test_a_few_are_not_made_to_wait_for_statistics() -> None:
    """An estimate of an hour delays none of five, and a sixth one only until it is one of five."""
    found = world([3.0] * FEW, guess=3600.0)
    found.run()
    assert max(found.done.values()) <= 5
    many = world([3.0] * (FEW + 20), guess=3600.0)
    assert isinstance(many.next(), Upload)


def test_a_first_look_too_early_puts_off_the_others() -> None:
    """They were uploaded at the same time: each miss moves the next first look by a seventh of the age."""
    found = world([100.0] * 20, guess=10.0)
    while found.now < 30:
        found.act(found.next())
    assert len(set(found.looks)) <= 9


def test_looks_go_before_uploads_until_few_of_those_are_left() -> None:
    """A result that is there is worth more than another one under way; at the end uploads are what is late."""
    planner = Planner(RATE, Estimate(5.0))
    planner.to_upload = planner.ready = RATE.count + 1
    planner.wait_for(0, 0.0)
    assert isinstance(planner.next(6.0, lambda _: 0.0), Look)
    planner.looked(0, 6.0, ended=False)
    planner.begun()
    planner.uploading -= 1
    planner.wait_for(1, 6.0)
    assert isinstance(planner.next(30.0, lambda _: 0.0), Upload)


def test_where_looks_are_held_up_uploads_go_on() -> None:
    """Each kind may have a quota of its own, and looks an interval between them."""
    planner = Planner(RATE, Estimate(5.0))
    planner.to_upload = planner.ready = 50
    planner.wait_for(0, 0.0)
    assert isinstance(planner.next(6.0, lambda kind: 1.0 if kind == "status" else 0.0), Upload)


def test_no_more_uploads_at_once_than_the_line_is_worth() -> None:
    """And a sleep until one of them ends."""
    planner = Planner(RATE, Estimate(), slots=2)
    planner.to_upload = planner.ready = 3
    for _ in range(2):
        assert isinstance(planner.next(0.0, lambda _: 0.0), Upload)
        planner.begun()
    assert planner.next(0.0, lambda _: 0.0) == Sleep(math.inf, "uploads")


def test_the_quota_is_waited_for() -> None:
    """As long as it says, and no longer than until something else is due."""
    planner = Planner(RATE, Estimate())
    planner.to_upload = planner.ready = 1
    assert planner.next(0.0, lambda _: 7.0) == Sleep(7.0, "quota")
    planner.wait_for(0, 0.0)
    assert planner.next(0.0, lambda _: 7.0) == Sleep(2.0, "quota")


def test_one_look_at_a_time() -> None:
    """While one is under way nothing is asked."""
    planner = Planner(RATE, Estimate())
    planner.wait_for(0, 0.0)
    planner.wait_for(1, 0.0)
    assert planner.next(3.0, lambda _: 0.0) == Look(0)
    assert planner.next(3.0, lambda _: 0.0) == Sleep(math.inf, "uploads")
    assert planner.looked(0, 3.0, ended=True) is False
    assert planner.next(3.0, lambda _: 0.0) == Look(1)


def test_a_timeout_ends_in_a_last_look() -> None:
    """At its time, whatever was learned; after it the job is given up."""
    planner = Planner(RATE, Estimate(3000.0))
    for job in range(10):
        planner.wait_for(job, 0.0, timeout=60.0)
    assert planner.next(0.0, lambda _: 0.0) == Sleep(60.0, "processing")
    assert isinstance(planner.next(60.0, lambda _: 0.0), Look)
    assert planner.looked(0, 60.0, ended=False) is True
    assert 0 not in planner.waiting


def test_a_last_look_that_the_quota_does_not_let_out_is_given_up() -> None:
    """But a moment is waited for."""
    planner = Planner(RATE, Estimate())
    planner.wait_for(7, 0.0, timeout=0.0)
    assert planner.next(0.0, lambda _: 1.1) == Sleep(1.1, "quota")
    assert planner.next(0.0, lambda _: 50.0) == Expire(7)


def test_after_a_fault_nobody_is_asked_for_a_while() -> None:
    """It would meet the same."""
    planner = Planner(RATE, Estimate())
    planner.wait_for(0, 0.0)
    planner.wait_for(1, 0.0)
    assert planner.next(2.0, lambda _: 0.0) == Look(0)
    planner.pause_looks(2.0, 8.0)
    assert planner.next(2.0, lambda _: 0.0) == Sleep(8.0, "processing")
    assert planner.next(10.0, lambda _: 0.0) == Look(0)


def test_old_uploads_teach_nothing() -> None:
    """What lay there for a day was ready long ago."""
    planner = Planner(RATE, Estimate(20.0))
    for job in range(10):
        planner.wait_for(job, 0.0, age=86_400.0, fresh=False)
    for job in range(5):
        assert planner.next(0.0, lambda _: 0.0) == Look(job)
        planner.looked(job, 0.0, ended=True)
    assert planner.estimate.seconds == 20.0


def test_looks_that_the_quota_puts_off_teach_nothing() -> None:
    """A batch that waits for its requests finds all ready, and must not believe that they were so at once."""
    found = world([25.0] * 100, guess=30.0)
    found.run()
    assert found.planner.estimate.seconds == pytest.approx(30.0, rel=0.2)


@pytest.mark.parametrize(("count", "at_least", "at_most"), [(1, 0, 25), (15, 0, 25), (16, 60, 90), (100, 360, 400)])
def test_the_time_left_follows_from_the_quota(count: int, at_least: float, at_most: float) -> None:
    """Two requests each, and the last result."""
    planner = Planner(RATE, Estimate())
    planner.to_upload = count
    assert at_least <= planner.seconds_left(0.0) <= at_most


def test_the_time_left_counts_what_was_asked() -> None:
    """With the quota used up, the next request is a window away."""
    planner = Planner(RATE, Estimate())
    planner.to_upload = planner.ready = 40
    planner.slots = 40
    for _ in range(30):
        planner.next(0.0, lambda _: 0.0)
        planner.begun()
    assert planner.seconds_left(10.0) == pytest.approx(51 + 61 + 20, abs=1)


def test_all_times_shrink_with_the_window() -> None:
    """A tenth of the window, a tenth of the time, the same requests."""
    takes = [20.0 + number % 11 for number in range(60)]
    slow, fast = world(takes), world([seconds / 10 for seconds in takes], Rate(30, 6.0), scale=0.1)
    slow.run()
    fast.run()
    assert fast.now == pytest.approx(slow.now / 10, rel=0.02)
    assert len(fast.claims) == pytest.approx(len(slow.claims), abs=3)

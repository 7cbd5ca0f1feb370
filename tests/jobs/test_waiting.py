"""When to look, and what a wait makes of what it sees."""

from collections.abc import Callable, Iterator

import pytest
from clock import FakeClock
from hypothesis import given
from hypothesis import strategies as st

from intron_cli.api.wire import FAILED, FINISHED, GOING_ON, StatusData
from intron_cli.core.errors import GoneError, StillProcessingError, UnavailableError
from intron_cli.core.record import Source
from intron_cli.jobs.waiting import MOST_FAULTS, Wait, next_look, wait_for

Answer = str | Exception
TROUBLE = UnavailableError("no line")


class Told:
    """Events of which only the looks are kept."""

    def __init__(self) -> None:
        self.looks: list[tuple[str, float, float | None]] = []

    def looked(self, state: str, age: float, next_look: float | None) -> None:
        self.looks.append((state, age, next_look))

    def note(self, message: str) -> None: ...
    def warn(self, code: str, message: str) -> None: ...
    def upload_started(self, source: Source, size: int) -> None: ...
    def upload_sent(self, count: int) -> None: ...
    def upload_answer_due(self) -> None: ...
    def submitted(self, source: Source, file_id: str) -> None: ...
    def upload_ended(self) -> None: ...
    def waiting_started(self, source: Source, file_id: str) -> None: ...
    def waiting_ended(self) -> None: ...
    def budget_wait(self, seconds: float) -> None: ...


def looking(*answers: Answer) -> Callable[[float], StatusData]:
    """A look that meets these answers in turn, the last of them for ever."""
    rest: Iterator[Answer] = iter(answers)

    def look(within: float) -> StatusData:
        answer = next(rest, answers[-1])
        if isinstance(answer, Exception):
            raise answer
        return StatusData(answer)

    return look


def ages(clock: FakeClock, count: int, scale: float = 1.0) -> list[float]:
    """The ages at which a job that never ends is looked at."""
    told, start = Told(), clock.now()
    found: list[float] = []

    def look(within: float) -> StatusData:
        found.append(clock.now() - start)
        return StatusData("FILE_TRANSCRIBED" if len(found) == count else "FILE_QUEUED")

    wait_for(look, start, Wait(1e6, scale), clock, told)
    return found


def test_looks_come_at_two_seconds_and_then_at_quarters(clock: FakeClock) -> None:
    """The first at 2 s, then 2 s apart until a quarter of the age is more, then quarters up to 30 s."""
    assert ages(clock, 16) == pytest.approx(
        [2, 4, 6, 8, 10, 12.5, 15.625, 19.53, 24.41, 30.52, 38.15, 47.68, 59.60, 74.51, 93.13, 116.42], abs=0.01
    )


def test_all_times_are_scaled_alike(clock: FakeClock) -> None:
    """At a quota of 60 requests in 6 s, everything happens ten times as fast."""
    assert ages(clock, 30, scale=0.1) == pytest.approx([age / 10 for age in ages(FakeClock(), 30)])


@given(st.floats(-1e9, 1e9), st.integers(0, 1000), st.floats(0.001, 100))
def test_a_pause_is_never_too_long_or_too_short(age: float, looks: int, scale: float) -> None:
    """The first look is at most 2 s away, also when the clock was set back; later ones 2 s to 30 s."""
    pause = next_look(age, looks, scale)
    if looks == 0:
        assert 0 <= pause <= 2 * scale
    else:
        assert 2 * scale <= pause <= 30 * scale


@pytest.mark.parametrize(("age", "pause"), [(0, 2), (0.5, 1.5), (2, 0), (100, 0)])
def test_an_older_job_is_looked_at_at_once(age: float, pause: float) -> None:
    """What was uploaded before need not wait for its first look."""
    assert next_look(age, 0) == pause


@pytest.mark.parametrize("state", sorted({FINISHED} | FAILED))
def test_an_end_ends_the_wait(clock: FakeClock, state: str) -> None:
    """Success and every known failure are answers."""
    told = Told()
    data = wait_for(looking("FILE_QUEUED", "FILE_PROCESSING", state), clock.now(), Wait(100), clock, told)
    assert data.state == state
    assert [look[0] for look in told.looks] == ["FILE_QUEUED", "FILE_PROCESSING"]


@pytest.mark.parametrize("state", [*sorted(GOING_ON), "FILE_ON_THE_MOON", "", "file_transcribed"])
def test_all_other_states_are_told_and_waited_on(clock: FakeClock, state: str) -> None:
    """A state that nobody knows is no success: it is told by its name, and the wait goes on."""
    told = Told()
    assert wait_for(looking(state, FINISHED), clock.now(), Wait(100), clock, told).state == FINISHED
    assert told.looks == [(state, pytest.approx(2), pytest.approx(2))]


@pytest.mark.parametrize("age", [0.0, 1.0, 5000.0])
def test_a_timeout_of_nothing_is_one_look_at_once(clock: FakeClock, age: float) -> None:
    """With 0 nobody sleeps."""
    told = Told()
    with pytest.raises(StillProcessingError, match="FILE_QUEUED"):
        wait_for(looking("FILE_QUEUED"), clock.now() - age, Wait(0), clock, told)
    assert sum(clock.slept) == 0
    assert told.looks == [("FILE_QUEUED", pytest.approx(age), None)]


@pytest.mark.parametrize("timeout", [1.0, 3.0, 10.0, 3600.0])
def test_a_timeout_ends_with_a_last_look(clock: FakeClock, timeout: float) -> None:
    """The time is used to its end and not overdrawn; the last look is at the end."""
    start = clock.now()
    told = Told()
    with pytest.raises(StillProcessingError, match="Still processing"):
        wait_for(looking("FILE_QUEUED"), start, Wait(timeout), clock, told)
    assert clock.now() - start == pytest.approx(timeout)
    assert told.looks[-1][1:] == (pytest.approx(timeout), None)


def test_a_result_at_the_last_look_counts(clock: FakeClock) -> None:
    """Being done just in time is being done."""
    assert wait_for(looking(FINISHED), clock.now(), Wait(1), clock, Told()).state == FINISHED


def test_transient_faults_are_survived(clock: FakeClock) -> None:
    """Some faults in a row, and again after a good look, do not end the wait."""
    few = [TROUBLE] * (MOST_FAULTS - 1)
    look = looking(*few, "FILE_QUEUED", *few, FINISHED)
    assert wait_for(look, clock.now(), Wait(1e6), clock, Told()).state == FINISHED


def test_faults_that_do_not_end_end_the_wait(clock: FakeClock) -> None:
    """After a row of faults, each waited for longer, the last of them is the error."""
    with pytest.raises(UnavailableError, match="no line"):
        wait_for(looking(TROUBLE), clock.now(), Wait(1e6), clock, Told())
    assert clock.slept == [2.0, 2.0, 4.0, 8.0, 16.0, 30.0]


def test_a_fault_at_the_last_look_is_the_end(clock: FakeClock) -> None:
    """When the time is up there is no look after a failed one."""
    with pytest.raises(UnavailableError):
        wait_for(looking("FILE_QUEUED", TROUBLE), clock.now(), Wait(3), clock, Told())


def test_what_is_final_ends_the_wait_at_once(clock: FakeClock) -> None:
    """An id that the service no longer knows is not asked about again."""
    with pytest.raises(GoneError):
        wait_for(looking(GoneError("gone"), FINISHED), clock.now(), Wait(1e6), clock, Told())


def test_a_clock_that_was_set_back_does_not_stall_the_wait(clock: FakeClock) -> None:
    """A job that seems to come from the future is looked at as a new one."""
    start = clock.now()
    assert wait_for(looking("FILE_QUEUED", FINISHED), start + 86_400, Wait(7200), clock, Told()).state == FINISHED
    assert clock.now() - start <= 4.1

"""When to look at a job that somebody waits for, and what a wait makes of what it sees."""

from pathlib import Path

import pytest
from clock import FakeClock
from harness import Cli, write_wav
from hypothesis import given
from hypothesis import strategies as st
from rawserver import FILE_ID, RawServer, answer, finished, found, taken

from intron_cli.api.wire import FAILED, GOING_ON
from intron_cli.jobs.waiting import MOST_FAULTS, next_look

TROUBLE = (answer(502, b"<html>502 Bad Gateway</html>"),)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write_wav(tmp_path / "visit.wav")


class Timed:
    """The main job against one script of looks, and the ages at which the service was looked at."""

    def __init__(self, folder: Path, clock: FakeClock, recording: Path) -> None:
        self.folder, self.clock, self.recording = folder, clock, recording
        self.ages: list[float] = []

    def __call__(self, *looks: object, arguments: tuple[object, ...] = (), **env: str) -> int:
        begun: list[float] = []

        def noted(script: object) -> object:
            return (lambda _: self.ages.append(self.clock.now() - begun[0]), *script)  # type: ignore[misc]

        upload = (*taken(), lambda _: begun.append(self.clock.now()))
        with RawServer([upload], [noted(look) for look in looks]) as server:  # type: ignore[misc]
            cli = Cli(self.folder / "home", server.url, self.clock)
            cli.env |= env
            self.found = cli("transcribe", self.recording, *arguments)
        return self.found.code


@pytest.fixture
def timed(tmp_path: Path, clock: FakeClock, recording: Path) -> Timed:
    return Timed(tmp_path, clock, recording)


def ages(count: int, scale: float = 1.0, outstanding: int = 1) -> list[float]:
    """The ages at which a job that never ends is looked at."""
    age, found = 0.0, []
    for looks in range(count):
        age += next_look(age, looks, scale, outstanding)
        found.append(age)
    return found


def test_looks_come_at_two_seconds_and_then_at_quarters() -> None:
    """The first at 2 s, then 2 s apart until a quarter of the age is more, then quarters up to 30 s."""
    assert ages(16) == pytest.approx(
        [2, 4, 6, 8, 10, 12.5, 15.625, 19.53, 24.41, 30.52, 38.15, 47.68, 59.60, 74.51, 93.13, 116.42], abs=0.01
    )


def test_two_jobs_are_looked_at_as_often_as_one() -> None:
    """More of them share what the quota allows in a minute."""
    assert ages(16, outstanding=2) == ages(16)
    assert ages(7, outstanding=4) == pytest.approx([2, 4, 6, 9, 13.5, 20.25, 30.375])
    for outstanding in range(1, 6):
        looks = sum(age <= 60 for age in ages(30, outstanding=outstanding))
        assert outstanding * (looks + 1) <= 40


def test_all_times_are_scaled_alike() -> None:
    """At a quota of 60 requests in 6 s, everything happens ten times as fast."""
    assert ages(30, scale=0.1) == pytest.approx([age / 10 for age in ages(30)])


@given(st.floats(-1e9, 1e9), st.integers(0, 1000), st.floats(0.001, 100), st.integers(1, 1000))
def test_a_pause_is_never_too_long_or_too_short(age: float, looks: int, scale: float, outstanding: int) -> None:
    """The first look is at most 2 s away, also when the clock was set back; later ones 2 s to 30 s."""
    pause = next_look(age, looks, scale, outstanding)
    if looks == 0:
        assert 0 <= pause <= 2 * scale
    else:
        assert 2 * scale <= pause <= 30 * scale


@pytest.mark.parametrize(("age", "pause"), [(0, 2), (0.5, 1.5), (2, 0), (100, 0)])
def test_an_older_job_is_looked_at_at_once(age: float, pause: float) -> None:
    """What was uploaded before need not wait for its first look."""
    assert next_look(age, 0) == pause


def test_a_job_is_looked_at_at_these_ages(timed: Timed) -> None:
    """By the program as by the rule."""
    assert timed(*[found("FILE_QUEUED")] * 8, finished()) == 0
    assert timed.ages == pytest.approx(ages(9), abs=0.01)


@pytest.mark.parametrize("state", sorted(FAILED))
def test_every_known_failure_ends_the_wait(timed: Timed, state: str) -> None:
    """It is an answer."""
    assert timed(found("FILE_QUEUED"), found("FILE_PROCESSING"), found(state)) == 6
    assert len(timed.ages) == 3


@pytest.mark.parametrize("state", [*sorted(GOING_ON), "FILE_ON_THE_MOON", "", "file_transcribed"])
def test_all_other_states_are_told_and_waited_on(timed: Timed, state: str) -> None:
    """A state that nobody knows is no success: it is told by its name, and the wait goes on."""
    assert timed(found(state), finished(), arguments=("--progress", "plain")) == 0
    assert f": {state} after 2 s, next look in 2 s" in timed.found.err


def test_a_timeout_of_nothing_is_one_look_at_once(timed: Timed) -> None:
    """With 0 nobody sleeps."""
    assert timed(found("FILE_QUEUED"), arguments=("--timeout", "0")) == 8
    assert timed.ages == [0]
    assert "(FILE_QUEUED)" in timed.found.err
    assert FILE_ID in timed.found.err


@pytest.mark.parametrize("timeout", [1.0, 3.0, 10.0, 3600.0])
def test_a_timeout_ends_with_a_last_look(timed: Timed, timeout: float) -> None:
    """The time is used to its end and not overdrawn; the last look is at the end."""
    assert timed(found("FILE_QUEUED"), arguments=("--timeout", f"{timeout}s")) == 8
    assert timed.ages[-1] == pytest.approx(timeout, abs=0.11)  # as soon as the interval between looks allows
    assert "Still processing after" in timed.found.err


def test_a_result_at_the_last_look_counts(timed: Timed) -> None:
    """Being done just in time is being done."""
    assert timed(finished(), arguments=("--timeout", "1s")) == 0


def test_transient_faults_are_survived(timed: Timed) -> None:
    """Some faults in a row, and again after a good look, do not end the wait."""
    few = [TROUBLE] * (MOST_FAULTS - 1)
    assert timed(*few, found("FILE_QUEUED"), *few, finished()) == 0


def test_faults_that_do_not_end_end_the_wait(timed: Timed) -> None:
    """After a row of faults, each waited for longer, the last of them is the error."""
    assert timed(TROUBLE) == 5
    assert timed.ages == pytest.approx([2, 4, 8, 16, 32, 62])
    assert f"Carry on with: intron wait {FILE_ID}" in timed.found.err


def test_a_fault_at_the_last_look_is_the_end(timed: Timed) -> None:
    """When the time is up there is no look after a failed one."""
    assert timed(found("FILE_QUEUED"), TROUBLE, arguments=("--timeout", "3s")) == 5
    assert timed.ages == pytest.approx([2, 3.1])


def test_what_is_final_ends_the_wait_at_once(timed: Timed) -> None:
    """An id that the service no longer knows is not asked about again."""
    gone = (answer(500, {"status": "Error", "message": "file not found", "data": None}),)
    assert timed(gone, finished()) == 6
    assert len(timed.ages) == 1


def test_a_clock_that_was_set_back_does_not_stall_the_wait(timed: Timed, clock: FakeClock, recording: Path) -> None:
    """A job that seems to come from the future is looked at as a new one."""
    assert timed(found("FILE_QUEUED"), arguments=("--timeout", "0")) == 8
    clock.set_back(86_400)
    start = clock.now()
    with RawServer(status=[found("FILE_QUEUED"), finished()]) as server:
        assert Cli(timed.folder / "home", server.url, clock)("wait", FILE_ID).code == 0
    assert clock.now() - start <= 4.1

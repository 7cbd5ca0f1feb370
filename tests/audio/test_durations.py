"""Durations of what ffmpeg and sox make are right or unknown, with the extra `audio` and without."""

from typing import BinaryIO

import pytest
from audio.recordings import ENCODED, SECONDS, Made

from intron_cli.audio.counting import Counted, Counter, installed
from intron_cli.audio.verdict import Judgement, Limits, judge

LIMITS = (3.0, 8.0, 10 * 60.0)
WRONG = 0.03


@pytest.fixture(scope="module")
def counting() -> Counter | None:
    """The real counter, asked once about each file."""
    count, known = installed(), dict[str, Counted | None]()

    def counted(file: BinaryIO) -> Counted | None:
        assert count is not None
        if file.name not in known:
            known[file.name] = count(file)
        return known[file.name]

    return counted if count else None


@pytest.fixture(scope="module", params=["without the extra", "with the extra"])
def counter(request: pytest.FixtureRequest, counting: Counter | None) -> Counter | None:
    if request.param == "without the extra":
        return None
    if counting is None:
        pytest.skip("package av is not installed")
    return counting


def judged(made: Made, counter: Counter | None, most: float = 600.0, *, thorough: bool = True) -> Judgement:
    with made.path.open("rb") as file:
        return judge(file, made.path.name, Limits(most, 10**8, counter), thorough=thorough)


def is_far(told: float, played: float) -> bool:
    return abs(told - played) > WRONG * played


def test_there_are_many(recordings: dict[str, Made]) -> None:
    """Each container in each of the states that it can be in, and ffmpeg plays what it made as long as it was made."""
    for state in ("cut", "joined", "misnamed", "empty"):
        assert all(f"{state} {name}" in recordings for name in (*ENCODED, "film.mp4", "film.mkv", "film.webm"))
    assert len([name for name in recordings if name.startswith("piped ")]) > 20
    assert not [name for name in ENCODED if is_far(recordings[name].seconds or 0, SECONDS)]


def test_no_duration_is_wrong(recordings: dict[str, Made], counter: Counter | None) -> None:
    """By more than 3 %, and not marked unknown."""
    wrong = {}
    for name, made in recordings.items():
        found = judged(made, counter).recording
        told = found.duration_seconds if found else None
        if told is not None and all(is_far(told, right) for right in made.right):
            wrong[name] = (told, made.right)
    assert wrong == {}


def test_with_the_extra_all_that_can_be_played_is_known(recordings: dict[str, Made], counting: Counter | None) -> None:
    if counting is None:
        pytest.skip("package av is not installed")
    looks = {name: judged(made, counting).recording for name, made in recordings.items() if made.seconds}
    assert [name for name, found in looks.items() if found is None or found.duration_seconds is None] == []


def test_no_good_recording_is_refused(recordings: dict[str, Made], counter: Counter | None) -> None:
    """What the service lists and fits the limits is sent."""
    refused = {}
    for name, made in recordings.items():
        found = judged(made, counter)
        if made.good and found.recording and found.recording.accepted and not found.is_sent:
            refused[name] = found.reason
    assert refused == {}


def test_no_long_recording_is_let_through_on_a_trusted_word(
    recordings: dict[str, Made], counter: Counter | None
) -> None:
    """What lasts twelve seconds is too long where eleven are allowed, or unknown."""
    let = {}
    for name, made in recordings.items():
        found = judged(made, counter, most=11.0)
        if made.seconds and made.seconds > 11.4 and found.verdict not in ("too_long", "unknown", "unsupported"):
            let[name] = found.verdict
    assert let == {}


def test_looking_and_uploading_decide_alike(recordings: dict[str, Made], counter: Counter | None) -> None:
    """Whatever the limit, also one just beside the length."""
    for name, made in recordings.items():
        if made.path.stat().st_size:
            for most in (5.0, 11.9, 12.0, 12.1, 30.0):
                looked, sent = (judged(made, counter, most, thorough=thorough) for thorough in (True, False))
                assert looked.verdict == sent.verdict, (name, most)


def is_told_as_truncated(made: Made) -> bool:
    return "truncated" in [code for code, _ in judged(made, None).warnings]


@pytest.mark.parametrize("name", [*ENCODED, "film.mp4", "film.mkv", "film.webm"])
def test_a_truncated_file_is_told_as_such(recordings: dict[str, Made], name: str) -> None:
    """Whatever its container; an AAC without one has no length that could be missed."""
    assert is_told_as_truncated(recordings[f"cut {name}"]) == (name != "aac")


def test_nothing_else_is_told_as_truncated(recordings: dict[str, Made]) -> None:
    """Neither what is whole, nor what came from a pipe: a size that was never written down tells of nothing."""
    others = {name: made for name, made in recordings.items() if made.good}
    assert [name for name, made in others.items() if is_told_as_truncated(made)] == []


def test_the_name_of_a_file_says_nothing(recordings: dict[str, Made]) -> None:
    """Its bytes do, and a file without any is no recording."""
    for name, made in recordings.items():
        state, _, original = name.partition(" ")
        if state == "misnamed":
            found, expected = judged(made, None).recording, judged(recordings[original], None).recording
            assert found == expected, name
        elif state == "empty":
            assert judged(made, None).recording is None

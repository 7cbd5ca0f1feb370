"""Recordings made to fit before they are sent."""

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import pytest
from audio.builders import opus
from harness import write_wav

from intron_cli.audio.counting import Counted
from intron_cli.audio.shrinking import Bounds, Mode, NotShrunk, Reason, Shrinker, Shrunk, installed
from intron_cli.audio.verdict import Judgement, Limits, judge
from intron_cli.core.errors import SetupError, SourceError
from intron_cli.jobs.fitting import Fitted, Shrinking, fitted

LIMITS = Limits(60.0, 10_000_000)

Fit = Callable[..., Fitted]


def writes(seconds: float, size: int = 900) -> Shrinker:
    """A shrinker whose results are so long and large."""

    def shrink(file: BinaryIO, target: BinaryIO, bounds: Bounds) -> Shrunk:
        data = opus(seconds)
        target.write(data + bytes(max(0, size - len(data))))
        target.seek(0)
        return Shrunk(seconds, size)

    return shrink


def fails(reason: Reason) -> Shrinker:
    return lambda file, target, bounds: NotShrunk(reason, 3.0)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def fit(tmp_path: Path, state: Path) -> Iterator[Fit]:
    """Fits a WAV of ten seconds, or other bytes, in one of the modes; the results are there until the test ends."""
    results = ExitStack()

    def call(shrinker: Shrinker, mode: Mode = "always", data: bytes | None = None, limits: Limits = LIMITS) -> Fitted:
        file = io.BytesIO(write_wav(tmp_path / "visit.wav", 10).read_bytes() if data is None else data)
        judgement = judge(file, "visit", limits)
        shrinking = Shrinking(mode, shrinker, state)
        return results.enter_context(fitted(file, "visit", judgement, limits, shrinking))

    with results:
        yield call


def test_what_is_made_small_is_what_is_sent(fit: Fit, state: Path) -> None:
    """Judged by what was written; it lies in the folder of the state, under no name."""
    found = fit(writes(10.0, 4000))
    assert found.file.tell() == 0
    assert found.saved == 160_044 - 4000
    assert found.judgement.recording
    assert found.judgement.recording.container.name == "Ogg"
    assert found.judgement.recording.duration_seconds == 10.0
    assert found.judgement.is_sent
    assert list(state.iterdir()) == []


def test_off_shrinks_nothing(fit: Fit, state: Path) -> None:
    """And needs neither the extra nor a folder."""
    assert fit(lambda *_: NotShrunk("damaged"), "off").saved is None
    assert not state.exists()


def test_the_bounds_are_those_of_the_settings(fit: Fit) -> None:
    asked: list[Bounds] = []

    def shrink(file: BinaryIO, target: BinaryIO, bounds: Bounds) -> NotShrunk:
        asked.append(bounds)
        return NotShrunk("damaged")

    with pytest.raises(SourceError):
        fit(shrink)
    assert asked == [Bounds(60.0, 10_000_000)]


@pytest.mark.parametrize(("size", "mode", "is_shrunk"), [
    (130_000, "auto", False), (120_000, "auto", True), (130_000, "always", True), (160_044, "always", False),
])  # fmt: skip
def test_what_did_not_become_small_enough_is_sent_as_it_is(fit: Fit, size: int, mode: Mode, *, is_shrunk: bool) -> None:
    """A fifth is the least for auto; for always anything."""
    found = fit(writes(10.0, size), mode)
    assert (found.saved is not None) is is_shrunk
    assert found.judgement.is_sent


def test_a_recording_of_just_the_longest_duration_may_be_shrunk(fit: Fit) -> None:
    """What was written is known to the sample: packets, which begin a little before the sound, are not counted."""
    limits = Limits(10.0, 10_000_000, lambda _: Counted(10.0065, "opus", 1, 16_000))
    found = fit(writes(10.0, 4000), limits=limits)
    assert (found.judgement.verdict, found.saved) == ("ok", 160_044 - 4000)


def test_what_has_to_be_another_format_may_become_larger(fit: Fit) -> None:
    """A telephone's AMR has half the bit rate."""
    found = fit(writes(10.0, 4000), "auto", b"#!AMR\n" + bytes(2000))
    assert found.saved == 2006 - 4000
    assert found.judgement.verdict == "ok"


def test_what_is_too_short_stays_too_short(fit: Fit) -> None:
    """Now that it is known."""
    found = fit(writes(0.4), "auto", b"#!AMR\n" + bytes(2000))
    assert found.judgement.verdict == "too_short"


def test_that_a_recording_is_truncated_is_still_told(fit: Fit, tmp_path: Path) -> None:
    """But no longer that its length is unknown."""
    data = write_wav(tmp_path / "v.wav", 10).read_bytes()[:-40_000]
    assert [code for code, _ in fit(writes(7.5), data=data).judgement.warnings] == ["truncated"]


@pytest.mark.parametrize("reason", ["damaged", "timed_out", "too_large", "no_sound"])
def test_what_cannot_be_made_small(fit: Fit, reason: Reason) -> None:
    """Ends where that was asked for or is needed; in auto what may be sent is sent as it is, with a warning."""
    with pytest.raises(SourceError):
        fit(fails(reason))
    with pytest.raises(SourceError):
        fit(fails(reason), "auto", b"#!AMR\n" + bytes(2000))
    found = fit(fails(reason), "auto")
    assert found.saved is None
    (warning,) = found.judgement.warnings
    assert warning[0] == "not_shrunk"
    assert warning[1].endswith("It is sent as it is.")


def test_a_disk_that_is_full_ends_it_in_every_mode(fit: Fit) -> None:
    for mode in ("auto", "always"):
        with pytest.raises(SetupError, match="disk"):
            fit(fails("not_written"), mode)


def test_a_decoder_that_overshoots_the_limit_refuses_nothing(fit: Fit) -> None:
    """What is known to be short enough is sent as it is; what turns out to be too long is refused."""
    assert fit(fails("too_long")).saved is None
    with pytest.raises(SourceError, match="longer than 1 min"):
        fit(fails("too_long"), "auto", b"#!AMR\n" + bytes(2000))


def test_what_lost_sound_is_not_sent(fit: Fit) -> None:
    """A WAV of ten seconds of which six came out."""
    with pytest.raises(SourceError, match="could not be read through"):
        fit(writes(6.0))


def test_an_interrupt_leaves_nothing_open(fit: Fit, state: Path) -> None:
    used: list[BinaryIO] = []

    def shrink(file: BinaryIO, target: BinaryIO, bounds: Bounds) -> Shrunk:
        used.append(target)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(shrink)
    assert used[0].closed


def test_the_real_one(tmp_path: Path, state: Path) -> None:
    """A WAV from a file, hashed before as it is after."""
    pytest.importorskip("av", reason="av is not installed (pip install 'intron-cli[audio]')")
    path = write_wav(tmp_path / "visit.wav", 10)
    before = path.read_bytes()
    with path.open("rb") as file:
        judgement: Judgement = judge(file, "visit", LIMITS)
        shrinker = installed()
        assert shrinker
        shrinking = Shrinking("always", shrinker, state)
        with fitted(file, "visit", judgement, LIMITS, shrinking) as found:
            recording = found.judgement.recording
            assert recording
            assert (recording.codec, recording.duration_seconds) == ("Opus", pytest.approx(10.0))
            assert found.saved == len(before) - recording.bytes > 0
            assert len(found.file.read()) == recording.bytes
        assert found.file.closed
        file.seek(0)
        assert file.read() == before

"""Which recordings are made small, and what is told of those that could not be."""

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intron_cli.audio.facts import Flaw
from intron_cli.audio.recording import Recording
from intron_cli.audio.shrinking import (
    BYTES_A_SECOND,
    Mode,
    NotShrunk,
    Reason,
    Shrunk,
    checked,
    refusal,
    wants_shrinking,
)
from intron_cli.audio.sniff import ACCEPTED, M4A, MP3, OGG, THREE_GP, WAV, Container
from intron_cli.audio.verdict import Judgement, Limits, Verdict
from intron_cli.core.errors import SetupError, SourceError

LIMITS = Limits(600.0, 100_000_000)
SMALL = 60 * BYTES_A_SECOND


def judged(
    size: int,
    *,
    container: Container = WAV,
    seconds: float | None = 60.0,
    verdict: Verdict = "ok",
    codec: str = "PCM",
    channels: int = 1,
    flaws: tuple[Flaw, ...] = (),
) -> Judgement:
    basis = "unknown" if seconds is None else "exact"
    return Judgement(verdict, Recording(container, size, seconds, basis, codec, channels, 16_000, flaws))


WAV_OF_A_MINUTE = judged(1_920_044)
OPUS = {"container": OGG, "codec": "Opus"}


@pytest.mark.parametrize(
    ("judgement", "auto", "always"),
    [
        (WAV_OF_A_MINUTE, True, True),
        (judged(SMALL * 5 // 4 + 9), True, True),
        (judged(SMALL * 6 // 5), False, True),
        (judged(SMALL - 9), False, False),
        (judged(9000, container=THREE_GP, verdict="unsupported"), True, True),
        (judged(9000, container=THREE_GP, verdict="unsupported", seconds=None), True, True),
        (judged(110_000_000, verdict="too_large", seconds=599.0), True, True),
        (judged(110_000_000, verdict="too_long", seconds=601.0), False, False),
        (judged(9_000_000, container=THREE_GP, verdict="too_long", seconds=601.0), False, False),
        (judged(110_000_000, verdict="too_large", seconds=None), True, True),
        (judged(9_000_000, verdict="too_long", seconds=601.0), False, False),
        (judged(9000, verdict="too_short", seconds=0.5), False, False),
        (judged(9000, verdict="not_audio"), False, False),
        (Judgement("not_audio"), False, False),
        (judged(9_000_000, container=M4A, verdict="unknown", seconds=None), False, True),
        (judged(SMALL, **OPUS), False, False),  # type: ignore[arg-type]
        (judged(SMALL * 6 // 5, **OPUS), False, False),  # type: ignore[arg-type]
        (judged(SMALL * 6 // 5, channels=2, **OPUS), False, True),  # type: ignore[arg-type]
        (judged(SMALL * 3, **OPUS), True, True),  # type: ignore[arg-type]
        (judged(9_000_000, flaws=("joined",)), False, False),
        (judged(9_000_000, flaws=("truncated",)), True, True),
        (judged(9_000_000, container=MP3, flaws=("joined",)), True, True),
        (judged(9_000_000, container=M4A, flaws=("joined",), seconds=None, verdict="unknown"), False, False),
    ],
)  # fmt: skip
def test_what_is_shrunk(judgement: Judgement, *, auto: bool, always: bool) -> None:
    """Where it saves enough, or makes fit what can be made to fit; never where sound would be lost by it."""
    assert wants_shrinking(judgement, "auto") is auto
    assert wants_shrinking(judgement, "always") is always


@given(
    st.sampled_from(ACCEPTED),
    st.integers(1, 10**9),
    st.none() | st.floats(0, 10**6),
    st.sampled_from(get_args(Verdict)),
)
def test_the_modes_are_in_order(container: Container, size: int, seconds: float | None, verdict: Verdict) -> None:
    """Off shrinks nothing, and always whatever auto does."""
    judgement = judged(size, container=container, seconds=seconds, verdict=verdict)
    wanted = [wants_shrinking(judgement, mode) for mode in get_args(Mode)]
    assert not wanted[0]
    assert wanted == sorted(wanted)


def test_what_came_out_shorter_than_it_was_is_damaged() -> None:
    """But for what coders round; of a recording with a flaw nobody knows how long it should be."""
    assert checked(Shrunk(59.5, 9), WAV_OF_A_MINUTE) == Shrunk(59.5, 9)
    assert checked(Shrunk(58.5, 9), WAV_OF_A_MINUTE) == NotShrunk("damaged")
    assert checked(Shrunk(30.0, 9), judged(9, flaws=("truncated",))) == Shrunk(30.0, 9)
    assert checked(Shrunk(30.0, 9), judged(9, seconds=None)) == Shrunk(30.0, 9)
    assert checked(NotShrunk("too_large"), WAV_OF_A_MINUTE) == NotShrunk("too_large")


@pytest.mark.parametrize("is_sent", [True, False])
@pytest.mark.parametrize("reason", get_args(Reason))
def test_each_failure_is_told_in_one_line(reason: Reason, *, is_sent: bool) -> None:
    """With what to do next, and as what it is: the recording's fault, or this machine's."""
    error = refusal(NotShrunk(reason, 75.2), "visit.amr", LIMITS, is_sent=is_sent)
    assert isinstance(error, SetupError if reason in ("not_written", "not_run") else SourceError)
    assert error.hint
    assert "\n" not in str(error)
    if isinstance(error, SourceError):
        assert "visit.amr" in str(error)
    if reason in ("damaged", "timed_out"):
        assert ("--no-shrink" in error.hint) is is_sent
    if reason == "damaged":
        assert "1 min 15 s" in str(error)


def test_the_limits_that_are_told_are_those_of_the_settings() -> None:
    limits = replace(LIMITS, max_duration=90.0, max_bytes=2_000_000)
    assert "1 min 30 s" in str(refusal(NotShrunk("too_long"), "v", limits, is_sent=False))
    assert "2 MB" in str(refusal(NotShrunk("too_large"), "v", limits, is_sent=False))

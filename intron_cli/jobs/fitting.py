"""A checked recording made small before it is sent, where that is wanted, worth it and possible."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from intron_cli.audio.shrinking import (
    WORTH,
    Bounds,
    Mode,
    NotShrunk,
    Shrinker,
    Shrunk,
    checked,
    refusal,
    wants_shrinking,
)
from intron_cli.audio.verdict import Judgement, Limits, judge
from intron_cli.core.errors import SetupError
from intron_cli.jobs.spool import temporary_audio


@dataclass(frozen=True, slots=True)
class Shrinking:
    """What is made small, by whom, and in which folder the result lies until it is sent."""

    mode: Mode
    shrinker: Shrinker
    folder: Path


@dataclass(frozen=True, slots=True)
class Fitted:
    """What is sent, and the judgement on it.

    ``saved`` is None where it is the file as it was, else by how many bytes it is smaller: by less than nothing
    where only its format had to be another.
    """

    file: BinaryIO
    judgement: Judgement
    saved: int | None = None


@contextmanager
def fitted(file: BinaryIO, name: str, judgement: Judgement, limits: Limits, shrinking: Shrinking) -> Iterator[Fitted]:
    """An open recording made small where ``shrinking`` has it so; the original stays untouched.

    The result is judged like any file, by the exact duration of what was written, and is gone afterwards. Raises
    SetupError, and SourceError where a recording could not be read through that was to be made small.
    """
    if not wants_shrinking(judgement, shrinking.mode):
        yield Fitted(file, judgement)
        return
    with temporary_audio(shrinking.folder) as target:
        shrunk = shrinking.shrinker(file, target, Bounds(limits.max_duration, limits.max_bytes))
        shrunk = checked(shrunk, judgement)
        if isinstance(shrunk, NotShrunk):
            yield Fitted(file, _as_it_is(shrunk, name, judgement, limits, shrinking.mode))
        else:
            yield _chosen(shrunk, name, limits, shrinking.mode, Fitted(file, judgement), target)


def _as_it_is(failure: NotShrunk, name: str, judgement: Judgement, limits: Limits, mode: Mode) -> Judgement:
    """The judgement on what could not be made small, with a warning. Raises where it may not be sent so."""
    error = refusal(failure, name, limits, is_sent=judgement.is_sent)
    recording = judgement.recording
    # A decoder's last packet may reach over a limit that the recording keeps.
    is_at_limit = failure.reason == "too_long" and recording is not None and recording.duration_seconds is not None
    may_stay = judgement.is_sent and (mode == "auto" or is_at_limit)
    if not may_stay or isinstance(error, SetupError):
        raise error
    warning = ("not_shrunk", f"{error.message} It is sent as it is.")
    return replace(judgement, warnings=(*judgement.warnings, warning))


def _chosen(shrunk: Shrunk, name: str, limits: Limits, mode: Mode, original: Fitted, target: BinaryIO) -> Fitted:
    """The shrunk recording, or the original where that may be sent and is hardly larger."""
    judgement = original.judgement
    size = judgement.recording.bytes if judgement.recording else 0
    if judgement.is_sent and shrunk.bytes >= size * (WORTH if mode == "auto" else 1):
        return original
    found = judge(target, name, replace(limits, counter=None))  # its header is ours
    target.seek(0)
    # That its length was unknown is over; that it is truncated or joined is not.
    warnings = tuple(warning for warning in judgement.warnings if warning[0] != "duration_unknown")
    return Fitted(target, replace(found, warnings=warnings), size - shrunk.bytes)

"""A checked recording made small before it is sent, where that is wanted, worth it and possible."""

import os
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
    """What is made small, by whom, and in which folder the result lies until it is sent.

    ``missing`` is raised where one is needed and there is no ``shrinker``.
    """

    mode: Mode
    shrinker: Shrinker | None
    missing: SetupError
    folder: Path


@dataclass(frozen=True, slots=True)
class Fitted:
    """What is sent, and the judgement on it.

    ``saved`` is None where it is the file as it was. Else the file is the caller's to close, and so many bytes
    smaller; it may be larger where only its format had to be another.
    """

    file: BinaryIO
    judgement: Judgement
    saved: int | None = None


def fitted(file: BinaryIO, name: str, judgement: Judgement, limits: Limits, shrinking: Shrinking) -> Fitted:
    """Make an open recording small where ``shrinking`` has it so; the original stays untouched.

    The result is judged like any file, by the exact duration of what was written. Raises SetupError, and
    SourceError where a recording could not be read through that was to be made small.
    """
    if not wants_shrinking(judgement, shrinking.mode, limits):
        return Fitted(file, judgement)
    if shrinking.shrinker is None:
        raise shrinking.missing
    target = temporary_audio(shrinking.folder)
    result = Fitted(file, judgement)
    try:
        shrunk = shrinking.shrinker(file, target, Bounds(limits.max_duration, limits.max_bytes))
        result = _chosen(checked(shrunk, judgement), target, name, limits, shrinking.mode, result)
    finally:
        if result.file is not target:
            target.close()
    return result


def _chosen(
    shrunk: Shrunk | NotShrunk, target: BinaryIO, name: str, limits: Limits, mode: Mode, original: Fitted
) -> Fitted:
    """The shrunk recording, or the original where that may be sent and is no worse."""
    judgement = original.judgement
    if isinstance(shrunk, NotShrunk):
        error = refusal(shrunk, name, limits, is_sent=judgement.is_sent)
        recording = judgement.recording
        # A decoder's last packet may reach over a limit that the recording keeps.
        is_at_limit = shrunk.reason == "too_long" and recording is not None and recording.duration_seconds is not None
        may_stay = judgement.is_sent and (mode == "auto" or is_at_limit)
        if not may_stay or isinstance(error, SetupError):
            raise error
        warning = ("not_shrunk", f"{error.message} It is sent as it is.")
        return Fitted(original.file, replace(judgement, warnings=(*judgement.warnings, warning)))
    size = original.file.seek(0, os.SEEK_END)
    if judgement.is_sent and shrunk.bytes >= size * (WORTH if mode == "auto" else 1):
        return original
    # That its length was unknown is over; that it is truncated or joined is not.
    warnings = tuple(warning for warning in judgement.warnings if warning[0] != "duration_unknown")
    found = judge(target, name, limits)
    target.seek(0)
    return Fitted(target, replace(found, warnings=warnings), size - shrunk.bytes)

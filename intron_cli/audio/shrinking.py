"""Recordings made small before they are sent: mono Opus in Ogg, which the service takes whatever they were before.

Needs the extra `audio`. Nobody hears what was lost on the way, so a recording that cannot be read through
is not made small; of a truncated one, what is there is.
"""

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO, Literal, get_args

from intron_cli.audio.sniff import FLAC, MP3, OGG
from intron_cli.audio.verdict import Judgement, Limits
from intron_cli.core.errors import IntronError, SetupError, SourceError
from intron_cli.core.text import bytes_text, seconds_text

Mode = Literal["off", "auto", "always"]

Reason = Literal["damaged", "no_sound", "too_long", "too_large", "not_written", "not_run", "timed_out"]

BYTES_A_SECOND = 3135
"""What the result takes: the sound at 24 kbit/s, and what Ogg adds to it."""

WORTH = 0.8
"""`auto` shrinks where at least a fifth is saved."""

_MISSING = 1.0
"""Seconds that a whole recording may become shorter by: coders round to their packets."""

_READ_ON = (MP3, FLAC, OGG)
"""Where one recording ends, what is joined to it is read as well."""

_PROGRAM = Path(__file__).with_name("opus.py")
_LEAST_PATIENCE = 60.0
_BYTES_A_SECOND_READ = 1_000_000
_SECONDS_A_SECOND = 2.0
"""So slow may a machine be before it is taken for hung; one of 2020 is forty times as fast."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is written at most: a recording that has more is given up."""

    seconds: float = math.inf
    bytes: int = sys.maxsize


@dataclass(frozen=True, slots=True)
class Shrunk:
    """What was written: exactly so many seconds, in so many bytes."""

    seconds: float
    bytes: int


@dataclass(frozen=True, slots=True)
class NotShrunk:
    """Why nothing of use was written. ``seconds`` is how far into the recording that showed, where it is known."""

    reason: Reason
    seconds: float | None = None


Shrinker = Callable[[BinaryIO, BinaryIO, Bounds], Shrunk | NotShrunk]
"""Writes an open recording into an empty file, made small. Afterwards both files stand at their start."""


def installed() -> Shrinker | None:
    """The shrinker of the extra. Nothing of it is loaded before it works."""
    return shrink if find_spec("av") else None


def wants_shrinking(judgement: Judgement, mode: Mode) -> bool:
    """Whether a recording is made small before it is sent.

    ``auto``: where that saves a fifth, and where it is too large or of a format that the service does not
    list. ``always``: wherever it saves anything. What is too long stays too long, and mono Opus that is small
    enough is left alone. So are joined recordings of which only the first could be read.
    """
    recording = judgement.recording
    if mode == "off" or recording is None or judgement.verdict in ("not_audio", "too_short", "too_long"):
        return False
    seconds = recording.duration_seconds
    if "joined" in recording.flaws and recording.container not in _READ_ON:
        return False
    if judgement.verdict in ("unsupported", "too_large"):
        return True
    if seconds is None:
        return mode == "always"
    left = seconds * BYTES_A_SECOND / recording.bytes
    is_opus = (recording.codec or "").lower() == "opus" and recording.channels == 1
    return left <= WORTH or (mode == "always" and left < 1 and not is_opus)


def shrink(file: BinaryIO, target: BinaryIO, bounds: Bounds, patience: float | None = None) -> Shrunk | NotShrunk:
    """Shrink in a process of its own, which has ``patience`` (s; else by what is to be read) to come to its end."""
    size = file.seek(0, os.SEEK_END)
    target.flush()
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            # -P: neither this folder's modules nor those of the current one come before the packages meant.
            [sys.executable, "-P", str(_PROGRAM), repr(bounds.seconds), str(bounds.bytes)],
            stdin=file,
            stdout=target,
            stderr=subprocess.PIPE,
            timeout=_patience(size, bounds) if patience is None else patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return NotShrunk("timed_out")
    except OSError:
        return NotShrunk("not_run")
    finally:
        for used in (file, target):
            # The process moved the place that it shared with us. From the end, a buffer is not trusted.
            used.seek(0, os.SEEK_END)
            used.seek(0)
    return _outcome(done.stderr if done.returncode == 0 else b"", os.fstat(target.fileno()).st_size)


def _patience(size: int, bounds: Bounds) -> float:
    seconds = bounds.seconds if math.isfinite(bounds.seconds) else 0.0
    return _LEAST_PATIENCE + size / _BYTES_A_SECOND_READ + seconds / _SECONDS_A_SECOND


def _outcome(told: bytes, size: int) -> Shrunk | NotShrunk:
    """What the process said; where it said nothing, it broke down on what it read."""
    try:
        answer: dict[str, Any] = json.loads(told)
        reason, seconds = answer.get("reason"), answer["seconds"]
        if reason is None:
            return Shrunk(float(seconds), size)
    except (ValueError, TypeError, KeyError):
        return NotShrunk("damaged")
    return NotShrunk(reason if reason in get_args(Reason) else "damaged", seconds)


def checked(shrunk: Shrunk | NotShrunk, judgement: Judgement) -> Shrunk | NotShrunk:
    """``shrunk``, if it holds all that the recording was known to hold: of some damage no decoder says anything."""
    recording = judgement.recording
    known = recording.duration_seconds if recording and not recording.flaws else None
    if isinstance(shrunk, NotShrunk) or known is None or shrunk.seconds >= known - _MISSING:
        return shrunk
    return NotShrunk("damaged")


def refusal(failure: NotShrunk, name: str, limits: Limits, *, is_sent: bool) -> IntronError:
    """The error to tell for a recording that could not be made small; ``is_sent``: as it is, it would be sent."""
    otherwise = "--no-shrink sends it as it is." if is_sent else "Check the file, or convert it by hand."
    match failure.reason:
        case "too_long":
            most = seconds_text(limits.max_duration)
            return SourceError(
                "too_long", f"{name} lasts longer than {most}, the most that is sent (max_duration).", "Cut it first."
            )
        case "too_large":
            most = bytes_text(limits.max_bytes)
            return SourceError(
                "too_large", f"{name} has more than {most} even when shrunk (max_bytes).", "Cut it first."
            )
        case "no_sound":
            return SourceError("not_audio", f"{name} is no recording: there is no sound in it.", "Check the file.")
        case "not_written":
            return SetupError("A shrunk recording could not be written to this machine's disk.", "Is the disk full?")
        case "not_run":
            return SetupError("The extra 'audio' cannot be used here.", "Install it anew.")
        case "timed_out":
            return SourceError("unreadable", f"Reading {name} did not come to an end and was given up.", otherwise)
    where = "" if failure.seconds is None else f": it is damaged after {seconds_text(failure.seconds)}"
    return SourceError("unreadable", f"{name} could not be read through{where}.", otherwise)

"""Whether a recording is sent: the one place that decides, for what looks at files and for what uploads them."""

import shlex
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import BinaryIO, Literal

from intron_cli.audio.counting import Counter
from intron_cli.audio.recording import Recording, counted, inspect
from intron_cli.core.text import bytes_text, seconds_text

Verdict = Literal["ok", "too_long", "too_short", "too_large", "unsupported", "not_audio", "unknown"]

MIN_SECONDS = 1.0
"""The service's own least duration."""

_NEAR = 0.05
"""So near to a limit, a header's word is not enough where somebody can count."""

_CUT_WITHOUT_LOSS = {"wav": "wav", "mp3": "mp3", "m4a": "m4a"}


@dataclass(frozen=True, slots=True)
class Limits:
    """What is sent: so many seconds and bytes at most; ``counter`` counts where headers cannot be believed."""

    max_duration: float
    max_bytes: int
    counter: Counter | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a file is, whether it is sent, and if not, why, and what to do about it.

    ``unknown`` is sent: how long it lasts is for the service to find out. ``command`` is a line for a
    shell that makes it fit, where there is one. ``warnings`` are codes and sentences.
    """

    verdict: Verdict
    recording: Recording | None = None
    reason: str = ""
    hint: str = ""
    command: str = ""
    warnings: tuple[tuple[str, str], ...] = ()

    @property
    def is_sent(self) -> bool:
        return self.verdict in ("ok", "unknown")


def judge(file: BinaryIO, name: str, limits: Limits, *, thorough: bool = False) -> Judgement:
    """Look at an open file and decide. ``thorough`` counts also where a header is believed.

    Either way what a header says within a twentieth of a limit is counted, so both decide alike.
    """
    recording = inspect(file)
    if recording and (thorough or _is_doubtful(recording, limits)):
        recording = counted(recording, file, limits.counter)
    if recording is None or recording.silent:
        content = "its content is not audio" if recording is None else "there is no sound in it"
        reason = f"{name} is no recording: {content}."
        return Judgement("not_audio", recording, reason, "Check the file.")
    return _judged(recording, name, limits)


def _is_doubtful(recording: Recording, limits: Limits) -> bool:
    seconds = recording.duration_seconds
    return seconds is None or any(abs(seconds - limit) <= _NEAR * limit for limit in (MIN_SECONDS, limits.max_duration))


def _judged(recording: Recording, name: str, limits: Limits) -> Judgement:
    seconds = recording.duration_seconds
    warnings = tuple(_warnings(recording, name))
    if seconds is not None and seconds < MIN_SECONDS:
        least = seconds_text(MIN_SECONDS)
        reason = f"{name} lasts {seconds_text(seconds)}; the service takes nothing under {least}."
        return Judgement("too_short", recording, reason, "Was the recording cut off?", warnings=warnings)
    verdict, reason = _refusal(recording, name, limits)
    if verdict == "too_long":
        command = _cutting_command(name, recording, limits)
        return Judgement(verdict, recording, reason, f"Cut it first, for example: {command}", command, warnings)
    if verdict != "ok":
        command = shlex.join(["intron", "transcribe", _as_argument(name), "--shrink"])
        return Judgement(verdict, recording, reason, "Add --shrink.", command, warnings)
    if seconds is None:
        doubt = f"How long {name} lasts cannot be told from its header; it is sent all the same."
        return Judgement("unknown", recording, warnings=(*warnings, ("duration_unknown", doubt)))
    return Judgement("ok", recording, warnings=warnings)


def _refusal(recording: Recording, name: str, limits: Limits) -> tuple[Verdict, str]:
    """Why a recording is refused that could be made to fit; first what shrinking does not help against."""
    seconds = recording.duration_seconds
    if seconds is not None and seconds > limits.max_duration:
        most = seconds_text(limits.max_duration)
        return "too_long", f"{name} lasts {seconds_text(seconds)}; at most {most} are sent (max_duration)."
    if not recording.accepted:
        return "unsupported", f"{name} is {recording.container.name}, which the service does not list."
    if recording.bytes > limits.max_bytes:
        most = bytes_text(limits.max_bytes)
        return "too_large", f"{name} has {bytes_text(recording.bytes)}; at most {most} are sent (max_bytes)."
    return "ok", ""


def _warnings(recording: Recording, name: str) -> list[tuple[str, str]]:
    found = []
    if "truncated" in recording.flaws:
        found.append(("truncated", f"{name} is truncated: its header tells of more than is there."))
    if "joined" in recording.flaws:
        found.append(
            ("joined", f"{name} holds several recordings one after the other; the first may be all that counts.")
        )
    return found


def _cutting_command(name: str, recording: Recording, limits: Limits) -> str:
    """The line for ffmpeg that makes several recordings of one, which are sent."""
    path = PurePath(name)
    stem = path.stem.replace("%", "%%")
    small = ["-map", "0:a:0", "-ac", "1", "-ar", "16000", "-c:a", "libopus", "-b:a", "24k"]
    fits = recording.accepted and recording.bytes <= limits.max_bytes
    suffix = _CUT_WITHOUT_LOSS.get(recording.suffix) if fits else None
    coding = ["-map", "0:a:0", "-c", "copy"] if suffix else small
    piece = max(1, int(min(limits.max_duration * 0.98, limits.max_duration - 1)))
    cut = ["-f", "segment", "-segment_time", str(piece), "-reset_timestamps", "1"]
    target = _beside(path, f"{stem}.%03d.{suffix or 'ogg'}")
    return shlex.join(["ffmpeg", "-i", _as_argument(name), *coding, *cut, target])


def _beside(path: PurePath, name: str) -> str:
    """A new file in the folder of ``path``."""
    return _as_argument(str(path.with_name(name)) if path.name else name)


def _as_argument(path: str) -> str:
    """A path that no program takes for an option."""
    return f"./{path}" if path.startswith("-") else path

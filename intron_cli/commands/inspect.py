"""``intron inspect``: what a recording is, whether the service takes it, and what would make it fit."""

import sys
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any

import typer

from intron_cli.commands.program import Run
from intron_cli.core.text import bytes_text, clean_line, seconds_text

if TYPE_CHECKING:
    from intron_cli.audio.recording import Recording
    from intron_cli.audio.verdict import Judgement, Limits
    from intron_cli.core.errors import SourceError

EXAMPLES = ("intron inspect visit.wav", "intron inspect *.mp3 --json")

_HEAD = ("FILE", "WHAT", "LENGTH", "SIZE", "SOUND", "VERDICT")
_CHANNELS = {1: "mono", 2: "stereo"}
_VERDICTS = {"unknown": "length unknown"}


@dataclass(frozen=True, slots=True)
class Found:
    """A file with the judgement on it, or why it could not be looked at."""

    name: str
    judgement: "Judgement | None" = None
    error: "SourceError | None" = None
    bytes: int | None = None

    @property
    def recording(self) -> "Recording | None":
        return self.judgement.recording if self.judgement else None

    @property
    def is_sent(self) -> bool:
        return self.judgement is not None and self.judgement.is_sent

    @property
    def warnings(self) -> list[tuple[str, str]]:
        """Those of the judgement, and one where the name says something else than the bytes."""
        found = list(self.judgement.warnings) if self.judgement else []
        suffix = PurePath(self.name).suffix.lower().removeprefix(".")
        if self.recording and suffix in _SUFFIXES and suffix not in _SUFFIXES_OF.get(self.recording.suffix, ()):
            kind = self.recording.container.name
            found.append(
                ("wrong_suffix", f"{clean_line(self.name)} is {kind}, whatever its name says; it counts as that.")
            )
        return found


_SUFFIXES_OF = {
    "wav": ("wav", "wave", "rf64", "bwf"), "mp3": ("mp3", "mp2", "mpga"), "mp4": ("mp4", "m4v", "m4a"),
    "m4a": ("m4a", "m4b", "mp4"), "ogg": ("ogg", "oga", "opus", "spx", "ogv"), "webm": ("webm", "weba"),
    "flac": ("flac",), "mka": ("mka", "mkv"), "mov": ("mov", "qt"), "3gp": ("3gp", "3g2", "mp4"), "amr": ("amr", "awb"),
    "caf": ("caf",), "au": ("au", "snd"), "wma": ("wma", "wmv", "asf"), "w64": ("w64",), "avi": ("avi",),
    "aiff": ("aiff", "aif"), "aifc": ("aifc", "aif", "aiff"), "aac": ("aac", "adts"),
}  # fmt: skip
_SUFFIXES = {suffix for suffixes in _SUFFIXES_OF.values() for suffix in suffixes}


def inspect(
    run: Run,
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Recordings.", show_default=False)],
    json: Annotated[bool, typer.Option("--json", help="Print an array with an object for each file.")] = False,
) -> int:
    """Tell what recordings are, how long, and whether they would be sent.

    Needs no key and no network. Exits with 9 if one would be refused.
    """
    from intron_cli.audio.verdict import Limits
    from intron_cli.config import table
    from intron_cli.core.errors import DONE, SourceError
    from intron_cli.core.record import to_json_bytes

    run.terminal.json_lines = json
    settings = run.settings()
    limits = Limits(settings[table.MAX_DURATION], settings[table.MAX_BYTES], run.program.counter())
    found = [_found(name, limits) for name in files]
    if json:
        run.terminal.result(to_json_bytes([_as_json(one) for one in found], indent=2))
    else:
        run.terminal.result(_as_text(found, run.terminal.streams.width).encode("utf-8", "replace"))
    for one in found:
        if one.error:
            run.terminal.error(one.error)
    _note_how_to_count(run, found, limits)
    # Not the rule for several with different ends: nothing was done to any of them, and the question was
    # whether all would be sent.
    return DONE if all(one.is_sent for one in found) else SourceError.exit_code


def _found(name: str, limits: "Limits") -> Found:
    from intron_cli.core.errors import SourceError
    from intron_cli.jobs.naming import source_name
    from intron_cli.jobs.sources import judged

    try:
        judgement, size = judged(name, limits)
    except SourceError as error:
        return Found(source_name(name), error=error)
    return Found(name, judgement, bytes=size)


def _note_how_to_count(run: Run, found: list[Found], limits: "Limits") -> None:
    from intron_cli.commands.extras import audio_missing

    unknown = [one for one in found if one.recording and one.recording.duration_seconds is None]
    if unknown and limits.counter is None and not run.terminal.quiet:
        missing = audio_missing("Counting an unknown length", sys.prefix, sys.executable)
        run.terminal.event("note", str(missing))


def _as_text(found: list[Found], width: int) -> str:
    from intron_cli.output.columns import columns

    blocks = [columns(_HEAD, [_row(one) for one in found], width)]
    for one in found:
        lines = [f"warning: {message}" for code, message in one.warnings if code != "duration_unknown"]
        if one.judgement and not one.is_sent:
            lines += [one.judgement.reason, one.judgement.command or one.judgement.hint]
        if lines:
            blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def _row(one: Found) -> tuple[str, ...]:
    name = clean_line(one.name)
    size = "" if one.bytes is None else bytes_text(one.bytes)
    recording = one.recording
    if one.judgement is None or recording is None:
        end: str = one.judgement.verdict if one.judgement else one.error.reason if one.error else ""
        return (name, "", "", size, "", end.replace("_", " "))
    seconds = recording.duration_seconds
    length = "unknown" if seconds is None else f"{seconds_text(seconds)} ({recording.basis})"
    codec = recording.codec if recording.codec != recording.container.name else None
    channels = _CHANNELS.get(recording.channels or 0, f"{recording.channels} channels") if recording.channels else ""
    rate = f"{recording.sample_rate / 1000:g} kHz" if recording.sample_rate else ""
    what = " ".join(filter(None, (recording.container.name, codec)))
    verdict = one.judgement.verdict.replace("_", " ")
    return (name, what, length, size, " ".join(filter(None, (channels, rate))), _VERDICTS.get(verdict, verdict))


def _as_json(one: Found) -> dict[str, Any]:
    recording, judgement = one.recording, one.judgement
    return {
        "source": one.name,
        "container": recording.container.name if recording else None,
        "codec": recording.codec if recording else None,
        "duration_seconds": recording.duration_seconds if recording else None,
        "duration_basis": recording.basis if recording else "unknown",
        "bytes": one.bytes,
        "channels": recording.channels if recording else None,
        "sample_rate": recording.sample_rate if recording else None,
        "bit_rate": recording.bit_rate if recording else None,
        "verdict": judgement.verdict if judgement else None,
        "reason": (judgement.reason or None) if judgement else None,
        "command": (judgement.command or None) if judgement else None,
        "warnings": [{"code": code, "message": message} for code, message in one.warnings],
        "error": {"type": one.error.reason, "message": str(one.error)} if one.error else None,
    }

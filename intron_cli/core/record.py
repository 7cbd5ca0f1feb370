"""The record: one shape for what became of a source, wherever it is printed or saved.

Its JSON Schema lies beside this file (``record.schema.json``). Unknown is null, never missing;
growth is additive.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

from intron_cli.core.errors import DONE, EMPTY, DecisionError, IntronError, RefusedError, StillProcessingError
from intron_cli.core.request import Request

SCHEMA = "intron.record/1"

Status = Literal["not_sent", "submitted", "processing", "done", "failed", "refused", "maybe", "rejected", "gone"]

EMPTY_TRANSCRIPT = "empty_transcript"
OUTPUT_ABSENT = "output_absent"
FACTS = (EMPTY_TRANSCRIPT, OUTPUT_ABSENT)

NOTICE = "Written by a machine; no clinician has checked it."

_TURN = re.compile(r"\s*(SPEAKER_\w+)\s*:\s*(.*)")
_NOT_IN_JSON_TEXT = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Source:
    """The recording as its user knows it. ``name`` is never sent unless the user asked for that."""

    name: str
    bytes: int | None = None
    sha256: str | None = None
    duration_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """``turns`` is None where nobody told the speakers apart."""

    text: str
    turns: tuple[Turn, ...] | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the service's text, in which a turn stands on a line: ``SPEAKER_01: Hello world.``"""
        lines = [line.strip() for line in text.splitlines()]
        turns: list[Turn] = []
        for line in filter(None, lines):
            if match := _TURN.fullmatch(line):
                turns.append(Turn(match[1], match[2]))
            elif turns:
                turns[-1] = Turn(turns[-1].speaker, f"{turns[-1].text} {line}".strip())
            else:
                return cls("\n".join(lines).strip())
        return cls("\n".join(lines).strip(), tuple(turns) or None)


@dataclass(frozen=True, slots=True)
class OutputText:
    """One output: ``markdown``, or ``value`` (any JSON) where structured results were asked for."""

    title: str
    markdown: str | None = None
    value: Any = None


@dataclass(frozen=True, slots=True)
class Warn:
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ErrorInfo:
    type: str
    message: str
    exit_code: int

    @classmethod
    def of(cls, error: IntronError) -> Self:
        return cls(error.kind, str(error), error.exit_code)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a result comes from. Times are ISO 8601 in UTC."""

    version: str
    host: str
    notice: str = NOTICE


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of one source and of what became of it."""

    status: Status
    source: Source
    request: Request | None = None
    service: str | None = None
    service_status: str | None = None
    file_id: str | None = None
    transcript: Transcript | None = None
    outputs: Mapping[str, OutputText] = field(default_factory=dict)
    warnings: tuple[Warn, ...] = ()
    error: ErrorInfo | None = None
    submitted_at: str | None = None
    finished_at: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[Mapping[str, Any], ...] = ()
    provenance: Provenance | None = None
    documents: Mapping[str, str] = field(default_factory=dict)
    raw: Any = None

    @property
    def exit_code(self) -> int:
        if self.error:
            return self.error.exit_code
        if self.status == "done":
            return EMPTY if any(warning.code in FACTS for warning in self.warnings) else DONE
        return _UNFINISHED.get(self.status, DONE)

    def warn(self, code: str, message: str) -> Self:
        return replace(self, warnings=(*self.warnings, Warn(code, message)))

    def without_words(self) -> Self:
        """The record without what was said and written: what is left of one that is where it belongs."""
        return replace(self, transcript=None, outputs={}, raw=None)

    def to_dict(self) -> dict[str, Any]:
        """The record as its JSON Schema has it."""
        return {
            "schema": SCHEMA,
            "status": self.status,
            "service_status": self.service_status,
            "file_id": self.file_id,
            "source": _plain(self.source),
            "request": self.request.to_dict() if self.request else None,
            "service": self.service,
            "transcript": _transcript_dict(self.transcript),
            "outputs": {name: _plain(output) for name, output in self.outputs.items()},
            "warnings": [_plain(warning) for warning in self.warnings],
            "error": _plain(self.error) if self.error else None,
            "submitted_at": self.submitted_at,
            "finished_at": self.finished_at,
            "columns": dict(self.columns),
            "parts": list(self.parts),
            "provenance": _plain(self.provenance) if self.provenance else None,
            "documents": dict(self.documents),
            "raw": self.raw,
        }


_UNFINISHED: dict[Status, int] = {
    "processing": StillProcessingError.exit_code,
    "failed": RefusedError.exit_code,
    "refused": RefusedError.exit_code,
    "gone": RefusedError.exit_code,
    "maybe": DecisionError.exit_code,
}


def _plain(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def _transcript_dict(transcript: Transcript | None) -> dict[str, Any] | None:
    if transcript is None:
        return None
    turns = transcript.turns
    return {"text": transcript.text, "turns": None if turns is None else [_plain(turn) for turn in turns]}


def to_json(value: Any, *, indent: int | None = None) -> str:
    """JSON that is safe to show: what could steer a terminal is escaped, so that nothing is lost either."""
    try:
        text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    except ValueError:
        text = json.dumps(_finite(value), ensure_ascii=False, indent=indent)
    return _NOT_IN_JSON_TEXT.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _finite(value: Any) -> Any:
    """The value with null for what JSON has no number for, such as a NaN that the service wrote."""
    if isinstance(value, dict):
        return {name: _finite(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def to_json_bytes(value: Any, *, indent: int | None = None) -> bytes:
    """The same as a line of UTF-8; unpaired surrogates (odd file names) become JSON escapes."""
    return (to_json(value, indent=indent) + "\n").encode("utf-8", "backslashreplace")

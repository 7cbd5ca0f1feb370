"""Records read back from what was saved."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, get_args, get_type_hints

from intron_cli.core.record import (
    SCHEMA,
    ErrorInfo,
    OutputText,
    Provenance,
    Record,
    Source,
    Status,
    Transcript,
    Turn,
    Warn,
)
from intron_cli.core.request import Request

T = TypeVar("T")


def record_from(data: Any) -> Record:
    """The record that ``Record.to_dict`` wrote. Raises ValueError for anything else."""
    if not isinstance(data, Mapping) or data.get("schema") != SCHEMA:
        raise ValueError("no record of ours")
    try:
        return _record(data)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("a record that is damaged") from error


def _record(data: Mapping[str, Any]) -> Record:
    return Record(
        status=_one_of(get_args(Status), data["status"]),
        source=_made(Source, data["source"]),
        request=_request(data["request"]) if data["request"] else None,
        service=_text(data["service"]),
        service_status=_text(data["service_status"]),
        file_id=_text(data["file_id"]),
        transcript=_transcript(data["transcript"]),
        outputs={name: _made(OutputText, output) for name, output in data["outputs"].items()},
        warnings=tuple(_made(Warn, warning) for warning in data["warnings"]),
        error=_made(ErrorInfo, data["error"]) if data["error"] else None,
        submitted_at=_text(data["submitted_at"]),
        finished_at=_text(data["finished_at"]),
        columns=_texts(data["columns"]),
        parts=tuple(_a(dict, part) for part in data["parts"]),
        provenance=_made(Provenance, data["provenance"]) if data["provenance"] else None,
        documents=_texts(data.get("documents") or {}),
        raw=data["raw"],
    )


def _request(data: Mapping[str, Any]) -> Request:
    kinds: dict[str, Any] = {"category": str, "language": str | None, "template": str | None, "diarize": bool,
                             "verbatim": bool}  # fmt: skip
    for name, kind in kinds.items():
        _a(kind, data[name])
    for name in data["outputs"]:
        _a(str, name)
    _texts(data["fields"])
    return Request.from_dict(data)


def _transcript(data: Mapping[str, Any] | None) -> Transcript | None:
    if data is None:
        return None
    turns = data["turns"]
    return Transcript(_a(str, data["text"]), None if turns is None else tuple(_made(Turn, turn) for turn in turns))


def _made(kind: type[T], values: Mapping[str, Any]) -> T:
    """A part of the record from the fields that this version knows: a later one may have written more."""
    hints = get_type_hints(kind)
    known = {name: values[name] for name in hints if name in values}
    for name, value in known.items():
        if hints[name] is not Any:
            _a(hints[name] | int if hints[name] == float | None else hints[name], value)
    return kind(**known)


def _a(kind: Any, value: Any) -> Any:
    if not isinstance(value, kind):
        raise TypeError
    return value


def _one_of(words: Sequence[Any], value: Any) -> Any:
    if value not in words:
        raise TypeError
    return value


def _text(value: Any) -> str | None:
    text: str | None = _a(str | None, value)
    return text


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: _a(str, value) for name, value in values.items()}

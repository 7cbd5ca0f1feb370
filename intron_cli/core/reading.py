"""Records read back from what was saved."""

from collections.abc import Mapping
from typing import Any

from intron_cli.core.record import (
    SCHEMA,
    ErrorInfo,
    OutputText,
    Provenance,
    Record,
    Source,
    Transcript,
    Turn,
    Warn,
)
from intron_cli.core.request import Request


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
        status=data["status"],
        source=Source(**_only(Source, data["source"])),
        request=Request.from_dict(data["request"]) if data["request"] else None,
        service=data["service"],
        service_status=data["service_status"],
        file_id=data["file_id"],
        transcript=_transcript(data["transcript"]),
        outputs={name: OutputText(**_only(OutputText, output)) for name, output in data["outputs"].items()},
        warnings=tuple(Warn(**_only(Warn, warning)) for warning in data["warnings"]),
        error=ErrorInfo(**_only(ErrorInfo, data["error"])) if data["error"] else None,
        submitted_at=data["submitted_at"],
        finished_at=data["finished_at"],
        columns=dict(data["columns"]),
        parts=tuple(data["parts"]),
        provenance=Provenance(**_only(Provenance, data["provenance"])) if data["provenance"] else None,
        documents=dict(data.get("documents") or {}),
        raw=data["raw"],
    )


def _only(kind: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that this version knows: a later one may have written more."""
    return {name: values[name] for name in kind.__dataclass_fields__ if name in values}


def _transcript(data: Mapping[str, Any] | None) -> Transcript | None:
    if data is None:
        return None
    turns = data["turns"]
    return Transcript(data["text"], None if turns is None else tuple(Turn(**_only(Turn, turn)) for turn in turns))

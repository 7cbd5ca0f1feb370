"""An attempt to upload a job, as the ledger knows it.

claimed ──> sending ──> handed_over ──> submitted ──> done | failed | gone
│             │
└─> refused <─┘        handed_over without an owner: maybe uploaded
"""

import json
import math
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from intron_cli.core.destination import Destination
from intron_cli.core.request import Request

State = Literal["claimed", "sending", "handed_over", "refused", "submitted", "done", "failed", "gone"]

OPEN: tuple[State, ...] = ("claimed", "sending", "handed_over")
GOOD: tuple[State, ...] = ("submitted", "done")
KNOWN_TO_SERVICE: tuple[State, ...] = ("submitted", "done", "failed", "gone")


_KINDS: dict[str, Any] = {
    **dict.fromkeys(("state", "job", "source_id", "service", "host", "key_print", "source_name"), str),
    **dict.fromkeys(("owner", "source_path", "query_print", "file_id", "service_status", "reason"), str | None),
    **dict.fromkeys(("id", "tries", "sent_bytes"), int),
    "bytes": int | None,
    "duration_seconds": int | float | None,
}
_LAST_TIME = 32_503_680_000.0
"""The year 3000, in Unix seconds."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What is to be uploaded, as the ledger knows it.

    ``source_id`` is the SHA-256 of the bytes, or ``url:`` and that of the URL; ``job`` tells jobs
    apart in all but their outputs; ``counts_for`` is how many seconds an upload of it counts. ``also`` tells, when
    nobody else can claim any, the jobs that the same recording is by another way, such as at its URL, and how long
    those count. ``query_print`` tells a URL that the service reads from others that differ in their query alone.
    """

    job: str
    request: Request
    source_id: str
    source_name: str
    service: str
    host: str
    key_print: str
    source_path: str | None = None
    query_print: str | None = None
    bytes: int | None = None
    duration_seconds: float | None = None
    destination: Destination | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    counts_for: float = math.inf
    also: Callable[[], Mapping[str, float]] = dict


@dataclass(frozen=True, slots=True)
class Attempt:
    """A row of the ledger. Times are in Unix seconds. ``id`` is the job's short number."""

    id: int
    state: State
    owner: str | None
    job: str
    request: Request
    source_id: str
    source_name: str
    service: str
    host: str
    key_print: str
    source_path: str | None
    bytes: int | None
    duration_seconds: float | None
    destination: Destination | None
    columns: Mapping[str, str]
    tries: int
    sent_bytes: int
    file_id: str | None
    service_status: str | None
    reason: str | None
    claimed_at: float
    handed_over_at: float | None
    submitted_at: float | None
    finished_at: float | None
    delivered_at: float | None
    forgotten_at: float | None
    query_print: str | None = None

    @classmethod
    def of_row(cls, row: sqlite3.Row) -> Self:
        """Read a row. Raises sqlite3.DatabaseError for one that holds what we never wrote."""
        try:
            known = row.keys()  # a damaged ledger may be of an older kind
            values = {name: row[name] for name in cls.__dataclass_fields__ if name != "query_print" or name in known}
            values["request"] = Request.from_dict(json.loads(row["request"]))
            place = row["destination"]
            values["destination"] = Destination.from_dict(json.loads(place)) if place else None
            values["columns"] = dict(json.loads(row["columns"]))
            if not all(isinstance(values.get(name), kind) for name, kind in _KINDS.items()):
                raise TypeError("no value of ours")  # noqa: TRY301 - told as the damage that it is, below
            times = [values[name] for name in values if name.endswith("_at") and values[name] is not None]
            if not all(0 <= float(at) < _LAST_TIME for at in times):
                raise ValueError("no time")  # noqa: TRY301 - told as the damage that it is, below
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OverflowError) as error:
            raise sqlite3.DatabaseError("malformed row") from error
        return cls(**values)

    def covers(self, request: Request) -> bool:
        """Whether what was asked of the same job holds what is asked now."""
        return set(self.request.outputs) >= set(request.outputs)

"""The sources of a run, each on its way to its record, and how the run treats them."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from intron_cli.core.destination import Destination
from intron_cli.core.record import Record
from intron_cli.core.request import Request
from intron_cli.jobs.attempt import Attempt

OnUnknown = Literal["ask", "skip", "retry"]
OnChanged = Literal["skip", "send"]
Again = Literal["no", "failed", "ended", "all"]
"""What is uploaded, and paid, anew: nothing, what failed or came back empty, what has ended, everything."""

LEFT_BY_LIMIT = "left_by_limit"
OTHER_OPTIONS = "other_options"
OTHER_QUERY = "other_query"
OTHER_SHARD = "other_shard"


@dataclass(frozen=True, slots=True)
class Shard:
    """One of ``count`` shares of the sources, by their hash; ``number`` is from 1."""

    number: int
    count: int

    def has(self, source_id: str) -> bool:
        """Whether a source (the SHA-256 of its bytes or of its URL) belongs to it."""
        return int(source_id.rpartition(":")[2][:15], 16) % self.count == self.number - 1


@dataclass(frozen=True, slots=True)
class Order:
    """How a run treats its sources.

    ``limit`` is how many new uploads may be begun. ``decide`` is asked about a recording that may have been
    uploaded: True sends it again; None where nobody can be asked. ``timeout`` counts from when the run has the
    file id, in seconds; with ``wait`` off, having that is the end.
    """

    send_name: bool = False
    again: Again = "no"
    limit: int | None = None
    on_unknown: OnUnknown = "ask"
    on_changed: OnChanged = "skip"
    decide: Callable[[str], bool] | None = None
    timeout: float = math.inf
    wait: bool = True
    structured: bool = False
    shard: Shard | None = None
    uploads: int = 4


@dataclass(slots=True, eq=False)
class Item:
    """One source, or one upload of before, with what is known of it so far.

    ``text`` is what its user named, ``below`` where its results lie in an output folder; ``named`` is false for what
    was found in a folder, by a pattern or in a list. ``how`` it ended is what the record does not say, such as where
    its result was saved. ``saved`` bytes were not sent, because it was shrunk. ``followers`` are the same job under
    other names.
    """

    number: int
    text: str
    record: Record
    request: Request | None = None
    below: str = ""
    name: str | None = None
    named: bool = True
    columns: Mapping[str, str] = field(default_factory=dict)
    destination: Destination | None = None
    attempt: Attempt | None = None
    ended: bool = False
    how: str = ""
    saved: int = 0
    followers: list["Item"] = field(default_factory=list)

    @property
    def file_id(self) -> str:
        return str(self.record.file_id)

    @property
    def skipped(self) -> str | None:
        """Why it was left out on purpose."""
        reasons = (LEFT_BY_LIMIT, OTHER_OPTIONS, OTHER_SHARD)
        codes = [warning.code for warning in self.record.warnings if warning.code in reasons]
        return codes[0] if codes and self.record.status == "not_sent" else None

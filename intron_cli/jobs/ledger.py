"""The ledger: every upload that was ever begun, on disk before the service can know of it.

One row an attempt, in SQLite with a rollback journal. No transcript and no key is in it. A row is
never deleted: what is forgotten loses its names and history, and still keeps a job from being paid
for twice.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from intron_cli.core.clock import Clock
from intron_cli.core.destination import Destination
from intron_cli.core.errors import LedgerError
from intron_cli.core.request import Request
from intron_cli.jobs.attempt import GOOD, KNOWN_TO_SERVICE, OPEN, Attempt, Claim, State
from intron_cli.jobs.notes import Notes, storable
from intron_cli.jobs.owner import Owner, is_alive

_ALONE = "this run"
_NONE: Mapping[str, float] = {}


class Ledger(Notes):
    """The ledger in ``folder``, or one of this run alone in memory; for all threads of the run.

    Raises LedgerError for whatever keeps it from being believed.
    """

    def __init__(self, folder: Path | None, clock: Clock, *, whole: bool = False) -> None:
        self._owners = folder / "owners" if folder else None
        self._owner = Owner(self._owners) if self._owners else None
        super().__init__(folder, clock, whole=whole)

    def close(self) -> None:
        with self._lock:
            super().close()
            if self._owner:
                self._owner.close()

    def covering(
        self, job: str, request: Request, counts_for: float = math.inf, also: Mapping[str, float] = _NONE
    ) -> Attempt | None:
        """An attempt that holds, or may hold, what is asked, so that nothing would be sent."""
        with self._told():
            found = [one for one in self._attempts("job = ?", job) if one.covers(request)]
            return self._open(found) or self._nearest(self._best(found, counts_for), request, also)

    def _open(self, found: Sequence[Attempt]) -> Attempt | None:
        """One that somebody carries out, or has to decide about."""
        return next(
            (one for one in found if one.state == "handed_over" or (one.state in OPEN and self.owned(one))), None
        )

    def _nearest(self, best: Attempt | None, request: Request, also: Mapping[str, float]) -> Attempt | None:
        """What counts of a job, unless only an upload by another way is of use."""
        if best and best.state in GOOD:
            return best
        for job, counts_for in also.items():
            found = [one for one in self._attempts("job = ?", job) if one.covers(request) and not one.query_print]
            other = self._open(found) or self._best(found, counts_for)
            if other and other.state in (*OPEN, *GOOD):
                return other
        return best

    def _best(self, found: Sequence[Attempt], counts_for: float) -> Attempt | None:
        """The latest that the service has; one that it failed or forgot only where there is no other."""
        now = self._clock.now()
        fresh = [one for one in found if one.state in KNOWN_TO_SERVICE and now - one.claimed_at < counts_for]
        good = [one for one in fresh if one.state in GOOD]
        return next(reversed(good or fresh), None)

    def claim(self, claim: Claim, *, again: Callable[[Attempt], bool] = lambda _: False) -> tuple[Attempt, bool]:
        """The attempt for a job, and whether it is new: ours to carry out.

        The latest that already covers the job is returned as it stands, unless it is to be made
        ``again``: then only one that is still open is. Attempts whose owner died before the last bytes
        are closed on the way.

        Raises LedgerError where rows were lost and nobody has accepted that.
        """
        self.ensure_whole()
        with self._transaction() as database:
            covering = [found for found in self._attempts("job = ?", claim.job) if found.covers(claim.request)]
            for found in covering:
                if found.state in ("claimed", "sending") and not self.owned(found):
                    values = {"state": "refused", "owner": None, "reason": "cut off before the last byte"}
                    self._set(found.id, values)
                elif found.state in OPEN:
                    return found, False
            best = self._nearest(self._best(covering, claim.counts_for), claim.request, claim.also())
            if best and (best.state in OPEN or not again(best)):
                return best, False
            cursor = database.execute(*self._insertion(claim))
            return self._one(cursor.lastrowid), True

    def _insertion(self, claim: Claim) -> tuple[str, tuple[Any, ...]]:
        values: dict[str, Any] = {
            "state": "claimed",
            "owner": self._owner.name if self._owner else _ALONE,
            "job": claim.job,
            "outputs": " ".join(claim.request.outputs),
            "source_id": claim.source_id,
            "request": json.dumps(claim.request.to_dict()),
            "service": claim.service,
            "host": claim.host,
            "key_print": claim.key_print,
            "source_name": storable(claim.source_name),
            "source_path": storable(claim.source_path) if claim.source_path else None,
            "query_print": claim.query_print,
            "bytes": claim.bytes,
            "duration_seconds": claim.duration_seconds,
            "destination": json.dumps(claim.destination.to_dict()) if claim.destination else None,
            "columns": json.dumps(dict(claim.columns)),
            "claimed_at": self._clock.now(),
        }
        columns, marks = ", ".join(values), ", ".join("?" * len(values))
        return f"INSERT INTO attempt ({columns}) VALUES ({marks})", tuple(values.values())  # noqa: S608

    def sending(self, attempt: int) -> None:
        """All of it, or what was sent of it did not arrive."""
        self._write(attempt, {"state": "sending", "handed_over_at": None})

    def count_try(self, attempt: int, sent_bytes: int) -> None:
        with self._transaction() as database:
            database.execute(
                "UPDATE attempt SET tries = tries + 1, sent_bytes = sent_bytes + ? WHERE id = ?",
                (sent_bytes, attempt),
            )

    def handed_over(self, attempt: int) -> None:
        """From here on the service may have it."""
        self._write(attempt, {"state": "handed_over", "handed_over_at": self._clock.now()})

    def let_go(self, attempt: int, reason: str) -> None:
        """No answer came: nobody owns the attempt any more, and somebody has to decide."""
        self._write(attempt, {"owner": None, "reason": reason})

    def refused(self, attempt: int, reason: str) -> None:
        self._write(attempt, {"state": "refused", "owner": None, "reason": reason})

    def submitted(self, attempt: int, file_id: str, sent_bytes: int = 0) -> None:
        """The service has it under this id: written whatever the row said before."""
        with self._transaction() as database:
            values = {"state": "submitted", "owner": None, "file_id": file_id, "submitted_at": self._clock.now()}
            self._set(attempt, values)
            database.execute(
                "UPDATE attempt SET tries = tries + 1, sent_bytes = sent_bytes + ? WHERE id = ?", (sent_bytes, attempt)
            )

    def close_unknown(self, attempt: Attempt, reason: str) -> bool:
        """Close a row that may have been uploaded; False where it is no longer that, or in work again."""
        with self._transaction():
            known = self._one(attempt.id)
            if known.state != "handed_over" or known.owner != attempt.owner or self.owned(known):
                return False
            self._set(attempt.id, {"state": "refused", "owner": None, "reason": reason})
            return True

    def finished(self, attempt: int, state: State, service_status: str, reason: str | None = None) -> Attempt:
        """Note how the service ended it; the first time counts."""
        with self._transaction():
            known = self._one(attempt)
            at = known.finished_at if known.state == state and known.finished_at else self._clock.now()
            self._set(
                attempt,
                {"state": state, "service_status": service_status, "reason": reason, "finished_at": at},
            )
            return self._one(attempt)

    def looked(self, attempt: int, service_status: str) -> None:
        self._write(attempt, {"service_status": service_status})

    def meant_for(self, attempt: int, destination: Destination) -> None:
        """A later run wants the result of the job somewhere else."""
        self._write(attempt, {"destination": json.dumps(destination.to_dict()), "delivered_at": None})

    def delivered(self, attempt: int) -> None:
        """The result lies where it was meant to."""
        self._write(attempt, {"delivered_at": self._clock.now()})

    def loss(self) -> int | None:
        """How many rows a damaged ledger lost (-1: nobody knows), until that is accepted; else None."""
        with self._told():
            row = self._database.execute("SELECT rows FROM loss WHERE accepted_at IS NULL").fetchone()
        if row is None:
            return None
        return row[0] if isinstance(row[0], int) else -1

    def accept_loss(self) -> None:
        with self._transaction() as database:
            database.execute("UPDATE loss SET accepted_at = ? WHERE accepted_at IS NULL", (self._clock.now(),))

    def ensure_whole(self) -> None:
        """Raise LedgerError while lost rows could hide uploads that were paid for."""
        lost = self.loss()
        if lost is not None:
            many = "an unknown number of its rows" if lost < 0 else f"{lost} of its rows"
            raise LedgerError(
                f"The ledger in {self.path.parent} was damaged and {many} could not be read;"
                " uploads that were paid for may be among them, and nothing is uploaded.",
                "Look at 'intron jobs list', then allow uploads again with: intron jobs repair --accept-loss",
            )

    def forget(self, attempt: int) -> None:
        """Take names and history out of a row; what keeps the job from being paid for twice stays."""
        with self._transaction() as database:
            known = self._one(attempt)
            where = (known.source_path or "", known.source_id)
            database.execute("DELETE FROM hash WHERE path = ? OR sha256 = ?", where)
            bare = {**known.request.to_dict(), "fields": {}, "template": None}
            self._set(
                attempt,
                {
                    "source_name": "", "source_path": None, "destination": None, "columns": "{}",
                    "reason": None, "request": json.dumps(bare), "forgotten_at": self._clock.now(),
                },
            )  # fmt: skip

    def adopt(self, claim: Claim, file_id: str, submitted_at: float | None) -> Attempt:
        """Take in an upload that this ledger never saw."""
        with self._transaction() as database:
            cursor = database.execute(*self._insertion(claim))
            at = submitted_at or self._clock.now()
            values = {"state": "submitted", "owner": None, "file_id": file_id, "submitted_at": at}
            self._set(int(cursor.lastrowid or 0), values)
            return self._one(cursor.lastrowid)

    def all(self) -> list[Attempt]:
        """Every attempt that was not forgotten, the oldest first."""
        with self._told():
            return self._attempts("1 = ? AND forgotten_at IS NULL", 1)

    def unfinished(self, service: str, key_print: str) -> list[Attempt]:
        """The jobs of a service and key that nobody saw finished, or whose result never got to its place."""
        undelivered = "state = 'done' AND destination IS NOT NULL AND delivered_at IS NULL AND forgotten_at IS NULL"
        with self._told():
            found = self._attempts(f"(state = 'submitted' OR ({undelivered})) AND service = ?", service)
        return [attempt for attempt in found if attempt.key_print in ("", key_print)]

    def owned(self, attempt: Attempt) -> bool:
        """Whether a living process is at work on it."""
        return attempt.owner is not None and (self._owners is None or is_alive(self._owners, attempt.owner))

    def attempt(self, number: int) -> Attempt:
        with self._told():
            return self._one(number)

    def of_source(self, source_id: str) -> list[Attempt]:
        """All attempts for the same bytes, or the same URL."""
        with self._told():
            return self._attempts("source_id = ?", source_id)

    def has_sent(self, count: int) -> bool:
        """Whether the service has, or may have, a recording of so many bytes."""
        with self._told():
            return any(one.state != "refused" for one in self._attempts("bytes = ?", count))

    def find(self, name: str) -> list[Attempt]:
        """The attempts that a person may mean: by file id, a prefix of it, or the short number."""
        if not name:
            return []
        with self._told():
            exact = self._attempts("file_id = ?", name)
            if exact:
                return exact[-1:]
            if name.isascii() and name.isdigit() and len(name) < 10 and (by_number := self._attempts("id = ?", name)):
                return by_number
            pattern = name.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
            return self._attempts("file_id LIKE ? ESCAPE '!'", pattern)

    def _attempts(self, condition: str, value: object) -> list[Attempt]:
        rows = self._database.execute(
            f"SELECT * FROM attempt WHERE {condition} ORDER BY id",  # noqa: S608 - conditions are literals above
            (value,),
        )
        return [Attempt.of_row(row) for row in rows]

    def _one(self, number: int | None) -> Attempt:
        return self._attempts("id = ?", number)[0]

    def _write(self, attempt: int, values: Mapping[str, Any]) -> None:
        with self._transaction():
            self._set(attempt, values)

    def _set(self, attempt: int, values: Mapping[str, Any]) -> None:
        columns = ", ".join(f"{name} = ?" for name in values)
        self._database.execute(
            f"UPDATE attempt SET {columns} WHERE id = ?",  # noqa: S608 - the columns are literals above
            (*values.values(), attempt),
        )

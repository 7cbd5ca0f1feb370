"""The ledger: every upload that was ever begun, on disk before the service can know of it.

One row an attempt, in SQLite with a rollback journal. No transcript and no key is in it.

    claimed ──> sending ──> handed_over ──> submitted ──> done | failed | gone
                   │             │
                   └─> refused <─┘        handed_over without an owner: maybe uploaded
"""

import json
import math
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from intron_cli.core.clock import Clock
from intron_cli.core.errors import LedgerError
from intron_cli.core.files import private_folder
from intron_cli.core.request import Request
from intron_cli.jobs.owner import Owner, is_alive

State = Literal["claimed", "sending", "handed_over", "refused", "submitted", "done", "failed", "gone"]

OPEN: tuple[State, ...] = ("claimed", "sending", "handed_over")
KNOWN_TO_SERVICE: tuple[State, ...] = ("submitted", "done", "failed", "gone")

LEDGER_FILE = "ledger.db"

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE attempt (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        state TEXT NOT NULL CHECK (state IN
            ('claimed', 'sending', 'handed_over', 'refused', 'submitted', 'done', 'failed', 'gone')),
        owner TEXT,
        job TEXT NOT NULL,
        outputs TEXT NOT NULL,
        source_id TEXT NOT NULL,
        span TEXT NOT NULL DEFAULT '',
        request TEXT NOT NULL,
        service TEXT NOT NULL,
        host TEXT NOT NULL,
        key_print TEXT NOT NULL,
        source_name TEXT NOT NULL,
        source_path TEXT,
        bytes INTEGER,
        duration_seconds REAL,
        transform TEXT,
        parent INTEGER REFERENCES attempt (id),
        part INTEGER,
        destination TEXT,
        columns TEXT NOT NULL DEFAULT '{}',
        tries INTEGER NOT NULL DEFAULT 0,
        sent_bytes INTEGER NOT NULL DEFAULT 0,
        file_id TEXT,
        service_status TEXT,
        reason TEXT,
        claimed_at REAL NOT NULL,
        handed_over_at REAL,
        submitted_at REAL,
        finished_at REAL
    );
    CREATE UNIQUE INDEX attempt_open ON attempt (job, outputs)
        WHERE state IN ('claimed', 'sending', 'handed_over');
    CREATE INDEX attempt_job ON attempt (job);
    CREATE INDEX attempt_file_id ON attempt (file_id);
    CREATE INDEX attempt_source ON attempt (source_id);
    """,
)
"""Numbered from 1; each runs once, in one transaction with the note that it did."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What is to be uploaded, as the ledger knows it.

    ``source_id`` is the SHA-256 of the bytes, or ``url:`` and that of the URL; ``job`` tells jobs
    apart in all but their outputs; ``counts_for`` is how many seconds an upload of it counts.
    """

    job: str
    request: Request
    source_id: str
    source_name: str
    service: str
    host: str
    key_print: str
    source_path: str | None = None
    bytes: int | None = None
    duration_seconds: float | None = None
    counts_for: float = math.inf


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
    tries: int
    sent_bytes: int
    file_id: str | None
    service_status: str | None
    reason: str | None
    claimed_at: float
    handed_over_at: float | None
    submitted_at: float | None
    finished_at: float | None

    @classmethod
    def of_row(cls, row: sqlite3.Row) -> Self:
        values = {name: row[name] for name in cls.__dataclass_fields__ if name != "request"}
        return cls(**values, request=Request.from_dict(json.loads(row["request"])))


class Ledger:
    """The ledger in ``folder``. Raises LedgerError for whatever keeps it from being believed."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.path = folder / LEDGER_FILE
        self._owners = folder / "owners"
        self._owner = Owner(self._owners)
        self._clock = clock
        with self._told():
            private_folder(folder)
            self._database = _open(self.path)
            _migrate(self._database)

    def close(self) -> None:
        self._database.close()
        self._owner.close()

    def covering(self, job: str, request: Request, counts_for: float = math.inf) -> Attempt | None:
        """An attempt that holds, or may hold, what is asked, so that nothing would be sent."""
        with self._told():
            found = [one for one in self._attempts("job = ?", job) if one.request.covers(request)]
        now = self._clock.now()
        fresh = [one for one in found if one.state in KNOWN_TO_SERVICE and now - one.claimed_at < counts_for]
        open_ones = [one for one in found if one.state == "handed_over" or (one.state in OPEN and self.owned(one))]
        return next(iter(open_ones + fresh), None)

    def claim(self, claim: Claim, *, again: bool = False) -> tuple[Attempt, bool]:
        """The attempt for a job, and whether it is new: ours to carry out.

        The latest that already covers the job is returned as it stands, unless ``again``: then only
        one that is still open is. Attempts whose owner died before the last bytes are closed on the way.
        """
        with self._transaction() as database:
            covering = [found for found in self._attempts("job = ?", claim.job) if found.request.covers(claim.request)]
            for found in reversed(covering):
                fresh = self._clock.now() - found.claimed_at < claim.counts_for
                if found.state in ("claimed", "sending") and not self.owned(found):
                    self._set(
                        found.id,
                        {"state": "refused", "owner": None, "reason": "cut off before the last byte"},
                    )
                elif found.state in OPEN or (found.state in KNOWN_TO_SERVICE and fresh and not again):
                    return found, False
            cursor = database.execute(*self._insertion(claim))
            return self._one(cursor.lastrowid), True

    def _insertion(self, claim: Claim) -> tuple[str, tuple[Any, ...]]:
        values: dict[str, Any] = {
            "state": "claimed",
            "owner": self._owner.name,
            "job": claim.job,
            "outputs": " ".join(claim.request.outputs),
            "source_id": claim.source_id,
            "request": json.dumps(claim.request.to_dict()),
            "service": claim.service,
            "host": claim.host,
            "key_print": claim.key_print,
            "source_name": _storable(claim.source_name),
            "source_path": _storable(claim.source_path) if claim.source_path else None,
            "bytes": claim.bytes,
            "duration_seconds": claim.duration_seconds,
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

    def submitted(self, attempt: int, file_id: str) -> None:
        self._write(
            attempt,
            {"state": "submitted", "owner": None, "file_id": file_id, "submitted_at": self._clock.now()},
        )

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

    def owned(self, attempt: Attempt) -> bool:
        """Whether a living process is at work on it."""
        return attempt.owner is not None and is_alive(self._owners, attempt.owner)

    def attempt(self, number: int) -> Attempt:
        with self._told():
            return self._one(number)

    def of_source(self, source_id: str) -> list[Attempt]:
        """All attempts for the same bytes, or the same URL."""
        with self._told():
            return self._attempts("source_id = ?", source_id)

    def find(self, name: str) -> list[Attempt]:
        """The attempts that a person may mean: by file id, a prefix of it, or the short number."""
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

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._told():
            try:
                self._database.execute("BEGIN IMMEDIATE")
                yield self._database
                self._database.execute("COMMIT")
            except BaseException:
                # A stop signal may have come just before the first line or just after the last.
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise LedgerError(
                f"The ledger of uploads in {self.path.parent} cannot be used ({_kind(error)}), and without it"
                " nothing is uploaded.",
                "Check the folder's permissions and free space, or name another one in INTRON_STATE.",
            ) from None


def _open(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    database.row_factory = sqlite3.Row
    # EXTRA also syncs the folder when the journal is removed: a commit then outlasts a power cut.
    for setting in ("journal_mode = DELETE", "synchronous = EXTRA", "foreign_keys = ON"):
        database.execute(f"PRAGMA {setting}")
    path.chmod(0o600)
    return database


def _migrate(database: sqlite3.Connection) -> None:
    if _version(database) == len(MIGRATIONS):
        return
    database.execute("BEGIN IMMEDIATE")
    try:
        for statements in MIGRATIONS[_known_version(database) :]:
            for statement in statements.split(";"):
                if statement.strip():
                    database.execute(statement)
        database.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def _known_version(database: sqlite3.Connection) -> int:
    version = _version(database)
    if version > len(MIGRATIONS):
        raise LedgerError("The ledger was written by a newer intron.", "Update intron, then try again.")
    return version


def _kind(error: Exception) -> str:
    kinds: tuple[tuple[Callable[[str], bool], str], ...] = (
        (lambda text: "locked" in text, "another program holds it"),
        (lambda text: "readonly" in text, "it is read-only"),
        (lambda text: "full" in text, "the disk is full"),
        (lambda text: "malformed" in text or "not a database" in text, "it is damaged"),
        (lambda text: "unable to open" in text, "it cannot be opened"),
    )
    text = str(error).lower()
    return next((kind for fits, kind in kinds if fits(text)), type(error).__name__)


def _storable(text: str) -> str:
    """Odd file names hold bytes that are no text; what stands in the ledger is for people."""
    return text.encode("utf-8", "replace").decode()

"""The ledger's database, for all threads of a run, and what is noted in it besides uploads: files and downloads."""

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from intron_cli.core.clock import Clock
from intron_cli.core.errors import LedgerError
from intron_cli.jobs.ledger_file import LEDGER_FILE, open_in_memory, open_ledger, told
from intron_cli.jobs.sources import Stamp

_MOST_NOTES = 64
"""Hashes that are kept in mind before they are written: each write waits for the disk."""


class Notes:
    """What files hash to, what a run wrote, and what URLs led to, in the ledger's database.

    In ``folder``, or where that is None in memory. Raises LedgerError for whatever keeps it from being believed.
    """

    def __init__(self, folder: Path | None, clock: Clock, *, whole: bool = False) -> None:
        self.path = (folder or Path()) / LEDGER_FILE
        self._clock = clock
        self._lock = threading.RLock()
        self._hashes: dict[tuple[str, Stamp], str] = {}
        with self._told():
            self._database = open_ledger(self.path, clock.now(), whole=whole) if folder else open_in_memory()

    def close(self) -> None:
        with self._lock:
            if self._hashes:
                with contextlib.suppress(LedgerError), self._transaction():
                    pass
            self._database.close()

    def known_hash(self, path: str, stamp: Stamp) -> str | None:
        """The SHA-256 of a file as it was when it had this size, these times and inode."""
        with self._told():
            if known := self._hashes.get((storable(path), stamp)):
                return known
            row = self._database.execute(
                "SELECT sha256 FROM hash WHERE path = ? AND size = ? AND mtime_ns = ? AND ctime_ns = ? AND inode = ?",
                (storable(path), *stamp),
            ).fetchone()
        return str(row[0]) if row else None

    def note_hash(self, path: str, stamp: Stamp, sha256: str) -> None:
        """Remember what a file hashed to; written with whatever is written next."""
        with self._lock:
            self._hashes[storable(path), stamp] = sha256
            if len(self._hashes) >= _MOST_NOTES:
                with self._transaction():
                    pass

    def written(self, path: str) -> tuple[str, str] | None:
        """The SHA-256 of what a run wrote to a file for several sources, and what tells that run from others."""
        with self._told():
            row = self._database.execute("SELECT sha256, run FROM written WHERE path = ?", (storable(path),)).fetchone()
        return (str(row[0]), str(row[1])) if row else None

    def note_written(self, path: str, sha256: str, run: str) -> None:
        with self._transaction() as database:
            values = (storable(path), sha256, run, self._clock.now())
            database.execute("INSERT OR REPLACE INTO written (path, sha256, run, at) VALUES (?, ?, ?, ?)", values)

    def downloaded(self, source_id: str, counts_for: float) -> str | None:
        """The SHA-256 of what a URL led to, when it was downloaded here not longer ago than that."""
        with self._told():
            row = self._database.execute(
                "SELECT sha256 FROM download WHERE source_id = ? AND at > ?",
                (source_id, self._clock.now() - counts_for),
            ).fetchone()
        return str(row[0]) if row else None

    def note_downloaded(self, source_id: str, sha256: str, counts_for: float) -> None:
        """Older notes than count are of no use, and go."""
        with self._transaction() as database:
            database.execute("DELETE FROM download WHERE at <= ?", (self._clock.now() - counts_for,))
            values = (source_id, sha256, self._clock.now())
            database.execute("INSERT OR REPLACE INTO download (source_id, sha256, at) VALUES (?, ?, ?)", values)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._told():
            try:
                self._database.execute("BEGIN IMMEDIATE")
                notes = [(path, *stamp, sha256) for (path, stamp), sha256 in self._hashes.items()]
                self._database.executemany("INSERT OR REPLACE INTO hash VALUES (?, ?, ?, ?, ?, ?)", notes)
                yield self._database
                self._database.execute("COMMIT")
                self._hashes.clear()
            except BaseException:
                # A stop signal may have come just before the first line or just after the last.
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise

    @contextmanager
    def _told(self) -> Iterator[None]:
        with self._lock, told(self.path):
            yield


def storable(text: str) -> str:
    """Odd file names hold bytes that are no text; what stands in the ledger is for people."""
    return text.encode("utf-8", "replace").decode()

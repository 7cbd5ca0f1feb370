"""The request budget: how many requests one key may send, whichever of our processes sends them.

A small SQLite file for each service and key. A process claims a request now or is told how long to
sleep; nothing is ever reserved, so a process that is killed while it sleeps wastes nothing. The
file may be deleted at any time: at worst the service then answers 429, which is obeyed.
"""

import contextlib
import hashlib
import math
import sqlite3
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, TypeVar

from intron_cli.core.clock import Bell, Clock, pause
from intron_cli.core.files import private_folder
from intron_cli.core.units import Rate

Kind = Literal["upload", "status"]
T = TypeVar("T")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS claim (at REAL NOT NULL, kind TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS claim_at ON claim (at);
CREATE TABLE IF NOT EXISTS hold (kind TEXT PRIMARY KEY, until REAL NOT NULL);
"""
_LONGEST_HOLD = 3600.0


def fingerprint(*parts: str) -> str:
    """A short name for something secret: equal for equal parts, and no way back."""
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=8, person=b"intron-cli").hexdigest()


class Budget:
    """Claims for requests to one service with one key. Raises nothing for a file that is of no use."""

    def __init__(
        self,
        folder: Path,
        scope: str,
        rate: Rate,
        status_interval: float,
        clock: Clock,
        own_rates: Mapping[Kind, Rate | None] | None = None,
    ) -> None:
        self._path = folder / f"budget-{scope}.db"
        self._rate = rate
        self._own_rates: dict[str, Rate] = {kind: own for kind, own in (own_rates or {}).items() if own}
        self._status_interval = status_interval
        self._clock = clock
        windows = [one.kept_seconds for one in (rate, *self._own_rates.values())]
        self._longest = max(*windows, status_interval)
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.RLock()

    def claim(self, kind: Kind) -> float:
        """Take the right to one request now (0.0), or learn after how many seconds to ask again."""
        return self._with_file(lambda database: self._claim(database, kind))

    def hold(self, kind: Kind, seconds: float) -> None:
        """The service asked to be left alone with requests of this kind."""
        until = self._clock.now() + min(max(seconds, 0.0), _LONGEST_HOLD)
        self._with_file(lambda database: database.execute("INSERT OR REPLACE INTO hold VALUES (?, ?)", (kind, until)))

    def acquire(
        self,
        kind: Kind,
        waiting: Callable[[float], None] | None = None,
        within: float | None = None,
        stop: Bell | None = None,
    ) -> bool:
        """Sleep until a request may go out, and claim it; ``waiting`` is told each sleep in seconds.

        False where that would take longer than ``within`` seconds: nothing is claimed then. Raises Stopped
        where ``stop`` is rung meanwhile.
        """
        end = math.inf if within is None else self._clock.monotonic() + within
        while wait := self.claim(kind):
            if self._clock.monotonic() + wait > end:
                return False
            if waiting:
                waiting(wait)
            pause(self._clock, wait, stop)
        return True

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def _claim(self, database: sqlite3.Connection, kind: Kind) -> float:
        now = self._clock.now()
        self._mend_clock_steps(database, now)
        database.execute("DELETE FROM claim WHERE at <= ?", (now - self._longest,))
        free_at = max(self._quota_free_at(database, kind, now), self._held_until(database, kind))
        if kind == "status":
            free_at = max(free_at, self._next_status_at(database))
        if free_at > now:
            return max(free_at - now, 0.001)
        database.execute("INSERT INTO claim VALUES (?, ?)", (now, kind))
        return 0.0

    def _mend_clock_steps(self, database: sqlite3.Connection, now: float) -> None:
        """A clock that was set back would otherwise hold everything up for as long."""
        database.execute("UPDATE claim SET at = ?1 WHERE at > ?1", (now,))
        database.execute("DELETE FROM hold WHERE until <= ? OR until > ?", (now, now + _LONGEST_HOLD))

    def _quota_free_at(self, database: sqlite3.Connection, kind: Kind, now: float) -> float:
        """A kind with a rate of its own counts by itself, all others together."""
        own = self._own_rates.get(kind)
        kinds = [kind] if own else [one for one in ("upload", "status") if one not in self._own_rates]
        rate = own or self._rate
        window = rate.kept_seconds
        marks = ", ".join("?" * len(kinds))
        row = database.execute(
            f"SELECT at FROM claim WHERE at > ? AND kind IN ({marks}) ORDER BY at DESC LIMIT 1 OFFSET ?",  # noqa: S608
            (now - window, *kinds, rate.count - 1),
        ).fetchone()
        return float(row[0]) + window if row else 0.0

    def _held_until(self, database: sqlite3.Connection, kind: Kind) -> float:
        row = database.execute("SELECT until FROM hold WHERE kind = ?", (kind,)).fetchone()
        return float(row[0]) if row else 0.0

    def _next_status_at(self, database: sqlite3.Connection) -> float:
        row = database.execute("SELECT max(at) FROM claim WHERE kind = 'status'").fetchone()
        return float(row[0]) + self._status_interval if row[0] is not None else 0.0

    def _with_file(self, act: Callable[[sqlite3.Connection], T]) -> T:
        """Act within one transaction; a damaged or unwritable file is replaced, by one in memory at last."""
        with self._lock:
            return self._within_lock(act)

    def _within_lock(self, act: Callable[[sqlite3.Connection], T]) -> T:
        for place in (self._path, self._path, None):
            try:
                database = self._connection or self._open(place)
                self._connection = database
                database.execute("BEGIN IMMEDIATE")
                with contextlib.closing(database.cursor()):
                    result = act(database)
                database.execute("COMMIT")
            except (sqlite3.Error, OSError) as error:
                self._discard(delete=not isinstance(error, sqlite3.OperationalError))
            except BaseException:
                self._discard(delete=False)
                raise
            else:
                return result
        raise AssertionError("a budget in memory cannot fail")

    def _open(self, place: Path | None) -> sqlite3.Connection:
        if place:
            private_folder(place.parent)
        database = sqlite3.connect(place or ":memory:", timeout=30, isolation_level=None, check_same_thread=False)
        database.execute("PRAGMA synchronous = OFF")
        database.executescript(_SCHEMA)
        return database

    def _discard(self, *, delete: bool) -> None:
        self.close()
        if delete:
            with contextlib.suppress(OSError):
                self._path.unlink()

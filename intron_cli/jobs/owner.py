"""Which process owns an attempt: the one that holds the lock on the file named in it.

The kernel frees the lock when the process ends, however it ends, so a dead owner is never taken
for a living one and a living one is never robbed.
"""

import contextlib
import errno
import secrets
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from intron_cli.core.files import private_folder

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _lock_in_turn(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _lock_in_turn(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX)


class Owner:
    """The process as an owner: a locked file in ``folder`` from the first use until :meth:`close`."""

    def __init__(self, folder: Path, token: Callable[[], str] = lambda: secrets.token_hex(8)) -> None:
        self._folder = folder
        self._token = token
        self._name: str | None = None
        self._file: IO[bytes] | None = None

    @property
    def name(self) -> str:
        """The name that stands in the ledger. Raises OSError where no file can be locked."""
        if self._name is None:
            private_folder(self._folder)
            name = self._token()
            path = self._folder / f"{name}.lock"
            self._file = path.open("wb")
            _lock(self._file)
            _ensure_locks_work(path)
            self._name = name
        return self._name

    def close(self) -> None:
        if self._file and self._name:
            self._file.close()
            with contextlib.suppress(OSError):
                (self._folder / f"{self._name}.lock").unlink()
            self._file = self._name = None


def _ensure_locks_work(path: Path) -> None:
    """On some network file systems everybody gets every lock; owners could not be told from the dead there."""
    with path.open("r+b") as second:
        try:
            _lock(second)
        except OSError:
            return
    raise OSError(errno.ENOLCK, "locks do not lock")


@contextlib.contextmanager
def in_turn(path: Path) -> Iterator[None]:
    """Hold the lock on the file at ``path``; wait for whoever holds it."""
    with path.open("ab") as file:
        _lock_in_turn(file)
        yield


def is_alive(folder: Path, name: str) -> bool:
    """Whether the process of that name still runs; the file of one that does not is swept away."""
    path = folder / f"{name}.lock"
    try:
        with path.open("r+b") as file:
            _lock(file)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    with contextlib.suppress(OSError):
        path.unlink()
    return False

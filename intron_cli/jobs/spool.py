"""Temporary audio: files without a name in the state folder, for what is shrunk, downloaded or read from a pipe."""

import contextlib
import os
import select
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

from intron_cli.core.errors import SetupError, SourceError
from intron_cli.core.files import private_folder, sweep
from intron_cli.core.text import bytes_text

_CHUNK = 1024 * 1024


def temporary_audio(folder: Path) -> BinaryIO:
    """An empty file for reading and writing, which is gone when it is closed or its process ends.

    Where the system needs a name for it, only its owner can read it, and what a power cut left of earlier ones
    is removed here. Raises SetupError.
    """
    # Windows keeps the name until the file is closed, others for an instant at most; `sweep` knows it.
    prefix, suffix = ".audio.", f".{os.getpid()}.intron.tmp"
    try:
        sweep(private_folder(folder))
        return cast(BinaryIO, tempfile.TemporaryFile(dir=folder, prefix=prefix, suffix=suffix))
    except OSError as error:
        raise _unwritable(error, folder) from None


class Spool:
    """Audio on its way into a temporary file, ``most_bytes`` of it; ``name`` is what errors call it."""

    def __init__(self, folder: Path, name: str, most_bytes: int) -> None:
        self._folder = folder
        self._name = name
        self._most = most_bytes
        self._bytes = 0
        self._file = temporary_audio(folder)

    def expect(self, count: int) -> None:
        """Raise SourceError if so many bytes are too many."""
        if count > self._most:
            raise SourceError(
                "too_large",
                f"{self._name} has more than {bytes_text(self._most)}, the most that is sent (max_bytes).",
                "Make it smaller first.",
            )

    def write(self, piece: bytes) -> None:
        """Raises SourceError beyond the bound, SetupError where there is no room."""
        self._bytes += len(piece)
        self.expect(self._bytes)
        try:
            self._file.write(piece)
        except OSError as error:
            raise _unwritable(error, self._folder) from None

    def restart(self) -> None:
        """Forget what came, because it comes anew."""
        try:
            self._file.seek(0)
            self._file.truncate()
        except OSError as error:
            raise _unwritable(error, self._folder) from None
        self._bytes = 0

    def finished(self) -> BinaryIO:
        """The file, at its start and the caller's to close. Raises SourceError where nothing came."""
        try:
            self._file.seek(0)
        except OSError as error:
            raise _unwritable(error, self._folder) from None
        if not self._bytes:
            raise SourceError("empty", f"{self._name} is empty.", "Was it cut off where it comes from?")
        return self._file

    def close(self) -> None:
        with contextlib.suppress(OSError):  # a disk that is full keeps nothing back here
            self._file.close()


def spooled(
    stdin: BinaryIO, folder: Path, most_bytes: int, received: Callable[[int], None] = lambda _: None
) -> BinaryIO:
    """All that comes on ``stdin``, in a temporary file that stands at its start; ``received`` is told the bytes so far.

    Raises SourceError where nothing comes, more than ``most_bytes`` or an error; SetupError where there is no
    room. Whether somebody sits at ``stdin`` and waits is for the caller to ask.
    """
    spool = Spool(folder, "The recording on stdin", most_bytes)
    # Past its buffer: a thread that waits there for more holds a lock that the end of an interrupted process needs.
    unbuffered = getattr(stdin, "raw", stdin)
    count = 0
    try:
        while piece := _read(unbuffered):
            spool.write(piece)
            count += len(piece)
            received(count)
        return spool.finished()
    except BaseException:
        spool.close()
        raise


def _read(stdin: BinaryIO) -> bytes:
    try:
        # None: somebody made it non-blocking, and nothing is there for now.
        while (piece := cast(bytes | None, stdin.read(_CHUNK))) is None:
            select.select([stdin], [], [])
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "it is closed"
        raise SourceError("unreadable", f"stdin cannot be read: {reason}.", "Name a file instead.") from None
    return piece


def _unwritable(error: OSError, folder: Path) -> SetupError:
    return SetupError(
        f"Temporary audio cannot be written to {folder}: {os.strerror(error.errno or 5)}.",
        "Make room there, or name another folder with INTRON_STATE.",
    )

"""Uploaded audio on its way through the disk."""

import hashlib
import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self


class TooLargeError(Exception):
    """More bytes came than are taken."""


class SpooledFile:
    """A file without a name, hashed while it is written.

    Where the system allows it the file is nowhere in the folder, so that not even a killed
    sandbox leaves a recording behind.
    """

    def __init__(self, folder: Path, *, max_bytes: int) -> None:
        self.file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - this object is its owner
        self._hash = hashlib.sha256()
        self._max_bytes = max_bytes
        self.bytes = 0

    def write(self, piece: bytes) -> None:
        self.bytes += len(piece)
        if self.bytes > self._max_bytes:
            raise TooLargeError
        self._hash.update(piece)
        self.file.write(piece)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def keep(self) -> BinaryIO:
        """The same file for a reader who outlives this object; it is gone when both are closed."""
        self.file.flush()
        return os.fdopen(os.dup(self.file.fileno()), "rb")

    def close(self) -> None:
        self.file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

"""Results in files: chosen and tried before a byte is sent, written whole or not at all."""

import errno
import os
import stat
from pathlib import Path

from intron_cli.core.errors import UsageError
from intron_cli.core.files import write_atomic


def ensure_writable(path: Path) -> None:
    """Raise UsageError now for what would keep the result from being written later."""
    mode = _mode(path)
    if mode is not None and stat.S_ISDIR(mode):
        raise UsageError(f"{path} is a folder.", "Name a file in it.")
    if mode is not None and not stat.S_ISREG(mode):  # a pipe or a device takes what it gets
        if not os.access(path, os.W_OK):
            raise _denied(path, errno.EACCES)
        return
    folder = (path.resolve() if path.is_symlink() else path).parent
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder} to write {path.name} in.", f"Make it first: mkdir -p '{folder}'")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _denied(folder, errno.EACCES)


def ensure_new(path: Path) -> None:
    """Raise UsageError for a file that is somebody's, or another job's."""
    mode = _mode(path)
    if mode is not None and stat.S_ISREG(mode):
        raise UsageError(f"{path} exists already and is not replaced.", "Choose another name, or add --force.")


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _denied(path, error.errno or errno.EIO) from None


def _denied(path: Path, number: int) -> UsageError:
    return UsageError(f"{path} cannot be written: {os.strerror(number)}.", "Choose another place with -o.")


def write_result(path: Path, data: bytes, mode: int) -> None:
    """Raises UsageError where the file cannot be written after all."""
    try:
        write_atomic(path, data, mode)
    except OSError as error:
        raise _denied(path, error.errno or errno.EIO) from None

"""Files written whole or not at all."""

import contextlib
import os
import re
import stat
from pathlib import Path

_PART = re.compile(r"\..{1,40}\.(\d{1,18})\.intron\.tmp", re.DOTALL)
"""What :func:`write_atomic` writes to, with its process in it."""


def write_atomic(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Put ``data`` at ``path`` so that a reader, or a power cut, meets the old file or the new one.

    The new file has ``mode`` from its first byte. A device or a pipe is written to, not replaced.
    Raises OSError; nothing is left behind then.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    temporary = path.with_name(f".{path.name[:40]}.{os.getpid()}.intron.tmp")  # a letter takes up to four bytes of 255
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(path.parent)


def sweep(folder: Path) -> None:
    """Remove what processes left in ``folder`` that were killed while they wrote there."""
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            part = _PART.fullmatch(path.name)
            if part and not _runs(int(part[1])):
                with contextlib.suppress(OSError):
                    path.unlink()


def _runs(process: int) -> bool:
    """Whether a process may be at work; on Windows its open file could not be removed anyway."""
    if process == os.getpid():
        return True
    if os.name == "nt":
        return False
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        pass
    return True


def sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` outlast a power cut, where the system has a way to."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def private_folder(path: Path) -> Path:
    """``path`` as a folder that only its owner can enter, made where it is missing."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def others_may(path: Path) -> str | None:
    """What other users of this machine may do with the file: ``write``, ``read`` or nothing (None)."""
    if os.name == "nt":
        return None
    mode = path.stat().st_mode
    if stat.S_ISCHR(mode):  # /dev/null as a file in which nothing is set
        return None
    if mode & (stat.S_IWGRP | stat.S_IWOTH):
        return "write"
    return "read" if mode & (stat.S_IRGRP | stat.S_IROTH) else None

"""Results in files: chosen and tried before a byte is sent, written whole or not at all."""

import os
from pathlib import Path

from intron_cli.core.errors import UsageError
from intron_cli.core.files import write_atomic


def ensure_writable(path: Path, *, force: bool) -> None:
    """Raise UsageError now for what would keep the result from being written later."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder.", "Name a file in it.")
    folder = path.parent
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder} to write {path.name} in.", f"Make it first: mkdir -p '{folder}'")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UsageError(f"Nothing can be written in {folder}: {os.strerror(13)}.", "Choose another folder.")
    if path.exists() and not force:
        raise UsageError(f"{path} exists already and is not replaced.", "Choose another name, or add --force.")


def write_result(path: Path, data: bytes, mode: int) -> None:
    """Raises UsageError where the file cannot be written after all."""
    try:
        write_atomic(path, data, mode)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else type(error).__name__
        raise UsageError(f"{path} cannot be written: {reason}.", "Choose another place with -o.") from None

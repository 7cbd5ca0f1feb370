"""Who counts the packets of a recording whose headers cannot be believed: the extra `audio`, where it is installed."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO

EXTRA = "audio"
DOWNLOAD = "35 MB"
"""The size of what the extra brings."""

_PROGRAM = Path(__file__).with_name("packets.py")
_LONGEST_SECONDS = 30.0
"""100 MB take 2 s."""


@dataclass(frozen=True, slots=True)
class Counted:
    """``seconds`` is None where there is no sound in the file."""

    seconds: float | None
    codec: str | None = None
    channels: int | None = None
    sample_rate: int | None = None


Counter = Callable[[BinaryIO], Counted | None]
"""Counts the sound in an open file; None where it cannot."""


def installed() -> Counter | None:
    """The counter of the extra. Nothing of it is loaded before it counts."""
    return count if find_spec("av") else None


def count(file: BinaryIO) -> Counted | None:
    """Count in a process of its own, so that no file can crash this one or hold it up."""
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            # -P: neither this folder's modules nor those of the current one come before the packages meant.
            [sys.executable, "-P", str(_PROGRAM)],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_LONGEST_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    finally:
        # The process moved the place in the file that it shared with us; what was read ahead is not to be trusted.
        file.seek(0, os.SEEK_END)
    try:
        answer: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {}
        return Counted(**answer) if answer else None
    except (ValueError, TypeError):
        return None

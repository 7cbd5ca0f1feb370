"""How long the service takes over a recording, learned from the first look at each.

What is tracked is the age by which a share of all recordings is ready, without a memory of single ones: a first
look that finds the result lowers it a little, one that comes too early raises it. After Robbins and Monro,
"A Stochastic Approximation Method" (1951).
"""

import json
import math
from pathlib import Path
from typing import Any

from intron_cli.core.files import private_folder, write_atomic

SHARE = 0.9
"""Of the recordings, so many are ready at the estimated age."""

FIRST_GUESS = 20.0
"""Seconds, before anything is known, at a quota of 60 s a window."""

_LEAST, _MOST = 0.5, 3600.0
_STEP, _LEAST_STEP = 0.25, 0.06
_KNOWN = 20
"""What an earlier run learned counts as so many looks."""

_FILE = "learned.json"


class Estimate:
    """The age, in seconds, at which a recording is probably ready. ``scale`` shortens all times alike."""

    def __init__(self, seconds: float | None = None, scale: float = 1.0) -> None:
        self._scale = scale
        self._looks = 0 if seconds is None else _KNOWN
        self.seconds = self._bounded(FIRST_GUESS * scale if seconds is None else seconds)

    def learn(self, *, ready: bool) -> None:
        """Note what a first look that came at the estimated age found."""
        self._looks += 1
        step = max(_LEAST_STEP, _STEP / math.sqrt(1 + self._looks / 10))
        self.seconds = self._bounded(self.seconds * math.exp(-step * (1 - SHARE) if ready else step * SHARE))

    def _bounded(self, seconds: float) -> float:
        return min(max(seconds, _LEAST * self._scale), _MOST * self._scale)


def load_estimate(folder: Path, service: str, scale: float = 1.0) -> Estimate:
    """What earlier runs learned of a service; a file that is of no use is as good as none."""
    found = _read(folder / _FILE).get(service)
    is_time = isinstance(found, int | float) and not isinstance(found, bool) and math.isfinite(found) and found > 0
    return Estimate(float(found) if is_time and found is not None else None, scale)


def save_estimate(folder: Path, service: str, estimate: Estimate) -> None:
    """Keep it for the next run. Raises OSError."""
    path = private_folder(folder) / _FILE
    write_atomic(path, json.dumps({**_read(path), service: round(estimate.seconds, 3)}, indent=1).encode())


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}

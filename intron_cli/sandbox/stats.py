"""What the sandbox saw: which recordings it took in and how often, and when it was asked."""

import threading
from collections import Counter, deque
from dataclasses import asdict, dataclass
from typing import Any, Literal

from intron_cli.core.clock import Clock

Kind = Literal["upload", "status"]

MOST_REQUESTS = 200_000
"""So many are remembered; of more the last."""


@dataclass(slots=True)
class SeenRequest:
    """A request: when it came, in seconds since the sandbox began, and the code of its answer (None: none)."""

    at: float
    kind: Kind
    code: int | None = None


@dataclass(slots=True)
class TakenIn:
    """A recording that was taken in: when, in seconds since the sandbox began, and how long it is processed."""

    sha256: str
    at: float
    processing: float


class Stats:
    """Counts over the life of a sandbox. No key, no name and no word is in them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began = clock.monotonic()
        self._lock = threading.Lock()
        self._uploads: Counter[str] = Counter()
        self._taken_in: deque[TakenIn] = deque(maxlen=MOST_REQUESTS)
        self._cut_off = 0
        self._requests: deque[SeenRequest] = deque(maxlen=MOST_REQUESTS)

    def request(self, kind: Kind) -> SeenRequest:
        """Note that a request came; whoever answers it sets its code."""
        with self._lock:
            seen = SeenRequest(self._clock.monotonic() - self._began, kind)
            self._requests.append(seen)
        return seen

    def taken(self, sha256: str, accepted: float, processing: float) -> None:
        """A form came in whole and a job was made of it, at ``accepted`` by the clock."""
        with self._lock:
            self._uploads[sha256] += 1
            self._taken_in.append(TakenIn(sha256, accepted - self._began, processing))

    def cut_off(self) -> None:
        """A form ended before its end."""
        with self._lock:
            self._cut_off += 1

    def told(self) -> dict[str, Any]:
        with self._lock:
            requests = [asdict(seen) for seen in self._requests]
            return {
                "uploads": dict(self._uploads),
                "taken_in": [asdict(taken) for taken in self._taken_in],
                "cut_off": self._cut_off,
                "refused_429": sum(seen["code"] == 429 for seen in requests),
                "requests": requests,
            }

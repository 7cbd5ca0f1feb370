"""Who may ask how often, as the service counts it."""

import math
import threading
from collections import deque
from dataclasses import dataclass

from intron_cli.core.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """Whether a request may pass, and what its answer's headers say of the limit that applies."""

    allowed: bool
    limit: int
    window: float
    remaining: int
    wait: float
    reset: float

    @property
    def message(self) -> str:
        """The recorded wording; `second` has no plural there."""
        return f"ratelimit exceeded {self.limit} per {self.window:g} second"

    def headers(self) -> dict[str, str]:
        """Whole seconds, rounded up: asking again after `retry-after` is never too early."""
        return {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(self.remaining),
            "x-ratelimit-reset": str(math.ceil(self.reset)),
            "retry-after": str(math.ceil(self.wait)),
        }


class _Window:
    """At most ``limit`` requests in any ``seconds`` on end; times are monotonic."""

    def __init__(self, limit: int, seconds: float) -> None:
        self.limit = limit
        self.seconds = seconds
        self._times: deque[float] = deque()

    def is_full(self, now: float) -> bool:
        while self._times and self._times[0] + self.seconds <= now:
            self._times.popleft()
        return len(self._times) >= self.limit

    def take(self, now: float) -> None:
        self._times.append(now)

    def ruling(self, clock: Clock, now: float, *, allowed: bool) -> Ruling:
        frees_in = max(0.0, self._times[0] + self.seconds - now) if self._times else 0.0
        remaining = self.limit - len(self._times)
        return Ruling(
            allowed=allowed,
            limit=self.limit,
            window=self.seconds,
            remaining=remaining,
            wait=0.0 if remaining else frees_in,
            reset=clock.now() + frees_in,
        )


class Quota:
    """The limits of every key.

    Uploads and status calls count against one window. Status calls of a key must besides be
    ``status_interval`` seconds apart (0: no such rule); where that rule applies, their headers
    tell of it, as recorded. A request that is turned away counts nowhere.
    """

    def __init__(self, limit: int, window: float, *, status_interval: float, clock: Clock) -> None:
        self._limit = limit
        self._window = window
        self._status_interval = status_interval
        self._clock = clock
        self._lock = threading.Lock()
        self._requests: dict[str, _Window] = {}
        self._status: dict[str, _Window] = {}

    def take(self, key: str, *, status: bool) -> Ruling:
        """Count a request of ``key`` (any name for it, such as its hash), or turn it away."""
        with self._lock:
            now = self._clock.monotonic()
            windows = [self._requests.setdefault(key, _Window(self._limit, self._window))]
            if status and self._status_interval > 0:
                windows.append(self._status.setdefault(key, _Window(1, self._status_interval)))
            for window in reversed(windows):
                if window.is_full(now):
                    return window.ruling(self._clock, now, allowed=False)
            for window in windows:
                window.take(now)
            return windows[-1].ruling(self._clock, now, allowed=True)

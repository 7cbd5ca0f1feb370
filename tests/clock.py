"""A clock for the tests: sleeping moves it and takes no time."""

import threading

from intron_cli.core.clock import Bell

PATIENCE = 20.0
"""Seconds of real time after which a test that hangs is given up."""


class FakeClock:
    def __init__(self, start: float = 1_800_000_000.0) -> None:
        self._time = start
        self._set_back = 0.0
        self._lock = threading.Lock()
        self.slept: list[float] = []

    def now(self) -> float:
        with self._lock:
            return self._time - self._set_back

    def monotonic(self) -> float:
        with self._lock:
            return self._time

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self._time += max(0.0, seconds)

    def set_back(self, seconds: float) -> None:
        """Somebody sets the machine's clock."""
        with self._lock:
            self._set_back += seconds

    def wait(self, bell: Bell, seconds: float) -> None:
        """What is at work takes no time of this clock: it moves only where nobody is left to ring."""
        if bell.is_rung:
            return
        if bell.ringers:
            assert bell.heard(PATIENCE), "nobody rang"
        else:
            assert seconds < 1e9, "a wait without an end"
            self.sleep(seconds)

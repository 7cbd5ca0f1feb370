"""A clock for the tests: sleeping moves it and takes no time."""

import threading


class FakeClock:
    def __init__(self, start: float = 1_800_000_000.0) -> None:
        self._time = start
        self._lock = threading.Lock()
        self.slept: list[float] = []

    def now(self) -> float:
        with self._lock:
            return self._time

    def monotonic(self) -> float:
        return self.now()

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self._time += max(0.0, seconds)

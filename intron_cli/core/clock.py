"""Time, handed in: nothing else in the package looks at a clock or sleeps."""

import time
from typing import Protocol


class Clock(Protocol):
    def now(self) -> float:
        """Wall-clock time in Unix seconds: for what is written down and shared between processes."""

    def monotonic(self) -> float:
        """Seconds that never run backwards: for how long something took."""

    def sleep(self, seconds: float) -> None:
        """Wait; nothing for zero or less."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            time.sleep(seconds)

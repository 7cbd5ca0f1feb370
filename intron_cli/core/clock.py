"""Time, handed in: nothing else in the package looks at a clock or sleeps."""

import threading
import time
from typing import Protocol

from intron_cli.core.errors import Stopped


class Bell:
    """Wakes somebody who waits.

    ``ringers`` is how many are at work who will ring it: a clock of the tests does not move while there are any.
    """

    def __init__(self) -> None:
        self.ringers = 0
        self._event = threading.Event()

    def ring(self) -> None:
        self._event.set()

    def clear(self) -> None:
        """Forget that it was rung."""
        self._event.clear()

    @property
    def is_rung(self) -> bool:
        return self._event.is_set()

    def heard(self, seconds: float) -> bool:
        """Wait until it is rung, for so many seconds of real time at most."""
        return self._event.wait(min(max(seconds, 0.0), threading.TIMEOUT_MAX))


class Clock(Protocol):
    def now(self) -> float:
        """Wall-clock time in Unix seconds: for what is written down and shared between processes."""

    def monotonic(self) -> float:
        """Seconds that never run backwards: for how long something took."""

    def sleep(self, seconds: float) -> None:
        """Wait; nothing for zero or less."""

    def wait(self, bell: Bell, seconds: float) -> None:
        """Wait until the bell is rung, at most so long (inf: as long as it takes)."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            time.sleep(seconds)

    def wait(self, bell: Bell, seconds: float) -> None:
        bell.heard(seconds)


def pause(clock: Clock, seconds: float, stop: Bell | None = None) -> None:
    """Sleep. Raises Stopped where ``stop`` is rung before the time is up."""
    if stop is None:
        clock.sleep(seconds)
        return
    clock.wait(stop, seconds)
    if stop.is_rung:
        raise Stopped

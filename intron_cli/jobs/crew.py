"""Threads that carry out single pieces of a run's work, and hand what came of them to the one that plans it."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from intron_cli.core.clock import Bell, Clock


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a piece of work: its value, or the error that it raised."""

    value: Any = None
    error: BaseException | None = None


Then = Callable[[Outcome], None]


class Crew:
    """A thread for each piece of work. ``stop`` is rung when all are to leave off."""

    def __init__(self, clock: Clock) -> None:
        self.stop = Bell()
        self._clock = clock
        self._done = Bell()
        self._outcomes: deque[tuple[Then, Outcome]] = deque()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def begin(self, work: Callable[[], Any], then: Then) -> None:
        """Do ``work`` in a thread; :meth:`take_in` gives ``then`` what came of it."""
        thread = threading.Thread(target=self._carry_out, args=(work, then), daemon=True)
        self._threads = [one for one in self._threads if one.is_alive()]
        self._threads.append(thread)
        with self._lock:
            self._done.ringers += 1
        thread.start()

    def _carry_out(self, work: Callable[[], Any], then: Then) -> None:
        try:
            outcome = Outcome(work())
        except BaseException as error:  # noqa: BLE001 - it is raised again where the run can end by it
            outcome = Outcome(error=error)
        with self._lock:
            self._outcomes.append((then, outcome))
            self._done.ringers -= 1
        self._done.ring()

    def wait(self, seconds: float) -> None:
        """Wait until a piece of work is done, at most so long (inf: as long as it takes)."""
        self._clock.wait(self._done, seconds)

    def take_in(self) -> None:
        """Hand over all that came in."""
        self._done.clear()
        while self._outcomes:
            then, outcome = self._outcomes.popleft()
            then(outcome)

    def leave_off(self) -> None:
        """Ask all threads to end where nothing is lost by it."""
        self.stop.ring()

    def join(self, seconds: float, wanted: Callable[[], bool] = lambda: True) -> None:
        """Wait until all threads have ended, the time is up, or it is not ``wanted`` any more.

        What they come to is handed over no more: whatever lasts is in the ledger.
        """
        end = self._clock.monotonic() + seconds
        while self._done.ringers and wanted() and (left := end - self._clock.monotonic()) > 0:
            self._done.clear()
            if self._done.ringers:
                self.wait(left)

    def dropped(self) -> list[Any]:
        """The values that nobody took in."""
        found = [outcome.value for _, outcome in self._outcomes]
        self._outcomes.clear()
        return found

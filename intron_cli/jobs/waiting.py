"""When to look whether a result is there, and the wait for one job.

Times are in seconds at a quota of 60 s a window; ``scale`` (the window over 60 s) shortens them all.
"""

from collections.abc import Callable
from dataclasses import dataclass

from intron_cli.api import wire
from intron_cli.core.clock import Clock
from intron_cli.core.errors import QuotaError, StillProcessingError, UnavailableError
from intron_cli.core.text import seconds_text
from intron_cli.jobs.events import Events

FIRST_LOOK = 2.0
LONGEST_PAUSE = 30.0
LEAST_PATIENCE = 5.0
"""For so long even the last look waits for the quota and the interval between looks."""
MOST_FAULTS = 6
_FAULT_PAUSES = (2.0, 4.0, 8.0, 16.0, 30.0)


def next_look(age: float, looks: int, scale: float = 1.0) -> float:
    """Seconds until the next look at a job of ``age`` seconds that was looked at ``looks`` times.

    The first look comes at an age of 2 s, the others each after a quarter of the age, at least 2 s
    and at most 30 s apart.
    """
    if looks == 0:
        # A negative age is a clock that was set back since the upload.
        return max(0.0, FIRST_LOOK * scale - max(age, 0.0))
    return min(max(age / 4, FIRST_LOOK * scale), LONGEST_PAUSE * scale)


@dataclass(frozen=True, slots=True)
class Wait:
    """How long to wait for a result, from now on; 0 is one look at once."""

    timeout: float
    scale: float = 1.0


def wait_for(
    look: Callable[[float], wire.StatusData],
    submitted_at: float,
    wait: Wait,
    clock: Clock,
    events: Events,
) -> wire.StatusData:
    """Look until the service says that it is finished or failed; ``look`` is told how long it may take to begin.

    Raises StillProcessingError when the time is up, UnavailableError when the service could not be
    asked several times in a row, and what ``look`` raises besides.
    """
    started, looks, faults = clock.monotonic(), 0, 0
    while True:
        left = wait.timeout - (clock.monotonic() - started)
        pause = next_look(clock.now() - submitted_at, looks, wait.scale)
        if faults:
            pause = _FAULT_PAUSES[faults - 1] * wait.scale
        clock.sleep(min(pause, max(left, 0.0)))
        last = clock.monotonic() - started >= wait.timeout
        try:
            data = look(max(wait.timeout - (clock.monotonic() - started), LEAST_PATIENCE * wait.scale))
        except QuotaError:
            raise StillProcessingError("The quota let no look out before the wait was over.") from None
        except UnavailableError:
            faults += 1
            if last or faults == MOST_FAULTS:
                raise
            continue
        looks, faults = looks + 1, 0
        if data.state == wire.FINISHED or data.state in wire.FAILED:
            return data
        age = clock.now() - submitted_at
        events.looked(data.state, age, None if last else next_look(age, looks, wait.scale))
        if last:
            raise StillProcessingError(f"Still processing after {seconds_text(max(age, 0.0))} ({data.state}).")

"""How fast the line takes uploads, and how many at once it is worth.

Several at once hide the time that each waits for its answer. On a line that is full they only make all of them late,
and a cut costs all of them: there one at a time is as fast.
"""

import threading
from collections import deque

_PATIENCE = 16.0
"""Seconds that an upload takes on a line that is worth a trial of one at a time."""

_AS_FAST = 0.7
"""One alone that reaches so much of the speed of several is as good as they are."""

_TRIAL = 2
"""Uploads after which a trial is judged."""

_REMEMBERED = 30.0


class Line:
    """Told of uploads from their threads, in monotonic seconds; ``scale`` shortens all times alike."""

    def __init__(self, most: int, scale: float = 1.0) -> None:
        self._most = most
        self._scale = scale
        self._lock = threading.Lock()
        self._slots = most
        self._tried = most == 1
        self._running: dict[int, tuple[float, int]] = {}
        self._all_sent: set[int] = set()
        self._ended: deque[tuple[float, float, int]] = deque()
        self._speed_of_several = 0.0
        self._total = self._count = 0
        self._in_trial = 0

    @property
    def slots(self) -> int:
        """How many uploads may run at once."""
        return self._slots

    def started(self, item: int, now: float) -> None:
        with self._lock:
            self._running[item] = (now, 0)

    def sent(self, item: int, count: int) -> None:
        with self._lock:
            began, _ = self._running[item]
            self._running[item] = (began, count)

    def all_sent(self, item: int) -> None:
        """Its last bytes go out: from here on only the answer tells what became of it."""
        with self._lock:
            self._all_sent.add(item)

    @property
    def handed_over(self) -> int:
        """How many wait for their answer."""
        return len(self._all_sent)

    def ended(self, item: int, now: float) -> None:
        """An upload has its answer, or came to nothing."""
        with self._lock:
            began, count = self._running.pop(item)
            self._all_sent.discard(item)
            self._total, self._count = self._total + count, self._count + 1
            self._ended.append((began, now, count))
            while self._ended and self._ended[0][1] < now - _REMEMBERED * self._scale:
                self._ended.popleft()
            self._judge(now, now - began)

    def seconds_for(self, uploads: int, now: float) -> float:
        """About how long so many uploads more take, as fast as those of the last half minute were."""
        with self._lock:
            speed = self._measured(now)
            size = self._total / self._count if self._count else 0.0
            return uploads * size / speed if speed else 0.0

    def _measured(self, now: float) -> float:
        spans = [*self._ended, *((began, now, count) for began, count in self._running.values())]
        since = min((began for began, _, _ in spans), default=now)
        return sum(count for _, _, count in spans) / (now - since) if now > since else 0.0

    def _judge(self, now: float, took: float) -> None:
        if not self._tried and took > _PATIENCE * self._scale:
            self._tried = True
            self._speed_of_several = self._measured(now)
            self._slots, self._in_trial = 1, len(self._running) + _TRIAL
            self._forget_if_alone()
        elif self._in_trial:
            self._in_trial -= 1
            self._forget_if_alone()
            if not self._in_trial and self._measured(now) < _AS_FAST * self._speed_of_several:
                self._slots = self._most

    def _forget_if_alone(self) -> None:
        """What was begun beside others tells nothing about one alone."""
        if self._in_trial == _TRIAL:
            self._ended.clear()

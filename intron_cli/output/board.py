"""What a live view knows of a run. Nothing here looks at a clock: each change comes with its time, in seconds."""

from collections import deque
from dataclasses import dataclass, field

from intron_cli.core.tally import Tally

SPEED_SECONDS = 5.0
"""Speeds are those of the last seconds."""

SHORT_WAIT = 2.0
"""Seconds between two requests that nobody need be told of."""

LONG_WAIT = 65.0
"""Seconds for which the quota's window never holds a request back: only the service itself does."""

_MARK_SECONDS = 0.25


@dataclass(slots=True)
class Upload:
    """A running upload; ``size`` is 0 where it is not known, ``marks`` are times and the bytes sent by then."""

    name: str
    size: int
    began: float
    sent: int = 0
    answer_due: float | None = None
    marks: deque[tuple[float, int]] = field(default_factory=deque)

    def note_sent(self, count: int, now: float) -> None:
        self.sent = count
        if not self.marks or now - self.marks[-1][0] >= _MARK_SECONDS:
            self.marks.append((now, count))
        while len(self.marks) > 1 and self.marks[1][0] <= now - SPEED_SECONDS:
            self.marks.popleft()

    def speed(self, now: float) -> float | None:
        """Bytes a second; None in the first second, when nobody can say."""
        earlier = [mark for mark in self.marks if mark[0] <= now - SPEED_SECONDS] or list(self.marks)[:1]
        if not earlier or now - earlier[-1][0] < 1:
            return None
        at, count = earlier[-1]
        return max(self.sent - count, 0) / (now - at)

    def seconds_left(self, now: float) -> float | None:
        speed = self.speed(now)
        return max(self.size - self.sent, 0) / speed if speed and self.size else None


@dataclass(slots=True)
class Awaited:
    """A result that is waited for, as the last look found it."""

    name: str
    since: float
    state: str = ""
    age: float = 0.0
    next_look: float | None = None


@dataclass(slots=True)
class Preparation:
    """What is done to a source before it is sent; ``count`` bytes of it have come, 0 where nothing comes."""

    name: str
    what: str
    since: float
    count: int = 0


@dataclass(slots=True)
class Board:
    """All of it. Names are clean lines; ``item`` is the number of a source in its run."""

    tally: Tally | None = None
    told_at: float = 0.0
    preparations: dict[int, Preparation] = field(default_factory=dict)
    uploads: dict[int, Upload] = field(default_factory=dict)
    awaited: dict[int, Awaited] = field(default_factory=dict)
    last: tuple[str, str] | None = None
    """The source that ended last, and how."""

    held_until: float | None = None
    look_due: float | None = None
    """When any of those that are waited for is looked at next, as the plan was at the last pause."""

    @property
    def is_several(self) -> bool:
        return self.tally is not None and self.tally.total > 1

    def preparing(self, item: int, name: str, what: str, count: int, now: float) -> None:
        known = self.preparations.get(item)
        if not what:
            self.preparations.pop(item, None)
        elif known and known.what == what:
            known.count = count
        else:
            self.preparations[item] = Preparation(name, what, now, count)

    def upload_started(self, item: int, name: str, size: int, now: float) -> None:
        self.uploads[item] = upload = Upload(name, size, now)
        upload.note_sent(0, now)

    def upload_sent(self, item: int, count: int, now: float) -> None:
        if upload := self.uploads.get(item):
            upload.note_sent(count, now)

    def answer_due(self, item: int, now: float) -> None:
        if upload := self.uploads.get(item):
            upload.sent, upload.answer_due = upload.size, now

    def upload_ended(self, item: int) -> None:
        self.uploads.pop(item, None)

    def waiting_started(self, item: int, name: str, now: float) -> None:
        self.awaited.setdefault(item, Awaited(name, now))

    def looked(self, item: int, name: str, state: str, age: float, next_look: float | None, now: float) -> None:
        awaited = self.awaited.setdefault(item, Awaited(name, now))
        awaited.state, awaited.age = state, max(age, 0.0)
        awaited.next_look = None if next_look is None else now + next_look

    def held(self, seconds: float, now: float) -> None:
        self.held_until = now + seconds if seconds > SHORT_WAIT else None

    def ended(self, item: int, name: str, how: str) -> None:
        self.preparations.pop(item, None)
        self.uploads.pop(item, None)
        self.awaited.pop(item, None)
        self.last = name, how

    def tallied(self, tally: Tally, now: float) -> None:
        self.tally, self.told_at = tally, now

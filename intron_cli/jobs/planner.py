"""What a run does next: begin an upload, look at a job, or sleep, so that the quota is used and not wasted.

Pure: no HTTP, no file, no thread, no clock of its own. Times are monotonic seconds; ``scale`` (the quota's window over
60 s) shortens all that are meant for a window of a minute.

With few jobs outstanding each is looked at soon and often: somebody waits. With many, requests are what is scarce,
and every look that finds nothing costs an upload. Then the first look comes at the age at which the service is
probably ready (learned), one that comes too early moves the others' past its age, and looks go before uploads until
only a window's worth of those is left.
"""

import math
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from intron_cli.core.units import Rate
from intron_cli.jobs.estimate import Estimate
from intron_cli.jobs.waiting import FIRST_LOOK, LEAST_PATIENCE, next_look

Kind = Literal["upload", "status"]
Claim = Callable[[Kind], float]
"""Takes the right to one request now (0.0), or tells after how many seconds to ask again."""

FEW = 5
"""So many outstanding jobs, or fewer, do not wait for statistics."""

MOST_OUTSTANDING = 30
_PAST_A_MISS = 1.15
_TIMELY = 1.5
"""A first look that the quota put off much longer than it was due tells nothing of when that should have been."""


@dataclass(frozen=True, slots=True)
class Upload:
    """Begin the next upload that is ready; a request is claimed for it."""


@dataclass(frozen=True, slots=True)
class Look:
    """Look at a job; a request is claimed for it."""

    job: int


@dataclass(frozen=True, slots=True)
class Expire:
    """A job's time is up, and the quota lets no last look out soon."""

    job: int


@dataclass(frozen=True, slots=True)
class Sleep:
    """Nothing to do for so many seconds (inf: until something is told), and why."""

    seconds: float
    why: Literal["quota", "processing", "uploads"]


Action = Upload | Look | Expire | Sleep | None


@dataclass(slots=True)
class _Waiting:
    """A job that the service has. Its age counts from ``born``; ``due`` is None until it was looked at."""

    born: float
    deadline: float
    fresh: bool
    looks: int = 0
    looked_at: float = -math.inf
    due: float | None = None


class Planner:
    """The state of a run, and its next action.

    ``slots`` is how many uploads may run at once; it may change at any time. ``interval`` is the least time
    between two looks.
    """

    def __init__(
        self, rate: Rate, estimate: Estimate, *, slots: int = 4, scale: float = 1.0, interval: float = 0.0
    ) -> None:
        self.estimate = estimate
        self.slots = slots
        self.to_upload = 0
        self.ready = 0
        self.uploading = 0
        self.looking: int | None = None
        self._rate = rate
        self._scale = scale
        self._patience = max(LEAST_PATIENCE * scale, 2 * interval)
        self._waiting: dict[int, _Waiting] = {}
        self._claims: deque[float] = deque(maxlen=rate.count)
        self._floor = 0.0
        self._no_looks_before = -math.inf

    @property
    def waiting(self) -> Iterable[int]:
        """The jobs whose results are waited for."""
        return self._waiting.keys()

    @property
    def outstanding(self) -> int:
        """The jobs that have not come to their end."""
        return self.to_upload + self.uploading + len(self._waiting)

    def begun(self) -> None:
        """An upload was begun."""
        self.to_upload -= 1
        self.ready -= 1
        self.uploading += 1

    def wait_for(
        self, job: int, now: float, *, age: float = 0.0, timeout: float = math.inf, fresh: bool = True
    ) -> None:
        """The service has a job, for ``age`` seconds; only a ``fresh`` one tells how long they take."""
        self._waiting[job] = _Waiting(now - max(age, 0.0), now + timeout, fresh)

    def age(self, job: int, now: float) -> float:
        """Seconds for which the service has it."""
        return now - self._waiting[job].born

    def due_in(self, job: int, now: float) -> float:
        """Seconds until it is to be looked at, as things are."""
        return max(self._due(self._waiting[job]) - now, 0.0)

    def is_over(self, job: int, now: float) -> bool:
        """Whether its time is up."""
        return now >= self._waiting[job].deadline

    def looked(self, job: int, now: float, *, ended: bool) -> bool:
        """What a look found. True where the job's time is up without its end."""
        found, self.looking = self._waiting[job], None
        age = now - found.born
        if found.looks == 0 and found.fresh and not self._is_few():
            if age <= _TIMELY * max(self.estimate.seconds, self._floor):
                self.estimate.learn(ready=ended)
            self._floor = max(self._floor, _PAST_A_MISS * age)
        if ended:
            self._floor = 0.0
        found.looks += 1
        found.looked_at = now
        self._no_looks_before = -math.inf
        if ended or now >= found.deadline:
            del self._waiting[job]
            return not ended
        found.due = now + max(age / 4, FIRST_LOOK * self._scale)
        return False

    def forget(self, job: int) -> None:
        """A job came to an end otherwise."""
        self._waiting.pop(job, None)

    def pause_looks(self, now: float, seconds: float) -> None:
        """The service could not be asked: it is left alone for a while."""
        self.looking = None
        self._no_looks_before = now + seconds

    def seconds_left(self, now: float) -> float:
        """About how long the run still takes: as long as the quota needs for its requests, and the last result."""
        requests = 2 * self.to_upload + self.uploading + len(self._waiting)
        window, count = self._rate.kept_seconds, self._rate.count
        taken = [at for at in self._claims if at > now - window]
        rounds, place = divmod(requests - (count - len(taken)) - 1, count)
        until_quota = 0.0
        if rounds >= 0:
            until_quota = (rounds + 1) * window + (taken[place] - now if place < len(taken) else 0.0)
        youngest = max((job.born for job in self._waiting.values()), default=-math.inf)
        last_age = 0.0 if self.to_upload or self.uploading else now - youngest
        return until_quota + max(0.0, self.estimate.seconds - last_age)

    def next(self, now: float, claim: Claim) -> Action:
        """The next action; None where all is done. A request is claimed for what needs one."""
        due_job, due = self._earliest()
        can_upload = self.ready > 0 and self._may_upload()
        is_due = due_job is not None and due <= now
        wait = math.inf
        for kind in self._preference(can_upload=can_upload, is_due=is_due):
            seconds = claim(kind)
            if seconds <= 0:
                self._claims.append(now)
                return self._chosen(kind, due_job)
            if kind == "status" and due_job is not None and self._is_hopeless(due_job, now, seconds):
                return Expire(due_job)
            wait = min(wait, seconds)
        if wait < math.inf:
            return Sleep(wait if is_due or due_job is None else min(wait, due - now), "quota")
        if due_job is not None:
            return Sleep(due - now, "processing")
        busy = self.uploading or self.to_upload or self.looking is not None
        return Sleep(math.inf, "uploads") if busy or self._waiting else None

    def _chosen(self, kind: Kind, job: int | None) -> Action:
        if kind == "upload":
            return Upload()
        assert job is not None
        self.looking = job
        return Look(job)

    def _may_upload(self) -> bool:
        return self.uploading < self.slots and self.uploading + len(self._waiting) < MOST_OUTSTANDING

    def _preference(self, *, can_upload: bool, is_due: bool) -> list[Kind]:
        """What to ask a request for, the most wanted first."""
        uploads: list[Kind] = ["upload"] if can_upload else []
        looks: list[Kind] = ["status"] if is_due else []
        return uploads + looks if self.to_upload <= self._rate.count else looks + uploads

    def _is_few(self) -> bool:
        return self.outstanding <= FEW

    def _is_hopeless(self, job: int, now: float, seconds: float) -> bool:
        """Whether the time is up, and the last look would have to wait for the quota."""
        return now >= self._waiting[job].deadline and seconds > self._patience

    def _earliest(self) -> tuple[int | None, float]:
        """The job to be looked at first, and when; none while a look is under way."""
        if not self._waiting or self.looking is not None:
            return None, math.inf
        job = min(self._waiting, key=lambda one: self._due(self._waiting[one]))
        return job, max(self._due(self._waiting[job]), self._no_looks_before)

    def _due(self, job: _Waiting) -> float:
        return self._due_when_few(job) if self._is_few() else self._due_when_many(job)

    def _due_when_few(self, job: _Waiting) -> float:
        if job.looks == 0:
            return min(job.born + FIRST_LOOK * self._scale, job.deadline)
        age = job.looked_at - job.born
        return min(job.looked_at + next_look(age, job.looks, self._scale, self.outstanding), job.deadline)

    def _due_when_many(self, job: _Waiting) -> float:
        due = job.born + max(self.estimate.seconds, self._floor) if job.due is None else job.due
        return min(due, job.deadline)

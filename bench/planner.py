"""The planner against a model of the service: `python bench/planner.py [SEEDS]`.

How long a batch takes over the least that any client could need, and how many requests a recording takes. The
planner is the program's own; the service, the line and the clock are a model: an upload takes 2 s, a look 0.3 s,
30 requests may come in any 60 s, and looks are at least 1.1 s apart. No client can be faster than the time of its
last request under the quota (two a recording), or than the slowest recording.
"""

import heapq
import math
import random
import statistics
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from intron_cli.core.units import Rate
from intron_cli.jobs.estimate import Estimate
from intron_cli.jobs.planner import Kind, Look, Planner, Sleep, Upload

RATE = Rate(30, 60.0)
UPLOAD, LOOK, INTERVAL = 2.0, 0.3, 1.1
SERVERS = 4
"""Recordings that a service with a backlog works on at once."""

Times = Callable[[random.Random, int], list[float]]


def outliers(rng: random.Random, count: int) -> list[float]:
    return [
        rng.uniform(240, 600) if rng.random() < 0.02 else rng.lognormvariate(math.log(20), 0.3) for _ in range(count)
    ]


def proportional(rng: random.Random, count: int) -> list[float]:
    lengths = [min(600, rng.lognormvariate(math.log(120), 0.8)) for _ in range(count)]
    return [5 + 0.15 * length * rng.lognormvariate(0, 0.2) for length in lengths]


def lognormal(median: float, sigma: float) -> Times:
    return lambda rng, count: [rng.lognormvariate(math.log(median), sigma) for _ in range(count)]


KINDS: dict[str, Times] = {
    "constant": lambda _, count: [30.0] * count,
    "lognormal": lognormal(25, 0.6),
    "proportional": proportional,
    "outliers": outliers,
    "backlog": lognormal(18, 0.4),
}


class Service:
    """When each recording is ready; with a backlog, one after the other on a few servers."""

    def __init__(self, kind: str, count: int, rng: random.Random) -> None:
        self.times = KINDS[kind](rng, count)
        self._busy = [0.0] * SERVERS if kind == "backlog" else None

    def ready_at(self, number: int, now: float) -> float:
        if self._busy is None:
            return now + self.times[number]
        end = max(heapq.heappop(self._busy), now) + self.times[number]
        heapq.heappush(self._busy, end)
        return end

    def bound(self) -> float:
        """Seconds that no client can do without."""
        count = len(self.times)
        least = max(
            _request_at(2 * count) + LOOK,
            UPLOAD + max(self.times) + LOOK,
            _request_at(count) + UPLOAD + min(self.times) + LOOK,
        )
        return max(least, UPLOAD + sum(self.times) / SERVERS) if self._busy is not None else least


def _request_at(number: int) -> float:
    return RATE.seconds * ((number - 1) // RATE.count)


@dataclass
class Quota:
    """The request budget, in memory."""

    now: float = 0.0
    taken: deque[float] = field(default_factory=deque)
    last_look: float = -math.inf

    def claim(self, kind: Kind) -> float:
        free = self.taken[0] + RATE.kept_seconds if len(self.taken) == RATE.count else 0.0
        if kind == "status":
            free = max(free, self.last_look + INTERVAL)
        if free > self.now:
            return free - self.now
        if len(self.taken) == RATE.count:
            self.taken.popleft()
        self.taken.append(self.now)
        if kind == "status":
            self.last_look = self.now
        return 0.0


@dataclass
class Run:
    """What a batch came to."""

    seconds: float = 0.0
    requests: int = 0


def simulated(service: Service, estimate: Estimate) -> Run:
    """Run a batch to its end on the model's clock."""
    count = len(service.times)
    planner, quota, run = Planner(RATE, estimate), Quota(), Run()
    planner.to_upload = planner.ready = count
    ready: dict[int, float] = {}
    pending: list[tuple[float, str, int]] = []  # what comes when: an upload's end, a look's answer
    begun = 0
    while action := planner.next(quota.now, quota.claim):
        run.requests += isinstance(action, Upload | Look)
        if isinstance(action, Upload):
            planner.begun()
            heapq.heappush(pending, (quota.now + UPLOAD, "upload", begun))
            begun += 1
        elif isinstance(action, Look):
            heapq.heappush(pending, (quota.now + LOOK, "look", action.job))
        else:
            assert isinstance(action, Sleep)
            then = quota.now + action.seconds
            quota.now = min(then, pending[0][0]) if pending else then
        while pending and pending[0][0] <= quota.now:
            at, what, number = heapq.heappop(pending)
            if what == "upload":
                planner.uploading -= 1
                ready[number] = service.ready_at(number, at)
                planner.wait_for(number, at)
            else:
                planner.looked(number, at, ended=ready[number] <= at - LOOK / 2)
                run.seconds = at
    return run


def measured(kind: str, count: int, seeds: int, *, learned: bool = False) -> tuple[float, float]:
    """The means of time over the bound, and of requests a recording; ``learned``: after a batch of 100."""
    ratios, requests = [], []
    for seed in range(seeds):
        estimate = Estimate()
        if learned:
            simulated(Service(kind, 100, random.Random(seed)), estimate)
        service = Service(kind, count, random.Random(seed * 7919 + count))
        bound = service.bound()
        run = simulated(service, Estimate(estimate.seconds if learned else None))
        ratios.append(run.seconds / bound)
        requests.append(run.requests / count)
    return statistics.mean(ratios), statistics.mean(requests)


BARS = {"constant": 1.13, "lognormal": 1.13, "proportional": 1.13, "outliers": 1.28, "backlog": 1.05}


def main(factor: float) -> None:
    print("Time over the bound · requests a recording; the bars are for 1000.\n")
    print("| recordings | " + " | ".join(f"{kind} (≤ {bar})" for kind, bar in BARS.items()) + " |")
    print("| --- |" + " --- |" * len(BARS))
    for count, seeds, learned in ((1, 40, False), (2, 40, False), (3, 40, False), (5, 40, False), (10, 40, False),
                                  (10, 40, True), (30, 20, False), (100, 12, False), (1000, 3, False)):  # fmt: skip
        cells = []
        for kind in KINDS:
            ratio, requests = measured(kind, count, max(1, round(seeds * factor)), learned=learned)
            cells.append(f"{ratio:.2f} · {requests:.1f}")
        name = f"{count}, after a batch of 100" if learned else str(count)
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)

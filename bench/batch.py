"""How close a batch comes to what the quota allows: `python bench/batch.py [N...]`.

`intron transcribe FOLDER` over N recordings (100 and 10), with what it learned in a first run again over fresh ones
if they are few. The sandbox takes 30 requests in 6 s, a look each 0.09 s at most, and its processing times are
lognormal with a median of 2.5 s and a sigma of 0.6: a tenth of a service with a quota of 30 in a minute. Beside it,
on a sandbox of its own that draws the same times, the loop that scripts are made of (vendor_loop.py).

How long it took is judged by what the server saw, from the first request to the last answered look, and compared
with a bound that no client can beat.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from budget import most_in_any_window
from field import Field, Row, ended, field, sources, table

COUNT, WINDOW = 30, 6.0
OPTIONS: dict[str, Any] = {
    "quota": (COUNT, WINDOW), "status_interval": 0.09, "processing": 2.5, "spread": 0.6,
}  # fmt: skip
RATE, LOOKS = "30/6s", "0.11s"
SEEDS = 5
FEW = COUNT // 2
"""Recordings whose requests fit into one window: there, what was learned before decides."""
LOOP = Path(__file__).with_name("vendor_loop.py")


@dataclass(frozen=True)
class Bars:
    """For a number of recordings; None: measured only."""

    first: float | None = None
    learned: float | None = None
    requests: float | None = None
    loop: float | None = None


BARS = {100: Bars(first=1.18, requests=2.4, loop=1.7), 10: Bars(first=1.40, learned=1.30)}


@dataclass(frozen=True)
class Seen:
    """What a server saw of one run: its requests, and what it took in."""

    requests: Sequence[dict[str, Any]]
    taken_in: Sequence[dict[str, Any]]

    @property
    def makespan(self) -> float:
        looks = [one["at"] for one in self.requests if one["kind"] == "status" and one["code"] == 200]
        return float(max(looks) - self.requests[0]["at"])

    @property
    def over_bound(self) -> float:
        return self.makespan / bound([one["processing"] for one in self.taken_in])

    @property
    def requests_each(self) -> float:
        return len(self.requests) / len(self.taken_in)


@dataclass(frozen=True)
class Measured:
    """The runs of one seed: fresh, then with what was learned if that was asked for; and the loop's."""

    ours: Sequence[Seen]
    loop: Seen
    most: int
    refused: int


def allowed_at(number: int) -> float:
    """Seconds until the quota lets so many requests out, in the best case."""
    return WINDOW * ((number - 1) // COUNT)


def bound(times: Sequence[float]) -> float:
    """Seconds that recordings with these processing times take at least: an upload and a look each, and their times."""
    files = len(times)
    return max(allowed_at(2 * files), *times, allowed_at(files) + min(times))


def seen(ground: Field, process: subprocess.Popen[bytes], files: int) -> Seen:
    """What the server sees until the process ends."""
    before = ground.stats()
    code = ended(process, within=60 + 10 * files)
    told = ground.stats()
    run = Seen(told["requests"][len(before["requests"]) :], told["taken_in"][len(before["taken_in"]) :])
    assert code == 0, code
    assert len({one["sha256"] for one in run.taken_in}) == len(run.taken_in) == files
    return run


def ours(files: int, seed: int, runs: int) -> tuple[list[Seen], int, int]:
    """So many runs with one state, each over fresh recordings; the most in any window and the refused ones of all."""
    found = []
    with field(RATE, LOOKS, seed=seed, **OPTIONS) as ground:
        for number in range(runs):
            folder = ground.recordings(f"visits-{number}", range(number * files, (number + 1) * files))
            if number:
                time.sleep(1.05 * WINDOW)  # the run before has used the quota
            process = ground.start("transcribe", *sources(folder), "-d", f"{folder}-notes", "--yes")
            found.append(seen(ground, process, files))
        told = ground.stats()
    return found, most_in_any_window([one["at"] for one in told["requests"]], WINDOW), told["refused_429"]


def theirs(files: int, seed: int) -> Seen:
    with field(RATE, seed=seed, **OPTIONS) as ground:
        folder = ground.recordings("visits", range(files))
        return seen(ground, subprocess.Popen([sys.executable, str(LOOP), ground.server.url, str(folder)]), files)


def measured(files: int, seed: int) -> Measured:
    """Both at the same time: they do little but wait."""
    with ThreadPoolExecutor(2) as both:
        loop = both.submit(theirs, files, seed)
        runs, most, refused = both.submit(ours, files, seed, 2 if files <= FEW else 1).result()
        return Measured(runs, loop.result(), most, refused)


def rows(files: int, results: Sequence[Measured]) -> list[Row]:
    bars = BARS.get(files, Bars())
    first = [one.ours[0] for one in results]
    found = [at_most(f"{files} recordings: time over the bound", [one.over_bound for one in first], bars.first)]
    if files <= FEW:
        again = [one.ours[1].over_bound for one in results]
        found.append(at_most(f"{files} recordings, with what a run before learned", again, bars.learned))
    found.append(at_most(f"{files} recordings: requests for each", [one.requests_each for one in first], bars.requests))
    times = [one.loop.makespan / one.ours[0].makespan for one in results]
    limit = bars.loop
    found.append(
        (f"{files} recordings: the loop of four workers takes, times as long", spread(times),
         f">= {limit:g}" if limit else "", limit is None or median(times) >= limit)
    )  # fmt: skip
    most, refused = max(one.most for one in results), sum(one.refused for one in results)
    found.append((f"{files} recordings: most requests in any window", most, str(COUNT), most <= COUNT))
    found.append((f"{files} recordings: requests refused with 429", refused, "0", refused == 0))
    return found


def at_most(name: str, values: Sequence[float], bar: float | None) -> Row:
    return name, spread(values), f"<= {bar:.2f}" if bar else "", bar is None or median(values) <= bar


def spread(values: Sequence[float]) -> str:
    return f"{median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def main(numbers: Sequence[int]) -> None:
    found = [row for files in numbers for row in rows(files, [measured(files, seed) for seed in range(SEEDS)])]
    print(table(found))


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or [100, 10])

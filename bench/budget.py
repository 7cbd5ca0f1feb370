"""What processes that share a quota make of it: `python bench/budget.py [PROCESSES] [WINDOWS]`.

Each asks the sandbox as often as the budget lets it, 30 requests in 6 s for all of them together. When
each request came is the server's to say, and what counts is any window of 6 s, not the clock's.
"""

import http.client
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from field import Field, Row, field, table

from intron_cli.api.budget import Budget
from intron_cli.core.clock import SystemClock
from intron_cli.core.units import Rate

COUNT, WINDOW = 30, 6.0
KILL_EACH = 0.3
PATIENCE = 60.0


def work(url: str, state: Path, window: float, seconds: float) -> None:
    """One process: ask as often as the budget lets it."""
    clock = SystemClock()
    budget = Budget(state, "bench", Rate(COUNT, window), 0, clock)
    end = clock.monotonic() + seconds
    while budget.acquire("status", within=end - clock.monotonic()):
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
        connection.request("GET", "/file/v1/status/none", headers={"Authorization": "Bearer bench-key"})
        connection.getresponse().read()
        connection.close()


def begin(ground: Field, window: float, seconds: float) -> subprocess.Popen[bytes]:
    words = (__file__, "work", ground.server.url, ground.folder / "state", window, seconds)
    return subprocess.Popen([sys.executable, *map(str, words)], stdin=subprocess.DEVNULL)


def asked(processes: int, seconds: float, *, killed: bool, window: float = WINDOW) -> tuple[list[float], int]:
    """When requests came, in seconds by the server's clock, while so many processes asked, and how many died."""
    with field("", quota=(100_000, window), status_interval=0) as ground:
        end = time.monotonic() + seconds
        running = [begin(ground, window, seconds) for _ in range(processes)]
        kills = 0
        while killed and time.monotonic() < end - KILL_EACH:
            time.sleep(KILL_EACH)
            number = random.randrange(processes)
            running[number].kill()
            running[number].wait()
            kills += 1
            running[number] = begin(ground, window, end - time.monotonic())
        for process in running:
            process.wait(PATIENCE)
        return [request["at"] for request in ground.stats()["requests"]], kills


def most_in_any_window(times: Sequence[float], window: float = WINDOW) -> int:
    """How many came within the window that each of them begins."""
    return max(sum(begin <= at < begin + window for at in times) for begin in times)


def second_uploads(rounds: int, recordings: int) -> int:
    """Two processes, the same files, the same time."""
    with field("3000/6s", quota=(3000, WINDOW), status_interval=0, processing=0.2, latency=0.02) as ground:
        for number in range(rounds):
            first = number * recordings
            paths = [ground.recording(one) for one in range(first, first + recordings)]
            both = [ground.start("transcribe", *paths, "--json") for _ in range(2)]
            for process in both:
                process.wait(PATIENCE)
        counts = ground.uploads()
        assert len(counts) == rounds * recordings
        return sum(count - 1 for count in counts.values())


def main(processes: int, windows: int) -> None:
    seconds = windows * WINDOW
    rows: list[Row] = []
    for killed in (False, True):
        times, kills = asked(processes, seconds + 1, killed=killed)
        most = most_in_any_window(times)
        used = sum(at - times[0] < seconds for at in times) / (COUNT * windows)
        how = f"{processes} processes, {windows} windows" + (f", {kills} killed" if killed else "")
        rows.append((f"{how}: most in any window", most, str(COUNT), most <= COUNT))
        rows.append((f"{how}: use of the quota", f"{used:.0%}", "" if killed else ">= 90 %", killed or used >= 0.9))
    second = second_uploads(5, 6)
    rows.append(("two processes, the same 30 files, at the same time: second uploads", second, "0", second == 0))
    print(table(rows))


if __name__ == "__main__":
    if sys.argv[1:2] == ["work"]:
        work(sys.argv[2], Path(sys.argv[3]), float(sys.argv[4]), float(sys.argv[5]))
    else:
        given = [int(text) for text in sys.argv[1:3]]
        main(*given, *(8, 3)[len(given) :])

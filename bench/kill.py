"""What `kill -9` costs: `python bench/kill.py [--line] [KILLS] [RECORDINGS] [WINDOW]`.

One command over the recordings, killed at instants spread evenly over 0.1 to 1.5 s after its start (or to
where it would end) and repeated until it ends; then over fresh recordings, until the kills are used up. What the
service took in is counted by the service.

The quota's window (60 s) scales the pauses between looks but not the 20 ms of the sandbox's latency:
with a shorter one, more hand-overs fall into the same second, and more kills hit one.

With --line, the recordings are a folder of large ones on a slow line: several uploads are on their way for
seconds, and the kills fall within 8 s. What lies in the system's buffers when a process is killed arrives all the
same, and the end of the form with it: the client keeps them small.
"""

import json
import random
import shutil
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from field import Field, Row, digest, sources, spoken, table, undecided
from field import field as open_field

FIRST = 0.1
PATIENCE = 120.0
_OURS = ("ledger.db", "repair.lock", "learned.json")


@dataclass(frozen=True)
class SetUp:
    """What is killed: recordings of so many ``seconds``, up to ``last`` s after a start, on a sandbox with ``options``.

    ``counts`` are the kills, the recordings and the window where nothing else is said.
    """

    seconds: float
    last: float
    counts: tuple[int, int, int]
    by_folder: bool = False
    most_maybes: float | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


QUICK = SetUp(2, 1.5, (300, 20, 60), most_maybes=3)
# Larger than the buffers between both ends by far: each of four takes 3 s at 100 Mbit/s.
LINE = SetUp(590, 8, (100, 12, 60), by_folder=True, most_maybes=3, options={"bandwidth": 100e6})


@dataclass
class Tally:
    """What was seen over all rounds."""

    kills: int = 0
    rounds: int = 0
    recordings: int = 0
    most_uploads: int = 0
    maybes: int = 0
    unexplained: int = 0
    lost: int = 0
    torn: int = 0
    left_over: list[str] = field(default_factory=list)
    ends: Counter[int] = field(default_factory=Counter)

    def rows(self, most_maybes: float | None) -> list[Row]:
        share = 100 * self.maybes / max(self.kills, 1)
        bar = "" if most_maybes is None else f"{most_maybes:g} %"
        return [
            ("kills / rounds / recordings", f"{self.kills} / {self.rounds} / {self.recordings}", "", True),
            ("uploads of a recording, at most", self.most_uploads, "1", self.most_uploads <= 1),
            ("kills that end in maybe", f"{self.maybes} ({share:.1f} %)", bar, not bar or share <= (most_maybes or 0)),
            ("recordings without a result after --on-unknown retry", self.lost, "0", self.lost == 0),
            ("second uploads that no row had announced", self.unexplained, "0", self.unexplained == 0),
            ("torn or missing files", self.torn, "0", self.torn == 0),
            ("temporary files left after the next run", len(self.left_over), "0", not self.left_over),
        ]


def instants(kills: int, last: float) -> deque[float]:
    """Evenly spread, in an order that has nothing to do with how far a round is."""
    spread = [FIRST + (last - FIRST) * (number + 0.5) / kills for number in range(kills)]
    random.Random(1).shuffle(spread)
    return deque(spread)


def one_round(ground: Field, tally: Tally, left: deque[float], numbers: range, set_up: SetUp) -> None:
    """Repeat the command until it ends, and kill it on the way as long as there are kills left."""
    folder = f"visits-{numbers[0]}"
    paths = [ground.recording(number, set_up.seconds, folder) for number in numbers]
    state, results = ground.folder / f"state-{numbers[0]}", ground.folder / f"results-{numbers[0]}"
    named = sources(ground.folder / folder) if set_up.by_folder else paths
    command = ("transcribe", *named, "--output-dir", results, "--yes")
    announced: set[int] = set()
    while True:
        after = left.popleft() if left else None
        process = ground.start(*command, "--on-unknown", "skip", state=state)
        if not killed_after(process, after):
            left.extend([after] if after else [])
            tally.ends[process.returncode] += 1
            break
        tally.kills += 1
        found = undecided(state)
        tally.maybes += bool(found - announced)
        announced |= found
    before = ground.uploads()
    process = ground.start(*command, "--on-unknown", "retry", state=state)
    killed_after(process, None)
    tally.rounds += 1
    judge(ground, tally, paths, numbers, results, before, len(announced))
    tally.left_over += left_over(ground, state, results)
    shutil.rmtree(ground.folder / folder)


def killed_after(process: subprocess.Popen[bytes], seconds: float | None) -> bool:
    """Kill it so long after its start (None: leave it alone); whether it was still at work."""
    try:
        process.wait(PATIENCE if seconds is None else seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        if seconds is None:
            raise
        return True
    return False


def judge(
    ground: Field, tally: Tally, paths: list[Path], numbers: range, results: Path, before: dict[str, int], maybes: int
) -> None:
    after = ground.uploads()
    hashes = [digest(path) for path in paths]
    tally.recordings += len(paths)
    tally.most_uploads = max(tally.most_uploads, *(before.get(one, 0) for one in hashes))
    second = sum(max(after.get(one, 0) - 1, 0) for one in hashes)
    tally.unexplained += max(second - maybes, 0)
    for path, number in zip(paths, numbers, strict=True):
        record, document = results / f"{path.name}.json", results / f"{path.name}.md"
        if not record.exists() and not document.exists():
            tally.lost += 1
        elif not is_whole(record, document, number):
            tally.torn += 1


def is_whole(record: Path, document: Path, number: int) -> bool:
    """The record is JSON with what was said, and the document is the one that the record knows."""
    try:
        told = json.loads(record.read_bytes())
        written = sha256(document.read_bytes()).hexdigest()
    except (OSError, ValueError):
        return False
    same = told["documents"][document.name] == written
    return bool(told["status"] == "done" and told["transcript"]["text"].strip() == spoken(number).strip() and same)


def left_over(ground: Field, state: Path, results: Path) -> list[str]:
    """Files that are no result and none of the state's own."""
    stray = [path.name for path in results.iterdir() if path.suffix not in (".json", ".md")]
    stray += [path.name for path in ground.temporary.rglob("*") if path.is_file()]
    stray += [
        path.name for path in state.iterdir()
        if path.is_file() and path.name not in _OURS and not path.name.startswith("budget-")
    ]  # fmt: skip
    return stray


def measured(kills: int, recordings: int, window: int, set_up: SetUp = QUICK) -> Tally:
    tally, left = Tally(), deque[float]()
    pace: dict[str, Any] = {"quota": (3000, window), "status_interval": 0, "processing": 0.2, "latency": 0.02}
    with open_field(f"3000/{window}s", **pace, **set_up.options) as ground:
        began = time.monotonic()
        one_round(ground, tally, left, range(1, recordings + 1), set_up)
        # The command is run twice in a round; what is over cannot be killed.
        left = instants(kills, min(set_up.last, 0.5 * (time.monotonic() - began)))
        while left:
            first = tally.recordings + 1
            one_round(ground, tally, left, range(first, first + recordings), set_up)
    return tally


def main(set_up: SetUp, kills: int, recordings: int, window: int) -> None:
    began = time.monotonic()
    tally = measured(kills, recordings, window, set_up)
    print(table(tally.rows(set_up.most_maybes)))
    print(f"\n{time.monotonic() - began:.0f} s; runs that ended by themselves: {dict(tally.ends)}")
    for name in tally.left_over[:5]:
        print(f"left: {name}")


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:] if text != "--line"]
    chosen = LINE if "--line" in sys.argv else QUICK
    main(chosen, *given, *chosen.counts[len(given) :])

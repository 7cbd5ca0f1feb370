"""Whether any bytes crash or hold up what looks at recordings: `python bench/inspect_fuzz.py [CASES]`.

Real files of every container, made by ffmpeg and sox, with bytes changed, taken out, put in and cut off; CASES of each
(10,000). Each must be answered, with a finite length or none. Prints the slowest answer of each container.
"""

import io
import math
import random
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from audio.recordings import make_all  # noqa: E402

from intron_cli.audio.verdict import Limits, judge  # noqa: E402

STATES = ("cut ", "joined ", "misnamed ", "empty ", "piped ")

SLOWEST = 1.0
"""Seconds. A machine under load takes a tenth of it."""


def mutated(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        reach = min(len(changed), chance.choice((64, 1000, len(changed))))
        place, length = chance.randrange(max(1, reach)), chance.choice((1, 1, 2, 4, 8))
        content = chance.choice((chance.randbytes(length), bytes(length), b"\xff" * length, b"\x7f" + b"\xff" * length))
        match chance.randrange(4):
            case 0:
                del changed[place : place + length]
            case 1:
                changed[place:place] = content
            case _:
                changed[place : place + length] = content
    return bytes(changed[: chance.randint(1, len(changed))] if chance.random() < 0.3 and changed else changed)


def slowest_of(data: bytes, cases: int, seed: str) -> tuple[float, int]:
    """The longest that an answer took, and how many cases still had a duration."""
    chance, slowest, known = random.Random(seed), 0.0, 0
    for number in range(cases):
        file = io.BytesIO(mutated(data, chance))
        began = time.perf_counter()
        try:
            found = judge(file, "visit", Limits(600.0, 100_000_000)).recording
        except Exception:
            print(f"{seed}: case {number} of seed {seed!r} was not answered")
            raise
        slowest = max(slowest, time.perf_counter() - began)
        seconds = found.duration_seconds if found else None
        assert seconds is None or (math.isfinite(seconds) and seconds >= 0), (seed, number, seconds)
        known += seconds is not None
    return slowest, known


def main(cases: int) -> int:
    with tempfile.TemporaryDirectory(prefix="intron-bench-fuzz-") as folder:
        made = make_all(Path(folder))
        files = {name: one.path.read_bytes() for name, one in made.items() if not name.startswith(STATES)}
    print("| file | cases | with a length | slowest, ms |\n| --- | --- | --- | --- |")
    worst = 0.0
    for name, data in files.items():
        slowest, known = slowest_of(data, cases, name)
        worst = max(worst, slowest)
        print(f"| {name} | {cases} | {known} | {1000 * slowest:.0f} |", flush=True)
    return int(worst > SLOWEST)


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))

"""What many recordings cost: `python bench/many.py [SOURCES] [FINISHED]`.

The peak memory of `--dry-run` over a folder of SOURCES (10,000) short recordings, and what the repeat of a finished
folder of FINISHED (1,000) recordings of 200 kB each still does: it has nothing to send, nothing to ask, and no
recording to read.
"""

import io
import subprocess
import sys
import wave
from pathlib import Path
from statistics import median

from field import Field, Row, ended, field, sources, table
from measure import Case, run_once

RUNS = 3
MOST_MEMORY, MOST_SECONDS, MOST_READ = 100, 3.0, 0.25
QUOTA, RATE = (1_000_000, 0.6), "1000000/0.6s"
COUNTING = """
import sys
from intron_cli.__main__ import main
try:
    main()
finally:
    print(open("/proc/self/io").read())
"""
"""Runs the program and prints what it has read; when a process has ended, nobody can tell any more."""


def tiny(folder: Path, count: int) -> Path:
    """Distinct recordings of 1.1 s, 8 bits mono at 8 kHz."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(1)
        writer.setframerate(8000)
        writer.writeframes(bytes(8800))
    folder.mkdir()
    for number in range(count):
        mark = number.to_bytes(8, "little")
        (folder / f"visit-{number:05}.wav").write_bytes(file.getvalue()[:-8] + mark)
    return folder


def command(ground: Field, name: str, *arguments: object) -> Case:
    return Case(name, [sys.executable, "-m", "intron_cli", *map(str, arguments)], ground.environment())


def planned(count: int) -> list[Row]:
    with field(RATE) as ground:
        case = command(ground, "plan", "transcribe", *sources(tiny(ground.folder / "visits", count)), "--dry-run")
        run_once(case)
    assert case.codes == [0], case.codes
    return [
        (f"--dry-run of {count:,} recordings: peak memory, MiB", f"{case.peak:.0f}", f"{MOST_MEMORY}",
         case.peak <= MOST_MEMORY)
    ]  # fmt: skip


def bytes_read(ground: Field, arguments: list[object]) -> int:
    """By all read calls of one run, those for its own modules included."""
    done = subprocess.run(
        [sys.executable, "-c", COUNTING, *map(str, arguments)], env=ground.environment(), cwd=ground.folder,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    found = dict(line.split(": ") for line in done.stdout.decode().splitlines() if line.startswith("rchar"))
    return int(found["rchar"])


def repeated(count: int) -> list[Row]:
    with field(RATE, quota=QUOTA, status_interval=0, processing=0) as ground:
        folder = ground.recordings("visits", range(count), seconds=12.5)
        arguments = ["transcribe", *sources(folder), "-d", ground.results, "--yes"]
        assert ended(ground.start(*arguments), within=60 + count) == 0
        before = ground.stats()
        assert len(before["uploads"]) == count
        case = command(ground, "again", *arguments)
        for _ in range(RUNS):
            run_once(case)
        read = bytes_read(ground, arguments) if Path("/proc/self/io").exists() else None
        assert case.codes == [0] * RUNS, case.codes
        requests = len(ground.stats()["requests"]) - len(before["requests"])
        uploads = sum(ground.uploads().values()) - sum(before["uploads"].values())
        held = sum(path.stat().st_size for path in folder.iterdir())
    name = f"{count:,} finished recordings again"
    found: list[Row] = [
        (f"{name}: s", f"{median(case.walls):.1f}", f"{MOST_SECONDS:g}", median(case.walls) <= MOST_SECONDS),
        (f"{name}: requests", requests, "0", requests == 0),
        (f"{name}: uploads", uploads, "0", uploads == 0),
    ]
    if read is not None:
        share = read / held
        found.append((f"{name}: read, of what they hold", f"{share:.0%}", f"{MOST_READ:.0%}", share <= MOST_READ))
    return found


def main(count: int, finished: int) -> None:
    print(table([*planned(count), *repeated(finished)]))


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:3]]
    main(*given, *(10_000, 1000)[len(given) :])

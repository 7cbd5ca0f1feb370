"""What shrinking costs: words heard wrong, and the time and memory of a WAV of 1 GB: `python bench/shrinking.py`.

The model of the extra `speech` hears the recordings of the tests and of the sandbox as they are and shrunk; jiwer
compares both with what was said. Needs the extra, and jiwer. The WAV is one of them again and again, in stereo at
44.1 kHz; it lies in a temporary folder.
"""

import json
import math
import re
import subprocess
import sys
import tempfile
import wave
from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import jiwer
from measure import ROOT

sys.path.insert(0, str(ROOT))

from intron_cli.audio.shrinking import Bounds, Shrunk, shrink
from intron_cli.sandbox.moonshine import RATE, decode, recognise

POINTS, MIB, SHARE = 2.0, 150.0, 0.02
"""The bars: more words wrong in a hundred, peak memory, time over the length of the recording."""

BYTES = 1_000_000_000
_VISIT = ROOT / "intron_cli" / "sandbox" / "data" / "telehealth-visit.mp3"
_OTHERS = (ROOT / "tests" / "data" / "jfk.mp3", ROOT / "tests" / "data" / "librivox_austen.mp3")
_SHRINK = """
import resource, sys, time
from intron_cli.audio.shrinking import Bounds, shrink
start = time.perf_counter()
with open(sys.argv[1], "rb") as file, open(sys.argv[2], "w+b") as target:
    found = shrink(file, target, Bounds())
wall, own = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(wall, own / (1024 * 1024 if sys.platform == "darwin" else 1024), found.seconds, found.bytes)
"""
"""In a small process of its own: what is started from a large one is at first as large, and the system counts that."""


@dataclass
class Heard:
    """How many words were said, and how many of them were heard wrong."""

    words: int
    wrong: int

    @property
    def rate(self) -> float:
        return 100 * self.wrong / self.words


def said() -> dict[Path, str]:
    """The recordings, with what is said in them."""
    turns = json.loads(_VISIT.with_suffix(".turns.json").read_text("utf-8"))
    visit = " ".join(turn["text"] for turn in turns)
    return {_VISIT: visit} | {path: path.with_suffix(".txt").read_text("utf-8") for path in _OTHERS}


def hear(file: BinaryIO, text: str) -> Heard:
    heard = " ".join(spoken for _, spoken in recognise(decode(file, math.inf), diarize=False))
    found = jiwer.process_words(_words(text), _words(heard))
    wrong = found.substitutions + found.deletions + found.insertions
    return Heard(found.hits + found.substitutions + found.deletions, wrong)


def _words(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9']+", text.lower()))


def compare() -> float:
    """Print a line for each recording; the points by which all of them together are heard worse."""
    print("| recording | bytes | shrunk | words wrong, % | shrunk | points worse | bar |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    before, after = Heard(0, 0), Heard(0, 0)
    for path, text in said().items():
        with path.open("rb") as file, tempfile.TemporaryFile() as target:
            shrunk = shrink(file, target, Bounds())
            assert isinstance(shrunk, Shrunk), shrunk
            one, other = hear(file, text), hear(target, text)
        _print(path.stem, f"{path.stat().st_size} | {shrunk.bytes}", one, other)
        before = Heard(before.words + one.words, before.wrong + one.wrong)
        after = Heard(after.words + other.words, after.wrong + other.wrong)
    _print("all", " | ", before, after)
    return after.rate - before.rate


def _print(name: str, sizes: str, one: Heard, other: Heard) -> None:
    points = other.rate - one.rate
    print(f"| {name} | {sizes} | {one.rate:.1f} | {other.rate:.1f} | {points:+.1f} | {POINTS:g} |", flush=True)


def make(path: Path) -> float:
    """A WAV of :data:`BYTES`; its seconds."""
    with _VISIT.open("rb") as file:
        samples = decode(file, math.inf)
    rate, frame = 44_100, 4
    repeated = array("h")
    for number in range(len(samples) * rate // RATE):
        repeated.extend([samples[number * RATE // rate]] * 2)
    frames = (BYTES - 44) // frame
    with wave.open(str(path), "wb") as writer:
        writer.setnchannels(2)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        while frames:
            piece = repeated.tobytes()[: frames * frame]
            writer.writeframesraw(piece)
            frames -= len(piece) // frame
    return (BYTES - 44) / frame / rate


def main() -> int:
    points = compare()
    with tempfile.TemporaryDirectory(prefix="intron-bench-shrink-") as folder:
        path = Path(folder, "visit.wav")
        seconds = make(path)
        command = [sys.executable, "-c", _SHRINK, str(path), str(Path(folder, "visit.ogg"))]
        done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    wall, peak, length, size = map(float, done.stdout.split())
    assert abs(length - seconds) < 0.01, (length, seconds)
    share = wall / seconds
    print("\n| WAV of 1 GB | measured | bar |\n| --- | --- | --- |")
    print(f"| length, s | {seconds:.0f} | |\n| shrunk, MB | {size / 1e6:.1f} | |\n| time, s | {wall:.1f} | |")
    print(f"| time over its length | {share:.4f} | {SHARE:g} |\n| peak memory, MiB | {peak:.0f} | {MIB:g} |")
    return int(points > POINTS or share > SHARE or peak > MIB)


if __name__ == "__main__":
    raise SystemExit(main())

"""Whole processes measured side by side: wall time and peak memory, by the system's own accounting.

The commands take turns, so that a machine whose speed drifts slows all of them alike; what counts is
the ratio within one run.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Case:
    """A command, and the times (s), peaks (MiB) and exit codes of its runs. ``end`` may end the clock early."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    end: Callable[[float], float] | None = None
    walls: list[float] = field(default_factory=list)
    peaks: list[float] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)

    @property
    def wall(self) -> float:
        return statistics.median(self.walls)

    @property
    def peak(self) -> float:
        return statistics.median(self.peaks)


def run_once(case: Case, *, counted: bool = True) -> None:
    environment = {**os.environ, **case.env}
    start = time.perf_counter()
    process = subprocess.Popen(
        case.command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    ended = case.end(start) if case.end else None
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = ended if ended is not None else time.perf_counter() - start
    if counted:
        case.walls.append(wall)
        case.codes.append(process.returncode)
        case.peaks.append(usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024))


def run_all(cases: Sequence[Case], runs: int) -> None:
    """One run of each that does not count, then ``runs`` of each in turn."""
    for number in range(runs + 1):
        for case in cases:
            run_once(case, counted=number > 0)


def table(cases: Sequence[Case], base: Case, bars: Mapping[str, float] | None = None, *, memory: bool = False) -> str:
    """The medians and the ratios over ``base``, with the bar where there is one."""
    head = ["command", "wall, ms", f"over {base.name}", "bar"] + (["peak, MiB"] if memory else [])
    lines = [head, ["---"] * len(head)]
    for case in cases:
        ratio = statistics.median(a / b for a, b in zip(case.walls, base.walls, strict=True))
        bar = f"{bars[case.name]:g}" if bars and case.name in bars else ""
        row = [case.name, f"{1000 * case.wall:.0f}", f"{ratio:.1f}", bar]
        lines.append(row + ([f"{case.peak:.0f}"] if memory else []))
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


@contextmanager
def installed(*others: str) -> Iterator[Path]:
    """The ``bin`` of a new environment with intron as a user would install it, and of one with ``others``."""
    folder = Path(tempfile.mkdtemp(prefix="intron-bench-"))
    try:
        for name, packages in (("intron", [str(ROOT)]), ("others", list(others))):
            if packages:
                venv.create(folder / name, with_pip=True)
                install = [str(folder / name / "bin" / "python"), "-m", "pip", "install", "--quiet", *packages]
                subprocess.run(install, check=True)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)

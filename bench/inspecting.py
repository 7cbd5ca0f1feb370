"""How long `intron inspect` takes for 100 MB of each container, without the extra: `python bench/inspecting.py [RUNS]`.

Beside `python -c pass`. Needs ffmpeg, which makes the files: noise at high bit rates. (Were this file called
inspect.py, it would stand in the way of Python's own module for all the others here.)
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from measure import Case, installed, run_all, table

BAR = 14.0
BYTES = 99_900_000
_LONG = 3000
"""Seconds of noise, of which more than 100 MB are made; cut there by -fs."""

SLOW = ("mp3", "plain.mp3", "m4a", "webm")
FILES = {
    "wav": ["-f", "wav"],
    "w64": ["-f", "w64"],
    "flac": ["-f", "flac"],
    "mp3": ["-b:a", "320k", "-f", "mp3"],
    "plain.mp3": ["-b:a", "320k", "-write_xing", "0", "-f", "mp3"],
    "m4a": ["-c:a", "aac", "-b:a", "320k", "-f", "ipod"],
    "ogg": ["-c:a", "flac", "-f", "ogg"],
    "webm": ["-c:a", "libopus", "-b:a", "510k", "-compression_level", "0", "-f", "webm"],
}


def make(folder: Path) -> dict[str, Path]:
    """The files; where encoding takes long, of one minute's packets again and again."""
    made = {name: folder / f"visit.{name}" for name in FILES}
    for name, path in made.items():
        options = FILES[name]
        seconds = 60 if name in SLOW else _LONG
        source = ["-f", "lavfi", "-i", f"anoisesrc=d={seconds}:r=48000:a=0.5:s=1", "-ac", "2"]
        if name in SLOW:
            minute = folder / f"minute.{name}"
            ffmpeg(*source, *options, str(minute))
            source, options = ["-stream_loop", "-1", "-i", str(minute), "-c", "copy"], options[2:]
        ffmpeg(*source, "-fs", str(BYTES), *options, str(path))
    return made


def ffmpeg(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", *arguments], check=True)


def main(runs: int) -> None:
    with tempfile.TemporaryDirectory(prefix="intron-bench-inspect-") as name, installed() as folder:
        made = make(Path(name))
        env = {"INTRON_CONFIG": f"{name}/config.toml", "INTRON_STATE": f"{name}/state"}
        base = Case("python -c pass", [str(folder / "intron" / "bin" / "python"), "-c", "pass"])
        intron = str(folder / "intron" / "bin" / "intron")
        cases = [Case(f"{kind}, {path.stat().st_size / 1e6:.0f} MB", [intron, "inspect", str(path)], env)
                 for kind, path in made.items()]  # fmt: skip
        run_all([base, *cases], runs)
        print(table([base, *cases], base, {case.name: BAR for case in cases}, memory=True))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 11)

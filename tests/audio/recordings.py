"""Recordings of twelve seconds that ffmpeg and sox made, and what befell them: pipes, cuts, joins, wrong names."""

import shutil
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

SECONDS = 12.0
_SOUND = ["-f", "lavfi", "-i", f"anoisesrc=d={SECONDS:g}:r=16000:a=0.1:s=1"]
_FILM = ["-f", "lavfi", "-i", f"testsrc=d={SECONDS:g}:s=64x48:r=5"]

ENCODED: Mapping[str, list[str]] = {
    "wav": ["-f", "wav"],
    "rf64.wav": ["-rf64", "always", "-f", "wav"],
    "float.wav": ["-c:a", "pcm_f32le", "-f", "wav"],
    "alaw.wav": ["-c:a", "pcm_alaw", "-ar", "8000", "-f", "wav"],
    "ima.wav": ["-c:a", "adpcm_ima_wav", "-f", "wav"],
    "ms.wav": ["-c:a", "adpcm_ms", "-f", "wav"],
    "mp3.wav": ["-c:a", "libmp3lame", "-f", "wav"],
    "w64": ["-f", "w64"],
    "mp3": ["-b:a", "32k", "-f", "mp3"],
    "vbr.mp3": ["-q:a", "6", "-f", "mp3"],
    "plain.mp3": ["-q:a", "6", "-write_xing", "0", "-f", "mp3"],
    "mp2.mp3": ["-c:a", "mp2", "-f", "mp2"],
    "m4a": ["-c:a", "aac", "-f", "ipod"],
    "faststart.m4a": ["-c:a", "aac", "-movflags", "faststart", "-f", "ipod"],
    "fragmented.mp4": ["-c:a", "aac", "-movflags", "frag_keyframe+empty_moov", "-f", "mp4"],
    "mov": ["-c:a", "aac", "-f", "mov"],
    "3gp": ["-c:a", "aac", "-f", "3gp"],
    "ogg": ["-c:a", "libvorbis", "-f", "ogg"],
    "opus": ["-c:a", "libopus", "-b:a", "24k", "-f", "ogg"],
    "flac": ["-f", "flac"],
    "webm": ["-c:a", "libopus", "-b:a", "24k", "-f", "webm"],
    "mka": ["-c:a", "libvorbis", "-f", "matroska"],
    "aac": ["-c:a", "aac", "-f", "adts"],
    "aiff": ["-f", "aiff"],
    "au": ["-f", "au"],
    "caf": ["-f", "caf"],
    "wma": ["-c:a", "wmav2", "-f", "asf"],
}
_NOT_PIPED = ("m4a", "faststart.m4a", "mov", "3gp")
"""Their header is written last, or in front when all is known; what a pipe is given is fragmented."""

_BY_SOX = {
    "gsm.wav": ["-e", "gsm-full-rate", "-r", "8000"], "ima.wav": ["-e", "ima-adpcm"], "flac": [], "ogg": [], "aifc": [],
    "amr": ["-r", "8000", "-t", "amr-nb"],
}  # fmt: skip
"""What sox writes without further packages: mp3 is none of it."""


@dataclass(frozen=True)
class Made:
    """A file, how long ffmpeg plays it (None where it plays nothing), and the lengths that are no error.

    Players differ on whether what is joined to a recording belongs to it, and older ones on sizes that a pipe left
    unset, and on pauses that a telephone left out.
    """

    path: Path
    seconds: float | None
    right: tuple[float, ...]
    good: bool = True


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"package {name} is not installed")
    return found


def make_all(folder: Path) -> dict[str, Made]:
    """All of them, by names that say what they are: whole, cut, joined to itself, misnamed, without a byte, piped."""
    made: dict[str, Path] = {}
    _encode(folder, made)
    _by_sox(folder, made)
    for name, path in list(made.items()):
        data = path.read_bytes()
        made[f"cut {name}"] = _written(folder / f"cut.{path.name}", data[: len(data) * 6 // 10])
        made[f"joined {name}"] = _written(folder / f"joined.{path.name}", data * 2)
        wrong = "aiff" if path.suffix != ".aiff" else "mp3"
        made[f"misnamed {name}"] = _written(folder / f"misnamed.{path.name}.{wrong}", data)
        made[f"empty {name}"] = _written(folder / f"empty.{path.name}", b"")
    _pipe(folder, made)
    with ThreadPoolExecutor(4) as threads:
        seconds = list(threads.map(played, made.values()))
    return {
        name: Made(path, length, _right(name, length), not name.startswith(("cut ", "empty ")))
        for (name, path), length in zip(made.items(), seconds, strict=True)
    }


def _right(name: str, played: float | None) -> tuple[float, ...]:
    """The lengths that may be told of a file."""
    found = [] if played is None else [played]
    if not name.startswith(("cut ", "empty ")):
        found.append(SECONDS * (2 if name.startswith("joined ") else 1))
    return tuple(found)


def _encode(folder: Path, made: dict[str, Path]) -> None:
    """Every container, from sound, from a film with sound and from one without."""
    for name in ENCODED:
        made[name] = folder / f"plain.{name}"
    sound = [*_SOUND, *(word for name in ENCODED for word in (*ENCODED[name], str(made[name])))]
    films = {"film.mp4": ["-f", "mp4", "-c:v", "mpeg4", "-c:a", "aac"], "film.mkv": ["-c:v", "mpeg4"],
             "film.webm": ["-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus"]}  # fmt: skip
    film = [*_FILM, *_SOUND]
    for name, options in films.items():
        made[name] = folder / name
        film += [*options, str(made[name])]
    ffmpeg(*sound)
    ffmpeg(*film)


def _by_sox(folder: Path, made: dict[str, Path]) -> None:
    for name, options in _BY_SOX.items():
        path = folder / f"sox.{name}"
        subprocess.run([tool("sox"), "-V1", str(made["wav"]), *options, str(path)], check=True)
        made[f"sox {name}"] = path


def _pipe(folder: Path, made: dict[str, Path]) -> None:
    """What cannot go back to its header when its length is known."""
    for name in ENCODED:
        if name not in _NOT_PIPED:
            made[f"piped {name}"] = _written(folder / f"piped.{name}", ffmpeg(*_SOUND, *ENCODED[name], "pipe:1"))
    streamed = subprocess.run([tool("sox"), "-V1", str(made["wav"]), "-t", "wav", "-"], check=True, capture_output=True)
    made["piped sox wav"] = _written(folder / "sox.piped.wav", streamed.stdout)


def ffmpeg(*arguments: str) -> bytes:
    command = [tool("ffmpeg"), "-v", "error", "-nostdin", "-y", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def played(path: Path) -> float | None:
    """How many seconds of sound ffmpeg makes of a file, as 8-bit samples at 8 kHz."""
    command = [tool("ffmpeg"), "-v", "quiet", "-nostdin", "-i", str(path), "-map", "0:a:0", "-ac", "1", "-ar", "8000"]
    done = subprocess.run([*command, "-f", "u8", "-"], check=False, capture_output=True)
    return len(done.stdout) / 8000 or None


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path

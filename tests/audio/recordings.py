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
_PIPED = ("wav", "ima.wav", "mp3", "vbr.mp3", "fragmented.mp4", "ogg", "opus", "flac", "webm", "mka", "aac")
_CUT = (
    "wav", "rf64.wav", "ima.wav", "mp3.wav", "w64", "mp3", "vbr.mp3", "plain.mp3", "m4a", "faststart.m4a",
    "fragmented.mp4", "ogg", "opus", "flac", "webm", "mka", "aac",
)  # fmt: skip
_JOINED = ("wav", "mp3", "vbr.mp3", "plain.mp3", "m4a", "ogg", "opus", "flac", "aac")
_BY_SOX = {
    "gsm.wav": ["-e", "gsm-full-rate", "-r", "8000"], "ima.wav": ["-e", "ima-adpcm"], "flac": [], "ogg": [], "aiff": [],
}  # fmt: skip
"""What sox writes without further packages: mp3 is none of it."""


@dataclass(frozen=True)
class Made:
    """A file, and how long ffmpeg plays it: None where nothing can be played."""

    path: Path
    seconds: float | None
    good: bool = True


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"package {name} is not installed")
    return found


def make_all(folder: Path) -> dict[str, Made]:
    """All of them, by names that say what they are."""
    made: dict[str, Path] = {}
    _encode(folder, made)
    for name in _PIPED:
        made[f"piped {name}"] = _piped(folder / f"piped.{name}", ENCODED[name])
    for name in _CUT:
        data = made[name].read_bytes()
        made[f"cut {name}"] = _written(folder / f"cut.{name}", data[: len(data) * 6 // 10])
    for name in _JOINED:
        made[f"joined {name}"] = _written(folder / f"joined.{name}", made[name].read_bytes() * 2)
    for name in ("wav", "mp3", "m4a", "ogg", "flac", "webm"):
        made[f"misnamed {name}"] = _written(folder / f"misnamed.{name}.aiff", made[name].read_bytes())
    _by_sox(folder, made)
    with ThreadPoolExecutor(4) as threads:
        seconds = list(threads.map(played, made.values()))
    found = {
        name: Made(path, length, not name.startswith("cut "))
        for (name, path), length in zip(made.items(), seconds, strict=True)
    }
    for suffix in ("wav", "mp3", "m4a", "ogg", "flac", "webm"):
        found[f"empty {suffix}"] = Made(_written(folder / f"empty.{suffix}", b""), None, good=False)
    return found


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


def _piped(path: Path, options: list[str]) -> Path:
    return _written(path, ffmpeg(*_SOUND, *options, "pipe:1"))


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path

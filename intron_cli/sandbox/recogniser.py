"""Who hears recordings whose words nobody wrote down: the protocol, and the one that may be installed."""

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO, Protocol

LANGUAGE = "en"

INSTALL = "pip install 'intron-cli[speech]'"
NO_RECOGNISER = (
    "no recogniser is installed: the sandbox knows its bundled recording and the answers that it was given;"
    f" to have others heard: {INSTALL}"
)
ENGLISH_ONLY = "the sandbox hears English only"

_PROGRAM = Path(__file__).with_name("moonshine.py")
_PACKAGES = ("moonshine_voice", "av")
_LONGEST_SECONDS = 1800.0
"""Well above what ten minutes with speakers take on a slow machine."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker said on end. ``speaker`` counts from 1; None where nobody asked who spoke."""

    speaker: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Hearing:
    """All that was said, and how long the recording lasts."""

    turns: tuple[Turn, ...]
    seconds: float

    def text(self) -> str:
        return " ".join(turn.text for turn in self.turns)

    def by_speaker(self) -> str:
        """A line for each turn; before the first that was made out, nobody's name stands."""
        return "\n".join(
            turn.text if turn.speaker is None else f"SPEAKER_{turn.speaker:02}: {turn.text}" for turn in self.turns
        )


class RecogniserError(Exception):
    """It could not be heard; the text says why and quotes nothing."""


class NotAudioError(RecogniserError):
    """Nothing in the file can be decoded as audio."""


class TooLongError(RecogniserError):
    """The recording goes on after the most that is heard."""


class Recogniser(Protocol):
    """Hears English. Called from several threads."""

    origin: str
    """Whose words a transcript holds, as the notes tell it: "sentences quoted from ..."."""

    def hear(self, audio: BinaryIO, *, diarize: bool, most_seconds: float) -> Hearing:
        """What was said in a recording, however it is encoded. Raises RecogniserError."""

    def close(self) -> None:
        """Give up what is being heard, for good."""


def installed() -> Recogniser | None:
    """The recogniser of the extra `speech`, if it is installed. Nothing of it is loaded before it hears."""
    return MoonshineRecogniser() if all(find_spec(name) for name in _PACKAGES) else None


class MoonshineRecogniser:
    """The small English model of Moonshine, in a process of its own for each recording."""

    origin = "a transcript that a small English model on this machine made"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._closed = False

    def hear(self, audio: BinaryIO, *, diarize: bool, most_seconds: float) -> Hearing:
        process = self._start(audio, [str(most_seconds), *(["diarize"] if diarize else [])])
        with process:
            try:
                output, _ = process.communicate(timeout=_LONGEST_SECONDS)
            except subprocess.TimeoutExpired:
                raise RecogniserError("the recogniser took too long") from None
            finally:
                process.kill()
                with self._lock:
                    self._running.discard(process)
        return _read(output, process.returncode)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            for process in self._running:
                process.kill()

    def _start(self, audio: BinaryIO, arguments: list[str]) -> "subprocess.Popen[bytes]":
        with self._lock:
            if self._closed:
                raise RecogniserError("the sandbox is stopping")
            try:
                process = subprocess.Popen(  # noqa: S603 - our own program
                    # -P: neither this folder's modules nor those of the current one come before the packages meant.
                    [sys.executable, "-P", str(_PROGRAM), *arguments],
                    stdin=audio,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,  # Ctrl-C is for whoever waits; it is killed when the sandbox stops
                )
            except OSError:
                raise RecogniserError("the recogniser could not be started") from None
            self._running.add(process)
            return process


def _read(output: bytes, code: int) -> Hearing:
    try:
        answer: dict[str, Any] = json.loads(output) if code == 0 else {}
    except ValueError:
        answer = {}
    if answer.get("error") == "not_audio":
        raise NotAudioError("the file is not a readable audio file")
    if answer.get("error") == "too_long":
        raise TooLongError("the recording is too long")
    if "turns" not in answer:
        raise RecogniserError("the recogniser stopped before its end")
    return Hearing(tuple(Turn(speaker, text) for speaker, text in answer["turns"]), answer["seconds"])

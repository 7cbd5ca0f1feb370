"""What was said in a recording, where somebody wrote it down. Nothing here is ever made up."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

MAX_ANSWER_BYTES = 5_000_000

_DATA = files("intron_cli.sandbox") / "data"
_SPEAKERS = {"DOCTOR": "SPEAKER_01", "PATIENT": "SPEAKER_02"}


@dataclass(frozen=True, slots=True)
class Transcript:
    """A transcript in both forms that can be asked for, and whose words it holds."""

    plain: str
    diarized: str
    origin: str

    def text(self, *, diarize: bool) -> str:
        return self.diarized if diarize else self.plain


@dataclass(frozen=True, slots=True)
class Search:
    """What was looked for, in that order, and what was found."""

    looked_for: tuple[str, ...]
    transcript: Transcript | None


class Answers:
    """A tester's folder of transcripts, if there is one, then the bundled recording."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def search(self, sha256: str, name: str) -> Search:
        """Look for the transcript of a recording with that hash, sent under that name."""
        looked_for = [f"{sha256}.txt", f"{name}.txt"] if self._folder else []
        for wanted in looked_for:
            found = self._read(wanted)
            if found is not None:
                return Search(tuple(looked_for), Transcript(found, found, "the tester's transcript"))
        looked_for.append("the bundled recording")
        return Search(tuple(looked_for), bundled_transcript() if sha256 == bundled_sha256() else None)

    def scenes(self, stem: str) -> str:
        """What the tester wrote of the scenes of a recording with that hash or name."""
        return (self._read(f"{stem}.scene") or "") if self._folder else ""

    def _read(self, wanted: str) -> str | None:
        """The file of exactly that name.

        The name comes from a request. It is compared with what lies in the folder and never made
        part of a path, so that it can lead nowhere else.
        """
        assert self._folder is not None
        try:
            found = next((path for path in self._folder.iterdir() if path.name == wanted), None)
            if found is None or not found.is_file():
                return None
            with found.open("rb") as file:
                return file.read(MAX_ANSWER_BYTES).decode("utf-8-sig", errors="replace")
        except OSError:
            return None


def bundled_recording() -> Traversable:
    """The recording that ships with the package: a made-up visit, 71 seconds, two voices."""
    return _DATA / "telehealth-visit.mp3"


@cache
def bundled_sha256() -> str:
    return hashlib.sha256(bundled_recording().read_bytes()).hexdigest()


@cache
def bundled_transcript() -> Transcript:
    """The script that the bundled recording was spoken from."""
    turns = json.loads((_DATA / "telehealth-visit.turns.json").read_text("utf-8"))
    return Transcript(
        plain=" ".join(turn["text"] for turn in turns),
        diarized="\n".join(f"{_SPEAKERS[turn['speaker']]}: {turn['text']}" for turn in turns),
        origin="the script of the bundled recording",
    )

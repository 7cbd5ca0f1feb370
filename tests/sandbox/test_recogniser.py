"""Recordings that are heard in the background, by a made-up recogniser."""

import io
import queue
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import pytest
from clock import FakeClock
from harness import Cli
from sandbox.client import SYNC, Client, StartSandbox, wav

from intron_cli.sandbox.moonshine import turns
from intron_cli.sandbox.recogniser import (
    Hearing,
    MoonshineRecogniser,
    NotAudioError,
    RecogniserError,
    TooLongError,
    Turn,
    installed,
)
from intron_cli.sandbox.server import SandboxOptions, SandboxServer

SAID = Hearing((Turn(1, "How do you feel?"), Turn(2, "I have a fever.")), 2.4)


class MadeUp:
    """Hears what it was told to, once it is let go."""

    origin = "a made-up recogniser"

    def __init__(self, answer: Hearing | Exception = SAID) -> None:
        self.answer = answer
        self.asked: queue.Queue[tuple[bytes, bool, float]] = queue.Queue()
        self.files: list[BinaryIO] = []
        self.go = threading.Event()
        self.closed = False

    def hear(self, audio: BinaryIO, *, diarize: bool, most_seconds: float) -> Hearing:
        audio.seek(0)
        self.files.append(audio)
        self.asked.put((audio.read(), diarize, most_seconds))
        assert self.go.wait(20)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def close(self) -> None:
        self.closed = True


class Room:
    """A sandbox with a made-up recogniser."""

    def __init__(self, recogniser: MadeUp, clock: FakeClock) -> None:
        self.recogniser = recogniser
        self.clock = clock
        self.log: queue.Queue[str] = queue.Queue()
        self.server = SandboxServer(
            SandboxOptions(status_interval=0), clock=clock, log=self.log.put, recogniser=recogniser
        )
        self.server.start()
        self.client = Client(self.server.url)

    def let_go(self) -> str:
        """Let the recogniser end, and wait until one recording was heard; what the log says then."""
        self.recogniser.go.set()
        while not (line := self.log.get(timeout=20)).startswith("heard: "):
            pass
        return line

    def state(self, file_id: str) -> str:
        return str(self.client.status(file_id).data["processing_status"])


@pytest.fixture
def rooms(clock: FakeClock) -> Iterator[list[Room]]:
    """The rooms of a test; each is stopped at its end."""
    opened: list[Room] = []
    with ExitStack() as stack:
        yield opened
        for room in opened:
            stack.callback(room.server.stop)
            stack.callback(room.recogniser.go.set)


@pytest.fixture
def room(rooms: list[Room], clock: FakeClock) -> Room:
    rooms.append(Room(MadeUp(), clock))
    return rooms[0]


def test_an_upload_is_answered_before_it_is_heard(room: Room) -> None:
    """It is processing for as long as that takes, whatever the clock says, and then transcribed."""
    file_id = room.client.upload(wav(2)).file_id
    assert room.recogniser.asked.get(timeout=20) == (wav(2), False, 600.0)
    room.clock.sleep(600)
    assert room.client.status(file_id).data == {"processing_status": "FILE_PROCESSING", "audio_file_name": "visit"}
    assert room.let_go() == "heard: a made-up recogniser"
    assert room.client.status(file_id).data == {
        "processing_status": "FILE_TRANSCRIBED",
        "audio_file_name": "visit",
        "audio_transcript": "How do you feel? I have a fever.",
        "processed_audio_duration_in_seconds": 2,
    }
    assert room.recogniser.files[0].closed


def test_what_is_heard_early_still_takes_the_processing_time(room: Room) -> None:
    """A client meets the same states however fast the machine is."""
    file_id = room.client.upload(wav(2)).file_id
    room.let_go()
    states = [room.state(file_id)]
    for seconds in (2, 3.9, 0.1):
        room.clock.sleep(seconds)
        states.append(room.state(file_id))
    assert states == ["FILE_QUEUED", "FILE_PROCESSING", "FILE_PROCESSING", "FILE_TRANSCRIBED"]


def test_speakers_and_the_source_of_the_notes(room: Room) -> None:
    """A line for each turn where diarization is asked for; the draft's line says whose words it quotes."""
    upload = room.client.upload(wav(2), use_diarization="TRUE", get_soap_note="TRUE", use_language_asr_input="en")
    assert room.recogniser.asked.get(timeout=20)[1] is True
    room.let_go()
    room.clock.sleep(6)
    data = room.client.status(upload.file_id).data
    assert data["audio_transcript"] == "SPEAKER_01: How do you feel?\nSPEAKER_02: I have a fever."
    assert data["transcript_soap_note"].startswith(
        "> Sandbox draft, not clinical: sentences quoted by plain rules from a made-up recogniser.\n"
    )
    assert "- I have a fever." in data["transcript_soap_note"]


def test_two_at_most_at_a_time(room: Room) -> None:
    """The third waits until one of the two was heard."""
    ids = [room.client.upload(wav(2 + number)).file_id for number in range(3)]
    first = {room.recogniser.asked.get(timeout=20)[0] for _ in range(2)}
    assert first == {wav(2), wav(3)}
    assert room.recogniser.asked.empty()
    for _ in ids:
        room.let_go()
    room.clock.sleep(6)
    assert {room.state(file_id) for file_id in ids} == {"FILE_TRANSCRIBED"}
    assert room.recogniser.asked.get(timeout=20)[0] == wav(4)


def test_stopping_gives_up_what_is_not_heard(room: Room) -> None:
    """The recogniser is closed, and what waited for it is never heard."""
    for number in range(3):
        room.client.upload(wav(2 + number))
    for _ in range(2):
        room.recogniser.asked.get(timeout=20)
    room.server.stop()
    assert room.recogniser.closed
    for _ in range(2):
        room.let_go()
    assert room.recogniser.asked.empty()
    assert all(file.closed for file in room.recogniser.files)


@pytest.mark.parametrize(
    ("answer", "state", "message"),
    [
        (RecogniserError("it is tired"), "FILE_PROCESSING_FAILED", "it is tired"),
        (RuntimeError("a patient's words"), "FILE_PROCESSING_FAILED", "the recogniser failed: RuntimeError"),
        (NotAudioError("no audio"), "FILE_INVALID", "no audio"),
        (TooLongError("long"), "FILE_INVALID_DURATION", "audio file duration is more than maximum of 600seconds"),
        (Hearing((), 0.4), "FILE_INVALID_DURATION", "audio file duration of 0seconds is less than minimum of"),
    ],
)
def test_what_cannot_be_heard_fails(
    rooms: list[Room], clock: FakeClock, answer: Hearing | Exception, state: str, message: str
) -> None:
    """With a plain reason; of an unforeseen error only its kind is told."""
    rooms.append(Room(MadeUp(answer), clock))
    file_id = rooms[0].client.upload(wav(2)).file_id
    line = rooms[0].let_go()
    clock.sleep(6)
    told = rooms[0].client.status(file_id)
    assert told.data == {"processing_status": state, "audio_file_name": "visit"}
    assert message in told.message
    assert line == f"heard: {told.message}"


def test_silence_is_an_empty_transcript(rooms: list[Room], clock: FakeClock) -> None:
    """Nothing was said, and nothing is invented."""
    rooms.append(Room(MadeUp(Hearing((), 2.0)), clock))
    file_id = rooms[0].client.upload(wav(2), use_diarization="TRUE").file_id
    rooms[0].let_go()
    clock.sleep(6)
    assert rooms[0].client.status(file_id).data["audio_transcript"] == ""


def test_english_only(room: Room) -> None:
    """Another language fails, with the reason, and nobody tries to hear it."""
    file_id = room.client.upload(wav(2), use_language_asr_input="sw").file_id
    room.clock.sleep(6)
    told = room.client.status(file_id)
    assert told.data["processing_status"] == "FILE_PROCESSING_FAILED"
    assert told.message == "the sandbox hears English only"
    assert room.recogniser.asked.empty()


def test_known_words_are_not_heard(start: StartSandbox, clock: FakeClock, tmp_path: Path, bundled: bytes) -> None:
    """Where somebody wrote them down, in whatever language, the recogniser is not asked."""
    (tmp_path / "known.txt").write_text("by name")
    recogniser = MadeUp()
    client = start(recogniser=recogniser, answers=tmp_path)
    client.upload(bundled)
    client.upload(wav(2), audio_file_name="known", use_language_asr_input="sw")
    assert recogniser.asked.empty()


def test_the_synchronous_upload_gives_up_on_a_long_hearing(room: Room) -> None:
    """It holds the line for as long as it would for anything else."""
    answer = room.client.upload(wav(2), SYNC)
    assert answer.status == 503
    assert room.state(answer.file_id) == "FILE_PROCESSING"


def test_without_a_recogniser_the_reason_says_how_to_get_one(start: StartSandbox, clock: FakeClock) -> None:
    """The message of the failure holds the line to type."""
    client = start()
    file_id = client.upload(wav(2)).file_id
    clock.sleep(6)
    message = client.status(file_id).message
    assert "no recogniser is installed" in message
    assert "pip install 'intron-cli[speech]'" in message


def test_the_demo_says_what_is_missing_before_anything_else(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line and exit code 4, even for a file that is not there."""
    monkeypatch.setitem(sys.modules, "moonshine_voice", None)
    assert installed() is None
    result = cli("demo", "nowhere.wav")
    assert result.code == 4
    assert result.out == ""
    assert result.err.count("\n") == 1
    assert "pip install 'intron-cli[speech]'" in result.err


def test_a_closed_recogniser_hears_nothing() -> None:
    """A recording whose turn comes while the sandbox stops is not begun."""
    recogniser = MoonshineRecogniser()
    recogniser.close()
    with pytest.raises(RecogniserError, match="stopping"):
        recogniser.hear(io.BytesIO(), diarize=False, most_seconds=600)


def test_lines_become_turns() -> None:
    """Speakers count from 1 as they are first heard; a line goes to who spoke most of it, else to the last one."""
    lines = [
        (" Good morning. ", [(7, 0.6)]),
        ("Doctor?", [(7, 0.2), (3, 0.5)]),
        ("", [(7, 0.1)]),
        ("Yes.", []),
        ("I am here.", [(3, 0.3), (7, 0.5), (3, 0.3)]),
        ("How are you?", [(7, 1.0)]),
    ]
    assert turns(lines) == [(1, "Good morning."), (2, "Doctor? Yes. I am here."), (1, "How are you?")]
    assert turns([("One.", []), ("Two.", [])]) == [(None, "One. Two.")]
    assert turns([]) == []

"""A tester's own transcripts."""

import hashlib
from pathlib import Path

import pytest
from clock import FakeClock
from sandbox.client import Client, StartSandbox, wav

AUDIO = wav(2)
SHA256 = hashlib.sha256(AUDIO).hexdigest()


def transcript(client: Client, clock: FakeClock, audio: bytes = AUDIO, name: str = "visit") -> str | None:
    file_id = client.upload(audio, audio_file_name=name).file_id
    clock.sleep(6)
    return client.status(file_id).data.get("audio_transcript")


def test_by_hash_by_name_then_the_bundled_recording(
    start: StartSandbox, clock: FakeClock, tmp_path: Path, bundled: bytes
) -> None:
    """The hash of the bytes goes before the name, and both before what the sandbox knows itself."""
    client = start(answers=tmp_path)
    assert transcript(client, clock) is None
    assert str(transcript(client, clock, bundled)).startswith("Good morning.")
    (tmp_path / "visit.txt").write_text("by name")
    assert transcript(client, clock) == "by name"
    assert transcript(client, clock, bundled) == "by name"
    (tmp_path / f"{SHA256}.txt").write_text("by hash")
    assert transcript(client, clock) == "by hash"


def test_the_log_tells_what_was_looked_for_and_no_word_of_it(
    start: StartSandbox, tmp_path: Path, log: list[str]
) -> None:
    """Names are shown harmlessly, transcripts not at all."""
    (tmp_path / "visit.txt").write_text("a patient's words")
    client = start(answers=tmp_path)
    client.upload(AUDIO)
    client.upload(AUDIO, audio_file_name="\x1b]52;evil\u202e")
    assert log[0] == (
        f"{len(AUDIO)} bytes with sha256 {SHA256}; looked for {SHA256}.txt, visit.txt; answer: the tester's transcript"
    )
    assert log[2].endswith(
        f"{SHA256}.txt, \\x1b]52;evil\\u202e.txt, the bundled recording; answer: none, no recogniser is installed"
    )
    assert "patient" not in "".join(log)


@pytest.mark.parametrize(
    "name",
    [
        "../secret",
        "..\\secret",
        "{folder}/secret",
        "./secret",
        "sub/secret",
        "/secret",
        "secret\0",
        "..",
        ".",
        "sub",
    ],
)
def test_a_name_leads_nowhere_else(start: StartSandbox, clock: FakeClock, tmp_path: Path, name: str) -> None:
    """Only a file that lies in the folder under that very name is an answer."""
    answers = tmp_path / "answers"
    (answers / "sub").mkdir(parents=True)
    (answers / "sub.txt").mkdir()
    for place in (tmp_path, answers / "sub", answers):
        (place / ("Secret.txt" if place == answers else "secret.txt")).write_text("stolen")
    assert transcript(start(answers=answers), clock, name=name.format(folder=tmp_path)) is None


def test_hostile_text_passes_through_unchanged(start: StartSandbox, clock: FakeClock, tmp_path: Path) -> None:
    """What a client makes of it is what testers want to see."""
    text = '\x1b]52;c;aGk=\x07 \u202egnp.exe [bold]x[/bold] <script> "\\" \r\nSPEAKER_01: \0\n'
    (tmp_path / "visit.txt").write_bytes(text.encode())
    client = start(answers=tmp_path)
    assert transcript(client, clock) == text


def test_bytes_that_are_no_text_and_a_folder_that_is_gone(
    start: StartSandbox, clock: FakeClock, tmp_path: Path
) -> None:
    """Neither breaks an upload."""
    (tmp_path / "visit.txt").write_bytes(b"\xff\xfe\xba")
    assert transcript(start(answers=tmp_path), clock) == "\ufffd" * 3
    assert transcript(start(answers=tmp_path / "gone"), clock) is None

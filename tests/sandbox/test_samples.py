"""The request samples of the vendor's page "API/File/Upload", sent as they stand there.

Host, key and path are set, and the page's slips mended: POST for the uploads, a quote closed,
blanks after the backslashes gone, the variables of the Python code given their values.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from clock import FakeClock
from sandbox.client import Client, StartSandbox, wav

SAMPLES = Path(__file__).parent / "samples"
HOST = "https://infer.intron.health"

COMMON = {"processing_status", "audio_file_name", "audio_transcript", "processed_audio_duration_in_seconds"}
PRINTED = {
    "basic": COMMON,
    "diarization": COMMON,
    "general": COMMON | {"transcript_summary"},
    "telehealth": COMMON
    | {
        "transcript_clerking",
        "transcript_entity_list",
        "transcript_soap_note",
        "transcript_summary",
        "transcript_treatment_plan",
    },
}


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Twenty seconds of audio, as long as the page's."""
    path = tmp_path / "file.wav"
    path.write_bytes(wav(20))
    return path


@pytest.fixture
def client(start: StartSandbox, tmp_path: Path) -> Client:
    """A sandbox that is told what the page's recording says."""
    answers = tmp_path / "answers"
    answers.mkdir()
    for name in ("my_file_2", "file-1"):
        (answers / f"{name}.txt").write_text("hello world")
    return start(answers=answers)


def run(command: list[str]) -> str:
    """Past any proxy: the sandbox is on this machine."""
    environment = os.environ | {"NO_PROXY": "*", "no_proxy": "*"}
    done = subprocess.run(command, env=environment, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def curl_sample(kind: str, client: Client, recording: Path) -> str:
    if shutil.which("curl") is None:
        pytest.skip("package curl is not installed")
    if shutil.which("sh") is None:
        pytest.skip("package dash is not installed")
    script = (SAMPLES / f"{kind}.curl.txt").read_text().replace(HOST, client.url)
    script = script.replace("api-key", "key-1").replace("/C:/Users/aaaa/file.wav", recording.as_posix())
    return run(["sh", "-c", script])


def python_sample(kind: str, client: Client, recording: Path) -> str:
    code = (SAMPLES / f"{kind}.py.txt").read_text().replace(HOST, client.url)
    return run([sys.executable, "-c", f"file_path = {str(recording)!r}\napi_key = 'key-1'\n{code}"])


@pytest.mark.parametrize("kind", PRINTED)
@pytest.mark.parametrize(
    ("sample", "name"), [(curl_sample, "my_file_2"), (python_sample, "file-1")], ids=["curl", "python"]
)
def test_a_sample_is_answered_as_the_page_prints(
    sample: Callable[[str, Client, Path], str],
    name: str,
    kind: str,
    client: Client,
    clock: FakeClock,
    recording: Path,
) -> None:
    """The upload's answer, and when the file is finished the status with the printed keys."""
    answer = json.loads(sample(kind, client, recording))
    file_id = answer["data"]["file_id"]
    assert answer == {"data": {"file_id": file_id}, "message": "file queued for processing", "status": "Ok"}
    clock.sleep(6)
    status = client.status(file_id).body
    data = status.pop("data")
    assert status == {"status": "Ok", "message": "file status found"}
    assert set(data) == PRINTED[kind]
    assert {key: data[key] for key in COMMON} == {
        "processing_status": "FILE_TRANSCRIBED",
        "audio_file_name": name,
        "audio_transcript": "hello world",
        "processed_audio_duration_in_seconds": 20,
    }

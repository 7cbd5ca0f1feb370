"""The sandbox going wrong on request, as a plain client meets it, and what it tells of itself."""

import hashlib
import json
import urllib.error
import urllib.request
from http.client import IncompleteRead
from pathlib import Path

import pytest
from clock import FakeClock
from harness import Cli
from sandbox.client import END, UPLOAD, Client, StartSandbox, form, wav

from intron_cli.commands.completing import scenes
from intron_cli.sandbox.scenes import SCENES, read_scene

AUDIO = wav(2)
DIGEST = hashlib.sha256(AUDIO).hexdigest()


def stats(client: Client) -> dict[str, object]:
    found = Client(client.url, key=None).request("GET", "/sandbox/stats")
    assert found.status == 200
    told: dict[str, object] = found.body
    return told


def test_a_scene_is_played_so_often_and_no_more(start: StartSandbox) -> None:
    """Several follow one another; a result's scene counts by itself."""
    client = start(scenes=("unavailable=1", "rate-limited=1", "failed=1"), processing=0)
    assert client.upload(AUDIO).status == 503
    refused = client.upload(AUDIO)
    assert (refused.status, refused.headers["Retry-After"]) == (429, "1")
    first, second = client.upload(AUDIO), client.upload(AUDIO)
    assert client.status(first.file_id).message == "processing failed"
    assert client.status(second.file_id).message != "processing failed"
    assert stats(client)["uploads"] == {DIGEST: 2}


@pytest.mark.parametrize("stem", [DIGEST, "visit"])
def test_a_tester_names_a_scene_beside_the_answers(start: StartSandbox, tmp_path: Path, stem: str) -> None:
    """By the recording's hash or by its name as sent; others are spared, and the count is kept."""
    (tmp_path / f"{stem}.scene").write_text("cut-answer=1\nempty\n")
    client = start(answers=tmp_path, processing=0, status_interval=0)
    assert client.upload(wav(3), audio_file_name="other").status == 200
    with pytest.raises(IncompleteRead):
        client.upload(AUDIO)
    taken = client.upload(AUDIO)
    assert client.status(taken.file_id).data["audio_transcript"] == ""


@pytest.mark.parametrize("scene", ["reset-before", "reset-middle", "reset-before-end"])
@pytest.mark.parametrize("stem", [DIGEST, "visit"])
def test_a_reset_that_a_tester_names(start: StartSandbox, tmp_path: Path, scene: str, stem: str) -> None:
    """Whenever it is found out which recording it is, no job is made of it."""
    (tmp_path / f"{stem}.scene").write_text(scene)
    client = start(answers=tmp_path)
    with pytest.raises(ConnectionError):
        client.upload(AUDIO)
    assert stats(client)["uploads"] == {}


def test_what_names_no_scene_is_logged(start: StartSandbox, tmp_path: Path, log: list[str]) -> None:
    """A tester's slip is told and stages nothing."""
    (tmp_path / f"{DIGEST}.scene").write_text("no-such-scene")
    assert start(answers=tmp_path).upload(AUDIO).status == 200
    assert [line for line in log if "names no scene: a line is one of rate-limited" in line]


def test_latency_and_a_held_answer_pass_by_the_clock(start: StartSandbox, clock: FakeClock) -> None:
    """Nobody waits for them in the tests."""
    client = start(latency=0.02, scenes=("slow-answer=1",))
    client.status(client.upload(AUDIO).file_id)
    assert clock.slept == [30.0, 0.02, 0.02]


def test_stats(start: StartSandbox, clock: FakeClock) -> None:
    """What was taken in and when, when it was asked by its own clock, and how it was answered."""
    client = start(quota=(3, 60.0))
    clock.sleep(1)
    taken = client.upload(AUDIO)
    clock.sleep(1)
    client.status(taken.file_id)
    client.raw(client.head(f"Content-Length: {len(form({}, AUDIO))}"), form({}, AUDIO)[: -len(END)])
    client.status(taken.file_id)
    assert stats(client) == {
        "uploads": {DIGEST: 1},
        "taken_in": [{"sha256": DIGEST, "at": 1.0, "processing": 6.0}],
        "cut_off": 1,
        "refused_429": 1,
        "requests": [
            {"at": 1.0, "kind": "upload", "code": 200},
            {"at": 2.0, "kind": "status", "code": 200},
            {"at": 2.0, "kind": "upload", "code": None},
            {"at": 2.0, "kind": "status", "code": 429},
        ],
    }


def test_stats_are_for_this_machine_only(client: Client) -> None:
    """No key is needed, but the Host must be ours as everywhere."""
    request = urllib.request.Request(f"{client.url}/sandbox/stats", headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    with caught.value as refused:
        assert refused.code == 421
        assert json.load(refused)["status"] == "Error"


def test_an_upload_to_elsewhere_is_not_there(start: StartSandbox) -> None:
    """Where a redirect leads, nobody takes anything in."""
    client = start(scenes=("redirect",))
    moved = Client(client.url).raw(client.head(f"Content-Length: {len(form({}, AUDIO))}"), form({}, AUDIO))
    assert b"HTTP/1.1 307" in moved
    assert b"\r\nLocation: /file/v1/elsewhere\r\n" in moved
    assert client.send(form({}, AUDIO), "/file/v1/elsewhere").status == 404
    assert client.send(form({}, AUDIO), UPLOAD + "x").status == 404


@pytest.mark.parametrize("text", ["nothing", "", "failed=", "failed=0", "failed=-1", "failed=x", "failed=²", "=1"])
def test_what_is_no_scene(cli: Cli, text: str) -> None:
    """A usage error that lists what there is, before anything is started."""
    with pytest.raises(ValueError, match=r"one of|count"):
        read_scene(text)
    found = cli("sandbox", "--scene", text)
    assert found.code == 2
    assert found.err.startswith("error: --scene takes ")
    assert "hostile" in found.err or "COUNT" in found.err


def test_tab_offers_every_scene() -> None:
    """With what it does."""
    assert scenes() == [(scene.name, scene.help) for scene in SCENES]
    assert len({scene.name for scene in SCENES}) == len(SCENES)

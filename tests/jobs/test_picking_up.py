"""Whole runs over one ledger: what is sent, under which name, and what is never sent twice."""

import hashlib
import os
import threading
from pathlib import Path

import pytest
import rawserver as raw
from harness import KEY, Cli, Result, write_wav
from rawserver import FILE_ID, RawServer

from .conftest import At


def fields_of(exchange: raw.Exchange) -> dict[str, str]:
    """The text fields of a form, and the file name of its part."""
    boundary = b"--" + exchange.end.strip(b"-\r\n")
    found = {}
    for part in bytes(exchange.body).split(boundary)[1:-1]:
        head, _, value = part.strip(b"\r\n").partition(b"\r\n\r\n")
        names = head.decode().partition('name="')[2].split('"')
        is_file = "filename" in head.decode()
        found["filename" if is_file else names[0]] = names[2] if is_file else value.decode()
    return found


def test_nothing_of_the_file_s_name_is_sent(at: At, tmp_path: Path) -> None:
    """The service is given a name made from the content; the suffix is that of what the bytes are."""
    path = write_wav(tmp_path / "Jane Doe 1980-02-03.mp3")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with RawServer() as server:
        assert at.cli(server)("transcribe", path).code == 0
    fields = fields_of(server.uploads[0])
    assert (fields["audio_file_name"], fields["filename"]) == (f"rec-{digest[:12]}", f"rec-{digest[:12]}.wav")
    assert b"Jane" not in server.uploads[0].head + bytes(server.uploads[0].body)


@pytest.mark.parametrize(
    ("arguments", "env", "name", "filename"),
    [
        (["--name", "case 7"], {}, "case 7", "case 7.wav"),
        (["--name", "case.wav"], {}, "case.wav", "case.wav"),
        ([], {"INTRON_SEND_NAME": "true"}, "visit.wav", "visit.wav"),
        (["--name", "n"], {"INTRON_SEND_NAME": "true"}, "n", "n.wav"),
    ],
)
def test_a_name_of_the_user_s_own_is_sent(
    at: At, arguments: list[str], env: dict[str, str], name: str, filename: str
) -> None:
    """--name sends that name, send_name the file's."""
    with RawServer() as server:
        cli = at.cli(server)
        cli.env |= env
        assert cli("transcribe", at.recording, *arguments).code == 0
    fields = fields_of(server.uploads[0])
    assert (fields["audio_file_name"], fields["filename"]) == (name, filename)


def test_a_hostile_name_adds_no_field(cli: Cli, visit: Path) -> None:
    """The sandbox reads such a form as what it is: one name, and nothing that was not asked for."""
    name = 'a"\r\n\r\nx\r\n--b\r\nContent-Disposition: form-data; name="get_summary"\r\n\r\nTRUE'
    found = cli("transcribe", visit, "--name", name, "--json")
    assert found.code == 0
    assert found.json["outputs"] == {}
    assert found.json["raw"]["audio_file_name"] == name


def test_a_url_is_sent_as_text_and_its_secrets_stay_there(at: At) -> None:
    """User info, query and fragment of a URL are nowhere but in the form."""
    url = "https://user:pass-word@files.example/a/visit.wav?token=s3cret#frag"
    with RawServer() as server:
        found = at.cli(server)("transcribe", url, "--json", "-v")
    fields = fields_of(server.uploads[0])
    assert fields["audio_file_url"] == "https://user:pass-word@files.example/a/visit.wav?token=s3cret"
    assert fields["audio_file_name"].startswith("rec-")
    assert "filename" not in fields
    kept = b"".join(path.read_bytes() for path in at.home.rglob("*") if path.is_file())
    for secret in ("pass-word", "s3cret", "frag"):
        assert secret not in found.out + found.err
        assert secret.encode() not in kept
    assert found.json["source"]["name"] == "https://files.example/a/visit.wav"


def test_a_url_counts_for_a_day(at: At) -> None:
    """What it leads to may change: after 24 hours it is sent anew."""
    with RawServer() as server:
        cli = at.cli(server)
        for _ in range(2):
            assert cli("upload", "https://files.example/a.wav?token=1").code == 0
        assert cli("upload", "https://files.example/a.wav?token=2").code == 0
        assert len(server.uploads) == 1
        at.clock.sleep(86_401)
        assert cli("upload", "https://files.example/a.wav").code == 0
        assert len(server.uploads) == 2


def test_the_same_bytes_under_another_name_are_the_same_job(at: At, tmp_path: Path) -> None:
    """A copy costs nothing."""
    copy = tmp_path / "copy.wav"
    copy.write_bytes(at.recording.read_bytes())
    with RawServer() as server:
        cli = at.cli(server)
        assert cli("upload", at.recording).out == cli("upload", copy).out == f"{FILE_ID}\n"
    assert len(server.uploads) == 1


def test_a_recording_named_twice_is_sent_once(at: At) -> None:
    """Within one run, too."""
    with RawServer() as server:
        found = at.cli(server)("upload", at.recording, at.recording)
    assert found.out == f"{FILE_ID}\n" * 2
    assert len(server.uploads) == 1


def test_a_file_that_changes_while_it_is_sent_gets_no_end(at: At, tmp_path: Path) -> None:
    """The form stays open, the attempt is closed, exit code 9; the next run sends what is there then."""
    large = write_wav(tmp_path / "large.wav", 300, 16_000)

    def change(exchange: raw.Exchange) -> None:
        exchange.read_until(1000)
        with large.open("r+b") as file:
            file.seek(0, os.SEEK_END)
            file.write(bytes(100))

    with RawServer([(change, raw.read_all), raw.taken()], buffer=4096) as server:
        cli = at.cli(server)
        found = cli("transcribe", large)
        assert found.code == 9
        assert "changed while it was read" in found.err
        assert found.err.count("\n") == 1
        assert at.states == ["refused"]
        assert not server.uploads
        assert cli("transcribe", large).code == 0
    assert len(server.uploads) == 1


def test_two_runs_at_the_same_time_send_it_once(at: At) -> None:
    """Who comes second waits for the first one's file id."""
    found: list[Result] = []
    with RawServer([(raw.read_all, raw.hang, *raw.taken())]) as server:
        first, second = (
            threading.Thread(target=lambda: found.append(at.cli(server)("upload", at.recording))) for _ in range(2)
        )
        first.start()
        server.wait_for(lambda server: server.uploads)
        second.start()
        while len(at.clock.slept) < 3:  # the second one looks after the first again and again
            second.join(0.01)
        server.begun[0].released.set()
        first.join()
        second.join()
        assert len(server.begun) == 1
    assert [(one.code, one.out) for one in found] == [(0, f"{FILE_ID}\n")] * 2


def test_a_key_that_is_refused_in_the_wait_leaves_the_way_on(at: At) -> None:
    """The upload is paid for: the line holds its id, and with the right key the job is carried on with."""
    refused = (raw.answer(403, raw.envelope({}, "permission denied,access-key error", "Error")),)
    with RawServer(status=[refused, raw.finished()]) as server:
        cli = at.cli(server)
        found = cli("transcribe", at.recording)
        assert found.code == 4
        assert FILE_ID in found.err
        assert KEY not in found.err
        assert at.states == ["submitted"]
        assert cli("transcribe", at.recording).code == 0
    assert len(server.uploads) == 1


def test_another_service_is_another_job(at: At) -> None:
    """What one service has, another has not."""
    with RawServer() as one, RawServer() as other:
        at.cli(one)("upload", at.recording)
        at.cli(other)("upload", at.recording)
    assert (len(one.uploads), len(other.uploads)) == (1, 1)

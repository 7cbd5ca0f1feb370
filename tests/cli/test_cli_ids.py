"""``status`` and ``wait``, and the ids that ``upload`` prints."""

from pathlib import Path

import pytest
import rawserver as raw
from harness import Cli, write_wav
from rawserver import FILE_ID, RawServer

from .conftest import CliAt, one_line

OTHER = "22222222-b165-4404-91d0-a65d4c0078f5"
NOT_FOUND = (raw.answer(500, {"status": "Error", "message": "file not found", "data": {}}),)


def test_upload_prints_an_id_a_line(cli: Cli, visit: Path, tmp_path: Path) -> None:
    """Ids and nothing else, so that they can be piped."""
    found = cli("upload", visit, write_wav(tmp_path / "a.wav"))
    assert (found.code, found.err) == (0, "")
    assert len(set(found.out.split())) == found.out.count("\n") == 2


def test_upload_then_wait(cli: Cli, visit: Path) -> None:
    """What upload prints, wait reads from its stdin; the result is the one of transcribe."""
    ids = cli("upload", visit, "--soap").out
    found = cli("wait", "-", stdin=ids.encode())
    assert (found.code, found.err) == (0, "")
    assert found.out == cli("transcribe", visit, "--soap").out
    assert cli("upload", visit, "--soap").out == ids


def test_wait_without_ids(cli: Cli) -> None:
    """A pipe that brought nothing is a usage error, not a success."""
    assert cli("wait", "-", stdin=b"\n").code == 2


@pytest.mark.parametrize("name", [FILE_ID, FILE_ID[:8], "1"])
def test_jobs_by_id_prefix_and_number(cli_at: CliAt, visit: Path, name: str) -> None:
    """Each of them leads to the job that was uploaded from here."""
    with RawServer() as server:
        cli = cli_at(server.url)
        cli("upload", visit)
        assert cli("status", name).out == f"{FILE_ID}  FILE_TRANSCRIBED\n"
        found = cli("wait", name, "--json")
    assert (found.json["file_id"], found.json["source"]["name"]) == (FILE_ID, str(visit))


@pytest.mark.parametrize(
    ("script", "code", "shown"),
    [
        (raw.finished(), 0, "FILE_TRANSCRIBED"),
        (raw.found("FILE_QUEUED"), 8, "FILE_QUEUED"),
        (raw.found("FILE_ON_THE_MOON"), 8, "FILE_ON_THE_MOON"),
        (raw.found("FILE_PROCESSING_FAILED"), 6, "FILE_PROCESSING_FAILED"),
        (raw.found("FILE_INVALID"), 6, "FILE_INVALID"),
        (raw.found("FILE_INVALID_SIZE"), 6, "FILE_INVALID_SIZE"),
        (raw.found("FILE_INVALID_DURATION"), 6, "FILE_INVALID_DURATION"),
        (raw.found("FILE_PROCESSING_TIMEOUT"), 6, "FILE_PROCESSING_TIMEOUT"),
        (raw.found("FILE_PROCESSING_CANCELLED"), 6, "FILE_PROCESSING_CANCELLED"),
        (NOT_FOUND, 6, ""),
        ((raw.answer(502),), 5, ""),
        (raw.finished(""), 7, "FILE_TRANSCRIBED"),
    ],
)
def test_the_exit_codes_of_one_look(cli_at: CliAt, script: raw.Script, code: int, shown: str) -> None:
    """0 finished, 8 not yet, 6 failed or gone, 5 could not be asked, 7 empty; the state is printed."""
    with RawServer(status=[script]) as server:
        found = cli_at(server.url)("status", FILE_ID)
    assert found.code == code
    assert found.out.startswith(f"{FILE_ID}  {shown}")
    assert len(server.looks) == 1


def test_of_several_looks_the_worst_counts(cli_at: CliAt) -> None:
    """A failure outweighs what is still going on, and that what is done."""
    scripts = [raw.finished(), raw.found("FILE_QUEUED"), raw.finished(), raw.found("FILE_INVALID"), raw.found("X")]
    with RawServer(status=scripts) as server:
        cli = cli_at(server.url)
        assert cli("status", FILE_ID, OTHER).code == 8
        assert cli("status", "-", stdin=f"{FILE_ID} {OTHER}\n{FILE_ID}".encode()).code == 6


@pytest.mark.parametrize("state", ["FILE_PROCESSING_FAILED", "FILE_INVALID_DURATION", "FILE_PROCESSING_CANCELLED"])
def test_a_failure_is_told_with_its_state(cli_at: CliAt, visit: Path, state: str) -> None:
    """Exit code 6, the state, the way to pay anew; the same command asks again and uploads nothing."""
    with RawServer(status=[raw.found(state)]) as server:
        cli = cli_at(server.url)
        for _ in range(2):
            found = cli("transcribe", visit)
            assert found.code == 6
            line = one_line(found)
            assert state in line
            assert "--again" in line
        assert len(server.uploads) == 1
        cli("transcribe", visit, "--again")
        assert len(server.uploads) == 2


def test_after_again_the_new_job_is_the_one(cli_at: CliAt, visit: Path) -> None:
    """A failed job that was submitted anew with success stays a success."""
    with RawServer([raw.taken(), raw.taken(OTHER)], [raw.found("FILE_INVALID"), raw.finished()]) as server:
        cli = cli_at(server.url)
        assert cli("transcribe", visit).code == 6
        assert cli("transcribe", visit, "--again").code == 0
        found = cli("transcribe", visit, "--json")
    assert (found.code, found.json["file_id"]) == (0, OTHER)
    assert len(server.uploads) == 2


def test_a_job_that_is_gone(cli_at: CliAt, visit: Path) -> None:
    """An id of ours that the service no longer knows is gone: exit code 6, and what to do."""
    with RawServer(status=[NOT_FOUND]) as server:
        cli = cli_at(server.url)
        found = cli("transcribe", visit)
        assert found.code == 6
        assert "--again" in one_line(found)
        assert FILE_ID in found.err
        assert cli("transcribe", visit).code == 6
        assert len(server.uploads) == 1


def test_a_job_of_another_key_is_not_gone(cli_at: CliAt, visit: Path) -> None:
    """With another key than it was sent with, the line says so, and the job stays what it was."""
    with RawServer(status=[NOT_FOUND, raw.finished()]) as server:
        cli = cli_at(server.url)
        cli("upload", visit)
        key = cli.env["INTRON_API_KEY"]
        cli.env["INTRON_API_KEY"] = "another-key"
        found = cli("wait", FILE_ID)
        assert found.code == 6
        assert "another key" in one_line(found)
        cli.env["INTRON_API_KEY"] = key
        assert cli("wait", FILE_ID).code == 0


@pytest.mark.parametrize("command", ["transcribe", "wait"])
def test_a_wait_that_is_too_short(cli_at: CliAt, visit: Path, command: str) -> None:
    """Exit code 8 and the command that carries on; carrying on uploads nothing."""
    with RawServer(status=[raw.found("FILE_PROCESSING"), raw.finished()]) as server:
        cli = cli_at(server.url)
        if command == "wait":
            cli("upload", visit)
        found = cli(command, visit if command == "transcribe" else "1", "--timeout", "0")
        assert found.code == 8
        line = one_line(found)
        assert "FILE_PROCESSING" in line
        assert f"intron wait {FILE_ID}" in line
        assert len(server.looks) == 1
        assert cli("wait", FILE_ID).code == 0
        assert len(server.uploads) == 1


def test_trouble_in_the_wait_is_survived(cli_at: CliAt, visit: Path) -> None:
    """Resets, gateways' errors and cut answers between looks do not end the wait, and upload nothing again."""
    cut = (raw.send(raw.answer_bytes(200, b'{"status": "Ok"}')[:-3]), raw.close)
    scripts = [(raw.reset,), (raw.answer(502),), cut, raw.found("FILE_QUEUED"), (raw.answer(429),), raw.finished()]
    with RawServer(status=scripts) as server:
        found = cli_at(server.url)("transcribe", visit)
    assert (found.code, found.err) == (0, "")
    assert len(server.uploads) == 1


def test_trouble_without_end_names_the_way_on(cli_at: CliAt, visit: Path) -> None:
    """Exit code 5, and the command that carries on with the id."""
    with RawServer(status=[(raw.reset,)]) as server:
        found = cli_at(server.url)("transcribe", visit)
    assert found.code == 5
    assert f"intron wait {FILE_ID}" in one_line(found)


def test_a_job_that_was_never_submitted(cli_at: CliAt, visit: Path) -> None:
    """Asking for its number says what became of it, and asks no service."""
    with RawServer([(raw.read_all, raw.answer(400)), (raw.read_all, raw.answer(502))]) as server:
        cli = cli_at(server.url)
        cli("upload", visit)
        cli("upload", visit)
        assert (cli("wait", "1").code, cli("wait", "2").code) == (2, 10)
        assert (cli("status", "1").code, cli("status", "2").code) == (2, 10)
    assert not server.looks


@pytest.mark.parametrize("name", ["no/id", "../upload", "a b", "%2e", "-", ""])
def test_what_is_no_id(cli: Cli, name: str) -> None:
    """It is told before anybody is asked."""
    found = cli("status", name)
    assert found.code == 2
    one_line(found)


def test_more_is_covered_by_what_was_asked(cli_at: CliAt, visit: Path) -> None:
    """A job that asked for more is picked up for less; one with other options is new, and a line says so."""
    with RawServer(status=[raw.finished(transcript_soap_note="S", transcript_summary="T")]) as server:
        cli = cli_at(server.url)
        cli("transcribe", visit, "--soap", "--summary")
        assert cli("transcribe", visit, "--soap").code == 0
        assert len(server.uploads) == 1
        found = cli("transcribe", visit, "--diarize", "-v")
        assert "this is a new upload" in found.err
        assert len(server.uploads) == 2

"""Exit codes and plans tell what is, also where nothing has to be done."""

import sys
from pathlib import Path

import pytest
import rawserver as raw
from harness import Cli
from rawserver import FILE_ID, RawServer

from .conftest import At, settings_file

THEIRS = "Somebody's own words.\n"


@pytest.mark.parametrize("place", [["-o", "out.md"], ["-d", "out"], ["-d", "out", "--no-record"]])
def test_a_kept_result_that_is_empty_still_says_so(at: At, recording: Path, tmp_path: Path, place: list[str]) -> None:
    """The second run ends in exit code 7 like the first one, and uploads nothing."""
    options = [place[0], str(tmp_path / place[1]), *place[2:]]
    with RawServer(status=[raw.finished("")]) as server:
        cli = at.cli(server)
        assert [cli("transcribe", recording, *options).code for _ in range(3)] == [7, 7, 7]
        assert len(server.uploads) == 1


def test_a_kept_result_that_is_whole_is_done(at: At, recording: Path, tmp_path: Path) -> None:
    """Where there was a transcript, the second run ends in 0."""
    with RawServer() as server:
        cli = at.cli(server)
        assert [cli("transcribe", recording, "-o", tmp_path / "out.md").code for _ in range(2)] == [0, 0]
        assert len(server.uploads) == 1


@pytest.mark.parametrize("options", [["--json"], ["-f", "json"]])
@pytest.mark.parametrize("used", [False, True])
def test_nothing_to_wait_for_is_an_empty_array(at: At, recording: Path, options: list[str], used: bool) -> None:  # noqa: FBT001 - a case
    """A program that reads it gets JSON, with a ledger and without one."""
    with RawServer() as server:
        cli = at.cli(server)
        if used:
            assert cli("transcribe", recording).code == 0
        found = cli("wait", "--all", *options)
        assert (found.code, found.json) == (0, [])


def test_nothing_to_wait_for_prints_no_document(at: At) -> None:
    """A person is told on stderr alone."""
    found = at.cli()("wait", "--all")
    assert (found.code, found.out) == (0, "")


@pytest.mark.parametrize("name", ["visit.wav.md", "visit.wav.json"])
def test_a_dry_run_finds_what_is_in_the_way(at: At, recording: Path, tmp_path: Path, name: str) -> None:
    """Like the run itself: exit code 2, and the file is named."""
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / name).write_text(THEIRS)
    with RawServer() as server:
        cli = at.cli(server)
        planned, done = (cli("transcribe", recording, "-d", folder, *more) for more in (["--dry-run"], []))
        assert (planned.code, done.code) == (2, 2)
        assert name in planned.err
        assert cli("transcribe", recording, "-d", folder, "--dry-run", "--force").code == 0
        assert not server.exchanges
    assert (folder / name).read_text() == THEIRS


def test_a_dry_run_finds_what_is_in_a_file_s_way(at: At, recording: Path, tmp_path: Path) -> None:
    """The same for the file of -o."""
    (tmp_path / "out.md").write_text(THEIRS)
    assert at.cli()("transcribe", recording, "-o", tmp_path / "out.md", "--dry-run").code == 2


@pytest.mark.parametrize("command", ["transcribe", "upload"])
def test_a_dry_run_knows_that_rows_were_lost(at: At, recording: Path, other: Path, command: str) -> None:
    """No upload would be made, so it ends in exit code 4 as well."""
    with RawServer() as server:
        cli = at.cli(server)
        assert cli("transcribe", recording).code == 0
        at.sql("INSERT INTO loss (noted_at, rows) VALUES (1, 3)")
        assert cli(command, other).code == 4
        assert cli(command, other, "--dry-run").code == 4
        assert cli("jobs", "repair", "--accept-loss").code == 0
        assert cli(command, other, "--dry-run").code == 0


def test_a_kept_result_is_no_upload_of_a_plan(
    at: At, elsewhere: At, recording: Path, other: Path, tmp_path: Path
) -> None:
    """A record in the folder counts as done, also where this ledger never saw it."""
    folder = tmp_path / "out"
    with RawServer() as server:
        assert at.cli(server)("transcribe", recording, "-d", folder).code == 0
        cli = elsewhere.cli(server)
        plan = cli("transcribe", recording, other, "-d", folder, "--dry-run", "--json")
        assert plan.code == 0
        assert plan.json["totals"]["recordings"] == 1
        alone = cli("transcribe", recording, "-d", folder, "--dry-run", "--json").json["totals"]
        assert (alone["recordings"], alone["requests"], alone["bytes"]) == (0, 0, 0)
        assert cli("transcribe", recording, "-d", folder).code == 0
        assert len(server.uploads) == 1


@pytest.fixture
def record(at: At, recording: Path, tmp_path: Path) -> Path:
    """A saved record of an upload to the official service, as another machine's ledger knows it."""
    with RawServer() as server:
        assert at.cli(server)("transcribe", recording, "-d", tmp_path / "out").code == 0
    return tmp_path / "out" / "visit.wav.json"


@pytest.fixture
def keyless(elsewhere: At) -> Cli:
    """Another machine, which has no key."""
    cli = elsewhere.cli()
    del cli.env["INTRON_API_KEY"]
    return cli


def test_a_record_is_adopted_without_a_key(keyless: Cli, record: Path) -> None:
    """Nobody is asked about it."""
    assert keyless("jobs", "adopt", record).code == 0
    (row,) = keyless("jobs", "list", "--json").json
    assert (row["file_id"], row["state"]) == (FILE_ID, "done")
    assert keyless("jobs", "adopt", record).code == 0
    assert len(keyless("jobs", "list", "--json").json) == 1


@pytest.mark.parametrize("place", ["file", "environment"])
def test_adopting_a_record_runs_no_command(keyless: Cli, record: Path, tmp_path: Path, place: str) -> None:
    """A command that prints the key may ask a person for it: it is run when a request is due."""
    mark = tmp_path / "was-run"
    command = [sys.executable, "-c", f"open({str(mark)!r}, 'w'); print('key')"]
    if place == "file":
        url = keyless.env["INTRON_BASE_URL"]
        settings_file(keyless, f'api_key_command = {command}\napi_key_host = "{url}"\n')
    else:
        script = tmp_path / "print-key"
        script.write_text(f"#!{sys.executable}\nopen({str(mark)!r}, 'w')\nprint('key')\n")
        script.chmod(0o700)
        keyless.env["INTRON_API_KEY_COMMAND"] = str(script)
    assert keyless("jobs", "adopt", record).code == 0
    assert not mark.exists()


def test_an_adopted_record_is_not_paid_for_again(at: At, elsewhere: At, recording: Path, tmp_path: Path) -> None:
    """With a key later, the upload that was adopted without one is known."""
    with RawServer() as server:
        assert at.cli(server)("transcribe", recording, "-d", tmp_path / "out").code == 0
        cli = elsewhere.cli(server)
        key = cli.env.pop("INTRON_API_KEY")
        assert cli("jobs", "adopt", tmp_path / "out" / "visit.wav.json").code == 0
        cli.env["INTRON_API_KEY"] = key
        assert cli("transcribe", recording).code == 0
        assert len(server.uploads) == 1

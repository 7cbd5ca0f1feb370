"""A recording at a URL: downloaded here or read by the service, paid for once, its secrets shown nowhere."""

import json
from pathlib import Path

import pytest
import rawserver as raw
from clock import FakeClock
from harness import KEY, Cli
from rawserver import RawServer

from .conftest import Shop, left_in, part


def test_a_url_is_downloaded_and_its_bytes_are_sent(
    cli: Cli, server: RawServer, shop: type[Shop], tmp_path: Path
) -> None:
    """With --fetch; the key goes to the service alone, and what may be secret in the URL is shown nowhere."""
    url = shop.url
    found = cli("transcribe", url, "--fetch", "-d", tmp_path / "out", "-v")
    assert found.code == 0, found.err
    assert part(server.uploads[0])[1] == shop.content
    assert KEY not in str(shop.seen)
    assert "secret" not in found.err + "".join(path.read_text() for path in (tmp_path / "out").iterdir())
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["visit.wav.json", "visit.wav.md"]
    assert left_in(cli) == []
    again = cli("transcribe", url, "--fetch", "-d", tmp_path / "out")
    assert (again.code, len(server.uploads)) == (0, 1), again.err


def test_without_fetch_the_service_reads_the_url(cli: Cli, server: RawServer, shop: type[Shop]) -> None:
    """And nothing is downloaded."""
    assert cli("transcribe", shop.url).code == 0
    assert b"audio_file_url" in server.uploads[0].body
    assert shop.seen == []


def test_urls_whose_results_collide_are_told_without_what_may_be_secret(cli: Cli, tmp_path: Path) -> None:
    """As is a result that is kept."""
    urls = [f"https://user:secret@clinic.example/visit.wav?id={n}&token=secret" for n in (1, 2)]
    for more in ((), ("--fetch",)):
        found = cli("transcribe", *urls, "-d", tmp_path / "out", *more)
        assert found.code == 2
        assert "https://clinic.example/visit.wav, asked for twice in different ways" in found.err
        assert "secret" not in found.err


def test_a_result_of_a_url_that_is_kept_is_told_without_what_may_be_secret(
    cli: Cli, shop: type[Shop], tmp_path: Path
) -> None:
    """As everywhere."""
    for _ in range(2):
        found = cli("transcribe", shop.url, "-d", tmp_path / "out", "-v")
        assert found.code == 0
        assert "secret" not in found.err
    assert "kept" in found.err


def test_a_result_of_a_url_counts_for_a_day(cli: Cli, server: RawServer, tmp_path: Path) -> None:
    """Then it is made anew in the same place. Of a record whose time somebody spoilt, the ledger knows."""
    arguments = ("transcribe", "https://clinic.example/visit.wav?token=1", "-d", tmp_path / "out")
    record = tmp_path / "out" / "visit.wav.json"
    for uploads in (1, 1):
        assert cli(*arguments).code == 0
        assert len(server.uploads) == uploads
    record.write_text(record.read_text().replace(json.loads(record.read_text())["submitted_at"], "yesterday"))
    assert cli(*arguments).code == 0
    assert len(server.uploads) == 1
    cli.clock.sleep(25 * 3600)
    assert cli(*arguments).code == 0
    assert len(server.uploads) == 2


@pytest.mark.parametrize("url", ["http://[clinic/visit.wav", "http:///visit.wav", "http://clinic.example/a visit.wav"])
@pytest.mark.parametrize("more", [(), ("--fetch",), ("--fetch", "--dry-run")])
def test_what_is_no_url_is_told_at_once(cli: Cli, server: RawServer, url: str, more: tuple[str, ...]) -> None:
    """Whoever would read it, and before any of the others is downloaded or uploaded."""
    found = cli("upload", url, *more)
    assert (found.code, len(server.begun)) == (9, 0)
    assert "A URL has no host, or holds blanks. Give it as http(s)://host/path." in found.err


def test_a_dry_run_downloads_nothing(cli: Cli, shop: type[Shop]) -> None:
    """It says that this would come first."""
    found = cli("transcribe", shop.url, "--fetch", "--dry-run")
    assert (found.code, shop.seen) == (0, [])
    assert "(downloaded first)" in found.out


def test_a_url_that_the_service_refuses_names_fetch(tmp_path: Path, clock: FakeClock, shop: type[Shop]) -> None:
    """At the upload, and in what becomes of it."""
    refusal = (raw.read_all, raw.answer(400, {"status": "Error", "message": "audio_file_blob is required"}))
    with RawServer([refusal, raw.taken()], [raw.found("FILE_PROCESSING_FAILED")]) as server:
        cli = Cli(tmp_path / "home", server.url, clock)
        for _ in range(2):
            found = cli("transcribe", shop.url)
            assert found.code == 6
            assert "--fetch downloads it here and uploads the bytes." in found.err


def test_what_was_fetched_and_failed_does_not_name_fetch(tmp_path: Path, clock: FakeClock, shop: type[Shop]) -> None:
    """It was no use; now only another upload is left."""
    with RawServer([raw.taken()], [raw.found("FILE_PROCESSING_FAILED")]) as server:
        found = Cli(tmp_path / "home", server.url, clock)("transcribe", shop.url, "--fetch")
    assert (found.code, "--fetch" in found.err, "--again uploads, and pays, anew." in found.err) == (6, False, True)


def test_what_comes_before_an_upload_is_shown(cli: Cli, shop: type[Shop], recording: Path) -> None:
    """A minute of silence would be taken for a hang."""
    url = shop.url
    plain = cli("transcribe", url, recording, "--fetch", "--shrink", "--progress", "plain")
    assert plain.code == 0, plain.err
    assert "/calls/visit.wav: downloading\n" in plain.err
    assert f"{recording}: shrinking\n" in plain.err


def test_a_url_of_another_kind_is_not_taken_for_a_file(cli: Cli, server: RawServer) -> None:
    """And what may be secret in it is not echoed."""
    found = cli("transcribe", "ftp://user:secret@clinic.example/visit.wav")
    assert (found.code, len(server.begun)) == (9, 0)
    assert found.err == "error: ftp://clinic.example/visit.wav is no http or https URL. Download it first.\n"
    found = cli("transcribe", "file:///recordings/visit.wav")
    assert found.err == "error: file:///recordings/visit.wav is no http or https URL. Give its path.\n"

"""What counts as the same recording where it lies at a URL: paid for once, and never taken for another."""

import json
from pathlib import Path

import pytest
import rawserver as raw
from clock import FakeClock
from harness import Cli
from rawserver import RawServer

from .conftest import Shop, part, wav

DAY = 24 * 3600


@pytest.fixture
def url(shop: type[Shop]) -> str:
    return shop.url.partition("?")[0]


def test_what_was_fetched_counts_for_its_url(cli: Cli, server: RawServer, url: str, clock: FakeClock) -> None:
    """For a day, as every upload of a URL; a dry run knows that, too."""
    assert cli("transcribe", url, "--fetch").code == 0
    assert cli("transcribe", url).code == 0
    assert "uploaded before" in cli("transcribe", url, "--dry-run").out
    assert cli("transcribe", url, "--fetch").code == 0
    assert len(server.begun) == 1
    clock.sleep(DAY + 3600)
    assert cli("transcribe", url).code == 0
    assert len(server.begun) == 2


def test_what_the_service_read_is_not_taken_for_what_is_fetched(
    cli: Cli, server: RawServer, shop: type[Shop], url: str, tmp_path: Path
) -> None:
    """Nobody knows what lay there then: it is a new upload, and a line says so; in a list it is left alone."""
    assert cli("transcribe", url).code == 0
    (tmp_path / "list").write_text(url)
    shop.content = wav(4)
    skipped = cli("transcribe", "--from-file", tmp_path / "list", "--fetch")
    assert (skipped.code, len(server.begun)) == (0, 1)
    (tmp_path / "same.wav").write_bytes(wav(4))
    found = cli("transcribe", url, tmp_path / "same.wav", "--fetch", "-d", tmp_path / "out", "-v")
    assert (found.code, len(server.begun)) == (0, 2)
    assert "was uploaded before by its URL, which the service read itself" in found.err
    assert part(server.uploads[1])[1] == wav(4)


@pytest.mark.parametrize("first", [("--fetch",), ()])
def test_what_may_have_been_sent_one_way_is_not_sent_the_other(
    tmp_path: Path, clock: FakeClock, url: str, first: tuple[str, ...]
) -> None:
    """Nobody knows of the first; somebody decides."""
    second = ("--fetch",) if not first else ()
    with RawServer([(raw.read_all, raw.close), raw.taken()]) as server:
        cli = Cli(tmp_path / "home", server.url, clock)
        assert cli("transcribe", url, *first).code == 10
        found = cli("transcribe", url, *second)
        assert (found.code, len(server.begun)) == (10, 1)
        assert "maybe uploaded" in cli("transcribe", url, "--dry-run").out
        assert cli("transcribe", url, *second, "--on-unknown", "retry").code == 0
        assert len(server.begun) == 2


def test_what_the_service_could_not_read_is_fetched(tmp_path: Path, clock: FakeClock, url: str) -> None:
    """As the error says; that upload is none of the recording itself."""
    with RawServer([raw.taken(), raw.taken("a-second-id")], [raw.found("FILE_PROCESSING_FAILED")]) as server:
        cli = Cli(tmp_path / "home", server.url, clock)
        assert "--fetch downloads it here" in cli("transcribe", url).err
        found = cli("transcribe", url, "--fetch")
        assert (found.code, len(server.begun)) == (6, 2)
        assert "--fetch" not in found.err


def test_the_bytes_decide_about_what_is_fetched(
    cli: Cli, server: RawServer, shop: type[Shop], url: str, tmp_path: Path
) -> None:
    """Changed or not, and whatever its name is; what a URL led to counts for it where another sent it, too."""
    assert cli("transcribe", url, "--fetch").code == 0
    shop.content = wav(4)
    assert cli("transcribe", url, "--fetch").code == 0
    assert [part(upload)[1] for upload in server.uploads] == [wav(3), wav(4)]
    shop.content = wav(5)
    (tmp_path / "same.wav").write_bytes(wav(5))
    assert cli("transcribe", tmp_path / "same.wav", url, "--fetch").code == 0
    assert cli("transcribe", url).code == 0
    assert len(server.uploads) == 3


def test_queries_that_name_recordings(cli: Cli, server: RawServer, url: str, tmp_path: Path) -> None:
    """Downloaded, each is its own, in one run and in several."""
    assert cli("transcribe", f"{url}?id=2", "--fetch").code == 0
    assert cli("transcribe", f"{url}?id=3", f"{url}?id=4", "--fetch", "-f", "jsonl").code == 0
    assert [part(upload)[1] for upload in server.uploads] == [wav(5), wav(6), wav(7)]
    for number in (5, 6):
        assert cli("transcribe", f"{url}?id={number}", "--fetch", "-d", tmp_path / "out").code == 0
    assert len(server.uploads) == 5
    assert "uploaded before" not in cli("transcribe", f"{url}?id=2", "--dry-run").out


def test_another_query_is_told(cli: Cli, server: RawServer, url: str, tmp_path: Path) -> None:
    """The service reads it: it counts as the same, for what is secret in a query changes; or it is another patient."""
    assert cli("transcribe", f"{url}?id=2").err == ""
    assert cli("transcribe", f"{url}?id=2").err == ""
    found = cli("transcribe", f"{url}?id=3", "--json")
    assert (found.code, len(server.begun)) == (0, 1)
    assert "perhaps with another query" in found.err
    assert [one["code"] for one in found.json["warnings"]] == ["other_query"]
    both = cli("transcribe", f"{url}?id=2", f"{url}?id=4", "-f", "jsonl")
    assert [len(json.loads(line)["warnings"]) for line in both.out.splitlines()] == [0, 1]
    assert cli("transcribe", f"{url}?id=2", "-d", tmp_path / "out").err == ""
    for more in ((), ("--no-ledger",)):
        assert "another query" in cli("transcribe", f"{url}?id=3", "-d", tmp_path / "out", *more).err
    assert "id=" not in found.out + found.err + both.out + both.err
    assert len(server.begun) == 1


def test_a_result_of_its_url_is_none_of_what_is_fetched(
    cli: Cli, server: RawServer, shop: type[Shop], url: str, tmp_path: Path
) -> None:
    """In a folder, too, the bytes decide."""
    assert cli("transcribe", f"{url}?id=2", "-d", tmp_path / "out").code == 0
    assert cli("transcribe", f"{url}?id=2", "-d", tmp_path / "out", "--fetch").code == 0
    assert (len(shop.seen), len(server.begun)) == (1, 2)


def test_a_record_keeps_what_was_downloaded(cli: Cli, url: str, tmp_path: Path) -> None:
    """A repeat tells the same of it."""
    record = tmp_path / "out" / "visit.wav.json"
    told = []
    for more in (("--fetch",), ("--fetch",), ()):
        assert cli("transcribe", url, "-d", tmp_path / "out", *more).code == 0
        told.append(json.loads(record.read_text())["source"])
    assert told[0]["sha256"]
    assert told[0] == told[1] == told[2]


def test_one_document_is_the_same_whichever_way(cli: Cli, server: RawServer, url: str, tmp_path: Path) -> None:
    """Nothing is to be done for it."""
    for more in (("--fetch",), (), ("--fetch",)):
        found = cli("transcribe", url, "-o", tmp_path / "v.md", *more)
        assert found.code == 0, found.err
    assert len(server.begun) == 1


def test_a_url_is_one_shards(cli: Cli, server: RawServer, url: str) -> None:
    """Known or not."""
    for _ in range(2):
        told = [cli("transcribe", url, "--shard", f"{number}/2", "-f", "jsonl").out for number in (1, 2)]
        assert sorted(len(one.splitlines()) for one in told) == [0, 1]
    assert len(server.begun) == 1


def test_what_was_forgotten_still_counts(cli: Cli, server: RawServer, url: str) -> None:
    """Whichever way, as for files."""
    assert cli("transcribe", url, "--fetch").code == 0
    assert cli("jobs", "forget", "1").code == 0
    assert "uploaded before" in cli("transcribe", url, "--dry-run").out
    assert len(server.begun) == 1

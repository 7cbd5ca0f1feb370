"""Many recordings: the same bytes once, results in their places, repeats for nothing."""

import json
import shutil
from pathlib import Path

import pytest
from cli.conftest import CliAt
from clock import FakeClock
from harness import Cli, write_wav

from .conftest import names, requests, uploads


def test_a_folder_is_mirrored(cli: Cli, calls: Path, tmp_path: Path) -> None:
    """Each recording's document and record lie below the output folder as it lies below the one that was named."""
    out = tmp_path / "out"
    found = cli("transcribe", calls, "--recursive", "-d", out, "-v")
    assert (found.code, found.out) == (0, "")
    below = ("a.wav", "b.WAV", "monday/again.wav", "monday/c.wav", "monday/d.wav")
    assert names(out) == sorted(f"{name}.{suffix}" for name in below for suffix in ("md", "json"))
    assert "This is d." in (out / "monday" / "d.wav.md").read_text()
    assert "5 recordings: 5 done" in found.err
    assert "readme.txt" in found.err


def test_without_recursive_subfolders_are_named_and_left(cli: Cli, calls: Path, tmp_path: Path) -> None:
    """So that nobody thinks they were done."""
    found = cli("transcribe", calls, "-d", tmp_path / "out", "-v")
    assert found.code == 0
    assert names(tmp_path / "out") == ["a.wav.json", "a.wav.md", "b.WAV.json", "b.WAV.md"]
    assert "--recursive" in found.err


def test_the_same_bytes_twice_are_one_job(cli: Cli, calls: Path, tmp_path: Path) -> None:
    """Uploaded once, looked at once, and each name has its result."""
    assert cli("transcribe", calls, "-r", "-d", tmp_path / "out").code == 0
    assert uploads(cli) == 4
    one, other = (
        json.loads((tmp_path / "out" / f"{name}.json").read_bytes()) for name in ("a.wav", "monday/again.wav")
    )
    assert one["file_id"] == other["file_id"]
    assert [one["source"]["name"], other["source"]["name"]] == [
        str(calls / "a.wav"),
        str(calls / "monday" / "again.wav"),
    ]


def test_cron_is_mailed_nothing(cli: Cli, calls: Path, tmp_path: Path) -> None:
    """Where all went well, in the first run and in the next."""
    for _ in range(2):
        found = cli("transcribe", calls, "-r", "-d", tmp_path / "out")
        assert (found.code, found.out, found.err) == (0, "", "")


@pytest.mark.parametrize("form", [(), ("-f", "jsonl"), ("-f", "csv")])
def test_a_finished_folder_costs_nothing(cli: Cli, calls: Path, tmp_path: Path, form: tuple[str, ...]) -> None:
    """No upload, no request, and what is asked for is read from what is there."""
    assert cli("transcribe", calls, "-r", "-d", tmp_path / "out").code == 0
    before = requests(cli)
    found = cli("transcribe", calls, "-r", "-d", tmp_path / "out", *form, "-v")
    assert found.code == 0
    assert requests(cli) == before
    assert "5 kept" in found.err
    assert len(found.out.splitlines()) == {"jsonl": 5, "csv": 6}.get(form[-1] if form else "", 0)


def test_a_record_of_another_machine_counts(cli: Cli, calls: Path, tmp_path: Path) -> None:
    """Its ledger is elsewhere; the output folder is enough."""
    assert cli("transcribe", calls, "-r", "-d", tmp_path / "out").code == 0
    cli.env["INTRON_STATE"] = str(tmp_path / "another")
    assert cli("transcribe", calls, "-r", "-d", tmp_path / "out").code == 0
    assert uploads(cli) == 4


def test_jsonl_has_a_line_for_each(cli: Cli, calls: Path) -> None:
    """As they end; those that cannot be sent, too."""
    (calls / "broken.wav").write_bytes(b"no audio")
    found = cli("transcribe", calls, "-f", "jsonl")
    records = [json.loads(line) for line in found.out.splitlines()]
    assert found.code == 3
    assert {(Path(one["source"]["name"]).name, one["status"]) for one in records} == {
        ("a.wav", "done"), ("b.WAV", "done"), ("broken.wav", "rejected"),
    }  # fmt: skip


def test_json_is_an_array_in_the_order_of_the_sources(cli: Cli, calls: Path) -> None:
    """Even for one, where there could have been more."""
    found = cli("transcribe", calls / "monday" / "d.wav", calls / "a.wav", "--json")
    assert [Path(one["source"]["name"]).name for one in found.json] == ["d.wav", "a.wav"]
    (calls / "only").mkdir()
    shutil.copy(calls / "a.wav", calls / "only")
    assert [one["status"] for one in cli("transcribe", calls / "only", "--json").json] == ["done"]


@pytest.mark.parametrize(("form", "told"), [("markdown", ""), ("json", "[]\n"), ("jsonl", "")])
def test_an_empty_folder_is_done(cli: Cli, tmp_path: Path, form: str, told: str) -> None:
    """There was nothing to do."""
    (tmp_path / "empty").mkdir()
    found = cli("transcribe", tmp_path / "empty", "-f", form)
    assert (found.code, found.out, found.err) == (0, told, "")


def test_the_file_for_all_is_this_commands(cli: Cli, calls: Path, tmp_path: Path) -> None:
    """A repeat replaces it; another command, or what somebody edited, does not."""
    command = ("transcribe", calls, "-d", tmp_path / "out", "-o", tmp_path / "all.csv")
    assert cli(*command).code == 0
    first = (tmp_path / "all.csv").read_bytes()
    (calls / "z.wav").write_bytes(b"no audio")
    assert cli(*command).code == 3
    second = (tmp_path / "all.csv").read_bytes()
    assert (first.count(b"\n"), second.count(b"\n")) == (3, 4)
    other = cli("transcribe", calls / "monday", "-d", tmp_path / "out", "-o", tmp_path / "all.csv")
    assert (other.code, (tmp_path / "all.csv").read_bytes()) == (2, second)
    (tmp_path / "all.csv").write_bytes(second + b"mine\n")
    assert cli(*command).code == 2
    assert cli(*command, "--force").code == 3
    assert cli(*command).code == 3


def test_a_document_for_each_and_one_for_all(cli: Cli, calls: Path, tmp_path: Path) -> None:
    """The table of all is no document of each."""
    found = cli("transcribe", calls, "-d", tmp_path / "out", "-f", "text", "-f", "csv")
    assert found.out.startswith("source,status")
    assert names(tmp_path / "out") == ["a.wav.json", "a.wav.txt", "b.WAV.json", "b.WAV.txt"]
    only = cli("transcribe", calls, "-d", tmp_path / "records", "-f", "jsonl")
    assert only.out.count("\n") == 2
    assert names(tmp_path / "records") == ["a.wav.json", "b.WAV.json"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("-d", "out", "-o", "all.md"), "-o takes jsonl or csv"),
        (("-d", "out", "-f", "csv", "-f", "jsonl"), "both hold all sources"),
        (("-d", "out", "-f", "csv", "--no-record"), "leaves out empty"),
        (("-f", "csv", "-f", "text"), "Several formats at once go into a folder"),
    ],
)
def test_what_does_not_go_together(cli: Cli, calls: Path, options: tuple[str, ...], said: str) -> None:
    """Told before anything is sent."""
    found = cli("transcribe", calls, *options)
    assert (found.code, uploads(cli)) == (2, 0)
    assert said in found.err


def test_two_sources_of_one_name_need_two_folders(cli: Cli, calls: Path, tmp_path: Path) -> None:
    """Named one by one they have no folder to be mirrored."""
    write_wav(calls / "monday" / "a.wav", 7)
    found = cli("transcribe", calls / "a.wav", calls / "monday" / "a.wav", "-d", tmp_path / "out")
    assert (found.code, uploads(cli)) == (2, 0)
    assert "would both be saved as a.wav.*" in found.err


def test_a_line_that_is_down_is_not_tried_for_each(clock: FakeClock, calls: Path, tmp_path: Path) -> None:
    """Nothing answers: the rest is not begun, the line says so once, and the same command carries on."""
    for number in range(20):
        write_wav(calls / f"more{number:02}.wav", 3 + number)
    cli = Cli(tmp_path / "home", "http://127.0.0.1:9", clock)
    found = cli("transcribe", calls, "-d", tmp_path / "out")
    assert found.code == 5
    *tried, rest = found.err.splitlines()
    assert 1 <= len(tried) <= 4
    assert all(line.endswith(": Nothing answers at 127.0.0.1:9: the connection was refused. Is base_url right?")
               for line in tried)  # fmt: skip
    assert rest.startswith(f"error: {22 - len(tried)} recordings alike: ")
    assert rest.endswith("The same command carries on.")


def test_an_error_that_ends_the_run_ends_it_for_all(calls: Path, cli_at: CliAt, tmp_path: Path) -> None:
    """A key that is refused is refused for all of them."""
    cli = cli_at(refused_keys=frozenset({"sandbox-key-for-the-tests"}))
    found = cli("transcribe", calls, "-f", "json")
    assert found.code == 4
    assert [one["error"]["type"] for one in found.json] == ["key_refused", "key_refused"]
    assert len([line for line in found.err.splitlines() if "refused the key" in line]) == 1


def test_upload_prints_ids_in_the_order_of_the_sources(cli: Cli, calls: Path) -> None:
    """Whatever came first."""
    found = cli("upload", calls, "-r")
    ids = found.out.split()
    assert (found.code, len(ids)) == (0, 5)
    again = cli("upload", calls, "-r", "--json")
    assert [one["file_id"] for one in again.json] == ids
    assert uploads(cli) == 4


def test_wait_all_brings_each_home(cli: Cli, calls: Path, tmp_path: Path) -> None:
    """More than a few at once, with their columns."""
    assert cli("transcribe", calls, "-r", "-d", tmp_path / "out", "--no-wait").code == 0
    assert cli("wait", "--all").code == 0
    assert (tmp_path / "out" / "monday" / "d.wav.md").exists()
    assert "No job is unfinished" in cli("wait", "--all", "-v").err


def test_the_state_folder_learns(cli: Cli, calls: Path) -> None:
    """How long the service takes, by more recordings than a few; no name and no key is in it."""
    for number in range(8):
        write_wav(calls / f"more{number:02}.wav", 10 + number)
    cli("transcribe", calls, "-r")
    learned = (Path(cli.env["INTRON_STATE"]) / "learned.json").read_text()
    assert list(json.loads(learned)) == [cli.env["INTRON_BASE_URL"]]

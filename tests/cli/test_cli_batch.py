"""Many recordings: folders, patterns, lists; the same bytes once, results in their places, repeats for nothing."""

import csv
import io
import json
import shutil
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from clock import FakeClock
from harness import Cli, write_wav

from .conftest import CliAt


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """Five recordings in two folders, two of them the same bytes, and what is no recording."""
    folder = tmp_path / "calls"
    (folder / "monday").mkdir(parents=True)
    for number, name in enumerate(("a.wav", "b.WAV", "monday/c.wav", "monday/d.wav")):
        write_wav(folder / name, 2 + number)
    shutil.copy(folder / "a.wav", folder / "monday" / "again.wav")
    (folder / "readme.txt").write_text("no recording")
    return folder


@pytest.fixture
def cli(calls: Path, cli_at: CliAt, tmp_path: Path) -> Cli:
    """The program before a sandbox that knows what is said in each of them."""
    answers = tmp_path / "answers"
    answers.mkdir()
    from hashlib import sha256

    for path in calls.rglob("*.[wW][aA][vV]"):
        (answers / f"{sha256(path.read_bytes()).hexdigest()}.txt").write_text(f"This is {path.stem}.")
    return cli_at(answers=answers)


def stats(cli: Cli) -> dict[str, Any]:
    with urllib.request.urlopen(f"{cli.env['INTRON_BASE_URL']}/sandbox/stats") as answer:
        told: dict[str, Any] = json.load(answer)
    return told


def uploads(cli: Cli) -> int:
    return sum(stats(cli)["uploads"].values())


def requests(cli: Cli) -> int:
    return len(stats(cli)["requests"])


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


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


def test_a_list_with_columns(cli: Cli, calls: Path, tmp_path: Path) -> None:
    """Each row's own category and outputs, and its other columns come back untouched."""
    rows = [
        ("source", "category", "outputs", "agent", "ticket"),
        (str(calls / "a.wav"), "call-center", "summary agent-score", "Ada", "007"),
        (str(calls / "b.WAV"), "", "", "=Ben", ""),
    ]
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(rows)
    (tmp_path / "calls.csv").write_text(text.getvalue(), "utf-16")
    found = cli("transcribe", "--from-file", tmp_path / "calls.csv", "--soap", "-f", "csv")
    assert found.code == 0, found.err
    told = list(csv.DictReader(io.StringIO(found.out)))
    assert [(row["agent"], row["ticket"], row["status"]) for row in told] == [
        ("Ada", "007", "done"),
        ("=Ben", "", "done"),
    ]
    requests = [json.loads(line)["request"] for line in cli(
        "transcribe", "--from-file", tmp_path / "calls.csv", "--soap", "-f", "jsonl").out.splitlines()]  # fmt: skip
    assert sorted((one["category"], tuple(one["outputs"])) for one in requests) == [
        ("call-center", ("summary", "call_center_agent_score")), ("telehealth", ("soap_note",)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("category", "surgery", "There is no category 'surgery'"),
        ("outputs", "op-note", "The category telehealth has no operation note"),
        ("language", "klingon", "lists no language 'klingon'"),
        ("diarize", "perhaps", "the column diarize takes true or false"),
    ],
)
def test_a_bad_line_is_told_by_its_number(
    cli: Cli, calls: Path, tmp_path: Path, column: str, value: str, said: str
) -> None:
    """Before anything is sent."""
    lines = [f"source,{column}", f"{calls / 'a.wav'},", f"{calls / 'b.WAV'},{value}"]
    (tmp_path / "calls.csv").write_text("\n".join(lines))
    found = cli("transcribe", "--from-file", tmp_path / "calls.csv", "--category", "telehealth")
    assert found.code == 2
    assert found.err.startswith("error: Line 3 of the list: ")
    assert said.lower() in found.err.lower()
    assert uploads(cli) == 0


def test_a_list_from_stdin(cli: Cli, calls: Path, tmp_path: Path) -> None:
    """A line each, or with NULs between."""
    paths = [str(calls / "a.wav"), str(calls / "b.WAV")]
    assert cli("transcribe", "--from-file", "-", "-f", "jsonl", stdin="\n".join(paths).encode()).out.count("\n") == 2
    assert (
        cli("transcribe", "--from-file", "-", "-0", "-f", "jsonl", stdin="\0".join(paths).encode()).out.count("\n") == 2
    )


def test_what_was_sent_with_other_options_is_skipped(cli: Cli, calls: Path) -> None:
    """In a folder, that is: another option there would pay for all of it again."""
    assert cli("transcribe", calls, "--summary").code == 0
    found = cli("transcribe", calls, "--soap", "-f", "jsonl")
    assert found.code == 0
    assert uploads(cli) == 2
    assert [json.loads(line)["status"] for line in found.out.splitlines()] == ["not_sent", "not_sent"]
    assert "2 recordings sent before with other options" in found.err
    assert cli("transcribe", calls, "--soap", "--on-changed", "send").code == 0
    assert uploads(cli) == 4


def test_one_that_is_named_is_sent_with_other_options(cli: Cli, calls: Path) -> None:
    """Whoever names it means it, and a line says so."""
    assert cli("transcribe", calls / "a.wav", "--summary").code == 0
    found = cli("transcribe", calls / "a.wav", "--soap", "-v")
    assert found.code == 0
    assert "this is a new upload" in found.err
    assert uploads(cli) == 2


def test_rows_that_ask_different_things_of_the_same_bytes(cli: Cli, calls: Path, tmp_path: Path) -> None:
    """Nothing was sent before: whoever writes such a list means it, however far apart its rows are."""
    names = ["a.wav,soap", "monday/again.wav,summary"]
    for number in range(6):
        names.append(f"more{number}.wav,soap")
        write_wav(calls / f"more{number}.wav", 10 + number)
    shutil.copy(calls / "a.wav", calls / "late.wav")
    rows = [f"{calls}/{row}" for row in [*names, "late.wav,entities"]]
    (tmp_path / "list.csv").write_text("\n".join(["source,outputs", *rows]))
    found = cli("transcribe", "--from-file", tmp_path / "list.csv", "-f", "jsonl")
    assert "not_sent" not in [json.loads(line)["status"] for line in found.out.splitlines()]
    assert uploads(cli) == 9


def test_a_limit_is_for_the_whole_run(cli: Cli, calls: Path) -> None:
    """The same command sends more."""
    for expected in (1, 2, 3, 4):
        found = cli("transcribe", calls, "-r", "--limit", "1")
        assert found.code == 0
        assert uploads(cli) == expected
        assert ("left by --limit" in found.err) == (expected < 4)


def test_shards_share_the_work(cli: Cli, calls: Path, tmp_path: Path) -> None:
    """Each bytes in one of them, whatever its name; what is not theirs is not in their results."""
    told = [cli("transcribe", calls, "-r", "--shard", f"{number}/3", "-f", "jsonl") for number in (1, 2, 3)]
    assert [found.code for found in told] == [0, 0, 0]
    names = [json.loads(line)["source"]["name"] for found in told for line in found.out.splitlines()]
    assert sorted(Path(name).name for name in names) == ["a.wav", "again.wav", "b.WAV", "c.wav", "d.wav"]
    assert uploads(cli) == 4


def test_what_is_kept_is_its_own_shards(cli: Cli, calls: Path, tmp_path: Path) -> None:
    """In a folder for all of them each names what is its own, so that their tables can be put together."""
    for _ in range(2):
        rows = []
        for number in (1, 2, 3):
            found = cli("transcribe", calls, "-r", "--shard", f"{number}/3", "-d", tmp_path / "out", "-f", "jsonl")
            rows += [json.loads(line)["source"]["name"] for line in found.out.splitlines()]
        assert sorted(Path(name).name for name in rows) == ["a.wav", "again.wav", "b.WAV", "c.wav", "d.wav"]
    assert uploads(cli) == 4


@pytest.mark.parametrize("shard", ["0/3", "4/3", "1", "x/y", "1/0", "-1/3"])
def test_a_shard_that_is_none(cli: Cli, calls: Path, shard: str) -> None:
    """Told before anything is looked at."""
    found = cli("transcribe", calls, "--shard", shard)
    assert (found.code, found.out) == (2, "")
    assert "K/N" in found.err


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


def test_a_dry_run_says_the_form_once(cli: Cli, calls: Path) -> None:
    """Then a line for each, what is skipped, and the totals; nothing is sent, and no ledger begun."""
    found = cli("transcribe", calls, "-r", "--soap", "--dry-run")
    assert found.code == 0
    assert found.out.count("get_soap_note = TRUE") == 1
    assert found.out.count(".wav as rec-") + found.out.count(") as rec-") == 4
    assert "the same recording as one above, not sent again" in found.out
    assert "In all 4 recordings, 14 s" in found.out
    assert requests(cli) == 0
    assert not (Path(cli.env["INTRON_STATE"]) / "ledger.db").exists()


def test_a_dry_run_as_json(cli: Cli, calls: Path) -> None:
    """One object, with what would be sent of each."""
    cli("transcribe", calls / "a.wav", "--summary")
    told = cli("transcribe", calls, "--soap", "--dry-run", "--json").json
    assert [one["skipped"] for one in told["sources"]] == ["sent before with other options", None]
    assert told["totals"]["recordings"] == 1


def test_a_person_is_asked_before_many(cli: Cli, calls: Path) -> None:
    """More than 25 new ones, with how long they are; without an answer nothing is sent."""
    for number in range(26):
        write_wav(calls / f"more{number:02}.wav", 10 + number)
    found = cli("transcribe", calls, tty=True, stdin=b"n\n")
    assert found.code == 2
    assert "Upload 28 recordings, 9 min 50 s in all?" in found.err
    assert uploads(cli) == 0
    assert "Upload" not in cli("transcribe", calls, "--limit", "2", tty=True).err
    assert uploads(cli) == 2


def test_the_state_folder_learns(cli: Cli, calls: Path) -> None:
    """How long the service takes, by more recordings than a few; no name and no key is in it."""
    for number in range(8):
        write_wav(calls / f"more{number:02}.wav", 10 + number)
    cli("transcribe", calls, "-r")
    learned = (Path(cli.env["INTRON_STATE"]) / "learned.json").read_text()
    assert list(json.loads(learned)) == [cli.env["INTRON_BASE_URL"]]

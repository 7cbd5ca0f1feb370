"""Which of many recordings are sent: lists, what was sent before, limits, shards, and the plan of it."""

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from harness import Cli, write_wav

from .conftest import requests, uploads


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

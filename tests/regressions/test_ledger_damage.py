"""A row of the ledger that cannot be read is damage, whatever is wrong with it, and never a bug."""

from pathlib import Path

import pytest
import rawserver as raw
from rawserver import FILE_ID, RawServer

from intron_cli.jobs.ledger import Ledger

from .conftest import At

BAD_JSON = ["{", "[]", "null", "5", '"text"', "NaN", "", "[" * 5000]
DAMAGED = [
    *(("request", text) for text in BAD_JSON),
    ("request", '{"outputs": 5}'),
    ("request", '{"category": []}'),
    ("request", '{"fields": "x"}'),
    ("request", b"\xff\xfe"),
    *(("destination", text) for text in BAD_JSON if text not in ("", "null")),
    ("destination", '{"formats": 3}'),
    ("destination", '{"formats": ["markdown"], "folder": 5, "name": []}'),
    ("destination", '{"formats": ["markdown"], "file": {}}'),
    ("destination", '{"formats": []}'),
    *(("columns", text) for text in BAD_JSON),
    ("columns", '{"name": []}'),
    ("claimed_at", "soon"),
    ("claimed_at", 1e300),
    ("claimed_at", -1e300),
    ("claimed_at", float("inf")),
    ("submitted_at", 1e20),
    ("submitted_at", "soon"),
    ("finished_at", 1e300),
    ("finished_at", b"\xff"),
    ("bytes", "many"),
    ("bytes", -1),
    ("duration_seconds", "long"),
    ("duration_seconds", float("inf")),
    ("tries", "some"),
    ("sent_bytes", b"\xff"),
    ("file_id", b"\xff"),
    ("file_id", "../../etc"),
    ("source_name", b"\xff\xfe"),
    ("service", 5),
]


def label(value: object) -> str:
    return repr(value)[:30]


def damage(at: At, column: str, value: object) -> None:
    """Bytes stand there as text that is none, as a bad sector leaves it."""
    new = "CAST(? AS TEXT)" if isinstance(value, bytes) else "?"
    at.sql(f"UPDATE attempt SET {column} = {new} WHERE id = 1", value)


@pytest.mark.parametrize(("column", "value"), DAMAGED, ids=label)
@pytest.mark.parametrize("state", ["done", "submitted"])
def test_a_damaged_row_is_never_a_bug(
    at: At, recording: Path, tmp_path: Path, column: str, value: object, state: str
) -> None:
    """No command ends in exit code 1, nothing is uploaded meanwhile, and after the repair all goes on."""
    first = [raw.found("FILE_QUEUED")] if state == "submitted" else []
    with RawServer(status=[*first, raw.finished()]) as server:
        cli = at.cli(server)
        timeout = ["--timeout", "0"] if state == "submitted" else []
        assert cli("transcribe", recording, "-d", tmp_path / "out", *timeout).code == (8 if timeout else 0)
        damage(at, column, value)
        commands: list[list[object]] = [
            ["transcribe", recording],
            ["jobs", "list"],
            ["jobs", "list", "--json"],
            ["jobs", "show", "1"],
            ["jobs", "show", "1", "--json"],
            ["status", FILE_ID],
            ["wait", "--all"],
            ["transcribe", recording, "--dry-run"],
            ["jobs", "prune", "--older-than", "400d"],
            ["jobs", "repair"],
        ]
        found = [(command, cli(*command)) for command in commands]
        assert [(command[:2], one.err) for command, one in found if one.code == 1] == []
        assert len(server.begun) == 1
        assert cli("jobs", "repair", "--accept-loss").code == 0
        assert cli("jobs", "repair").code == 0
        assert cli("transcribe", recording).code == 0
        assert cli("jobs", "list").code == 0


@pytest.mark.parametrize("column", ["request", "destination", "columns"])
def test_a_damaged_row_takes_no_other_along(at: At, recording: Path, other: Path, column: str) -> None:
    """What can be read is kept: after the loss is accepted, only the damaged job is paid for again."""
    ids = [f"{number}2a9760f-b165-4404-91d0-a65d4c0078f5" for number in range(3)]
    with RawServer([raw.taken(file_id) for file_id in ids]) as server:
        cli = at.cli(server)
        for path in (recording, other):
            assert cli("transcribe", path).code == 0
        damage(at, column, "{")
        assert cli("jobs", "list").code in (0, 4)
        assert cli("jobs", "repair", "--accept-loss").code == 0
        assert cli("transcribe", other).code == 0
        assert len(server.uploads) == 2


def test_a_damaged_ledger_of_an_older_kind_loses_no_more_than_its_damage(at: At, recording: Path, other: Path) -> None:
    """Its rows lack what came later."""
    ids = [f"{number}2a9760f-b165-4404-91d0-a65d4c0078f5" for number in range(3)]
    with RawServer([raw.taken(file_id) for file_id in ids]) as server:
        cli = at.cli(server)
        for path in (recording, other):
            assert cli("transcribe", path).code == 0
        at.sql("ALTER TABLE attempt DROP COLUMN query_print")
        at.sql("DROP TABLE download")
        at.sql("PRAGMA user_version = 2")
        damage(at, "request", "{")
        assert cli("jobs", "repair", "--accept-loss").code == 0
        assert cli("transcribe", other).code == 0
        assert len(server.uploads) == 2


def test_what_urls_led_to_outlasts_damage(at: At, recording: Path) -> None:
    """It keeps what was downloaded from being paid for as a URL."""
    with RawServer() as server:
        cli = at.cli(server)
        assert cli("transcribe", recording).code == 0
        at.sql("INSERT INTO download VALUES ('url:5', ?, 9e9)", "5" * 64)
        damage(at, "request", "{")
        assert cli("jobs", "repair", "--accept-loss").code == 0
        ledger = Ledger(at.home / "state", at.clock)
        assert ledger.downloaded("url:5", 60.0) == "5" * 64
        ledger.close()


def test_the_loss_is_told_until_it_is_accepted(at: At, recording: Path, other: Path) -> None:
    """Opening the mended ledger once more does not make it whole."""
    with RawServer() as server:
        cli = at.cli(server)
        assert cli("transcribe", recording).code == 0
        damage(at, "request", "{")
        for _ in range(2):
            assert cli("jobs", "repair").code == 4
            assert cli("transcribe", other).code == 4
        assert len(server.begun) == 1


def test_a_damaged_note_of_the_loss_allows_nothing(at: At, recording: Path, other: Path) -> None:
    """What cannot be read about a loss counts as one."""
    with RawServer() as server:
        cli = at.cli(server)
        assert cli("transcribe", recording).code == 0
        at.sql("INSERT INTO loss (noted_at, rows) VALUES (1, 'many')")
        assert cli("transcribe", other).code == 4
        assert cli("jobs", "repair").code == 4
        assert cli("jobs", "repair", "--accept-loss").code == 0
        assert len(server.begun) == 1

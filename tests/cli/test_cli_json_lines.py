"""With --json every line on stderr is a JSON object, however early the end comes."""

import json
from pathlib import Path
from typing import Any

import pytest
import rawserver as raw
from harness import KEY, Cli, Result, write_wav
from rawserver import RawServer

from .conftest import CliAt, Start, ended


def lines(found: Result) -> list[dict[str, Any]]:
    objects = [json.loads(line) for line in found.err.splitlines()]
    assert all(isinstance(one, dict) and isinstance(one["type"], str) for one in objects)
    return objects


@pytest.mark.parametrize(
    ("arguments", "code", "kind"),
    [
        (["transcribe", "none.wav", "--json"], 9, "source"),
        (["--json", "transcribe", "none.wav"], 2, "usage"),
        (["transcribe", "--json"], 2, "usage"),
        (["transcribe", "none.wav", "--sope", "--json"], 2, "usage"),
        (["transcrib", "none.wav", "--json"], 2, "usage"),
        (["transcribe", "none.wav", "--json", "--timeout", "soon"], 2, "usage"),
        (["transcribe", "none.wav", "--json", "-c", "general", "--soap"], 2, "usage"),
        (["transcribe", "none.wav", "--json", "--base-url", "nonsense"], 2, "usage"),
        (["transcribe", "none.wav", "--json", "--base-url", "http://intron.invalid"], 4, "setup"),
        (["transcribe", "none.wav", "-f", "json"], 9, "source"),
        (["upload", "none.wav", "--json"], 9, "source"),
        (["status", "no/id", "--json"], 2, "usage"),
        (["wait", "no/id", "--json"], 2, "usage"),
        (["config", "list", "--json", "--no-such"], 2, "usage"),
    ],
)
def test_an_early_end_is_an_object(cli: Cli, arguments: list[str], code: int, kind: str) -> None:
    """The error has its code and exit code; stdout is empty or JSON."""
    found = cli(*arguments)
    assert found.code == code
    (error,) = lines(found)
    assert (error["type"], error["code"], error["exit_code"]) == ("error", kind, code)
    assert error["message"]
    assert found.out == "" or isinstance(json.loads(found.out), dict)


@pytest.mark.parametrize("command", ["transcribe", "upload"])
def test_a_missing_and_a_refused_key_are_objects(cli_at: CliAt, tmp_path: Path, command: str) -> None:
    """Set-up errors end the run, and the record on stdout says so, too."""
    recording = write_wav(tmp_path / "a.wav")
    cli = cli_at(refused_keys=frozenset({KEY}))
    refused = cli(command, recording, "--json")
    del cli.env["INTRON_API_KEY"]
    missing = cli(command, recording, "--json")
    for found, kind in ((refused, "key_refused"), (missing, "key_missing")):
        assert (found.code, found.json["status"], found.json["error"]["type"]) == (4, "not_sent", kind)
        assert [one["code"] for one in lines(found)] == [kind]


@pytest.mark.parametrize(
    ("script", "code", "status", "kind"),
    [
        ((raw.read_all, raw.answer(502)), 10, "maybe", "maybe_uploaded"),
        ((raw.read_all, raw.answer(400)), 6, "refused", "refused"),
        ((raw.read_all, raw.answer(307)), 5, "not_sent", "unavailable"),
    ],
)
def test_what_became_of_an_upload_is_in_the_record(
    cli_at: CliAt, tmp_path: Path, script: raw.Script, code: int, status: str, kind: str
) -> None:
    """The record on stdout and the line on stderr tell the same."""
    with RawServer([script]) as server:
        found = cli_at(server.url)("transcribe", write_wav(tmp_path / "a.wav"), "--json")
    assert found.code == code
    assert (found.json["status"], found.json["file_id"]) == (status, None)
    assert (found.json["error"]["type"], found.json["error"]["exit_code"]) == (kind, code)
    (line,) = lines(found)
    assert (line["code"], line["message"]) == (kind, found.json["error"]["message"])


@pytest.mark.parametrize("tty", [False, True])
def test_progress_is_told_in_objects(cli: Cli, visit: Path, tty: bool) -> None:  # noqa: FBT001
    """With -v the notes and the states are objects, too, and no bar is drawn on a terminal."""
    found = cli("transcribe", visit, "--json", "-v", tty=tty)
    assert found.code == 0
    kinds = {one["type"] for one in lines(found)}
    assert "note" in kinds
    assert "\x1b" not in found.err


def test_a_process_tells_its_errors_in_objects(start: Start, tmp_path: Path) -> None:
    """The same holds outside the tests' own process."""
    found = ended(start("transcribe", tmp_path / "none.wav", "--json"))
    assert found.code == 9
    assert [one["code"] for one in lines(found)] == ["source"]
    assert json.loads(found.out)["status"] == "rejected"

"""Keys stay with their service and out of everything that is shown or kept; so do the names of recordings."""

import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import rawserver as raw
from harness import KEY, Cli, write_wav
from rawserver import RawServer

from .conftest import At, settings_file

ONE = "https://one.example"
TWO = "https://two.example"
STORED = "stored-key-0123456789"
PRINTED = "printed-key-9876543210"
PRINTS = [sys.executable, "-c", f"print('{PRINTED}')"]
ODD_TEXT = "4711 Jane Doe had no pulse"


def stored(cli: Cli) -> dict[str, Any]:
    return tomllib.loads(Path(cli.env["INTRON_CONFIG"]).read_text())


def key_goes_to(cli: Cli, url: str, *profile: str) -> bool:
    """Whether the stored key would be sent to a service."""
    found = cli(*profile, "config", "list", "--json", "--base-url", url)
    assert found.code == 0
    assert STORED not in found.out
    row = found.json["api_key"]
    assert row["origin"] not in ("", "default")
    return bool(row["value"])


def echoes(code: int, status: str) -> raw.Script:
    return raw.read_all, raw.answer(code, raw.envelope({}, f"{ODD_TEXT}: the access key {KEY} is not known", status))


def test_a_command_for_another_host_takes_the_stored_key_s_place(bare: Cli) -> None:
    """A key that was stored for one service is neither bound to the command's nor kept beside it."""
    settings_file(bare, f'api_key = "{STORED}"\napi_key_host = "{ONE}"\n')
    with RawServer() as server:
        assert bare("--base-url", server.url, "config", "set", "api_key_command", " ".join(["echo", PRINTED])).code == 0
        assert "api_key" not in stored(bare)
        assert STORED not in Path(bare.env["INTRON_CONFIG"]).read_text()
        bare("status", raw.FILE_ID, "--base-url", server.url)
        heads = b"".join(exchange.head for exchange in server.exchanges)
        assert PRINTED.encode() in heads
        assert STORED.encode() not in heads
    assert not bare("config", "list", "--json", "--base-url", ONE).json["api_key"]["value"]


def test_a_key_takes_the_stored_command_s_place(bare: Cli) -> None:
    """The command of another service is not run for the new key's."""
    settings_file(bare, f'api_key_command = {PRINTS}\napi_key_host = "{ONE}"\n')
    assert bare("--base-url", TWO, "config", "set", "api_key", stdin=STORED.encode()).code == 0
    found = stored(bare)
    assert (found["api_key"], "api_key_command" in found) == (STORED, False)
    assert (key_goes_to(bare, TWO), key_goes_to(bare, ONE)) == (True, False)


@pytest.mark.parametrize("holder", ["", "clinic"])
def test_only_the_same_table_s_other_one_goes(bare: Cli, holder: str) -> None:
    """What a profile, or the whole file, holds stays when the other table is set."""
    both = (
        f'api_key = "{STORED}"\napi_key_host = "{ONE}"\n'
        f'[profiles.clinic]\napi_key = "{STORED}"\napi_key_host = "{ONE}"\n'
    )
    settings_file(bare, both)
    profile = ("--profile", holder) if holder else ()
    assert bare(*profile, "--base-url", TWO, "config", "set", "api_key_command", "echo key").code == 0
    top, clinic = stored(bare), stored(bare)["profiles"]["clinic"]
    changed, kept = (clinic, top) if holder else (top, clinic)
    assert "api_key" not in changed
    assert (kept["api_key"], kept["api_key_host"]) == (STORED, ONE)


def test_the_owner_stays_for_a_command_that_stays(bare: Cli) -> None:
    """Without the key, what the command prints still goes to the service it was stored for, and to no other."""
    settings_file(bare, f'api_key = "{STORED}"\napi_key_command = {PRINTS}\napi_key_host = "{ONE}"\n')
    assert bare("config", "unset", "api_key").code == 0
    found = stored(bare)
    assert (found["api_key_host"], "api_key" in found) == (ONE, False)
    with RawServer() as server:
        assert bare("status", raw.FILE_ID, "--base-url", server.url).code == 4
        assert not server.exchanges


MOVES = [
    (f'api_key = "{STORED}"', ["set", "base_url", TWO], "health", ()),
    (f'api_key = "{STORED}"\nbase_url = "{ONE}"', ["set", "base_url", TWO], ONE, ()),
    (f'api_key = "{STORED}"\nbase_url = "{ONE}"', ["unset", "base_url"], ONE, ()),
    (f'[profiles.clinic]\napi_key = "{STORED}"', ["set", "base_url", TWO], "health", ("--profile", "clinic")),
    (f'base_url = "{ONE}"\n[profiles.clinic]\napi_key = "{STORED}"', ["set", "base_url", TWO], ONE,
     ("--profile", "clinic")),
    (f'base_url = "{ONE}"\n[profiles.clinic]\napi_key = "{STORED}"', ["unset", "base_url"], ONE,
     ("--profile", "clinic")),
    (f'[profiles.clinic]\nbase_url = "{ONE}"\napi_key = "{STORED}"',
     ["--profile", "clinic", "set", "base_url", TWO], ONE, ("--profile", "clinic")),
    (f'[profiles.clinic]\nbase_url = "{ONE}"\napi_key = "{STORED}"',
     ["--profile", "clinic", "unset", "base_url"], ONE, ("--profile", "clinic")),
    (f'base_url = "{TWO}"\n[profiles.clinic]\nbase_url = "{ONE}"\napi_key = "{STORED}"', ["unset", "base_url"], ONE,
     ("--profile", "clinic")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "change", "owner", "profile"), MOVES)
def test_a_hand_written_key_does_not_move_along(
    bare: Cli, text: str, change: list[str], owner: str, profile: tuple[str, ...]
) -> None:
    """Whatever becomes of base_url, a key stays bound to the service that it belonged to before."""
    settings_file(bare, f"{text}\n")
    assert key_goes_to(bare, owner, *profile)
    at_command = change.index("set" if "set" in change else "unset")
    assert bare(*change[:at_command], "config", *change[at_command:]).code == 0
    assert key_goes_to(bare, owner, *profile)
    for url in {ONE, TWO, "health"} - {owner}:
        assert not key_goes_to(bare, url, *profile)


def test_a_key_that_stayed_behind_is_not_sent(bare: Cli) -> None:
    """The next run against the new service ends before a connection is made."""
    settings_file(bare, f'[profiles.clinic]\napi_key = "{STORED}"\n')
    with RawServer() as server:
        assert bare("config", "set", "base_url", server.url).code == 0
        found = bare("--profile", "clinic", "status", raw.FILE_ID)
        assert found.code == 4
        assert not server.exchanges


@pytest.mark.parametrize("debug", [(), ("--debug", "-v"), ("--json", "-v")])
@pytest.mark.parametrize(("code", "status"), [(400, "Error"), (403, "Error"), (500, "Error"), (500, "Ok")])
def test_a_refusal_that_echoes_the_key_shows_it_nowhere(
    at: At, recording: Path, code: int, status: str, debug: tuple[str, ...]
) -> None:
    """Neither on stderr nor in what the ledger tells, and nothing that the service says lies in its file."""
    with RawServer([echoes(code, status)]) as server:
        cli = at.cli(server)
        found = cli("transcribe", recording, *debug)
        assert found.code in (4, 6, 10)
        told = [found, cli("jobs", "show", "1"), cli("jobs", "show", "1", "--json"), cli("jobs", "list", "--json")]
        told.append(cli("wait", "1"))
    assert not [one for one in told if KEY in one.out + one.err]
    assert KEY.encode() not in at.kept_bytes()
    assert ODD_TEXT.encode() not in at.kept_bytes()


@pytest.mark.parametrize("text", [f"it is {KEY}", "x" * 285 + f" {KEY}", f"it is {KEY[:9]}\x00{KEY[9:]}"])
@pytest.mark.parametrize("code", [400, 403])
def test_no_disguise_brings_the_key_out(at: At, recording: Path, text: str, code: int) -> None:
    """Neither a cut in the middle of it nor signs that are taken out show it, or most of it."""
    script = (raw.read_all, raw.answer(code, raw.envelope({}, text, "Error")))
    with RawServer([script]) as server:
        found = at.cli(server)("transcribe", recording, "--debug")
    assert KEY[:12] not in found.err
    assert KEY[-12:] not in found.err
    assert KEY[:12].encode() not in at.kept_bytes()


@pytest.mark.parametrize("arguments", [("transcribe", "{}", "--debug"), ("transcribe", "{}", "--json")])
def test_a_failure_that_echoes_the_key_shows_it_nowhere(at: At, recording: Path, arguments: tuple[str, ...]) -> None:
    """The same of a job that failed, at the first look and when it is asked about again."""
    said = raw.envelope({"processing_status": "FILE_PROCESSING_FAILED"}, f"{ODD_TEXT}: key {KEY}")
    with RawServer(status=[(raw.answer(200, said),)]) as server:
        cli = at.cli(server)
        told = [cli(*(word.format(recording) for word in arguments))]
        assert told[0].code == 6
        told += [cli("status", "1"), cli("wait", "1"), cli("jobs", "show", "1"), cli("jobs", "show", "1", "--json")]
    assert not [one.err for one in told if KEY in one.err]
    assert not [one.out for one in told[1:] if KEY in one.out]
    assert KEY.encode() not in at.kept_bytes()
    assert ODD_TEXT.encode() not in at.kept_bytes()


@pytest.mark.parametrize("way", [["forget", "1"], ["prune", "--older-than", "1d"]])
@pytest.mark.parametrize("length", [10, 200])
def test_what_is_forgotten_leaves_no_name(at: At, tmp_path: Path, way: list[str], length: int) -> None:
    """Not even in the parts of the ledger's file that are no longer in use."""
    name = ("Jane-Doe-1980-" * 20)[:length]
    folder = tmp_path / "Ward-Seventeen"
    folder.mkdir()
    path = write_wav(folder / f"{name}.wav")
    with RawServer() as server:
        cli = at.cli(server)
        assert cli("transcribe", path, "-d", tmp_path / "out").code == 0
        assert cli("transcribe", path, "-o", tmp_path / f"{name}.md").code == 0
        at.clock.sleep(2 * 86400)
        assert cli("jobs", *way).code == 0
        for trace in (b"Jane-Doe", b"Ward-Seventeen"):
            assert trace not in at.kept_bytes()
        assert cli("upload", path).code == 0
        assert len(server.uploads) == 1

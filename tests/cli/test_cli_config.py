"""``intron config`` at the prompt."""

from pathlib import Path

import pytest
from harness import KEY, Cli

from .conftest import one_line


@pytest.fixture
def bare(cli: Cli) -> Cli:
    """The program with nothing set but where its files are."""
    for name in ("INTRON_API_KEY", "INTRON_BASE_URL"):
        del cli.env[name]
    return cli


def config_file(cli: Cli) -> Path:
    return Path(cli.env["INTRON_CONFIG"])


def test_set_get_list_unset(bare: Cli) -> None:
    """A setting is stored, shown with its origin, and taken out again."""
    assert bare("config", "set", "category", "telehealth") == bare("config", "set", "category", "telehealth")
    assert bare("config", "get", "category").out == "telehealth\n"
    (row,) = [line for line in bare("config", "list").out.splitlines() if line.startswith("category")]
    assert row.split(maxsplit=2) == ["category", "telehealth", "settings file"]
    assert bare("config", "unset", "category").code == 0
    assert bare("config", "get", "category").out == "\n"


def test_list_as_json(bare: Cli) -> None:
    """Each setting has its value and its origin."""
    bare.env["INTRON_RATE"] = "60/1m"
    values = bare("config", "list", "--json").json
    assert values["rate"] == {"value": "60/60s", "origin": "environment (INTRON_RATE)"}
    assert values["language"] == {"value": "", "origin": "default"}


def test_path(bare: Cli) -> None:
    """The file's place is printed whether it is there or not."""
    assert bare("config", "path").out == f"{config_file(bare)}\n"


def test_the_key_comes_from_stdin(bare: Cli) -> None:
    """It is stored for its owner alone, never shown, and used from then on."""
    found = bare("config", "set", "api_key", "-v", stdin=f"{KEY}\r\n".encode())
    assert found.code == 0
    assert "infer.intron.health" in found.err
    assert config_file(bare).stat().st_mode & 0o777 == 0o600
    shown = [bare("config", "get", "api_key"), bare("config", "list"), bare("config", "list", "--json"), found]
    assert KEY not in "".join(one.out + one.err for one in shown)
    assert bare("config", "get", "api_key").out == f"…{KEY[-4:]}\n"


def test_the_key_is_no_argument(bare: Cli) -> None:
    """An argument would stay in the history: it is refused, and not repeated."""
    found = bare("config", "set", "api_key", KEY)
    assert found.code == 2
    assert "never an argument" in one_line(found)
    assert not config_file(bare).exists()


@pytest.mark.parametrize("pasted", [b"", b"\n", b"one two\n", b"one\ntwo\n", "schlüssel\n".encode(), b"\xff\xfe\n"])
def test_a_key_that_cannot_be_one(bare: Cli, pasted: bytes) -> None:
    """What was cut or pasted badly is refused without being shown, and nothing is changed."""
    found = bare("config", "set", "api_key", stdin=pasted)
    assert found.code == 2
    assert "Nothing was changed" in one_line(found)
    assert not config_file(bare).exists()


def test_a_stored_key_stays_with_its_host(bare: Cli, tmp_path: Path) -> None:
    """It is not sent to another service than it was stored for."""
    bare("config", "set", "api_key", stdin=KEY.encode())
    found = bare("status", "abc", "--base-url", "http://127.0.0.1:9")
    assert found.code == 4
    assert "belongs to infer.intron.health" in one_line(found)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["set", "categroy", "x"], "Did you mean category"),
        (["set", "rate"], "needs a value"),
        (["set", "rate", "often"], "30/60s"),
        (["set", "timeout", "soon"], "duration"),
        (["set", "max_bytes", "big"], "size"),
        (["set", "diarize", "perhaps"], "true or false"),
        (["set", "base_url", "nonsense"], "URL"),
        (["set", "output_mode", "0477"], "octal"),
        (["get", "nothing-like-it"], "config list"),
    ],
)
def test_what_cannot_be_set(bare: Cli, arguments: list[str], said: str) -> None:
    """Exit code 2, what would be right, and the file is as it was."""
    found = bare("config", *arguments)
    assert found.code == 2
    assert said in one_line(found)
    assert not config_file(bare).exists()


@pytest.mark.parametrize("content", [b"api_key = [", b"\xff\xfe", f"api_key = {KEY}".encode()])
def test_a_file_that_cannot_be_read(bare: Cli, content: bytes) -> None:
    """Exit code 4 and the file's name; what is in it is not shown."""
    config_file(bare).parent.mkdir()
    config_file(bare).write_bytes(content)
    config_file(bare).chmod(0o600)
    for command in (["config", "list"], ["status", "abc"]):
        found = bare(*command)
        assert found.code == 4
        assert str(config_file(bare)) in one_line(found)

"""A command that prints the key: run late, without a shell, and silent about what it read."""

import sys
from pathlib import Path

import pytest

from intron_cli.config.key import KeySource, key_source, read_key
from intron_cli.config.settings import Settings
from intron_cli.core.errors import KeyMissingError, SetupError

KEY = "sk-live-0123456789abcdef"


def command(code: str) -> KeySource:
    return KeySource("settings file", "config.toml", command=(sys.executable, "-c", code))


def settings(path: Path, text: str, **env: str) -> Settings:
    path.write_text(text)
    path.chmod(0o600)
    return Settings({"INTRON_CONFIG": str(path), **env})


def test_what_it_prints_is_the_key() -> None:
    """Stripped, from its standard output alone; the variables of the run are its own."""
    code = f"import os, sys; sys.stderr.write('unlocked'); print(' {KEY[:4]}' + os.environ['REST'])"
    assert command(code).read({"REST": KEY[4:]}).value == KEY


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (f"import sys; sys.stderr.write('{KEY}'); sys.exit(3)", "ended with exit code 3"),
        (f"print('{KEY} two')", "not usable: a key is one word"),
        ("print('')", "not usable: a key is one word"),
        ("import sys; sys.stdout.buffer.write(b'\\xff\\xfe')", "not usable: a key is one word"),
    ],
)
def test_what_goes_wrong_is_told_without_what_was_read(code: str, said: str) -> None:
    """Neither its output nor its errors are shown."""
    with pytest.raises(SetupError) as caught:
        command(code).read({})
    assert said in str(caught.value)
    assert KEY not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("words", [("/nowhere/at-all",), ("",), (), ("a\0b",)])
def test_what_cannot_be_run_is_told(words: tuple[str, ...]) -> None:
    """With what to do next."""
    with pytest.raises(SetupError, match="cannot be run") as caught:
        KeySource("x", "y", command=words).read({})
    assert "by hand" in caught.value.hint


def test_it_is_run_only_for_the_key_itself(tmp_path: Path) -> None:
    """Asking where the key comes from runs nothing; no shell reads its words."""
    touched = tmp_path / "touched"
    words = [sys.executable, "-c", f"open({str(touched)!r}, 'w'); print('$HOME;x')"]
    found = settings(tmp_path / "config.toml", f"api_key_command = {words}")
    assert key_source(found).origin == "settings file"
    assert not touched.exists()
    assert read_key(found).value == "$HOME;x"
    assert touched.exists()


def test_a_stored_command_belongs_to_its_host(tmp_path: Path) -> None:
    """Like a stored key; one from the environment goes where its user points it."""
    path = tmp_path / "config.toml"
    with pytest.raises(KeyMissingError, match=r"is not sent to speech\.example"):
        key_source(settings(path, 'api_key_command = ["pass"]', INTRON_BASE_URL="https://speech.example"))
    env = {"INTRON_API_KEY_COMMAND": "pass 'show me' intron", "INTRON_BASE_URL": "https://speech.example"}
    assert key_source(settings(path, "", **env)).command == ("pass", "show me", "intron")


def test_a_stored_command_is_a_list(tmp_path: Path) -> None:
    """One line of text would need a shell to be split."""
    for text in ('"pass show intron"', "[1]", "5"):
        with pytest.raises(SetupError, match="it takes a list of words"):
            key_source(settings(tmp_path / "config.toml", f"api_key_command = {text}"))


def test_a_key_comes_before_a_command(tmp_path: Path) -> None:
    """Where a file has both, nothing is run."""
    text = 'api_key_command = ["/nowhere"]\napi_key = "stored"'
    assert read_key(settings(tmp_path / "config.toml", text)).value == "stored"
    with pytest.raises(KeyMissingError, match="No API key is set"):
        read_key(settings(tmp_path / "config.toml", "api_key_command = []"))

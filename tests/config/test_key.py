"""The key: where it may come from, whom it is sent to, and that it is never shown."""

from collections.abc import Callable
from pathlib import Path

import pytest

from intron_cli.config import table
from intron_cli.config.key import read_key
from intron_cli.config.settings import Settings
from intron_cli.core.errors import IntronError, KeyMissingError, SetupError

KEY = "sk-live-0123456789abcdef"
ELSEWHERE = "https://speech.example"

Make = Callable[..., Settings]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Settings from the text of a file and variables."""

    def made(text: str = "", **env: str) -> Settings:
        path = tmp_path / "config.toml"
        path.write_text(text)
        path.chmod(0o600)
        return Settings({"INTRON_CONFIG": str(path), **env})

    return made


def refusal(settings: Settings) -> IntronError:
    with pytest.raises(SetupError) as caught:
        read_key(settings)
    assert KEY not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


def test_no_key_is_told_with_the_ways_to_one(make: Make) -> None:
    """Also how to try without."""
    error = refusal(make())
    assert isinstance(error, KeyMissingError)
    assert "intron config set api_key" in error.hint
    assert "intron demo" in error.hint


def test_the_environment_comes_before_the_file(make: Make) -> None:
    """Ours before the vendor's before the stored one; a blank one counts for nothing."""
    text = 'api_key = "stored"'
    found = [
        read_key(make(text, INTRON_API_KEY="own", SAHARA_API_KEY="shared")),
        read_key(make(text, INTRON_API_KEY=" ", SAHARA_API_KEY="shared")),
        read_key(make(text, SAHARA_API_KEY="")),
    ]
    assert [(one.value, one.origin) for one in found] == [
        ("own", "environment (INTRON_API_KEY)"),
        ("shared", "environment (SAHARA_API_KEY)"),
        ("stored", "settings file"),
    ]


def test_a_key_is_stripped(make: Make) -> None:
    """A line end from a file or a paste is none of it."""
    assert read_key(make(INTRON_API_KEY=f" {KEY}\r\n")).value == KEY
    assert read_key(make(f'api_key = " {KEY}\\n"')).value == KEY


@pytest.mark.parametrize("bad", [f"{KEY}\n{KEY}", f"{KEY} x", f"{KEY}é", f"\u200b{KEY}", f"{KEY}\x1b[1m"])
def test_a_key_that_cannot_be_one_is_refused_unseen(make: Make, bad: str) -> None:
    """The message names the place and not the key."""
    for variable in ("INTRON_API_KEY", "SAHARA_API_KEY"):
        assert variable in refusal(make(**{variable: bad})).message
    escaped = bad.encode("unicode_escape").decode().replace("\\x", "\\u00")
    assert "config.toml" in refusal(make(f'api_key = "{escaped}"')).message


@pytest.mark.parametrize("other", ["api_key = 5", "api_key = []", "api_key = ''", "api_key = true"])
def test_a_stored_key_of_any_kind_does_no_harm(make: Make, other: str) -> None:
    """It is read as text, or refused."""
    try:
        assert read_key(make(other)).value.isascii()
    except SetupError as error:
        assert "config.toml" in error.message  # noqa: PT017 - either end is right


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("", "health"), ("", "voice"), ('base_url = "voice"', "health"), ('api_key_host = "health"', "voice"),
        ('api_key_host = "https://infer.intron.health"\nbase_url = "https://speech.example"', "voice"),
        ('api_key_host = "https://speech.example"', "https://Speech.example/"),
        ('base_url = "https://speech.example"', ""),
    ],
)  # fmt: skip
def test_a_stored_key_is_sent_to_its_host(make: Make, text: str, url: str) -> None:
    """The two official hosts are one; without a note, the key belongs to the service that the file names."""
    assert read_key(make(f'api_key = "{KEY}"\n{text}', INTRON_BASE_URL=url)).value == KEY


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("", ELSEWHERE), ("", f"{ELSEWHERE}/intron"), ('base_url = "https://speech.example"', "health"),
        ('api_key_host = "https://speech.example"', "voice"),
        ('api_key_host = "https://speech.example"', f"{ELSEWHERE}:444"),
        ("", "http://127.0.0.1:8000"), ("", "https://infer.intron.health.evil.example"),
        ('api_key_host = "https://[broken"', ELSEWHERE), ("api_key_host = 5", ELSEWHERE),
        ('base_url = "https://speech.example"\napi_key_host = "health"', ""),
    ],
)  # fmt: skip
def test_a_stored_key_goes_to_no_other_host(make: Make, text: str, url: str) -> None:
    """Neither to another port nor to one that only begins like its own; the hint names the way."""
    error = refusal(make(f'api_key = "{KEY}"\n{text}', INTRON_BASE_URL=url))
    assert isinstance(error, KeyMissingError)
    assert "is not sent to " in error.message
    assert "INTRON_API_KEY" in error.hint


def test_a_password_in_the_file_is_not_quoted(make: Make) -> None:
    """Where the note about the key's host cannot be read."""
    error = refusal(make(f'api_key = "{KEY}"\nbase_url = "https://me:pass-word@a.example"', INTRON_BASE_URL="voice"))
    assert "pass-word" not in str(error)


def test_the_vendors_variable_is_for_the_vendors_hosts(make: Make) -> None:
    """Ours goes wherever the user points."""
    assert read_key(make(SAHARA_API_KEY=KEY, INTRON_BASE_URL="voice")).value == KEY
    assert isinstance(refusal(make(SAHARA_API_KEY=KEY, INTRON_BASE_URL=ELSEWHERE)), KeyMissingError)
    assert read_key(make(INTRON_API_KEY=KEY, INTRON_BASE_URL=ELSEWHERE)).value == KEY


@pytest.mark.parametrize(
    "url", ["http://infer.intron.health", "http://10.0.0.1", "http://localhost.example", "HTTP://127.0.0.1.example"]
)
def test_no_key_goes_over_plain_http(make: Make, url: str) -> None:
    """Not even one from the environment, unless it stays on this machine."""
    assert "never sent over plain http" in refusal(make(INTRON_API_KEY=KEY, INTRON_BASE_URL=url)).message
    for loopback in ("http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"):
        assert read_key(make(INTRON_API_KEY=KEY, INTRON_BASE_URL=loopback)).value == KEY


def test_a_url_with_a_password_is_refused_unseen(make: Make) -> None:
    """Wherever it comes from."""
    url = "https://me:pass-word@a.example"
    for settings in (make(INTRON_BASE_URL=url), make(f'base_url = "{url}"')):
        with pytest.raises(SetupError, match=r"base_url in .* is not right") as caught:
            settings.base_url  # noqa: B018 - reading it raises
        assert "pass-word" not in str(caught.value)


def test_the_key_is_marked_as_a_secret() -> None:
    """It alone: that is how lists know what to mask."""
    assert [setting.name for setting in table.SETTINGS if setting.secret] == ["api_key"]

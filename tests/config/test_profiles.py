"""Profiles: named parts of the settings file, each with its service and its key."""

from collections.abc import Callable
from pathlib import Path

import pytest

from intron_cli.config import table
from intron_cli.config.key import key_source, read_key
from intron_cli.config.settings import Settings
from intron_cli.config.store import read_store, write_store
from intron_cli.core.errors import KeyMissingError, SetupError, UsageError

FILE = """\
language = "sw"
category = "legal"
api_key = "common"

[profiles.clinic]
language = "ha"

[profiles.partner]
base_url = "https://speech.example"
api_key = "partners"

[profiles.lone]
base_url = "https://alone.example"
"""

Make = Callable[..., Settings]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Settings from the file above, a profile and variables."""
    path = tmp_path / "config.toml"
    path.write_text(FILE)
    path.chmod(0o600)
    return lambda profile=None, **env: Settings({"INTRON_CONFIG": str(path), **env}, None, profile)


def test_a_profile_comes_between_environment_and_file(make: Make) -> None:
    """What it does not set is taken from the whole file."""
    clinic = make("clinic")
    assert clinic.resolved(table.LANGUAGE).value == "ha"
    assert clinic.resolved(table.LANGUAGE).origin == "profile clinic"
    assert clinic.resolved(table.CATEGORY).origin == "settings file"
    assert make("clinic", INTRON_LANGUAGE="yo")[table.LANGUAGE] == "yo"
    assert make()[table.LANGUAGE] == "sw"


def test_a_profile_is_named_on_the_command_line_or_in_the_environment(make: Make) -> None:
    """The command line wins; an empty variable names none."""
    assert make(INTRON_PROFILE="clinic")[table.LANGUAGE] == "ha"
    assert make("partner", INTRON_PROFILE="clinic").base_url == "https://speech.example"
    assert make(INTRON_PROFILE="")[table.LANGUAGE] == "sw"


@pytest.mark.parametrize("name", ["klinic", "no/path", "a b", "x" * 65, "\x1b[1m"])
def test_an_unknown_profile_is_told_with_those_there_are(make: Make, name: str) -> None:
    """Whatever was typed."""
    with pytest.raises(UsageError) as caught:
        make(name)[table.LANGUAGE]
    assert "clinic, partner, lone" in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_each_host_gets_its_own_key(make: Make) -> None:
    """A profile with a host and no key does not get that of another host."""
    assert read_key(make()).value == "common"
    assert read_key(make("clinic")).value == "common"
    partner = read_key(make("partner"))
    assert (partner.value, partner.origin) == ("partners", "profile partner")
    with pytest.raises(KeyMissingError, match=r"belongs to infer\.intron\.health and is not sent to alone\.example"):
        key_source(make("lone"))
    with pytest.raises(
        KeyMissingError, match=r"belongs to speech\.example and is not sent to infer\.voice\.intron\.io"
    ):
        key_source(make("partner", INTRON_BASE_URL="voice"))


def test_a_profile_is_begun_by_writing_to_it(make: Make) -> None:
    """What else is in the file stays as it is."""
    path = make().path
    write_store(path, {"language": "yo"}, "night")
    write_store(path, {"language": None, "category": "general"}, "clinic")
    profiles = read_store(path)[0]["profiles"]
    assert profiles["night"] == {"language": "yo"}
    assert profiles["clinic"] == {"category": "general"}
    assert path.read_text().startswith(FILE.partition("[profiles.clinic]")[0])
    begun = Settings({"INTRON_CONFIG": str(path)}, None, "new", begins_profile=True)
    assert begun[table.LANGUAGE] == "sw"


@pytest.mark.parametrize("text", ["profiles = 1", "[profiles]\nnight = 1", "profiles = []"])
def test_profiles_that_are_no_tables_are_told(make: Make, text: str) -> None:
    """And the file is left alone."""
    path = make().path
    path.write_text(text)
    with pytest.raises(SetupError, match="must be tables"):
        write_store(path, {"language": "yo"}, "night")
    assert path.read_text() == text
    with pytest.raises(UsageError, match="There is no profile 'night'"):
        make("night")[table.LANGUAGE]


def test_a_key_in_a_profile_is_warned_about_like_any_other(make: Make) -> None:
    """Where others can read it."""
    path = make().path
    path.write_text('[profiles.a]\napi_key = "secret"')
    path.chmod(0o644)
    (warning,) = read_store(path)[1]
    assert "chmod 600" in warning
    assert "secret" not in warning

"""Which value of a setting holds, and where it comes from."""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intron_cli.config import table
from intron_cli.config.settings import Settings, named_setting, parse_value
from intron_cli.core.errors import SetupError, UsageError
from intron_cli.core.units import Rate


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A settings file that is not there yet."""
    return tmp_path / "config.toml"


def stored(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o600)
    return path


def settings(path: Path, flags: dict[str, Any] | None = None, **env: str) -> Settings:
    return Settings({"INTRON_CONFIG": str(path), **env}, flags)


def test_flag_then_environment_then_file_then_default(store: Path) -> None:
    """Each holds where those before it are silent, and says where it comes from."""
    setting, env = table.LANGUAGE, {"INTRON_LANGUAGE": "ha"}
    found = [settings(store).resolved(setting)]
    stored(store, 'language = "sw"')
    found += [
        settings(store).resolved(setting),
        settings(store, **env).resolved(setting),
        settings(store, {"language": "yo"}, **env).resolved(setting),
    ]
    assert [(one.value, one.origin) for one in found] == [
        (None, "default"),
        ("sw", "settings file"),
        ("ha", "environment (INTRON_LANGUAGE)"),
        ("yo", "command line"),
    ]
    assert [one.is_default for one in found] == [True, False, False, False]


def test_a_switch_that_is_off_is_said(store: Path) -> None:
    """`--no-diarize` beats the environment, and an empty variable says nothing."""
    stored(store, "diarize = true")
    assert settings(store, {"diarize": False}, INTRON_DIARIZE="true")[table.DIARIZE] is False
    assert settings(store, {"diarize": None}, INTRON_DIARIZE=" ")[table.DIARIZE] is True
    assert settings(store, INTRON_DIARIZE="off")[table.DIARIZE] is False


@pytest.mark.parametrize(
    ("text", "setting", "value"),
    [
        ('outputs = ["soap", "summary"]', table.OUTPUTS, ("soap", "summary")),
        ('outputs = "soap,summary"', table.OUTPUTS, ("soap", "summary")),
        ("timeout = 90", table.TIMEOUT, 90.0),
        ("status_interval = 1.5", table.STATUS_INTERVAL, 1.5),
        ('rate = "60/1m"', table.RATE, Rate(60, 60.0)),
        ('max_bytes = "50MB"', table.MAX_BYTES, 50_000_000),
        ("max_bytes = 5000", table.MAX_BYTES, 5000),
        ("output_mode = 640", table.OUTPUT_MODE, 0o640),
        ('base_url = "voice"', table.BASE_URL, "https://infer.voice.intron.io"),
        ("verbatim = true", table.VERBATIM, True),
    ],
)
def test_a_value_may_be_written_as_toml_has_it(store: Path, text: str, setting: table.Setting[Any], value: Any) -> None:
    """As text, number, switch or list."""
    assert settings(stored(store, text))[setting] == value


@pytest.mark.parametrize(
    "text",
    [
        'timeout = "soon"', "timeout = true", "timeout = [1]", "timeout = {a = 1}", "timeout = nan", "timeout = inf",
        "timeout = 2026-01-01",
    ],
)  # fmt: skip
def test_a_bad_value_names_its_file(store: Path, text: str) -> None:
    """And says what would be right."""
    with pytest.raises(SetupError) as caught:
        settings(stored(store, text))[table.TIMEOUT]
    assert str(caught.value).startswith(f"timeout in {store} is not right: it takes ")


def test_a_bad_value_names_its_origin(store: Path) -> None:
    """The variable is set-up, the command line is usage."""
    with pytest.raises(SetupError, match=r"^rate in INTRON_RATE is not right: it takes a count over a time"):
        settings(store, INTRON_RATE="many")[table.RATE]
    with pytest.raises(UsageError, match=r"^timeout in the command line is not right: it takes a duration"):
        settings(store, {"timeout": "soon"})[table.TIMEOUT]


def test_a_better_origin_hides_a_bad_value(store: Path) -> None:
    """What is not used is not judged."""
    assert settings(stored(store, "timeout = true"), INTRON_TIMEOUT="1m")[table.TIMEOUT] == 60


@pytest.mark.parametrize("setting", table.SETTINGS, ids=lambda setting: setting.name)
def test_a_setting_is_written_as_it_is_read(setting: table.Setting[Any]) -> None:
    """Its default and its example can be shown and set again."""
    assert setting.variable == "INTRON_" + setting.name.upper()
    assert setting.help
    for value in (setting.default, parse_value(setting, setting.example) if setting.example else None):
        if value not in (None, ()):
            assert parse_value(setting, setting.show(value)) == value


def test_the_defaults_are_the_services_limits() -> None:
    """As its documentation gives them, with a margin on the status interval."""
    shown = {setting.name: setting.show(setting.default) for setting in table.SETTINGS}
    assert shown == {
        "api_key": "",
        "api_key_command": "", "base_url": "https://infer.intron.health", "category": "", "language": "", "outputs": "",
        "diarize": "false", "verbatim": "false", "template": "", "format": "", "output_mode": "0600",
        "output_dir": "", "upload_rate": "", "status_rate": "",
        "send_name": "false", "shrink": "off", "uploads": "4", "rate": "30/60s", "status_interval": "1.1s",
        "timeout": "2h", "max_duration": "10m", "max_bytes": "100MB",
    }  # fmt: skip


def test_a_setting_is_found_by_its_name() -> None:
    """With dashes, too; a wrong one is answered with the nearest."""
    assert named_setting(" Base-URL ") is table.BASE_URL
    with pytest.raises(UsageError, match=r"There is no setting 'langauge'\. Did you mean language\?"):
        named_setting("langauge")
    with pytest.raises(UsageError, match="'intron config list' shows them all"):
        named_setting("zzz")


def test_the_file_is_read_once_and_late(store: Path) -> None:
    """Making the settings touches nothing; the first question reads the file."""
    made = settings(store)
    stored(store, 'category = "legal"')
    assert made[table.CATEGORY] == "legal"
    store.unlink()
    assert made[table.CATEGORY] == "legal"


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), st.sampled_from(table.SETTINGS))
def test_any_variable_is_taken_or_refused(text: str, setting: table.Setting[Any]) -> None:
    """With an error of ours."""
    try:
        Settings({"INTRON_CONFIG": os.devnull, setting.variable: text})[setting]
    except SetupError as error:
        assert setting.variable in error.message  # noqa: PT017 - either end is right

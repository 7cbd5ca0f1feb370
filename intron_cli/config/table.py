"""The table of settings. Flags, environment variables, ``intron config`` and the README derive from it."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from intron_cli.core import units

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """Something that can be set: how its text is read, what holds where nobody set it."""

    name: str
    help: str
    parse: Callable[[str], T]
    default: T
    example: str
    show: Callable[[T], str] = str
    secret: bool = False
    listed: bool = False

    @property
    def variable(self) -> str:
        return "INTRON_" + self.name.upper()


def _optional(parse: Callable[[str], T]) -> Callable[[str], T | None]:
    return parse


def _shown(show: Callable[[T], str]) -> Callable[[T | None], str]:
    return lambda value: "" if value is None else show(value)


def _switch_text(value: bool) -> str:  # noqa: FBT001 - a table's column
    return "true" if value else "false"


def _mode_text(value: int) -> str:
    return f"{value:04o}"


def _list_text(value: tuple[str, ...]) -> str:
    return ", ".join(value)


_TEXT: Callable[[str | None], str] = _shown(str)

API_KEY: Setting[str | None] = Setting(
    "api_key", "the key of the service", _optional(units.key), None, "", _TEXT, secret=True
)
API_KEY_COMMAND: Setting[tuple[str, ...]] = Setting(
    "api_key_command", "a command that prints the key", units.command, (), "pass show intron", shlex.join, listed=True
)
BASE_URL = Setting(
    "base_url",
    "the service: health, voice, or a URL",
    units.base_url,
    units.OFFICIAL_HOSTS["health"],
    "voice",
)
CATEGORY: Setting[str | None] = Setting(
    "category", "the category of recordings", _optional(units.line), None, "telehealth", _TEXT
)
LANGUAGE: Setting[str | None] = Setting(
    "language", "the language that is spoken", _optional(units.line), None, "sw", _TEXT
)
OUTPUTS: Setting[tuple[str, ...]] = Setting(
    "outputs",
    "what to ask for when no output is named",
    units.words,
    (),
    "soap,summary",
    _list_text,
    listed=True,
)
DIARIZE = Setting("diarize", "tell the speakers apart", units.switch, False, "true", _switch_text)
VERBATIM = Setting("verbatim", "the words as spoken, not rewritten", units.switch, False, "true", _switch_text)
TEMPLATE: Setting[str | None] = Setting(
    "template", "the id of a custom prompt", _optional(units.line), None,
    "6f1c2a34-5b6d-4e7f-8091-a2b3c4d5e6f7", _TEXT,
)  # fmt: skip
FORMAT: Setting[str | None] = Setting("format", "how results are shown", _optional(units.line), None, "text", _TEXT)
OUTPUT_DIR: Setting[str | None] = Setting(
    "output_dir", "a folder for results", _optional(units.line), None, "~/transcripts", _TEXT
)
OUTPUT_MODE = Setting("output_mode", "permissions of written results", units.file_mode, 0o600, "0640", _mode_text)
SEND_NAME = Setting("send_name", "send the file's name, not a made-up one", units.switch, False, "true", _switch_text)
SHRINK = Setting(
    "shrink", "make recordings small before they are sent: off, auto, always", units.choice("off", "auto", "always"),
    "off", "auto",
)  # fmt: skip
UPLOADS = Setting("uploads", "uploads at once", units.count, 4, "2")
RATE = Setting("rate", "requests that the service allows", units.rate, units.Rate(30, 60.0), "60/60s")
UPLOAD_RATE: Setting[units.Rate | None] = Setting(
    "upload_rate", "uploads, where they have a quota of their own", _optional(units.rate), None, "60/60s", _shown(str)
)
STATUS_RATE: Setting[units.Rate | None] = Setting(
    "status_rate", "looks, where they have a quota of their own", _optional(units.rate), None, "100/60s", _shown(str)
)
STATUS_INTERVAL = Setting(
    "status_interval", "least time between two looks", units.duration, 1.1, "2s", units.duration_source
)
TIMEOUT = Setting("timeout", "how long to wait for a result", units.duration, 7200.0, "30m", units.duration_source)
MAX_DURATION = Setting(
    "max_duration", "longest recording that is sent", units.duration, 600.0, "15m", units.duration_source
)
MAX_BYTES = Setting("max_bytes", "largest recording that is sent", units.size, 100_000_000, "50MB", units.size_source)

SETTINGS: tuple[Setting[Any], ...] = (
    API_KEY, API_KEY_COMMAND, BASE_URL, CATEGORY, LANGUAGE, OUTPUTS, DIARIZE, VERBATIM, TEMPLATE, FORMAT, OUTPUT_DIR,
    OUTPUT_MODE,
    SEND_NAME, SHRINK, UPLOADS, RATE, UPLOAD_RATE, STATUS_RATE, STATUS_INTERVAL, TIMEOUT, MAX_DURATION, MAX_BYTES,
)  # fmt: skip

VARIABLES = (
    ("SAHARA_API_KEY", "the key, for the two official hosts only"),
    ("INTRON_PROFILE", "the profile of the settings"),
    ("INTRON_CONFIG", "another settings file"),
    ("INTRON_STATE", "another folder for the ledger"),
    ("INTRON_NO_INPUT", "set: ask nothing"),
    ("NO_COLOR", "set: no colour"),
    ("FORCE_COLOR", "set: colour in a pipe, too"),
)
"""What else is read from the environment."""

BY_NAME = {setting.name: setting for setting in SETTINGS}

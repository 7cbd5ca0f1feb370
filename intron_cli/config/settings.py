"""Which value of a setting holds, and where it comes from: flag, environment, file, default."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Generic, TypeVar

from intron_cli.config.store import KEY_HOST, config_path, read_store
from intron_cli.config.table import API_KEY, BASE_URL, BY_NAME, Setting
from intron_cli.core import units
from intron_cli.core.errors import KeyMissingError, SetupError, UsageError

T = TypeVar("T")

SHARED_KEY_VARIABLE = "SAHARA_API_KEY"
"""The vendor's own variable; believed for its own two hosts only."""


@dataclass(frozen=True, slots=True)
class Resolved(Generic[T]):
    """A setting's value and its origin in words."""

    value: T
    origin: str

    @property
    def is_default(self) -> bool:
        return self.origin == "default"


def resolve(
    setting: Setting[T],
    flags: Mapping[str, Any],
    env: Mapping[str, str],
    stored: Mapping[str, Any],
    path: Path,
) -> Resolved[T]:
    """The value that holds. Raises UsageError for a bad flag, SetupError for any other bad value."""
    if (given := flags.get(setting.name)) is not None:
        return Resolved(_parsed(setting, given, "the command line"), "command line")
    if (text := env.get(setting.variable, "")).strip():
        return Resolved(_parsed(setting, text, setting.variable), f"environment ({setting.variable})")
    if setting.name in stored:
        return Resolved(_parsed(setting, stored[setting.name], str(path)), "settings file")
    return Resolved(setting.default, "default")


def _parsed(setting: Setting[T], given: Any, where: str) -> T:
    try:
        return parse_value(setting, given)
    except ValueError as error:
        wrong = SetupError if where != "the command line" else UsageError
        raise wrong(f"{setting.name} in {where} is not right: it takes {error}.") from None


def parse_value(setting: Setting[T], given: Any) -> T:
    """Read a value as text or as TOML gives it. Raises ValueError with what the setting takes."""
    if isinstance(given, bool):
        text = "true" if given else "false"
    elif isinstance(given, list | tuple) and setting.listed:
        text = ",".join(str(item) for item in given)
    elif isinstance(given, str | int | float):
        text = str(given)
    else:
        raise ValueError("one value")
    return setting.parse(text)


def named_setting(name: str) -> Setting[Any]:
    """The setting of that name, as ``intron config`` is given it. Raises UsageError with the nearest."""
    wanted = name.strip().lower().replace("-", "_")
    if found := BY_NAME.get(wanted):
        return found
    near = get_close_matches(wanted, BY_NAME, n=1)
    hint = f"Did you mean {near[0]}?" if near else "'intron config list' shows them all."
    raise UsageError(f"There is no setting '{name}'.", hint)


class Settings:
    """The settings that hold for one run. The file is read when it is first needed."""

    def __init__(self, env: Mapping[str, str], flags: Mapping[str, Any] | None = None) -> None:
        self.env = env
        self.flags = dict(flags or {})
        self.path = config_path(env)
        self._stored: dict[str, Any] | None = None
        self.warnings: list[str] = []

    @property
    def stored(self) -> dict[str, Any]:
        if self._stored is None:
            self._stored, self.warnings = read_store(self.path)
        return self._stored

    def resolved(self, setting: Setting[T]) -> Resolved[T]:
        return resolve(setting, self.flags, self.env, self.stored, self.path)

    def __getitem__(self, setting: Setting[T]) -> T:
        return self.resolved(setting).value

    @property
    def base_url(self) -> str:
        """The service of this run. Raises SetupError for plain http to another machine."""
        url = self[BASE_URL]
        if url.startswith("http:") and not units.is_loopback(url):
            raise SetupError(
                f"The key is never sent over plain http, as {units.host(url)} would have it.",
                "Use https in base_url.",
            )
        return url

    def key(self) -> Resolved[str]:
        """The key for the service of this run.

        Raises KeyMissingError where there is none, or only one that was stored for another host.
        """
        url = self.base_url
        if own := self.env.get(API_KEY.variable, "").strip():
            return Resolved(_parsed_key(own, API_KEY.variable), f"environment ({API_KEY.variable})")
        if units.is_official(url) and (shared := self.env.get(SHARED_KEY_VARIABLE, "").strip()):
            return Resolved(_parsed_key(shared, SHARED_KEY_VARIABLE), f"environment ({SHARED_KEY_VARIABLE})")
        stored = self.stored.get(API_KEY.name)
        if stored is None:
            raise KeyMissingError(
                "No API key is set.",
                "Run: intron config set api_key (or set INTRON_API_KEY). To try without one: intron demo",
            )
        if units.service(url) != self._key_host():
            raise KeyMissingError(
                f"The stored key belongs to {units.host(self._key_host())} and is not sent to {units.host(url)}.",
                "For that host set INTRON_API_KEY.",
            )
        return Resolved(_parsed_key(stored, str(self.path)), "settings file")

    def _key_host(self) -> str:
        """Without a note beside it, a stored key belongs to the service that the file names."""
        stored = self.stored
        named = stored.get(KEY_HOST) or stored.get(BASE_URL.name) or BASE_URL.default
        try:
            return units.service(units.base_url(str(named)))
        except ValueError:
            return str(named)


def _parsed_key(given: Any, where: str) -> str:
    try:
        return units.key(str(given))
    except ValueError as error:
        raise SetupError(f"The key in {where} is not usable: a key is {error}.") from None

"""Which value of a setting holds, and where it comes from: flag, environment, profile, file, default."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Generic, TypeVar

from intron_cli.config.store import PROFILES, config_path, is_profile_name, read_store
from intron_cli.config.table import BASE_URL, BY_NAME, Setting
from intron_cli.core import units
from intron_cli.core.errors import SetupError, UsageError

T = TypeVar("T")

Layer = tuple[str, Mapping[str, Any]]
"""A part of the settings file: what it is called, and what it sets."""

WHOLE_FILE = "settings file"


def place(layer: str, path: Path) -> str:
    """Where a person finds a layer."""
    return str(path) if layer == WHOLE_FILE else f"{path} ({layer})"


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
    layers: Sequence[Layer],
    path: Path,
) -> Resolved[T]:
    """The value that holds. Raises UsageError for a bad flag, SetupError for any other bad value."""
    if (given := flags.get(setting.name)) is not None:
        return Resolved(_parsed(setting, given, "the command line"), "command line")
    if (text := env.get(setting.variable, "")).strip():
        return Resolved(_parsed(setting, text, setting.variable), f"environment ({setting.variable})")
    for name, values in layers:
        if setting.name in values:
            return Resolved(_parsed(setting, values[setting.name], place(name, path)), name)
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
        text = _list_text(setting, given)
    elif isinstance(given, str | int | float):
        text = str(given)
    else:
        raise ValueError("one value")
    return setting.parse(text)


def _list_text(setting: Setting[T], given: Sequence[Any]) -> str:
    words = [str(item) for item in given]
    return shlex.join(words) if setting.parse is units.command else ",".join(words)


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

    def __init__(
        self,
        env: Mapping[str, str],
        flags: Mapping[str, Any] | None = None,
        profile: str | None = None,
        *,
        begins_profile: bool = False,
    ) -> None:
        self.env = env
        self.flags = dict(flags or {})
        self.path = config_path(env)
        self.profile = profile or env.get("INTRON_PROFILE") or None
        self._begins_profile = begins_profile
        self._stored: dict[str, Any] | None = None
        self.warnings: list[str] = []

    @property
    def stored(self) -> dict[str, Any]:
        """The whole settings file."""
        if self._stored is None:
            self._stored, self.warnings = read_store(self.path)
        return self._stored

    @property
    def layers(self) -> list[Layer]:
        """The profile, if one is chosen, before what holds for all of them."""
        layers: list[Layer] = [(WHOLE_FILE, self.stored)]
        if self.profile:
            layers.insert(0, (f"profile {self.profile}", self._profile(self.profile)))
        return layers

    @property
    def profiles(self) -> dict[str, Any]:
        found = self.stored.get(PROFILES)
        return found if isinstance(found, dict) else {}

    def _profile(self, name: str) -> dict[str, Any]:
        found = self.profiles.get(name)
        if isinstance(found, dict):
            return found
        known = ", ".join(self.profiles) or "none yet"
        if not is_profile_name(name):
            raise UsageError("A profile's name has letters, digits, '-' and '_' only.", f"There are: {known}.")
        if self._begins_profile:
            return {}
        raise UsageError(
            f"There is no profile '{name}' in {self.path}; there are: {known}.",
            f"Begin it with: intron --profile {name} config set NAME VALUE",
        )

    def resolved(self, setting: Setting[T]) -> Resolved[T]:
        return resolve(setting, self.flags, self.env, self.layers, self.path)

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

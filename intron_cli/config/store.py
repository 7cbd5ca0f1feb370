"""The settings file: TOML, its owner's alone, comments and unknown keys kept when it is written."""

import os
import re
import tomllib
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

from intron_cli.core.errors import SetupError
from intron_cli.core.files import others_may, private_folder, sweep, write_atomic

KEY_HOST = "api_key_host"
"""Beside a stored key: the service it was stored for, and the only one it is sent to."""


PROFILES = "profiles"
"""The table that holds a table for each profile."""

_PROFILE_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def is_profile_name(name: str) -> bool:
    return _PROFILE_NAME.fullmatch(name) is not None


def config_path(env: Mapping[str, str]) -> Path:
    """Where the settings are: ``INTRON_CONFIG``, else the platform's folder for them."""
    if given := env.get("INTRON_CONFIG"):
        return _path(given, "INTRON_CONFIG")
    from platformdirs import user_config_path

    return user_config_path("intron", appauthor=False) / "config.toml"


def _path(given: str, variable: str) -> Path:
    try:
        return Path(given).expanduser()
    except RuntimeError:
        raise SetupError(f"{variable} names the home of a user that does not exist.", "Mend or unset it.") from None


def state_path(env: Mapping[str, str]) -> Path:
    """Where the ledger is: ``INTRON_STATE``, else the platform's folder for state."""
    if given := env.get("INTRON_STATE"):
        return _path(given, "INTRON_STATE")
    from platformdirs import user_state_path

    return user_state_path("intron", appauthor=False)


def read_store(path: Path) -> tuple[dict[str, Any], list[str]]:
    """What is set, and warnings about the file. No file: nothing is set.

    Raises SetupError where the file cannot be read, is no TOML, or can be changed by others.
    """
    try:
        others = others_may(path)
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}, []
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"The settings in {path} cannot be read: {_reason(error)}.") from None
    if others == "write":
        raise SetupError(f"Other users of this machine can change {path}.", f"Run: chmod 600 '{path}'")
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # The parser quotes what it stumbled over, which may be the key: only the place is told.
        place = str(error).rpartition("(")[2].rstrip(")") if isinstance(error, tomllib.TOMLDecodeError) else "too deep"
        raise SetupError(f"The settings in {path} are not valid TOML ({place}).", "Mend or delete the file.") from None
    if others == "read" and _holds_key(values):
        return values, [f"Other users of this machine can read the key in {path}. Run: chmod 600 '{path}'"]
    return values, []


def _holds_key(values: Mapping[str, Any]) -> bool:
    profiles = values.get(PROFILES)
    tables = [values, *(profiles.values() if isinstance(profiles, dict) else ())]
    return any(isinstance(table, dict) and "api_key" in table for table in tables)


def write_store(path: Path, changes: Mapping[str, Any], profile: str | None = None) -> None:
    """Set each of ``changes`` (None: remove it), leaving all else in the file as it is."""
    import tomlkit

    try:
        private_folder(path.parent)
        text = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    except OSError as error:
        raise _unwritable(path, error) from None
    document = tomlkit.parse(text)
    table: MutableMapping[str, Any] = document
    if profile:
        profiles = document.setdefault(PROFILES, tomlkit.table(is_super_table=True))
        table = profiles.setdefault(profile, tomlkit.table()) if isinstance(profiles, MutableMapping) else profiles
    if not isinstance(table, MutableMapping):
        raise SetupError(f"In {path}, profiles and what they hold must be tables.", "Mend the file.")
    for name, value in changes.items():
        if value is not None:
            table[name] = value
        elif name in table:
            del table[name]
    try:
        sweep(path.resolve().parent)
        write_atomic(path, tomlkit.dumps(document).encode())
    except OSError as error:
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: OSError) -> SetupError:
    return SetupError(f"The settings in {path} cannot be written: {_reason(error)}.")


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno is not None:
        return os.strerror(error.errno)
    return "they are not UTF-8"

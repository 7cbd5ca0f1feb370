"""The settings file: TOML, its owner's alone, comments and unknown keys kept when it is written."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from intron_cli.core.errors import SetupError
from intron_cli.core.files import others_may, private_folder, write_atomic

KEY_HOST = "api_key_host"
"""Beside a stored key: the service it was stored for, and the only one it is sent to."""


def config_path(env: Mapping[str, str]) -> Path:
    """Where the settings are: ``INTRON_CONFIG``, else the platform's folder for them."""
    if given := env.get("INTRON_CONFIG"):
        return Path(given).expanduser()
    from platformdirs import user_config_path

    return user_config_path("intron", appauthor=False) / "config.toml"


def state_path(env: Mapping[str, str]) -> Path:
    """Where the ledger is: ``INTRON_STATE``, else the platform's folder for state."""
    if given := env.get("INTRON_STATE"):
        return Path(given).expanduser()
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
    except tomllib.TOMLDecodeError as error:
        # The parser quotes what it stumbled over, which may be the key: only the place is told.
        place = str(error).rpartition("(")[2].rstrip(")") if "(" in str(error) else "somewhere"
        raise SetupError(f"The settings in {path} are not valid TOML ({place}).", "Mend or delete the file.") from None
    if others == "read" and "api_key" in values:
        return values, [f"Other users of this machine can read the key in {path}. Run: chmod 600 '{path}'"]
    return values, []


def write_store(path: Path, changes: Mapping[str, Any]) -> None:
    """Set each of ``changes`` (None: remove it), leaving all else in the file as it is."""
    import tomlkit

    private_folder(path.parent)
    try:
        document = tomlkit.parse(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        document = tomlkit.document()
    for name, value in changes.items():
        if value is not None:
            document[name] = value
        elif name in document:
            del document[name]
    try:
        write_atomic(path, tomlkit.dumps(document).encode())
    except OSError as error:
        raise SetupError(f"The settings in {path} cannot be written: {_reason(error)}.") from None


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno is not None:
        return os.strerror(error.errno)
    return "they are not UTF-8"

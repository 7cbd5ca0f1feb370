"""The API key: where it comes from, and to which service it may go.

A key in the environment goes where its user points it. A stored one, and one that a stored command
prints, belongs to the service that it was stored for; the two official hosts count as one.
"""

import os
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from intron_cli.config.settings import Layer, Resolved, Settings, place
from intron_cli.config.store import KEY_HOST, write_store
from intron_cli.config.table import API_KEY, API_KEY_COMMAND, BASE_URL
from intron_cli.core import units
from intron_cli.core.errors import KeyMissingError, SetupError

SHARED_VARIABLE = "SAHARA_API_KEY"
"""The vendor's own variable; believed for its own two hosts only."""

COMMAND_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class KeySource:
    """Where a key comes from: the text itself, or a command that prints it."""

    origin: str
    where: str
    text: str | None = None
    command: tuple[str, ...] = ()

    def read(self, env: Mapping[str, str]) -> Resolved[str]:
        """The key. Runs the command, if it is one. Raises SetupError for what is no key."""
        given = self.text if self.text is not None else _printed(self.command, env)
        try:
            return Resolved(units.key(given), self.origin)
        except ValueError as error:
            raise SetupError(f"The key in {self.where} is not usable: a key is {error}.") from None


def key_source(settings: Settings) -> KeySource:
    """Where the key for the service of this run comes from; no command is run.

    Raises KeyMissingError where there is none, or only one that belongs to another service.
    """
    env, url = settings.env, settings.base_url
    if own := env.get(API_KEY.variable, "").strip():
        return _of_variable(API_KEY.variable, own)
    if units.is_official(url) and (shared := env.get(SHARED_VARIABLE, "").strip()):
        return _of_variable(SHARED_VARIABLE, shared)
    if env.get(API_KEY_COMMAND.variable, "").strip():
        variable = API_KEY_COMMAND.variable
        return KeySource(f"environment ({variable})", variable, command=settings[API_KEY_COMMAND])
    for layer in settings.layers:
        if source := _stored(layer, settings):
            owner = _owner(layer, settings.layers)
            if units.host(units.service(url)) == owner:
                return source
            raise KeyMissingError(
                f"The key in {source.where} belongs to {owner} and is not sent to {units.host(url)}.",
                "For that host set INTRON_API_KEY, or store its key in a profile of its own.",
            )
    raise KeyMissingError(
        "No API key is set.",
        "Run: intron config set api_key (or set INTRON_API_KEY). To try without one: intron demo",
    )


def pin_owners(settings: Settings) -> None:
    """Note with each stored key whose it is, before a base_url changes: keys do not move along."""
    whole = settings.stored
    tables: list[tuple[str | None, Any]] = [(None, whole), *settings.profiles.items()]
    for profile, values in tables:
        if isinstance(values, dict) and holds_key(values) and KEY_HOST not in values:
            named = values.get(BASE_URL.name) or whole.get(BASE_URL.name) or BASE_URL.default
            write_store(settings.path, {KEY_HOST: str(named)}, profile)


def holds_key(values: Mapping[str, Any]) -> bool:
    """Whether a table of the settings file has a key, or a command that prints one."""
    return API_KEY.name in values or API_KEY_COMMAND.name in values


def read_key(settings: Settings) -> Resolved[str]:
    """The key for the service of this run, and its origin."""
    return key_source(settings).read(settings.env)


def _of_variable(variable: str, text: str) -> KeySource:
    return KeySource(f"environment ({variable})", variable, text)


def _stored(layer: Layer, settings: Settings) -> KeySource | None:
    name, values = layer
    where = place(name, settings.path)
    if API_KEY.name in values:
        return KeySource(name, where, str(values[API_KEY.name]))
    if command := values.get(API_KEY_COMMAND.name):
        return KeySource(name, where, command=_words(command, where))
    return None


def _words(command: Any, where: str) -> tuple[str, ...]:
    if isinstance(command, list) and all(isinstance(word, str) for word in command):
        return tuple(command)
    raise SetupError(f"api_key_command in {where} is not right: it takes a list of words, and no shell runs it.")


def _owner(layer: Layer, layers: list[Layer]) -> str:
    """Without a note beside it, a stored key belongs to the service that the file names."""
    named = layer[1].get(KEY_HOST)
    for _, values in layers[layers.index(layer) :]:
        named = named or values.get(BASE_URL.name)
    try:
        return units.host(units.service(units.base_url(str(named or BASE_URL.default))))
    except ValueError:
        return "a service that its base_url does not name rightly"


def _printed(command: tuple[str, ...], env: Mapping[str, str]) -> str:
    """What the command prints. Its errors are not shown: they could hold what it read."""
    shown = shlex.quote(command[0]) if command else "it"
    by_hand = "Run it by hand to see what is wrong."
    try:
        done = subprocess.run(  # noqa: S603 - the user's own command, without a shell
            command, env=dict(env), stdin=subprocess.DEVNULL, capture_output=True, timeout=COMMAND_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise SetupError(f"api_key_command ({shown}) took longer than {COMMAND_SECONDS:g} s.", by_hand) from None
    except (OSError, ValueError, IndexError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "it is no command"
        raise SetupError(f"api_key_command ({shown}) cannot be run: {reason}.", by_hand) from None
    if done.returncode:
        raise SetupError(f"api_key_command ({shown}) ended with exit code {done.returncode}.", by_hand)
    return done.stdout.decode("utf-8", "replace")

"""``intron config``: the settings store."""

import getpass
from typing import Annotated

import typer

from intron_cli.commands import completing
from intron_cli.commands.program import Run
from intron_cli.config import table
from intron_cli.config.key import holds_key, key_source, pin_owners
from intron_cli.config.settings import Settings, named_setting, parse_value
from intron_cli.config.store import KEY_HOST, write_store
from intron_cli.core import units
from intron_cli.core.errors import KeyMissingError, UsageError
from intron_cli.core.record import to_json_bytes
from intron_cli.core.text import clean_line

Name = Annotated[
    str,
    typer.Argument(metavar="NAME", show_default=False, autocompletion=completing.settings, help="The setting's name."),
]

SET_EXAMPLES = (
    "intron config set category telehealth",
    "intron config set api_key",
)


def set_(
    run: Run,
    name: Name,
    value: Annotated[
        str | None,
        typer.Argument(
            metavar="VALUE",
            show_default=False,
            autocompletion=completing.setting_values,
            help="Its value; api_key is asked for, or read from stdin.",
        ),
    ] = None,
) -> int:
    """Set a setting."""
    setting, settings = named_setting(name), run.settings(begins_profile=True)
    if setting.secret:
        if value is not None:
            raise UsageError(
                "The key is never an argument: it would stay in the shell's history and show in lists of processes.",
                "Run: intron config set api_key",
            )
        value = _secret(run, setting.name)
    elif value is None:
        raise UsageError(f"{setting.name} needs a value, {_such_as(setting)}.")
    try:
        parsed = parse_value(setting, value)
    except ValueError as error:
        raise UsageError(f"{setting.name} takes {error}.", "Nothing was changed.") from None
    _ensure_known(run, setting, parsed)
    changes: dict[str, object] = {setting.name: _as_toml(parsed, value.strip())}
    if setting is table.BASE_URL:
        pin_owners(settings)
    of_key = setting in (table.API_KEY, table.API_KEY_COMMAND)
    if of_key:  # one key for each table, and one service that it belongs to
        other = table.API_KEY_COMMAND if setting is table.API_KEY else table.API_KEY
        changes |= {other.name: None, KEY_HOST: units.service(settings.base_url)}
    write_store(settings.path, changes, settings.profile)
    where = f" for {units.host(settings.base_url)}" if of_key else ""
    run.terminal.note(f"{setting.name} is set{where} in {_place(settings)}.")
    return 0


def get(run: Run, name: Name) -> int:
    """Print the value of a setting that holds now."""
    setting = named_setting(name)
    shown, _ = _shown(run.settings(), setting)
    run.terminal.result(f"{shown}\n".encode())
    return 0


def unset(run: Run, name: Name) -> int:
    """Take a setting out of the settings file."""
    setting, settings = named_setting(name), run.settings()
    if setting.name not in settings.layers[0][1]:
        run.terminal.note(f"{setting.name} was not set in {_place(settings)}.")
        return 0
    changes: dict[str, object] = {setting.name: None}
    if setting is table.BASE_URL:
        pin_owners(settings)
    rest = {name: value for name, value in settings.layers[0][1].items() if name != setting.name}
    if not holds_key(rest):
        changes[KEY_HOST] = None
    write_store(settings.path, changes, settings.profile)
    run.terminal.note(f"{setting.name} is no longer set in {_place(settings)}.")
    return 0


def list_(run: Run, json: Annotated[bool, typer.Option("--json", help="Print a JSON object.")] = False) -> int:
    """List all settings: the value that holds and where it comes from."""
    settings = run.settings()
    rows = [(setting, *_shown(settings, setting)) for setting in table.SETTINGS]
    if json:
        values = {setting.name: {"value": value, "origin": origin} for setting, value, origin in rows}
        run.terminal.result(to_json_bytes(values, indent=2))
        return 0
    width = max(len(value) for _, value, _ in rows)
    lines = [f"{setting.name:<16} {value:<{width}}  {origin}" for setting, value, origin in rows]
    run.terminal.result(("\n".join(lines) + "\n").encode("utf-8", "replace"))
    return 0


def path(run: Run) -> int:
    """Print where the settings file is."""
    run.terminal.result(f"{run.settings().path}\n".encode("utf-8", "surrogateescape"))
    return 0


def _ensure_known(run: Run, setting: table.Setting[object], value: object) -> None:
    """Raise UsageError for a name that each later run would stumble over."""
    from intron_cli.core.request import build_request

    if setting is table.FORMAT:
        run.formats.named(str(value))
    elif setting is table.CATEGORY:
        build_request(category=str(value), catalog=run.catalog)
    elif setting is table.LANGUAGE:
        build_request(language=str(value), catalog=run.catalog)
    elif setting is table.OUTPUTS and isinstance(value, tuple):
        for name in value:
            if run.catalog.output(name) is None:
                raise UsageError(f"There is no output '{name}'.", "'intron outputs' lists them all.")


def _place(settings: Settings) -> str:
    return f"profile {settings.profile} of {settings.path}" if settings.profile else str(settings.path)


def _secret(run: Run, name: str) -> str:
    if run.terminal.interactive:
        return getpass.getpass(f"{name} (not shown): ")
    if run.terminal.streams.stdin_tty:
        raise UsageError(f"{name} cannot be asked for without input.", f"Pipe it: intron config set {name} < FILE")
    return run.terminal.streams.stdin.read(100_000).decode("utf-8", "replace")


def _such_as(setting: table.Setting[object]) -> str:
    return f"such as: intron config set {setting.name} {setting.example}"


def _as_toml(parsed: object, text: str) -> object:
    """What is stored: a switch or a list as such, all else as its user wrote it."""
    if isinstance(parsed, bool):
        return parsed
    return list(parsed) if isinstance(parsed, tuple) else text


def _shown(settings: Settings, setting: table.Setting[object]) -> tuple[str, str]:
    """A setting's value and origin for people; a secret shows its last four characters at most."""
    if setting.secret:
        return _masked(settings)
    found = settings.resolved(setting)
    return clean_line(setting.show(found.value)), found.origin


def _masked(settings: Settings) -> tuple[str, str]:
    try:
        source = key_source(settings)
    except KeyMissingError as error:
        return "", "not set" if error.message.startswith("No") else "set for another host"
    if source.text is None:
        return "(printed by a command)", source.origin
    key = source.read(settings.env).value
    return "…" + key[-4:] if len(key) >= 16 else "…", source.origin

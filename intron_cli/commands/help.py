"""``intron help``: what is not about one command."""

from typing import Annotated

import typer

from intron_cli.commands import completing
from intron_cli.commands.program import Run
from intron_cli.core.errors import EXIT_CODES, UsageError

EXAMPLES = ("intron help exit-codes", "intron help transcribe")


def help_(
    run: Run,
    topic: Annotated[
        str,
        typer.Argument(
            metavar="TOPIC", show_default=False, autocompletion=completing.helped,
            help="exit-codes, environment, or a command.",
        ),
    ],
) -> int:  # fmt: skip
    """Explain exit codes, the environment, or a command."""
    rows = {"exit-codes": _exit_codes, "environment": _environment}.get(topic)
    if rows is None:
        names = ", ".join(name for name, _ in completing.topics())
        raise UsageError(f"There is no help on '{topic}'.", f"The topics are: {names}; 'intron --help' lists commands.")
    pairs = rows()
    width = max(len(name) for name, _ in pairs)
    run.terminal.result(("\n".join(f"{name:<{width}}  {text}" for name, text in pairs) + "\n").encode())
    return 0


def _exit_codes() -> list[tuple[str, str]]:
    return list(EXIT_CODES)


def _environment() -> list[tuple[str, str]]:
    from intron_cli.config.table import SETTINGS, VARIABLES

    return [*((setting.variable, setting.help) for setting in SETTINGS), *VARIABLES]

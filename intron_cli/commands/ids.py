"""Ids on a command line: given one by one, or read from stdin."""

from collections.abc import Sequence
from typing import Annotated

import typer

from intron_cli.commands.program import Run
from intron_cli.core.errors import UsageError

_MOST_BYTES = 16 * 1024 * 1024

Ids = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="ID...", show_default=False, help="File ids, unique beginnings of them, or job numbers; - reads stdin."
    ),
]


def expanded(run: Run, ids: Sequence[str]) -> list[str]:
    """The ids, with ``-`` replaced by what stdin holds, a word each."""
    names: list[str] = []
    for name in ids:
        if name == "-":
            names += run.terminal.streams.stdin.read(_MOST_BYTES).decode("utf-8", "replace").split()
        else:
            names.append(name)
    if not names:
        raise UsageError("No id was given.", "Name one, or pipe ids to '-'.")
    return names

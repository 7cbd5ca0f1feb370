"""Rows of short texts in columns, or one below the other where a terminal is too narrow for that."""

import textwrap
from collections.abc import Sequence

from intron_cli.core.text import display_width

_GAP = 2


def columns(head: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> str:
    """A table of ``width`` cells; where a row does not fit, the first and the last cell of each come first."""
    widths = [max(display_width(row[at]) for row in [head, *rows]) for at in range(len(head))]
    if sum(widths) + _GAP * (len(widths) - 1) <= width:
        return "".join(_line(row, widths) for row in [head, *rows])
    return "".join(_block(row, width) for row in rows)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [cell + " " * (width - display_width(cell) + _GAP) for cell, width in zip(row, widths, strict=True)]
    return "".join(cells).rstrip() + "\n"


def _block(row: Sequence[str], width: int) -> str:
    text = ", ".join(cell for cell in row[1:-1] if cell)
    return f"{row[0]}: {row[-1]}\n" + textwrap.indent(textwrap.fill(text, max(20, width - 2)), "  ") + "\n"

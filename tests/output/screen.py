"""A terminal's screen, as far as the live view needs one: what is written, and what becomes of it in another window.

It behaves as tmux does, which of those that wrap lines anew is the least forgiving.
"""

import re
from dataclasses import dataclass, field

from intron_cli.core.text import display_width

_TOKEN = re.compile(r"\x1b\[(\??)(\d*)(?:;\d+)*([A-Za-z])|\x1b([78])|(.)", re.DOTALL)


@dataclass
class Row:
    cells: list[str] = field(default_factory=list)
    goes_on: bool = False
    """The next row belongs to the same line."""

    @property
    def text(self) -> str:
        return "".join(self.cells).rstrip()


class Screen:
    """``rows`` hold what has scrolled out at the top, too; the last ``height`` of them are seen."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.rows = [Row() for _ in range(height)]
        self.x = self.y = 0
        self.cursor_seen = self.wraps = True
        self._kept = (0, 0)

    @property
    def top(self) -> int:
        return len(self.rows) - self.height

    @property
    def seen(self) -> list[str]:
        """The rows in the window, without the empty ones at its end."""
        return "\n".join(row.text for row in self.rows[self.top :]).rstrip("\n").split("\n")

    @property
    def lines(self) -> list[str]:
        """All lines that are not empty, with those that have scrolled out, as they were before they were wrapped."""
        found, line = [], ""
        for row in self.rows:
            line += "".join(row.cells)
            if not row.goes_on:
                found.append(line.rstrip())
                line = ""
        return [line for line in found if line]

    def write(self, text: str) -> None:
        for private, number, command, keeps, char in _TOKEN.findall(text):
            if char:
                self._put(char)
            elif keeps:
                self._keep(back=keeps == "8")
            elif private:
                self._switch(int(number), on=command == "h")
            else:
                self._steer(command, int(number or 0))

    def resize(self, width: int, height: int) -> None:
        """First the height: rows below the cursor go, then those at the top scroll out. Then the width."""
        at = self.top + self.y
        if height < self.height:
            below = min(len(self.rows) - 1 - at, self.height - height)
            del self.rows[len(self.rows) - below :]
        self.rows += [Row() for _ in range(height - len(self.rows))]
        self.height = height
        if width != self.width:
            at = self._wrap_anew(width, at)
        self.y = at - self.top
        if self.y < 0:
            self.x = self.y = 0

    def _wrap_anew(self, width: int, at: int) -> int:
        rows: list[Row] = []
        line: list[str] = []
        cursor, found = 0, 0
        for number, row in enumerate(self.rows):
            if number == at:
                cursor = len(line) + self.x
            line += row.cells
            if number >= at and not found:
                found = len(rows) + 1 + cursor // width
                self.x = cursor % width
            if row.goes_on:
                continue
            rows += [Row(line[begin : begin + width], goes_on=True) for begin in range(0, max(len(line), 1), width)]
            rows[-1].goes_on = False
            line = []
        self.width = width
        self.rows = rows + [Row() for _ in range(self.height - len(rows))]
        return found - 1

    def _put(self, char: str) -> None:
        if char == "\r":
            self.x = 0
        elif char == "\n":  # as the terminal's driver hands it on
            self._feed()
        else:
            assert char.isprintable(), f"{char!r} reached the terminal"
            self._print(char)

    def _print(self, char: str) -> None:
        wide = display_width(char)
        if self.x + wide > self.width:
            if not self.wraps:
                return
            self.rows[self.top + self.y].goes_on = True
            self._feed()
        cells = self.rows[self.top + self.y].cells
        cells += [" "] * (self.x + wide - len(cells))
        cells[self.x : self.x + wide] = [char, *[""] * (wide - 1)]
        self.x += wide

    def _feed(self) -> None:
        self.x = 0
        if self.y == self.height - 1:
            self.rows.append(Row())
        else:
            self.y += 1

    def _keep(self, *, back: bool) -> None:
        if back:
            self.x, self.y = self._kept
        else:
            self._kept = (self.x, self.y)

    def _switch(self, number: int, *, on: bool) -> None:
        if number == 25:
            self.cursor_seen = on
        elif number == 7:
            self.wraps = on
        else:
            assert number == 2026

    def _steer(self, command: str, number: int) -> None:
        at = self.top + self.y
        if command in "ABC":
            step = number or 1
            self.y = max(0, min(self.height - 1, self.y + {"A": -step, "B": step, "C": 0}[command]))
            self.x = min(self.width - 1, self.x + step) if command == "C" else self.x
        elif command == "J" and (self.x, self.y) == (0, 0):
            self.rows += [Row() for _ in range(self.height)]  # cleared at once, it scrolls out
        elif command in "JK":
            del self.rows[at].cells[self.x :]
            self.rows[at].goes_on = False
            if command == "J":
                self.rows[at + 1 :] = [Row() for _ in self.rows[at + 1 :]]
        else:
            assert command == "m", f"{command} is more than this screen knows"

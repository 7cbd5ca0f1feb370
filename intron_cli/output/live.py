"""Lines that stay at the bottom of a terminal and change, whatever becomes of its window."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from intron_cli.output.terminal import Terminal

_PAUSE = 1 / 8
"""Seconds between two paintings."""

_HIDE, _SHOW = "\x1b[?25l", "\x1b[?25h"
_CLEAR = "\r\x1b[C\x1b[J\r\x1b[K"
"""From the cursor's line on. Not in one piece: tmux keeps what fills the whole window when it is cleared at once."""

_NO_WRAP, _WRAP = "\x1b[?7l", "\x1b[?7h"
_AT_ONCE, _DONE = "\x1b[?2026h", "\x1b[?2026l"
"""Between them a terminal that knows how shows nothing half done."""


Draw = Callable[[int, int], list[str]]


class Painter:
    """Paints what ``draw`` makes for the window's width and height, from a thread of its own.

    Between two paintings the cursor rests, unseen, below the last line that stays, and all that is painted
    lies below it. A window that changes its size wraps lines anew, cuts or moves them, but the cursor stays with
    the text before it: what is to be cleared always begins there. The lines keep to the bottom of the window,
    so that what the wrapping pushes out at its top is not theirs; a single one does so once the window has changed.
    """

    def __init__(self, terminal: Terminal, draw: Draw) -> None:
        self._terminal = terminal
        self._draw = draw
        self._lock = threading.RLock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._paint_on, name="progress", daemon=True)
        self._aside = 0
        self._shown: list[str] = []
        self._window: tuple[int, int] | None = None
        self._changed = False

    def start(self) -> None:
        self._terminal.above, self._terminal.aside = self.above, self.aside
        self._terminal.unpaint = f"{_CLEAR}{_SHOW}"
        self._thread.start()

    def paint(self, above: str = "") -> None:
        """Show what there is now; ``above`` are lines that stay."""
        with self._lock:
            if self._aside or self._over.is_set():
                self._terminal.raw(above)
                return
            streams = self._terminal.streams
            window = (streams.width, streams.height)
            lines = self._draw(*window)
            if above or (lines, window) != (self._shown, self._window):
                self._changed = self._changed or self._window not in (None, window)
                self._window = window
                self._show(lines, above)

    def above(self, line: str) -> None:
        """Print a line that stays."""
        self.paint(line + "\n")

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Nothing is shown meanwhile, so that others can write, and ask."""
        with self._lock:
            self._aside += 1
            self._show([])
        try:
            yield
        finally:
            with self._lock:
                self._aside -= 1

    def stop(self) -> None:
        """Leave nothing behind."""
        with self._lock:
            self._over.set()
            self._show([])
            self._terminal.above, self._terminal.aside, self._terminal.unpaint = None, nullcontext, ""
        if self._thread.is_alive():
            self._thread.join()

    def _paint_on(self) -> None:
        self.paint()
        while not self._over.wait(_PAUSE):
            self.paint()

    def _show(self, lines: list[str], above: str = "") -> None:
        """Put the lines in the place of those that are shown, in one write."""
        if not lines:
            self._terminal.raw(f"{_CLEAR}{above}{_SHOW}" if self._shown else above)
            self._shown = []
            return
        self._shown = lines
        painting = _at_bottom(lines) if self._changed or len(lines) > 1 else f"{lines[0]}\r"
        # A line that a terminal finds wider than we do is cut at its edge, and does not push the others down.
        self._terminal.raw(f"{_AT_ONCE}{_HIDE}{_CLEAR}{above}{_NO_WRAP}{painting}{_WRAP}{_DONE}")


def _at_bottom(lines: list[str]) -> str:
    """The lines at the bottom of a window of whatever height, the cursor ending up above them.

    The height that the system tells may be out of date, so nothing here counts from the top.
    """
    count = len(lines)
    room = "\n" * count + f"\x1b[{count}A\r"
    bottom = "\x1b[999B" + (f"\x1b[{count - 1}A" if count > 1 else "")
    return f"{room}\x1b7{bottom}" + "\x1b[B".join(f"\r{line}" for line in lines) + "\x1b8"

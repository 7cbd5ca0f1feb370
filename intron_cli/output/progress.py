"""How the work is shown while it goes on: a live view, a line for each change, or nothing."""

import math
import threading
from typing import Any

from intron_cli.core.clock import Clock
from intron_cli.core.record import Record, Source
from intron_cli.core.tally import MOST_TOLD, Tally
from intron_cli.core.text import bytes_text, clean_line, seconds_text
from intron_cli.output.board import LONG_WAIT, SHORT_WAIT, Board
from intron_cli.output.drawing import lines
from intron_cli.output.ending import how_ended
from intron_cli.output.live import Painter
from intron_cli.output.terminal import Terminal

_SAME_WAIT = 1.0
"""Two waits that end within so many seconds of each other are one."""


class Reporter:
    """Tells a terminal what the work tells: notes and warnings; a line each where that is asked for."""

    def __init__(self, terminal: Terminal, clock: Clock) -> None:
        self.terminal = terminal
        self.clock = clock
        self._lock = threading.RLock()
        self._states: dict[int, str] = {}
        self._preparing: dict[int, str] = {}
        self._held_until = -math.inf

    def note(self, message: str) -> None:
        self.terminal.note(message)

    def warn(self, code: str, message: str) -> None:
        self.terminal.warn(code, message)

    def preparing(self, item: int, source: Source, what: str, count: int = 0) -> None:
        with self._lock:
            before, self._preparing[item] = self._preparing.get(item, ""), what
        if what and what != before:
            self._state("preparing", f"{source.name}: {what}", source=source.name)

    def upload_started(self, item: int, source: Source, size: int) -> None:
        amount = f" {bytes_text(size)}" if size else ""
        self._state("uploading", f"{source.name}: uploading{amount}", source=source.name)

    def upload_sent(self, item: int, count: int) -> None:
        pass

    def upload_answer_due(self, item: int) -> None:
        pass

    def upload_ended(self, item: int) -> None:
        pass

    def submitted(self, item: int, source: Source, file_id: str) -> None:
        self._state("submitted", f"{source.name}: uploaded as {file_id}", source=source.name, file_id=file_id)

    def waiting_started(self, item: int, source: Source, file_id: str) -> None:
        pass

    def looked(self, item: int, source: Source, state: str, age: float, next_look: float | None) -> None:
        with self._lock:
            same = self._states.get(item) == state
            self._states[item] = state
        if not same:
            later = "" if next_look is None else f", next look in {seconds_text(next_look)}"
            message = f"{source.name}: {state} after {seconds_text(max(age, 0.0))}{later}"
            self._state("state", message, source=source.name, state=state, age_seconds=round(age, 1))

    def held(self, seconds: float) -> None:
        if seconds <= SHORT_WAIT or self._is_known_wait(seconds):
            return
        if seconds > LONG_WAIT:
            self.terminal.warn("quota", f"The service asked for a pause: next request in {seconds_text(seconds)}.")
        else:
            self._state("quota", f"quota: next request in {seconds_text(seconds)}", seconds=round(seconds, 1))

    def look_due(self, seconds: float) -> None:
        pass

    def ended(self, item: int, record: Record, how: str = "") -> None:
        name = record.source.name
        message = f"{name}: {how or how_ended(record)}"
        self._state("ended", message, source=name, file_id=record.file_id, status=record.status)

    def tallied(self, tally: Tally) -> None:
        pass

    def closed(self) -> None:
        pass

    def _is_known_wait(self, seconds: float) -> bool:
        """Whether this wait was told before: a wait is told anew whenever somebody comes to it."""
        until = self.clock.monotonic() + seconds
        with self._lock:
            known = abs(until - self._held_until) < _SAME_WAIT
            self._held_until = until
        return known

    def _state(self, kind: str, message: str, **details: Any) -> None:
        if self.terminal.progress_kind == "plain":
            self.terminal.event(kind, message, **details)


class LiveReporter(Reporter):
    """The same with a live view at the bottom. Of a few sources, what became of each stays above it."""

    def __init__(self, terminal: Terminal, clock: Clock) -> None:
        super().__init__(terminal, clock)
        self.painter = Painter(terminal, self.lines)
        self._board = Board()
        self._begun = False

    def lines(self, width: int, height: int) -> list[str]:
        """The view as it is now."""
        with self._lock:
            colored = self.terminal.colored("stderr")
            return lines(self._board, self.clock.monotonic(), width, height, colored=colored)

    def preparing(self, item: int, source: Source, what: str, count: int = 0) -> None:
        with self._lock:
            self._board.preparing(item, clean_line(source.name), what, count, self.clock.monotonic())
        if what:
            self._begin()

    def upload_started(self, item: int, source: Source, size: int) -> None:
        with self._lock:
            self._board.upload_started(item, clean_line(source.name), size, self.clock.monotonic())
        self._begin()

    def upload_sent(self, item: int, count: int) -> None:
        with self._lock:
            self._board.upload_sent(item, count, self.clock.monotonic())

    def upload_answer_due(self, item: int) -> None:
        with self._lock:
            self._board.answer_due(item, self.clock.monotonic())

    def upload_ended(self, item: int) -> None:
        with self._lock:
            self._board.upload_ended(item)

    def submitted(self, item: int, source: Source, file_id: str) -> None:
        self._lasting(f"{source.name}: uploaded as {file_id}")

    def waiting_started(self, item: int, source: Source, file_id: str) -> None:
        with self._lock:
            self._board.waiting_started(item, clean_line(source.name), self.clock.monotonic())
        self._begin()

    def looked(self, item: int, source: Source, state: str, age: float, next_look: float | None) -> None:
        name, state = clean_line(source.name), clean_line(state)
        with self._lock:
            self._board.looked(item, name, state, age, next_look, self.clock.monotonic())
        self._begin()

    def held(self, seconds: float) -> None:
        with self._lock:
            self._board.held(seconds, self.clock.monotonic())
        if seconds > SHORT_WAIT:
            self._begin()

    def look_due(self, seconds: float) -> None:
        with self._lock:
            self._board.look_due = self.clock.monotonic() + seconds

    def ended(self, item: int, record: Record, how: str = "") -> None:
        """Failures leave no line: whoever runs the work tells them, at the end and with what to do."""
        name, told = record.source.name, how or how_ended(record)
        with self._lock:
            self._board.ended(item, clean_line(name), clean_line(told))
        if (self._board.is_several or how) and not record.error:
            self._lasting(f"{name}: {told}")

    def tallied(self, tally: Tally) -> None:
        with self._lock:
            self._board.tallied(tally, self.clock.monotonic())
        if tally.total > 1:
            self._begin()

    def closed(self) -> None:
        with self._lock:
            begun, self._begun = self._begun, True
        if begun:
            self.painter.stop()

    def _begin(self) -> None:
        with self._lock:
            begun, self._begun = self._begun, True
        if not begun:
            self.painter.start()

    def _lasting(self, message: str) -> None:
        tally = self._board.tally
        if tally is None or tally.total <= MOST_TOLD or self.terminal.verbose:
            self.note(message)


def reporter_for(terminal: Terminal, clock: Clock) -> Reporter:
    """The reporter that fits: live on a terminal, else lines or silence."""
    return LiveReporter(terminal, clock) if terminal.progress_kind == "bar" else Reporter(terminal, clock)

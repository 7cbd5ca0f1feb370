"""How the work is shown while it goes on: a live bar, a line for each change, or nothing."""

from typing import IO, Any, cast

from intron_cli.core.record import Source
from intron_cli.core.text import bytes_text, clean_line, seconds_text
from intron_cli.output.terminal import Terminal

_LONG_WAIT = 65.0
"""Seconds for which the quota's window never holds a request back: only the service itself does."""


class Reporter:
    """Tells a terminal what the work tells: notes and warnings; a line each where that is asked for."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal

    def note(self, message: str) -> None:
        self.terminal.note(message)

    def warn(self, code: str, message: str) -> None:
        self.terminal.warn(code, message)

    def upload_started(self, source: Source, size: int) -> None:
        self._state(
            "uploading",
            f"{source.name}: uploading{f' {bytes_text(size)}' if size else ''}",
            source=source.name,
        )

    def upload_sent(self, count: int) -> None:
        pass

    def upload_answer_due(self) -> None:
        pass

    def upload_ended(self) -> None:
        pass

    def submitted(self, source: Source, file_id: str) -> None:
        self._state("submitted", f"{source.name}: uploaded as {file_id}", source=source.name, file_id=file_id)

    def waiting_started(self, source: Source, file_id: str) -> None:
        pass

    def looked(self, state: str, age: float, next_look: float | None) -> None:
        later = "" if next_look is None else f", next look in {seconds_text(next_look)}"
        self._state("state", f"{state} after {seconds_text(age)}{later}", state=state, age_seconds=round(age, 1))

    def waiting_ended(self) -> None:
        pass

    def budget_wait(self, seconds: float) -> None:
        if seconds > _LONG_WAIT:
            self.terminal.warn("quota", f"The service asked for a pause: next request in {seconds_text(seconds)}.")
        elif seconds > 2:
            self._state("quota", f"quota: next request in {seconds_text(seconds)}", seconds=round(seconds, 1))

    def _state(self, kind: str, message: str, **details: Any) -> None:
        if self.terminal.progress_kind == "plain":
            self.terminal.event(kind, message, **details)


class LiveReporter(Reporter):
    """The same with a live line at the bottom: the upload's bytes, speed and time left, then the wait."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__(terminal)
        self._live: Any = None
        self._task: Any = None
        self._size = 0

    def upload_started(self, source: Source, size: int) -> None:
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )

        columns: tuple[Any, ...] = (TextColumn("{task.description}", markup=False), BarColumn(bar_width=None))
        if self.terminal.streams.width >= 60:
            columns += (DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
        self._size = size
        self._start(columns, "Uploading", size or None)

    def upload_sent(self, count: int) -> None:
        if self._live:
            self._live.update(self._task, completed=count)

    def upload_answer_due(self) -> None:
        if self._live:
            self._live.update(self._task, completed=self._size, description="Waiting for the answer")

    def upload_ended(self) -> None:
        self._stop()

    def submitted(self, source: Source, file_id: str) -> None:
        self.terminal.note(f"{source.name}: uploaded as {file_id}")

    def waiting_started(self, source: Source, file_id: str) -> None:
        from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

        del file_id
        columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
        self._start(columns, _fitting(f"Waiting for {source.name}", self.terminal), None)

    def looked(self, state: str, age: float, next_look: float | None) -> None:
        if self._live and next_look is not None:
            text = f"{state} at {seconds_text(age)}, next look in {seconds_text(next_look)}"
            self._live.update(self._task, description=_fitting(text, self.terminal))

    def waiting_ended(self) -> None:
        self._stop()

    def budget_wait(self, seconds: float) -> None:
        if self._live and seconds > 2:
            self._live.update(self._task, description=f"Quota: next request in {seconds_text(seconds)}")

    def _start(self, columns: tuple[Any, ...], description: str, total: float | None) -> None:
        from rich.console import Console
        from rich.progress import Progress

        self._stop()
        terminal = self.terminal
        console = Console(
            file=cast(IO[str], _TextStream(terminal)),
            force_terminal=True,
            no_color=not terminal.colored("stderr"),
            width=terminal.streams.width,
            color_system="standard",
        )
        self._live = Progress(*columns, console=console, transient=True, refresh_per_second=8)
        self._task = self._live.add_task(description, total=total)
        self._live.start()
        terminal.above = self._above

    def _above(self, line: str) -> None:
        from rich.text import Text

        self._live.console.print(Text.from_ansi(line), soft_wrap=True)

    def _stop(self) -> None:
        if self._live:
            self.terminal.above = None
            self._live.stop()
            self._live = None


class _TextStream:
    """The terminal's stderr as rich writes to it."""

    encoding = "utf-8"

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def write(self, text: str) -> int:
        self._terminal.raw(text)
        return len(text)

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return True


def _fitting(text: str, terminal: Terminal) -> str:
    return clean_line(text, max(20, terminal.streams.width - 12))


def reporter_for(terminal: Terminal) -> Reporter:
    """The reporter that fits: live on a terminal, else lines or silence."""
    return LiveReporter(terminal) if terminal.progress_kind == "bar" else Reporter(terminal)

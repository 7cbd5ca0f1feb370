"""The streams: stdout carries the result and nothing else, stderr what a person is told meanwhile."""

import io
import os
import shutil
import sys
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Literal, Self

from intron_cli.core.errors import IntronError, UsageError
from intron_cli.core.text import clean_line

When = Literal["auto", "always", "never"]
Progress = Literal["auto", "bar", "plain", "none"]

_COLORS = {"error": "\x1b[1;31m", "warning": "\x1b[33m", "note": "\x1b[2m"}
_RESET = "\x1b[0m"


class ReaderGoneError(Exception):
    """Whoever read stdout has seen enough (``| head``)."""


@dataclass(slots=True)
class Streams:
    """The three standard streams as bytes, and which of them a person sits at."""

    stdin: BinaryIO
    stdout: BinaryIO
    stderr: BinaryIO
    stdin_tty: bool = False
    stdout_tty: bool = False
    stderr_tty: bool = False
    columns: int | None = None
    lines: int | None = None
    stdout_closed: bool = False

    @classmethod
    def system(cls) -> Self:
        return cls(
            _binary(sys.stdin), _binary(sys.stdout), _binary(sys.stderr),
            _is_tty(sys.stdin), _is_tty(sys.stdout), _is_tty(sys.stderr),
            stdout_closed=sys.stdout is None or sys.stdout.closed,
        )  # fmt: skip

    @classmethod
    def test(cls, stdin: bytes = b"", *, tty: bool = False, columns: int = 80, lines: int = 24) -> Self:
        """Streams in memory, all of a terminal's kind or none."""
        return cls(io.BytesIO(stdin), io.BytesIO(), io.BytesIO(), tty, tty, tty, columns, lines)

    @property
    def width(self) -> int:
        """Columns of the terminal, as it is now."""
        return self.columns or self._window().columns

    @property
    def height(self) -> int:
        """Lines of the terminal, as it is now."""
        return self.lines or self._window().lines

    def _window(self) -> os.terminal_size:
        """Any of the streams knows it that leads there: the others may be pipes."""
        for stream in (self.stdout, self.stderr, self.stdin):
            try:
                size = os.get_terminal_size(stream.fileno())
            except (OSError, ValueError):
                continue
            if size.columns and size.lines:
                return size
        return shutil.get_terminal_size((80, 24))


def _binary(stream: Any) -> BinaryIO:
    """A stream that was closed (``>&-``) swallows what it gets; so does a missing one (pythonw)."""
    found: BinaryIO = getattr(stream, "buffer", None) or io.BytesIO()
    return found


def _is_tty(stream: Any) -> bool:
    return bool(stream) and not stream.closed and bool(stream.isatty())


@dataclass(slots=True)
class Terminal:
    """What is said, to whom, and how.

    While there is a live display, ``above`` prints above it, it is out of sight within ``aside``, and writing
    ``unpaint`` takes it off the screen.
    """

    streams: Streams
    env: Mapping[str, str] = field(default_factory=dict)
    quiet: bool = False
    verbose: bool = False
    progress: Progress = "auto"
    color: When = "auto"
    no_input: bool = False
    json_lines: bool = False
    above: Callable[[str], None] | None = None
    aside: Callable[[], AbstractContextManager[None]] = nullcontext
    unpaint: str = ""
    stdout_gone: bool = False
    _counted: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def interactive(self) -> bool:
        """Whether somebody can be asked."""
        asked_not_to = self.no_input or bool(self.env.get("INTRON_NO_INPUT"))
        return self.streams.stdin_tty and self.streams.stderr_tty and not asked_not_to

    def colored(self, stream: Literal["stdout", "stderr"]) -> bool:
        if self.color != "auto":
            return self.color == "always"
        if self.env.get("NO_COLOR"):
            return False
        if self.env.get("FORCE_COLOR"):
            return True
        tty = self.streams.stdout_tty if stream == "stdout" else self.streams.stderr_tty
        return tty and self.env.get("TERM") != "dumb"

    @property
    def progress_kind(self) -> Literal["bar", "plain", "none"]:
        if self.quiet or self.progress == "none":
            return "none"
        if self.progress != "auto":
            return self.progress
        if self.streams.stderr_tty and not self.json_lines:
            return "plain" if self.env.get("TERM") == "dumb" else "bar"
        return "plain" if self.verbose else "none"

    @property
    def talks(self) -> bool:
        """Whether notes are wanted: by a person who watches, or by ``--verbose``."""
        return not self.quiet and (self.streams.stderr_tty or self.verbose)

    def ensure_open(self) -> None:
        """Raise UsageError where stdout is closed, so that what is paid for would be lost."""
        if self.streams.stdout_closed:
            raise UsageError("stdout is closed, so the result would be lost.", "Open it, or name a file with -o.")

    def result(self, data: bytes) -> None:
        """Write to stdout. Raises ReaderGoneError, and UsageError for a full disk."""
        try:
            with self.aside() if self.streams.stdout_tty else nullcontext():
                self.streams.stdout.write(data)
                self.streams.stdout.flush()
        except BrokenPipeError:
            self.stdout_gone = True
            raise ReaderGoneError from None
        except (OSError, ValueError) as error:
            self.stdout_gone = True
            reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "it is closed"
            raise UsageError(f"The result cannot be written to stdout: {reason}.") from None

    def note(self, message: str) -> None:
        if self.talks:
            self._say("note", message)

    def warn(self, code: str, message: str) -> None:
        """Warn; where nobody watches, the first of each kind in full and the rest as a number."""
        if self.quiet:
            return
        with self._lock:
            self._counted[code] += 1
            first = self._counted[code] == 1
        if first or self.talks or self.json_lines:
            self._say("warning", message, code=code)

    def error(self, error: IntronError) -> None:
        self.failure(str(error), error.kind, error.exit_code)

    def failure(self, message: str, kind: str, exit_code: int) -> None:
        self._say("error", message, code=kind, exit_code=exit_code)

    def end_warnings(self) -> None:
        """Say how many warnings of each kind were not said."""
        for code, count in self._counted.items():
            if count > 1 and not (self.talks or self.json_lines):
                self._say("warning", f"{count - 1} more of the kind {code.replace('_', ' ')} (-v shows all).")
        self._counted.clear()

    def event(self, kind: str, message: str, **details: Any) -> None:
        """A change of state, a line each (``--progress plain``)."""
        self._say(kind, message, **details)

    def raw(self, text: str) -> None:
        """Text for stderr that is ours alone, such as a prompt or a traceback."""
        self._write(text.encode("utf-8", "backslashreplace"))

    def abandon(self) -> None:
        """Leave the screen as a shell wants it, from within a signal: whoever holds a lock is not waited for."""
        with suppress(OSError, ValueError):
            os.write(self.streams.stderr.fileno(), self.unpaint.encode())

    def ask(self, question: str) -> bool:
        """Ask a yes-or-no question, no being the answer of silence."""
        answer = b""
        with self.aside():
            self.raw(f"{clean_line(question, 1000)} [y/N] ")
            try:
                answer = self.streams.stdin.readline()
            finally:
                if not answer.endswith(b"\n"):  # Ctrl-C, Ctrl-D: what follows is no answer
                    self.raw("\n")
        return answer.decode("utf-8", "replace").strip().lower() in ("y", "yes")

    def _say(self, kind: str, message: str, **details: Any) -> None:
        line = clean_line(message, 2000)
        if self.json_lines:
            from intron_cli.core.record import to_json_bytes

            self._write(to_json_bytes({"type": kind, **details, "message": line}))
            return
        label = {"error": "error: ", "warning": "warning: "}.get(kind, "")
        if self.colored("stderr") and kind in _COLORS:
            styled = f"{_COLORS[kind]}{label}{_RESET}{line}" if label else f"{_COLORS[kind]}{line}{_RESET}"
        else:
            styled = label + line
        if self.above:
            self.above(styled)
        else:
            self._write((styled + "\n").encode("utf-8", "backslashreplace"))

    def _write(self, data: bytes) -> None:
        try:
            self.streams.stderr.write(data)
            self.streams.stderr.flush()
        except (OSError, ValueError):
            return  # nobody is there to be told

"""The streams: who is told what, and in which form."""

import errno
import io
import json
import os
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from intron_cli.core.errors import KeyMissingError, UsageError
from intron_cli.output.terminal import ReaderGoneError, Streams, Terminal


def made(*, tty: bool = False, env: dict[str, str] | None = None, **options: Any) -> Terminal:
    return Terminal(Streams.test(tty=tty), env or {}, **options)


def told(terminal: Terminal) -> list[str]:
    stream = terminal.streams.stderr
    assert isinstance(stream, io.BytesIO)
    return stream.getvalue().decode().splitlines()


class Failing(io.BytesIO):
    """A stream that cannot be written to."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def write(self, data: Any, /) -> int:
        raise OSError(self.number, "nothing of this is shown")


def test_notes_are_for_those_who_watch() -> None:
    """On a terminal or with -v; cron gets no mail on success, and -q silences even a terminal."""
    for options, heard in [
        ({"tty": True}, True), ({}, False), ({"verbose": True}, True), ({"tty": True, "quiet": True}, False),
        ({"verbose": True, "quiet": True}, False),
    ]:  # fmt: skip
        terminal = made(**options, color="never")
        terminal.note("Uploaded.")
        assert told(terminal) == (["Uploaded."] if heard else [])


def test_a_failure_is_told_to_everybody() -> None:
    """Also with -q."""
    for options in ({}, {"quiet": True}, {"tty": True, "color": "never"}):
        terminal = made(**options)
        terminal.error(KeyMissingError("No API key is set.", "Set one."))
        assert told(terminal) == ["error: No API key is set. Set one."]


def test_warnings_are_counted_by_kind_where_nobody_watches() -> None:
    """The first of each in full, the rest as a number at the end."""
    terminal = made()
    for name in ("a", "b", "c"):
        terminal.warn("unknown_duration", f"{name} has an unknown length.")
    terminal.warn("empty_transcript", "d came back empty.")
    terminal.end_warnings()
    terminal.end_warnings()
    assert told(terminal) == [
        "warning: a has an unknown length.",
        "warning: d came back empty.",
        "warning: 2 more of the kind unknown duration (-v shows all).",
    ]


@pytest.mark.parametrize("options", [{"tty": True, "color": "never"}, {"verbose": True}])
def test_whoever_watches_sees_each_warning(options: dict[str, Any]) -> None:
    """And no number."""
    terminal = made(**options)
    terminal.warn("x", "One.")
    terminal.warn("x", "Two.")
    terminal.end_warnings()
    assert told(terminal) == ["warning: One.", "warning: Two."]


def test_quiet_warns_of_nothing() -> None:
    """Errors only."""
    terminal = made(tty=True, quiet=True)
    terminal.warn("x", "One.")
    terminal.end_warnings()
    assert told(terminal) == []


def test_with_json_each_line_is_an_object() -> None:
    """With its type, whatever is told, also where nobody watches; it is never coloured."""
    terminal = made(json_lines=True, color="always")
    terminal.warn("x", "Odd \x1b[1mname\u202e.")
    terminal.warn("x", "Two.")
    terminal.event("state", "FILE_QUEUED", state="FILE_QUEUED", age_seconds=2.0, source="a\u202e\udc80")
    terminal.error(UsageError("No.", "Yes."))
    assert [json.loads(line) for line in told(terminal)] == [
        {"type": "warning", "code": "x", "message": "Odd name."},
        {"type": "warning", "code": "x", "message": "Two."},
        {"type": "state", "state": "FILE_QUEUED", "age_seconds": 2.0, "source": "a\u202e\udc80",
         "message": "FILE_QUEUED"},
        {"type": "error", "code": "usage", "exit_code": 2, "message": "No. Yes."},
    ]  # fmt: skip
    assert all(line.isascii() for line in told(terminal))


@pytest.mark.parametrize(
    ("tty", "env", "option", "colored"),
    [
        (True, {}, "auto", True), (False, {}, "auto", False), (True, {"NO_COLOR": "1"}, "auto", False),
        (True, {"NO_COLOR": ""}, "auto", True), (False, {"FORCE_COLOR": "1"}, "auto", True),
        (True, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, "auto", False), (True, {"TERM": "dumb"}, "auto", False),
        (False, {"NO_COLOR": "1"}, "always", True), (True, {"FORCE_COLOR": "1"}, "never", False),
    ],
)  # fmt: skip
def test_colour(tty: bool, env: dict[str, str], option: Any, colored: bool) -> None:  # noqa: FBT001 - a table's columns
    """The option, then NO_COLOR, then FORCE_COLOR, then what the stream is."""
    terminal = made(tty=tty, env=env, color=option)
    assert terminal.colored("stdout") is terminal.colored("stderr") is colored
    terminal.error(UsageError("No."))
    assert ("\x1b[" in told(terminal)[0]) is colored


def test_colour_is_each_streams_own() -> None:
    """A result in a pipe is plain while its progress is not."""
    streams = Streams(io.BytesIO(), io.BytesIO(), io.BytesIO(), stderr_tty=True)
    assert [Terminal(streams).colored(name) for name in ("stdout", "stderr")] == [False, True]


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"tty": True}, "bar"), ({}, "none"), ({"verbose": True}, "plain"), ({"tty": True, "quiet": True}, "none"),
        ({"tty": True, "env": {"TERM": "dumb"}}, "plain"), ({"tty": True, "json_lines": True}, "none"),
        ({"progress": "plain"}, "plain"), ({"tty": True, "progress": "none"}, "none"), ({"progress": "bar"}, "bar"),
        ({"progress": "plain", "quiet": True}, "none"),
    ],
)  # fmt: skip
def test_progress(options: dict[str, Any], kind: str) -> None:
    """A bar for a person, lines where a bar cannot be, nothing in a pipe."""
    assert made(**options).progress_kind == kind


def test_somebody_is_asked_only_at_a_terminal() -> None:
    """Where stdin and stderr are one, and nobody said not to."""
    assert made(tty=True).interactive
    assert not made(tty=True, no_input=True).interactive
    assert not made(tty=True, env={"INTRON_NO_INPUT": "1"}).interactive
    assert not Terminal(Streams(io.BytesIO(), io.BytesIO(), io.BytesIO(), stdin_tty=True)).interactive
    assert not Terminal(Streams(io.BytesIO(), io.BytesIO(), io.BytesIO(), stderr_tty=True)).interactive


@pytest.mark.parametrize(
    ("answer", "agreed"), [("y\n", True), (" YES \n", True), ("n\n", False), ("", False), ("\xff\n", False)]
)
def test_silence_is_no(answer: str, agreed: bool) -> None:  # noqa: FBT001 - a table's column
    """Only a yes is a yes; the question is one clean line."""
    terminal = Terminal(Streams.test(answer.encode("latin-1"), tty=True))
    assert terminal.ask("Send visit\x1b]52;c;x\x07.wav\nagain?") is agreed
    assert told(terminal) == ["Send visit.wav again? [y/N] "]


def test_what_follows_a_question_without_an_answer_has_its_own_line() -> None:
    """After Ctrl-D as after Ctrl-C."""
    terminal = Terminal(Streams.test(b"", tty=True))
    terminal.ask("Send it?")
    terminal.note("Nothing was sent.")
    assert told(terminal)[1:] == ["\x1b[2mNothing was sent.\x1b[0m"]


def test_a_full_disk_is_told() -> None:
    """By the system's words for it, and what to do about it ends in 2."""
    terminal = Terminal(Streams(io.BytesIO(), Failing(errno.ENOSPC), io.BytesIO()))
    with pytest.raises(UsageError, match=r"cannot be written to stdout: No space left on device\."):
        terminal.result(b"words")


def test_a_reader_that_left_is_no_error() -> None:
    """`| head` has seen enough."""
    with pytest.raises(ReaderGoneError):
        Terminal(Streams(io.BytesIO(), Failing(errno.EPIPE), io.BytesIO())).result(b"words")


def test_a_closed_stdout_is_told() -> None:
    """In our words."""
    streams = Streams.test()
    streams.stdout.close()
    with pytest.raises(UsageError, match="it is closed"):
        Terminal(streams).result(b"words")


@pytest.mark.parametrize("number", [errno.EPIPE, errno.ENOSPC, errno.EIO])
def test_a_stderr_that_is_gone_stops_nothing(number: int) -> None:
    """The work goes on where nobody can be told."""
    terminal = Terminal(Streams(io.BytesIO(), io.BytesIO(), Failing(number)))
    terminal.error(UsageError("No."))
    terminal.streams.stderr.close()
    terminal.error(UsageError("No."))


def test_hostile_text_is_told_on_one_line() -> None:
    """Whatever a message quotes."""
    terminal = made()
    terminal.warn("x", "a\r\nb\x1b]52;c;cm0=\x07\u202e\tc [bold]\udc80" + "z" * 5000)
    (line,) = told(terminal)
    assert line.startswith("warning: a b c [bold]\ufffdz")
    assert len(line) <= 2009


def test_a_live_display_keeps_its_place() -> None:
    """While there is one, lines go above it."""
    above: list[str] = []
    terminal = made(tty=True, color="never")
    terminal.above = above.append
    terminal.note("Uploaded.")
    assert (above, told(terminal)) == (["Uploaded."], [])


def test_a_size_is_always_known() -> None:
    """Also where nothing is a terminal."""
    assert (Streams.test(columns=40).width, Streams.test(lines=10).height) == (40, 10)
    assert Streams.system().width > 0
    assert Streams.system().height > 0


def test_the_size_is_that_of_the_terminal_which_any_stream_leads_to() -> None:
    """As it is now, also where the result goes into a pipe."""
    master, slave = os.openpty()
    with open(slave, "wb", closefd=True) as stderr, open(master, "rb", closefd=True):  # noqa: PTH123 - descriptors
        streams = Streams(io.BytesIO(), io.BytesIO(), stderr, stderr_tty=True)
        for lines, columns in ((24, 80), (10, 40)):
            termios.tcsetwinsize(slave, (lines, columns))
            assert (streams.width, streams.height) == (columns, lines)
        termios.tcsetwinsize(slave, (0, 0))
        assert streams.width > 0


def test_others_write_where_nothing_is_live() -> None:
    """A question, and a result on the same terminal, have the live display go aside."""
    said: list[str] = []

    @contextmanager
    def aside() -> Iterator[None]:
        said.append("aside")
        yield
        said.append("back")

    for tty, times in ((True, 2), (False, 1)):
        said.clear()
        terminal = Terminal(Streams.test(b"y\n", tty=tty), aside=aside)
        assert terminal.ask("Send it?")
        terminal.result(b"words\n")
        assert said == ["aside", "back"] * times


def test_warnings_from_several_threads_are_counted() -> None:
    """None is lost, and one is told."""
    terminal = made()
    threads = [threading.Thread(target=lambda: [terminal.warn("x", "One.") for _ in range(100)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    terminal.end_warnings()
    assert told(terminal) == ["warning: One.", "warning: 399 more of the kind x (-v shows all)."]

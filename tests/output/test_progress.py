"""How the work is shown while it goes on."""

import io
import json
import re
from typing import Any

import pytest

from intron_cli.core.record import Source
from intron_cli.output.progress import LiveReporter, Reporter, reporter_for
from intron_cli.output.terminal import Streams, Terminal

SOURCE = Source("visit.wav", 64_000)


def work(reporter: Reporter, source: Source = SOURCE) -> None:
    """All that can be told of one recording."""
    reporter.upload_started(source, 64_000)
    reporter.budget_wait(5)
    reporter.upload_sent(32_000)
    reporter.upload_answer_due()
    reporter.upload_ended()
    reporter.submitted(source, "id-1")
    reporter.waiting_started(source, "id-1")
    reporter.looked("FILE_PROCESSING", 2.0, 2.0)
    reporter.looked("FILE_TRANSCRIBED", 4.0, None)
    reporter.waiting_ended()


def told(terminal: Terminal) -> str:
    assert isinstance(terminal.streams.stderr, io.BytesIO)
    return terminal.streams.stderr.getvalue().decode()


def test_a_pipe_is_told_nothing() -> None:
    """Unless somebody asked."""
    terminal = Terminal(Streams.test())
    work(reporter_for(terminal))
    assert told(terminal) == ""


@pytest.mark.parametrize("options", [{"verbose": True}, {"progress": "plain"}])
def test_a_line_for_each_change(options: dict[str, Any]) -> None:
    """With -v in a pipe, and where it is asked for."""
    terminal = Terminal(Streams.test(), **options)
    work(reporter_for(terminal))
    assert told(terminal).splitlines() == [
        "visit.wav: uploading 64 kB",
        "quota: next request in 5 s",
        "visit.wav: uploaded as id-1",
        "FILE_PROCESSING after 2 s, next look in 2 s",
        "FILE_TRANSCRIBED after 4 s",
    ]


def test_an_object_for_each_change() -> None:
    """With --json, for programs that show progress of their own."""
    terminal = Terminal(Streams.test(), progress="plain", json_lines=True)
    work(reporter_for(terminal))
    lines = [json.loads(line) for line in told(terminal).splitlines()]
    assert [line["type"] for line in lines] == ["uploading", "quota", "submitted", "state", "state"]
    assert lines[2]["file_id"] == "id-1"
    assert lines[3]["age_seconds"] == 2.0


def test_a_short_wait_for_the_quota_is_not_worth_a_line() -> None:
    """Nor is the size of a recording that is only a URL."""
    terminal = Terminal(Streams.test(), progress="plain")
    reporter = reporter_for(terminal)
    reporter.budget_wait(1.1)
    reporter.upload_started(Source("https://a.example/visit.wav"), 0)
    assert told(terminal) == "https://a.example/visit.wav: uploading\n"


@pytest.mark.parametrize("columns", [20, 40, 120])
def test_a_terminal_has_a_live_line(columns: int) -> None:
    """That is gone when the work is done; what lasts is told above it."""
    terminal = Terminal(Streams.test(tty=True, columns=columns), color="never")
    reporter = reporter_for(terminal)
    assert isinstance(reporter, LiveReporter)
    work(reporter)
    assert "visit.wav: uploaded as id-1" in told(terminal)
    assert told(terminal).count("\x1b[?25l") == told(terminal).count("\x1b[?25h")
    assert terminal.above is None


def test_a_note_goes_above_the_live_line() -> None:
    """As it is: nothing in it is markup."""
    terminal = Terminal(Streams.test(tty=True, columns=80), color="never")
    reporter = reporter_for(terminal)
    reporter.waiting_started(SOURCE, "id-1")
    terminal.note("Half [bold]way[/bold] :smile: there.")
    reporter.waiting_ended()
    assert "Half [bold]way[/bold] :smile: there.\n" in re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", told(terminal)).replace(
        "\r", ""
    )


def test_a_hostile_name_is_shown_and_not_obeyed() -> None:
    """In the live line as in the others."""
    name = "visit\x1b]52;c;cm0=\x07\u202e[bold]x.wav"
    for options in ({"tty": True}, {}):
        terminal = Terminal(Streams.test(**options), progress="plain" if not options else "auto", color="never")
        work(reporter_for(terminal), Source(name, 64_000))
        seen = told(terminal)
        assert "\x1b]" not in seen
        assert "\u202e" not in seen
        assert "[bold]x.wav" in seen


def test_ending_what_never_began_is_harmless() -> None:
    """An interrupt ends everything, whatever was under way; the same twice over."""
    terminal = Terminal(Streams.test(tty=True))
    for reporter in (Reporter(terminal), LiveReporter(terminal)):
        reporter.upload_ended()
        reporter.waiting_ended()
        reporter.upload_sent(5)
        reporter.looked("X", 1, 2)
    assert told(terminal) == ""

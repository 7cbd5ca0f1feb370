"""How the work is shown while it goes on."""

import io
import json
import threading
from inspect import signature
from typing import Any

import pytest
from clock import FakeClock

from intron_cli.core.errors import RefusedError
from intron_cli.core.record import EMPTY_TRANSCRIPT, ErrorInfo, Record, Source
from intron_cli.core.tally import Tally
from intron_cli.jobs.events import Events
from intron_cli.output.progress import LiveReporter, Reporter, reporter_for
from intron_cli.output.terminal import Streams, Terminal

from .screen import Screen

SOURCE = Source("visit.wav", 64_000)


def made(**options: Any) -> tuple[Terminal, Reporter]:
    terminal = Terminal(Streams.test(tty=options.pop("tty", False)), **options)
    return terminal, reporter_for(terminal, FakeClock())


def live(**options: Any) -> tuple[Terminal, LiveReporter]:
    terminal, reporter = made(tty=True, color="never", **options)
    assert isinstance(reporter, LiveReporter)
    return terminal, reporter


def work(reporter: Reporter, source: Source = SOURCE, item: int = 0) -> None:
    """All that can be told of one recording."""
    reporter.upload_started(item, source, 64_000)
    reporter.held(5)
    reporter.upload_sent(item, 32_000)
    reporter.upload_answer_due(item)
    reporter.upload_ended(item)
    reporter.submitted(item, source, "id-1")
    reporter.waiting_started(item, source, "id-1")
    reporter.looked(item, source, "FILE_PROCESSING", 2.0, 2.0)
    reporter.looked(item, source, "FILE_PROCESSING", 4.0, 2.0)
    reporter.looked(item, source, "FILE_TRANSCRIBED", 6.0, None)
    reporter.ended(item, Record("done", source, file_id="id-1"))


def told(terminal: Terminal) -> str:
    assert isinstance(terminal.streams.stderr, io.BytesIO)
    return terminal.streams.stderr.getvalue().decode()


def on_screen(terminal: Terminal) -> Screen:
    screen = Screen(80, 24)
    screen.write(told(terminal))
    return screen


def test_a_pipe_is_told_nothing() -> None:
    """Unless somebody asked."""
    terminal, reporter = made()
    work(reporter)
    reporter.closed()
    assert told(terminal) == ""


@pytest.mark.parametrize("options", [{"verbose": True}, {"progress": "plain"}])
def test_a_line_for_each_change(options: dict[str, Any]) -> None:
    """With -v in a pipe, and where it is asked for; the same state again is none."""
    terminal, reporter = made(**options)
    work(reporter)
    assert told(terminal).splitlines() == [
        "visit.wav: uploading 64 kB",
        "quota: next request in 5 s",
        "visit.wav: uploaded as id-1",
        "visit.wav: FILE_PROCESSING after 2 s, next look in 2 s",
        "visit.wav: FILE_TRANSCRIBED after 6 s",
        "visit.wav: done",
    ]


def test_an_object_for_each_change() -> None:
    """With --json, for programs that show progress of their own."""
    terminal, reporter = made(progress="plain", json_lines=True)
    work(reporter)
    reporter.ended(1, Record("failed", Source("b.wav"), error=ErrorInfo.of(RefusedError("It was not taken."))))
    lines = [json.loads(line) for line in told(terminal).splitlines()]
    kinds = ["uploading", "quota", "submitted", "state", "state", "ended", "ended"]
    assert [line["type"] for line in lines] == kinds
    assert lines[2]["file_id"] == "id-1"
    assert (lines[3]["source"], lines[3]["age_seconds"]) == ("visit.wav", 2.0)
    assert lines[5]["status"] == "done"
    assert lines[6] == {
        "type": "ended", "source": "b.wav", "file_id": None, "status": "failed",
        "message": "b.wav: failed: It was not taken.",
    }  # fmt: skip


def test_an_end_may_be_told_otherwise() -> None:
    """Where the record does not say it."""
    terminal, reporter = made(progress="plain")
    reporter.ended(0, Record("done", SOURCE), "kept")
    reporter.ended(1, Record("done", SOURCE).warn(EMPTY_TRANSCRIPT, "It came back empty."))
    reporter.ended(2, Record("not_sent", SOURCE), "skipped: uploaded before with other options")
    assert told(terminal).splitlines() == [
        "visit.wav: kept",
        "visit.wav: done, but empty",
        "visit.wav: skipped: uploaded before with other options",
    ]


def test_a_short_wait_for_the_quota_is_not_worth_a_line() -> None:
    """Nor is the size of a recording that is only a URL."""
    terminal, reporter = made(progress="plain")
    reporter.held(1.1)
    reporter.upload_started(0, Source("https://a.example/visit.wav"), 0)
    assert told(terminal) == "https://a.example/visit.wav: uploading\n"


def test_a_wait_is_told_once() -> None:
    """Whoever comes to it; the next one is told again."""
    clock = FakeClock()
    terminal = Terminal(Streams.test(), progress="plain")
    reporter = reporter_for(terminal, clock)
    reporter.held(20)
    clock.sleep(8)
    reporter.held(12.2)
    reporter.held(1.1)
    reporter.held(11.8)
    clock.sleep(12)
    reporter.held(0)
    reporter.held(5)
    assert told(terminal).splitlines() == ["quota: next request in 20 s", "quota: next request in 5 s"]


def test_a_pause_that_the_service_asked_for_is_a_warning() -> None:
    """Also in a pipe: somebody may wonder."""
    terminal, reporter = made()
    reporter.held(300)
    reporter.held(300)
    assert told(terminal) == "warning: The service asked for a pause: next request in 5 min.\n"


def test_a_terminal_has_a_live_view() -> None:
    """That shows what goes on, and is gone when the work is done; what lasts is told above it."""
    terminal, reporter = live()
    reporter.upload_started(0, SOURCE, 64_000)
    reporter.upload_sent(0, 32_000)
    reporter.painter.paint()
    assert on_screen(terminal).seen == ["Uploading ━━━━━━━━━━───────── 32 of 64 kB"]
    reporter.upload_answer_due(0)
    reporter.painter.paint()
    assert "Waiting for the answer" in on_screen(terminal).seen[0]
    reporter.upload_ended(0)
    reporter.submitted(0, SOURCE, "id-1")
    reporter.waiting_started(0, SOURCE, "id-1")
    reporter.looked(0, SOURCE, "FILE_PROCESSING", 12.0, 3.0)
    reporter.painter.paint()
    seen = on_screen(terminal).seen
    assert seen[0] == "visit.wav: uploaded as id-1"
    assert seen[1].endswith("visit.wav: FILE_PROCESSING at 12 s, next look in 3 s")
    reporter.ended(0, Record("done", SOURCE))
    reporter.closed()
    assert on_screen(terminal).lines == ["visit.wav: uploaded as id-1"]
    assert on_screen(terminal).cursor_seen
    assert terminal.above is None


def test_a_note_goes_above_the_live_view() -> None:
    """As it is: nothing in it is markup."""
    terminal, reporter = live()
    reporter.waiting_started(0, SOURCE, "id-1")
    terminal.note("Half [bold]way[/bold] :smile: there.")
    reporter.painter.paint()
    seen = on_screen(terminal).seen
    assert seen[0] == "Half [bold]way[/bold] :smile: there."
    assert "Waiting for visit.wav" in seen[1]
    reporter.closed()


@pytest.mark.parametrize(
    ("total", "options", "lasting"), [(10, {}, True), (11, {}, False), (300, {"verbose": True}, True)]
)
def test_of_many_nothing_is_told_of_each(total: int, options: dict[str, Any], lasting: bool) -> None:  # noqa: FBT001
    """Unless it is asked for; a failure is told at the end, by whoever runs the work."""
    terminal, reporter = live(**options)
    reporter.tallied(Tally(total, to_upload=total))
    reporter.submitted(0, SOURCE, "id-1")
    reporter.ended(0, Record("done", SOURCE))
    reporter.ended(1, Record("failed", Source("b.wav"), error=ErrorInfo("refused", "It was not taken.", 6)))
    reporter.painter.paint()
    seen = on_screen(terminal).seen
    assert seen[-3:] == ["last: b.wav: failed: It was not taken.", f"{total} to upload", f"{'─' * 40} 0 of {total}"]
    reporter.closed()
    told_of_each = ["visit.wav: uploaded as id-1", "visit.wav: done"] if lasting else []
    assert on_screen(terminal).lines == told_of_each


def test_many_are_told_from_many_threads() -> None:
    """In whatever order."""
    terminal, reporter = live()
    reporter.tallied(Tally(40, to_upload=40))
    threads = [
        threading.Thread(
            target=lambda first: [work(reporter, SOURCE, first + step) for step in range(10)], args=(first,)
        )
        for first in range(0, 40, 10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reporter.tallied(Tally(40, done=40))
    reporter.held(0)
    reporter.painter.paint()
    assert on_screen(terminal).seen[-3:] == ["last: visit.wav: done", "40 done", f"{'━' * 40} 40 of 40"]
    reporter.closed()
    assert on_screen(terminal).lines == []


@pytest.mark.parametrize("options", [{"tty": True}, {"progress": "plain"}])
@pytest.mark.parametrize("total", [1, 20])
def test_a_hostile_name_is_shown_and_not_obeyed(options: dict[str, Any], total: int) -> None:
    """In the live view as in the lines."""
    source = Source("visit\x1b]52;c;cm0=\x07\u202e[bold]\nx.wav", 64_000)
    terminal, reporter = made(color="never", **options)
    reporter.tallied(Tally(total))
    work(reporter, source)
    reporter.upload_started(1, source, 64_000)
    reporter.looked(1, source, "FILE\x1b[2J\u202e", 1.0, 1.0)
    if isinstance(reporter, LiveReporter):
        reporter.painter.paint()
        reporter.upload_ended(1)
        reporter.painter.paint()
    reporter.closed()
    seen = told(terminal)
    for forbidden in ("\x1b]", "\x1b[2J", "\u202e", "\x07"):
        assert forbidden not in seen
    assert "[bold] x.wav" in seen


def test_closing_what_never_began_is_harmless() -> None:
    """An interrupt ends everything, whatever was under way; the same twice over."""
    for options in ({}, {"tty": True}):
        terminal, reporter = made(**options)
        reporter.upload_ended(0)
        reporter.upload_sent(0, 5)
        reporter.upload_answer_due(0)
        reporter.held(0)
        reporter.tallied(Tally(1))
        reporter.closed()
        reporter.closed()
        reporter.waiting_started(0, SOURCE, "id-1")
        assert told(terminal) == ""
        assert terminal.above is None


@pytest.mark.parametrize("reporter", [Reporter, LiveReporter])
def test_a_reporter_takes_whatever_the_work_tells(reporter: type[Reporter]) -> None:
    """As the protocol has it, argument by argument."""
    told_of = [name for name in vars(Events) if not name.startswith("_")]
    assert {name: signature(getattr(reporter, name)) for name in told_of} == {
        name: signature(getattr(Events, name)) for name in told_of
    }

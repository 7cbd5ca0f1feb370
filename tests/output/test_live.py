"""Lines that stay at the bottom of a terminal, on a screen that shows what becomes of them."""

import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intron_cli.output.live import Painter
from intron_cli.output.terminal import Streams, Terminal

from .screen import Screen


class Window:
    """A terminal's window with a painter in it, whose thread does not run: each painting is asked for."""

    def __init__(self, width: int = 80, height: int = 24, count: int = 3) -> None:
        self.screen = Screen(width, height)
        self.terminal = Terminal(Streams.test(tty=True, columns=width, lines=height), color="never")
        self.count = count
        self.tick = 0
        self.painter = Painter(self.terminal, self.draw)
        self.terminal.above, self.terminal.aside = self.painter.above, self.painter.aside

    def draw(self, width: int, height: int) -> list[str]:
        """Lines as wide as they may be."""
        count = min(self.count, max((height - 1) // 2, 1)) if self.count else 0
        return [f"view {at} at {self.tick} ".ljust(width - 1, "=")[: width - 1] for at in range(count)]

    def paint(self) -> None:
        self.tick += 1
        self.painter.paint()
        self.show()

    def note(self, text: str) -> None:
        self.terminal.note(text)
        self.show()

    def resize(self, width: int, height: int, *, told: bool = True) -> None:
        self.screen.resize(width, height)
        if told:
            self.tell()

    def tell(self) -> None:
        """The system tells the new size, which may be late."""
        self.terminal.streams.columns, self.terminal.streams.lines = self.screen.width, self.screen.height

    def stop(self) -> None:
        self.painter.stop()
        self.show()

    def show(self) -> None:
        """What was written reaches the screen."""
        stream = self.terminal.streams.stderr
        assert isinstance(stream, io.BytesIO)
        self.screen.write(stream.getvalue().decode())
        stream.seek(0)
        stream.truncate()


def test_several_lines_keep_to_the_bottom() -> None:
    """Notes go above them, and nothing is left of them at the end."""
    window = Window(30, 8)
    window.note("One.")
    window.paint()
    assert window.screen.seen == ["One.", "", "", "", "", *window.draw(30, 8)]
    assert not window.screen.cursor_seen
    for number in range(4):
        window.note(f"Note {number}.")
    assert window.screen.seen == [*(f"Note {number}." for number in range(4)), "", *window.draw(30, 8)]
    window.paint()
    window.stop()
    assert window.screen.lines == ["One.", *(f"Note {number}." for number in range(4))]
    assert window.screen.cursor_seen
    assert (window.screen.x, window.screen.y) == (0, 4)


def test_a_single_line_follows_the_text() -> None:
    """Where somebody who has just typed a command looks."""
    window = Window(30, 8, count=1)
    window.note("One.")
    window.paint()
    window.note("Two.")
    assert window.screen.seen == ["One.", "Two.", *window.draw(30, 8)]
    window.stop()
    assert window.screen.lines == ["One.", "Two."]


def test_a_single_line_goes_down_where_the_window_changes() -> None:
    """There, wrapping cannot push it out."""
    window = Window(30, 8, count=1)
    window.note("One.")
    window.paint()
    window.resize(30, 6)
    window.paint()
    assert window.screen.seen == ["One.", "", "", "", "", *window.draw(30, 6)]


def test_what_has_not_changed_is_not_written_again() -> None:
    """A slow line is left alone."""
    window = Window()
    window.painter.paint()
    window.show()
    window.painter.paint()
    stream = window.terminal.streams.stderr
    assert isinstance(stream, io.BytesIO)
    assert stream.getvalue() == b""


def test_it_grows_shrinks_and_vanishes() -> None:
    """With what there is to show; the cursor is seen where there is nothing."""
    window = Window(30, 12, count=0)
    window.note("One.")
    for count in (0, 4, 1, 5, 2, 0):
        window.count = count
        window.paint()
        assert [line for line in window.screen.seen if line.startswith("view")] == window.draw(30, 12)
        assert window.screen.cursor_seen is (count == 0)
    assert window.screen.lines == ["One."]


def test_it_goes_aside_for_a_question() -> None:
    """It is not painted over what somebody types, and comes back afterwards."""
    window = Window(30, 8)
    window.note("One.")
    window.paint()
    with window.terminal.aside():
        window.terminal.raw("May it? ")
        window.paint()
        assert window.screen.seen == ["One.", "May it?"]
        assert window.screen.cursor_seen
        window.note("y")  # as it is typed
    window.paint()
    assert window.screen.seen[:2] == ["One.", "May it? y"]
    assert window.screen.seen[-3:] == window.draw(30, 8)


def test_a_result_on_the_same_terminal_gets_a_free_screen() -> None:
    """A record that is printed while others are under way."""
    window = Window(30, 8)
    window.paint()
    window.terminal.result(b"{}\n")
    window.show()
    assert window.screen.seen == [""]


@pytest.mark.parametrize("sizes", [[(40, 24), (100, 24), (80, 6), (80, 24)], [(60, 10), (80, 40), (40, 30), (80, 24)]])
@pytest.mark.parametrize("text", [[], [f"Line {number}." for number in range(30)]])
@pytest.mark.parametrize("count", [1, 3, 8])
def test_a_window_may_change(sizes: list[tuple[int, int]], text: list[str], count: int) -> None:
    """On an empty and on a full screen; the size may be told late, and a painting come in between."""
    for told in (True, False):
        window = Window(count=count)
        for line in ["intron transcribe visits/", *text]:
            window.note(line)
        window.paint()
        for width, height in sizes:
            window.resize(width, height, told=told)
            window.paint()
            window.tell()
            window.paint()
            shown = [line for line in window.screen.seen if line.startswith("view")]
            assert shown == window.draw(width, height)
        window.stop()
        assert window.screen.lines == ["intron transcribe visits/", *text]
        assert window.screen.cursor_seen


steps = st.one_of(
    st.just(("paint",)),
    st.tuples(st.just("count"), st.integers(0, 9)),
    st.tuples(st.just("note"), st.integers(1, 200)),
    st.tuples(st.just("resize"), st.integers(60, 119), st.integers(20, 40), st.booleans()),
)


@given(st.lists(steps, max_size=30))
@settings(max_examples=300, deadline=None)
def test_whatever_happens_the_notes_are_all_that_stays(script: list[tuple[Any, ...]]) -> None:
    """In their order, whole, with nothing of the view between them, also where the size is told late."""
    window = Window()
    notes = ["The command."]
    window.note(notes[0])
    for name, *values in script:
        if name == "paint":
            window.paint()
        elif name == "count":
            (window.count,) = values
        elif name == "note":
            notes.append(f"{len(notes)}:".ljust(values[0], "n"))
            window.note(notes[-1])
        else:
            window.resize(values[0], values[1], told=values[2])
    window.stop()
    assert window.screen.lines == notes


@given(st.integers(1, 20), st.integers(1, 4), st.integers(0, 9))
def test_the_smallest_windows(width: int, height: int, count: int) -> None:
    """Show what they can."""
    window = Window(width, height, count)
    for _ in range(3):
        window.paint()
    window.stop()
    assert window.screen.lines == []


def test_a_thread_paints_until_it_is_stopped() -> None:
    """And is gone then; what comes later is written plainly."""
    window = Window()
    painter = Painter(window.terminal, window.draw)
    painter.start()
    window.terminal.note("One.")
    painter.stop()
    assert window.terminal.above is None
    painter.stop()
    painter.above("Two.")
    window.show()
    assert window.screen.seen == ["One.", "Two."]

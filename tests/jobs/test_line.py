"""How many uploads at once the line is worth."""

from intron_cli.jobs.line import Line


def carried(line: Line, now: float, item: int, seconds: float, size: int) -> float:
    """One upload from its beginning to its end."""
    line.started(item, now)
    line.sent(item, size)
    line.ended(item, now + seconds)
    return now + seconds


def four_at_once(line: Line, seconds: float, size: int) -> float:
    for item in range(4):
        line.started(item, 0.0)
        line.sent(item, size)
    for item in range(4):
        line.ended(item, seconds + item)
    return seconds + 3


def test_a_good_line_takes_four() -> None:
    """As long as none of them takes long."""
    line = Line(4)
    now = four_at_once(line, 5.0, 1_000_000)
    assert line.slots == 4
    assert line.seconds_for(10, now) == 10 / 4 * 8


def test_a_full_line_falls_to_one() -> None:
    """One alone is as fast there, and is not late."""
    line = Line(4)
    now = four_at_once(line, 40.0, 1_000_000)
    assert line.slots == 1
    for item in (4, 5, 6):
        now = carried(line, now, item, 10.0, 1_000_000)
        assert line.slots == 1


def test_where_one_alone_is_slower_four_come_back() -> None:
    """A line that gives each connection only so much is worth several, and is not tried again."""
    line = Line(4)
    now = four_at_once(line, 40.0, 1_000_000)
    for item in (4, 5):
        now = carried(line, now, item, 40.0, 1_000_000)
    assert line.slots == 4
    carried(line, now, 6, 40.0, 1_000_000)
    assert line.slots == 4


def test_one_that_was_asked_for_stays_one() -> None:
    """There is nothing to try."""
    line = Line(1)
    now = carried(line, 0.0, 0, 100.0, 1_000_000)
    carried(line, now, 1, 100.0, 1_000_000)
    assert line.slots == 1


def test_who_waits_for_an_answer_is_known() -> None:
    """Until it comes."""
    line = Line(2)
    line.started(0, 0.0)
    line.started(1, 0.0)
    line.all_sent(0)
    assert line.handed_over == 1
    line.ended(0, 1.0)
    assert line.handed_over == 0
    assert line.seconds_for(10, 1.0) == 0


def test_a_shorter_window_shortens_its_patience() -> None:
    """Tests and benchmarks run in seconds."""
    line = Line(4, scale=0.1)
    four_at_once(line, 4.0, 1_000_000)
    assert line.slots == 1

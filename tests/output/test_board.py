"""What a live view knows of a run, at which time."""

import pytest

from intron_cli.core.tally import Tally
from intron_cli.output.board import Board, Upload


def upload_of(size: int = 1_000_000) -> Upload:
    board = Board()
    board.upload_started(0, "visit.wav", size, 100.0)
    return board.uploads[0]


def test_a_speed_is_that_of_the_last_seconds() -> None:
    """It follows a line that becomes slower, and says nothing in the first second."""
    upload = upload_of()
    assert upload.speed(100.9) is None
    for tenth in range(1, 51):
        upload.note_sent(tenth * 10_000, 100 + tenth / 10)
    assert upload.speed(105.0) == pytest.approx(100_000, rel=0.1)
    for tenth in range(1, 101):
        upload.note_sent(500_000 + tenth * 1_000, 105 + tenth / 10)
    assert upload.speed(115.0) == pytest.approx(10_000, rel=0.1)
    assert len(upload.marks) < 30


def test_a_line_that_stands_still_has_no_speed() -> None:
    """And nobody can say when it will be through."""
    upload = upload_of()
    upload.note_sent(500_000, 102.0)
    assert upload.seconds_left(104.0) == pytest.approx(4.0)
    assert upload.speed(108.0) == 0
    assert upload.seconds_left(108.0) is None


def test_the_time_left_needs_a_size() -> None:
    """A URL has none."""
    upload = upload_of(size=0)
    upload.note_sent(100, 102.0)
    assert upload.seconds_left(104.0) is None


def test_an_upload_that_is_tried_again_begins_anew() -> None:
    """What a try before has sent does not count."""
    board = Board()
    board.upload_started(0, "visit.wav", 1000, 0.0)
    board.answer_due(0, 2.0)
    assert (board.uploads[0].sent, board.uploads[0].answer_due) == (1000, 2.0)
    board.upload_ended(0)
    board.upload_started(0, "visit.wav", 1000, 9.0)
    assert (board.uploads[0].sent, board.uploads[0].answer_due) == (0, None)


def test_an_end_ends_all_that_was_under_way() -> None:
    """Of that source only."""
    board = Board()
    for item in (0, 1):
        board.upload_started(item, "a.wav", 1000, 0.0)
        board.waiting_started(item, "a.wav", 0.0)
    board.ended(0, "a.wav", "done")
    assert (list(board.uploads), list(board.awaited), board.last) == ([1], [1], ("a.wav", "done"))


def test_a_look_tells_when_the_next_one_comes() -> None:
    """By the view's own clock; an age cannot be negative, whatever the machine's clock did."""
    board = Board()
    board.waiting_started(0, "a.wav", 10.0)
    board.looked(0, "a.wav", "FILE_QUEUED", -3.0, 2.0, 12.0)
    awaited = board.awaited[0]
    assert (awaited.since, awaited.state, awaited.age, awaited.next_look) == (10.0, "FILE_QUEUED", 0.0, 14.0)
    board.looked(0, "a.wav", "FILE_PROCESSING", 4.0, None, 14.0)
    assert awaited.next_look is None


def test_a_short_hold_is_none() -> None:
    """It is the usual step between two requests; 0 ends a long one."""
    board = Board()
    board.held(5.0, 10.0)
    assert board.held_until == 15.0
    for seconds in (1.1, 0.0):
        board.held(5.0, 10.0)
        board.held(seconds, 12.0)
        assert board.held_until is None


@pytest.mark.parametrize(("tally", "several"), [(None, False), (Tally(1), False), (Tally(0), False), (Tally(2), True)])
def test_many_are_shown_as_many(tally: Tally | None, several: bool) -> None:  # noqa: FBT001 - a table's column
    """One is shown for itself."""
    assert Board(tally).is_several is several


def test_what_never_began_may_end() -> None:
    """Nothing comes of it."""
    board = Board()
    board.upload_sent(0, 5, 1.0)
    board.answer_due(0, 1.0)
    board.upload_ended(0)
    assert board == Board()

"""The lines of a live view, for windows of all sizes."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intron_cli.core.tally import Tally
from intron_cli.core.text import clean_line, display_width
from intron_cli.output.board import Board
from intron_cli.output.drawing import lines, rough_time

COLOURS = re.compile(r"\x1b\[\d+m")


def board_of_many(**counts: Any) -> Board:
    """A run in its middle, at 100 s."""
    numbers = {"done": 40, "kept": 2, "processing": 12, "uploading": 2, "to_upload": 42, "failed": 1, "maybe": 1}
    board = Board()
    board.tallied(Tally(100, **(numbers | {"seconds_left": 225.0} | counts)), 100.0)
    for item, (name, sent) in enumerate({"2024-03-05/visit-045.wav": 3_200_000, "visit-046.wav": 0}.items()):
        board.upload_started(item, name, 8_100_000, 92.0)
        board.upload_sent(item, sent, 96.0)
    board.upload_sent(0, 5_000_000, 100.0)
    board.answer_due(1, 99.0)
    board.looked(7, "visit-041.wav", "FILE_PROCESSING", 12.0, 3.0, 100.0)
    board.ended(8, "2024-03-05/visit-040.wav", "done")
    return board


def drawn(board: Board, width: int = 80, height: int = 24, now: float = 100.0) -> list[str]:
    return lines(board, now, width, height)


def test_many_in_a_usual_window() -> None:
    """Each upload, the last that ended, what is waited for, all of them by state, and the time left."""
    assert drawn(board_of_many()) == [
        "  2024-03-05/visit-045.wav  5 of 8.1 MB, 625 kB/s",
        "  visit-046.wav             waiting for the answer",
        "last: 2024-03-05/visit-040.wav: done",
        "processing: next look in 3 s",
        "40 done, 2 kept, 12 processing, 2 uploading, 42 to upload, 1 failed, 1 maybe",
        "━━━━━━━━━━━━━━━━━━────────────────────── 44 of 100, about 4 min left",
    ]


def test_many_in_a_narrow_window() -> None:
    """Says less, and cuts names in their middle."""
    assert drawn(board_of_many(), width=40) == [
        "  2024-03-…-045.wav  61 %, 625 kB/s",
        "  visit-046.wav      all sent",
        "last: 2024-03-05/visit-040.wav: done",
        "processing: next look in 3 s",
        "42 done, 56 to go, 1 failed, 1 maybe",
        "━━━━──── 44 of 100, about 4 min left",
    ]
    assert drawn(board_of_many(), width=20) == [
        "  202…wav  61 %",
        "  vis…wav  all sent",
        "2024-0…40.wav: done",
        "next look in 3 s",
        "2 not done",
        "44 of 100",
    ]


def test_a_low_window_keeps_what_matters_most() -> None:
    """The sum, the counts, what is waited for, the uploads, and at last what ended last."""
    whole = drawn(board_of_many())
    for height, kept in ((13, [0, 1, 2, 3, 4, 5]), (11, [0, 1, 3, 4, 5]), (9, [0, 3, 4, 5]), (7, [3, 4, 5])):
        assert drawn(board_of_many(), height=height) == [whole[at] for at in kept]
    assert drawn(board_of_many(), height=5) == whole[-2:]
    assert drawn(board_of_many(), height=3) == drawn(board_of_many(), height=1) == whole[-1:]


def test_the_quota_counts_down() -> None:
    """By the view's own clock, and is gone when the time is up."""
    board = board_of_many()
    board.held(4.0, 100.0)
    waits = [drawn(board, now=now)[3] for now in (100.0, 100.5, 102.9, 103.5, 104.0)]
    assert waits == [*(f"quota: next request in {left} s" for left in (4, 4, 2, 1)), "processing: looking now"]


def test_the_first_look_is_waited_for() -> None:
    """When it comes only the plan knows: nobody was asked about any of them yet."""
    board = Board(Tally(2, processing=2), 100.0)
    assert len(drawn(board)) == 2
    board.look_due = 109.5
    assert len(drawn(board)) == 2
    for item in (0, 1):
        board.waiting_started(item, f"{item}.wav", 100.0)
    assert drawn(board)[0] == "processing: next look in 10 s"
    board.looked(0, "0.wav", "FILE_PROCESSING", 9.0, 1.0, 100.0)
    assert drawn(board, now=102.0)[0] == "processing: next look in 8 s"
    assert drawn(board, now=110.0)[0] == "processing: looking now"


def test_a_pause_that_the_service_asked_for_is_told_as_one() -> None:
    """The quota never takes that long."""
    board = board_of_many()
    board.held(120.0, 100.0)
    assert drawn(board)[3] == "the service asked for a pause: next request in 2 min"
    assert drawn(board, width=40)[3] == "pause: 2 min"


def test_the_time_left_goes_on() -> None:
    """Between what is told, and is left out where nobody knows it."""
    board = board_of_many()
    board.uploads.clear()
    assert drawn(board, now=200.0)[-1].endswith("44 of 100, about 3 min left")
    assert drawn(board, now=900.0)[-1].endswith("44 of 100, about 5 s left")
    for seconds in (None, float("nan"), float("inf")):
        assert drawn(board_of_many(seconds_left=seconds))[-1].endswith("── 44 of 100")
    board.tallied(Tally(100, done=100, seconds_left=3.0), 100.0)
    assert drawn(board)[-1] == f"{'━' * 40} 100 of 100"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "5 s"), (0, "5 s"), (12, "15 s"), (60, "1 min"), (61, "2 min"), (3600, "1 h"), (3601, "1 h 5 min")],
)
def test_an_estimate_is_rough(seconds: float, text: str) -> None:
    """Rounded up to what can be known."""
    assert rough_time(seconds) == text


@pytest.mark.parametrize(
    ("counts", "width", "line"),
    [
        ({}, 50, "40 done, 2 kept, 56 to go, 1 failed, 1 maybe"),
        ({}, 30, "56 to go, 2 not done"),
        ({"failed": 0, "maybe": 0, "done": 42}, 80, "42 done, 2 kept, 12 processing, 2 uploading, 42 to upload"),
        ({"failed": 0, "maybe": 0, "open_ended": 2, "to_upload": 0, "uploading": 0, "done": 40, "skipped": 44}, 80,
         "40 done, 2 kept, 44 skipped, 12 processing, 2 unfinished"),
    ],
)  # fmt: skip
def test_what_there_is_none_of_is_not_counted(counts: dict[str, int], width: int, line: str) -> None:
    """And what there is no room for becomes a sum."""
    assert drawn(board_of_many(**counts), width)[-2] == line


def test_a_long_reason_leaves_room_for_the_name() -> None:
    """Both are cut, the reason at its end."""
    board = board_of_many()
    board.ended(9, "2024-03-05/consultation-room-4-patient-visit-044.wav", f"failed: {'it was not taken ' * 9}")
    line = drawn(board, width=60)[2]
    assert line.startswith("last: 2024-03-05/c…isit-044.wav: failed: it was")
    assert line.endswith("…")


def one(*, sent: int = 3_200_000) -> Board:
    board = Board(Tally(1))
    board.upload_started(0, "visit.wav", 8_100_000, 90.0)
    board.upload_sent(0, sent, 100.0)
    return board


def test_what_comes_before_an_upload() -> None:
    """Alone it is the line; among many it has one of theirs, with the bytes that have come, or the time."""
    board = Board()
    board.preparing(0, "visit.wav", "shrinking", 0, 90.0)
    assert drawn(board)[0].endswith(" Shrinking visit.wav, 10 s")
    many = board_of_many()
    many.preparing(3, "visit-050.wav", "downloading", 2_000_000, 99.0)
    many.preparing(3, "visit-050.wav", "downloading", 3_400_000, 100.0)
    assert drawn(many)[0].endswith(" Downloading visit-050.wav, 3.4 MB")
    many.preparing(3, "visit-050.wav", "", 0, 100.0)
    assert drawn(many) == drawn(board_of_many())


def test_one_upload() -> None:
    """Its bytes, its speed and the time left, or what there is room for."""
    assert drawn(one()) == ["Uploading ━━━━━━━━─────────── 3.2 of 8.1 MB, 320 kB/s, 16 s left"]
    assert drawn(one(), width=40) == ["Uploading ━━━━───── 39 %, 16 s left"]
    assert drawn(one(), width=20) == ["Uploading 39 %"]
    assert drawn(one(), width=10) == ["39 %"]
    assert drawn(one(), now=90.5, width=40) == ["Uploading ━━━━───── 39 %"]
    assert drawn(one(sent=0)) == ["Uploading ─────────────────── 0 bytes of 8.1 MB, stalled"]


def test_one_upload_of_unknown_size() -> None:
    """Such as a URL turns."""
    board = Board()
    board.upload_started(0, "https://a.example/visit.wav", 0, 90.0)
    assert [drawn(board, now=now) for now in (100.0, 100.13)] == [["⠋ Uploading"], ["⠙ Uploading"]]


def test_one_answer_is_waited_for() -> None:
    """When all is sent."""
    board = one()
    board.answer_due(0, 95.0)
    assert drawn(board) == ["⠋ Waiting for the answer, 5 s"]
    assert drawn(board, width=20) == ["⠋ Waiting"]


def test_one_result_is_waited_for() -> None:
    """With the service's state and the time to the next look."""
    board = Board()
    board.waiting_started(0, "visit.wav", 95.0)
    assert drawn(board) == ["⠋ Waiting for visit.wav, 5 s"]
    board.looked(0, "visit.wav", "FILE_PROCESSING", 12.0, 3.0, 100.0)
    assert drawn(board) == ["⠋ visit.wav: FILE_PROCESSING at 12 s, next look in 3 s"]
    assert drawn(board, width=50) == ["⠋ FILE_PROCESSING at 12 s, next look in 3 s"]
    assert drawn(board, width=40) == ["⠋ FILE_PROCESSING, next look in 3 s"]
    assert drawn(board, width=20) == ["⠋ next look in 3 s"]
    assert drawn(board, width=12) == ["⠋ look: 3 s"]
    assert drawn(board, width=40, now=104.0) == ["⠹ FILE_PROCESSING at 12 s, looking now"]
    board.held(4.0, 100.0)
    assert drawn(board) == ["⠋ visit.wav: FILE_PROCESSING at 12 s, quota: next request in 4 s"]
    board.looked(0, "visit.wav", "FILE_PROCESSING", 12.0, None, 100.0)
    board.held(0.0, 100.0)
    assert drawn(board, width=40) == ["⠋ visit.wav: FILE_PROCESSING at 12 s"]
    assert drawn(board, width=30) == ["⠋ FILE_PROCESSING at 12 s"]


def test_one_waits_for_the_quota() -> None:
    """Before its upload is known, before its first byte goes out, and not when it is under way."""
    board = Board()
    board.held(4.0, 100.0)
    assert drawn(board) == ["quota: next request in 4 s"]
    board.upload_started(0, "visit.wav", 8_100_000, 100.0)
    assert drawn(board) == ["quota: next request in 4 s"]
    board.upload_sent(0, 100_000, 100.0)
    assert drawn(board)[0].startswith("Uploading")


def test_nothing_is_shown_of_nothing() -> None:
    """Between the upload and the wait."""
    assert drawn(Board()) == []
    assert drawn(Board(Tally(1))) == []


def test_colour_is_added_to_the_same_lines() -> None:
    """Each of which ends without one."""
    board = board_of_many()
    coloured = lines(board, 100.0, 80, 24, colored=True)
    assert [COLOURS.sub("", line) for line in coloured] == drawn(board)
    assert "\x1b[31m1 failed\x1b[0m" in coloured[-2]
    assert all(line.rfind("\x1b[0m") >= line.rfind("\x1b[3") for line in coloured)


names = st.text(st.one_of(st.characters(), st.sampled_from("\x1b\x07\n\u202e診\u0301\u200d👩")), max_size=60).map(
    clean_line
)
counts = st.integers(0, 10**6)
times = st.floats(0, 10**5)
tallies = st.one_of(
    st.none(), st.builds(Tally, counts, counts, counts, counts, counts, counts, counts, counts, counts, counts, times)
)


@st.composite
def boards(draw: st.DrawFn) -> Board:
    board = Board()
    for item in range(draw(st.integers(0, 6))):
        if draw(st.booleans()):
            board.upload_started(item, draw(names), draw(counts), draw(times))
            board.upload_sent(item, draw(counts), draw(times))
            if draw(st.booleans()):
                board.answer_due(item, draw(times))
        else:
            board.looked(item, draw(names), draw(names), draw(times), draw(st.one_of(st.none(), times)), draw(times))
    if draw(st.booleans()):
        board.ended(9, draw(names), draw(names))
    board.held(draw(times), draw(times))
    board.tally = draw(tallies)
    return board


@given(boards(), times, st.integers(1, 140), st.integers(1, 50))
def test_no_line_is_as_wide_as_the_window(board: Board, now: float, width: int, height: int) -> None:
    """Whatever is to be shown, nor are they more than it has room for; and no name can steer the terminal."""
    shown = lines(board, now, width, height)
    assert len(shown) <= max((height - 1) // 2, 1)
    for line in shown:
        assert display_width(line) <= max(width - 1, 1)
        assert clean_line(line) == line.strip()
    assert [COLOURS.sub("", line) for line in lines(board, now, width, height, colored=True)] == shown

"""The lines of a live view: as many, and as wide, as the window has room for.

Each line has a rank: in a low window those of the lowest ranks are drawn.
"""

import math
from collections.abc import Sequence

from intron_cli.core.tally import Tally
from intron_cli.core.text import bytes_text, cut, cut_middle, display_width, seconds_text
from intron_cli.output.board import LONG_WAIT, Awaited, Board, Preparation, Upload

_FULL, _EMPTY, _TURNING = "━", "─", "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_CYAN, _DIM, _RED, _YELLOW, _RESET = "\x1b[36m", "\x1b[2m", "\x1b[31m", "\x1b[33m", "\x1b[0m"
_LEAST_BAR, _MOST_BAR = 8, 40
_WIDE, _NARROW = 56, 36
"""Cells from which on bytes are told, and below which no speed is."""

_BY_THE_BAR = 31
"""Cells that are kept free for ``142 of 300, about 14 min left``: a bar must not change its length."""

Ranked = tuple[int, str]
_Count = tuple[int, str, str]


def lines(board: Board, now: float, width: int, height: int, *, colored: bool = False) -> list[str]:
    """What the view shows at ``now``: lines narrower than ``width``, that leave more than half of the window free.

    So they fit into it even where it becomes half as wide and the terminal wraps them.
    """
    pen = _Pen(max(width - 1, 1), colored=colored)
    ranked = _several(board, now, pen) if board.is_several else _single(board, now, pen)
    order = sorted(range(len(ranked)), key=lambda at: ranked[at][0])
    return [ranked[at][1] for at in sorted(order[: max((height - 1) // 2, 1)])]


class _Pen:
    """Lays out within ``room`` cells; colours where they are wanted."""

    def __init__(self, room: int, *, colored: bool) -> None:
        self.room = room
        self._colored = colored

    def styled(self, text: str, style: str) -> str:
        return f"{style}{text}{_RESET}" if self._colored and style and text else text

    def bar(self, share: float, cells: int) -> str:
        full = round(min(max(share, 0.0), 1.0) * cells)
        return self.styled(_FULL * full, _CYAN) + self.styled(_EMPTY * (cells - full), _DIM)

    def first_fitting(self, texts: Sequence[str], room: int | None = None) -> str:
        """The first that has room; of the last as much as has."""
        room = self.room if room is None else room
        return next((text for text in texts if display_width(text) <= room), cut(texts[-1], room))


def _single(board: Board, now: float, pen: _Pen) -> list[Ranked]:
    """One recording: its upload, then the wait for its result."""
    hold = _hold(board, now)
    for upload in board.uploads.values():
        return [(0, pen.first_fitting(hold) if hold and not upload.sent else _uploading(upload, now, pen))]
    for preparation in board.preparations.values():
        return [(0, _preparing(preparation, now, pen))]
    for awaited in board.awaited.values():
        return [(0, _awaiting(awaited, hold, now, pen))]
    return [(0, pen.first_fitting(hold))] if hold else []


def _uploading(upload: Upload, now: float, pen: _Pen) -> str:
    turning = _turning(now)
    if upload.answer_due is not None:
        passed = _whole_seconds(now - upload.answer_due)
        return pen.first_fitting([f"{turning} Waiting for the answer, {passed}", f"{turning} Waiting", turning])
    if not upload.size:
        return pen.first_fitting([f"{turning} Uploading", turning])
    left, percent = upload.seconds_left(now), _percent(upload)
    later = "" if left is None else f", {_whole_seconds(left)} left"
    cells = min(_MOST_BAR, pen.room // 4)
    if cells < _LEAST_BAR:
        return pen.first_fitting([f"Uploading {percent}", percent])
    texts = [percent + later, percent]
    if pen.room >= _WIDE:
        texts.insert(0, ", ".join([_amount(upload), *_speed(upload, now)]) + later)
    before = "Uploading "
    text = pen.first_fitting(texts, pen.room - len(before) - cells - 1)
    return f"{before}{pen.bar(upload.sent / upload.size, cells)} {text}"


def _preparing(preparation: Preparation, now: float, pen: _Pen) -> str:
    """What comes before the upload."""
    turning, what = _turning(now), preparation.what.capitalize()
    so_far = bytes_text(preparation.count) if preparation.count else _whole_seconds(now - preparation.since)
    texts = [f"{what} {preparation.name}, {so_far}", f"{what}, {so_far}", what, ""]
    return pen.first_fitting([f"{turning} {text}".rstrip() for text in texts])


def _awaiting(awaited: Awaited, hold: Sequence[str], now: float, pen: _Pen) -> str:
    turning = _turning(now)
    if not awaited.state and not hold:
        texts = [f"Waiting for {awaited.name}, {_whole_seconds(now - awaited.since)}", "Waiting for the result", ""]
    else:
        state = f"{awaited.state} at {seconds_text(awaited.age)}" if awaited.state else "Waiting for the result"
        later = hold or _next_look(awaited.next_look, now)
        long = [f"{part}, {text}" for part in (f"{awaited.name}: {state}", state, awaited.state) for text in later[:1]]
        texts = [*long, *later] or [f"{awaited.name}: {state}", state, ""]
    return pen.first_fitting([f"{turning} {text}".rstrip() for text in texts])


def _several(board: Board, now: float, pen: _Pen) -> list[Ranked]:
    """Many recordings: each that is being uploaded, what is waited for, and all of them.

    What changes in number stands first, for the last line keeps its place.
    """
    assert board.tally
    uploads = list(board.uploads.values())
    name_cells = max((display_width(upload.name) for upload in uploads), default=0)
    ranked = [(3, _preparing(preparation, now, pen)) for preparation in board.preparations.values()]
    ranked += [(3, _row(upload, name_cells, now, pen)) for upload in uploads]
    if board.last:
        ranked.append((4, pen.styled(_last(*board.last, pen), _DIM)))
    if waits := _hold(board, now) or _next_look(_soonest(board, now), now, "processing: "):
        ranked.append((2, pen.first_fitting(waits)))
    return [*ranked, (1, _counts(board.tally, pen)), (0, _overall(board.tally, now - board.told_at, pen))]


def _overall(tally: Tally, passed: float, pen: _Pen) -> str:
    text = f"{tally.ended} of {tally.total}"
    texts = [text]
    if tally.seconds_left is not None and math.isfinite(tally.seconds_left) and tally.ended < tally.total:
        left = rough_time(tally.seconds_left - passed)
        texts = [f"{text}, about {left} left", f"{text}, {left} left", text]
    cells = min(_MOST_BAR, pen.room - _BY_THE_BAR)
    if cells < _LEAST_BAR:
        return pen.first_fitting(texts)
    return f"{pen.bar(tally.ended / tally.total, cells)} {pen.first_fitting(texts, pen.room - cells - 1)}"


def rough_time(seconds: float) -> str:
    """A time for people, rounded up: an estimate has no seconds to count."""
    step = 5 if seconds <= 60 else 60 if seconds <= 3600 else 300
    return seconds_text(max(math.ceil(seconds / step), 1) * step)


def _counts(tally: Tally, pen: _Pen) -> str:
    """In words; where there is no room for all of them what is left to do becomes one number, then the rest as well."""
    ended: list[_Count] = [(tally.done, "done", ""), (tally.kept, "kept", ""), (tally.skipped, "skipped", "")]
    under_way: list[_Count] = [
        (tally.processing, "processing", ""), (tally.uploading, "uploading", ""), (tally.to_upload, "to upload", ""),
    ]  # fmt: skip
    to_go = (tally.total - tally.ended, "to go", "")
    failed, unfinished = (tally.failed, "failed", _RED), (tally.open_ended, "unfinished", _YELLOW)
    bad = [failed, (tally.maybe, "maybe", _YELLOW), unfinished]
    not_done = (tally.failed + tally.maybe + tally.open_ended, "not done", _RED)
    choices: list[list[_Count]] = [
        [*ended, *under_way, failed, (tally.maybe, "maybe uploaded", _YELLOW), unfinished],
        [*ended, *under_way, *bad],
        [*ended, to_go, *bad],
        [(tally.done + tally.kept, "done", ""), to_go, *bad],
        [to_go, not_done],
        [not_done],
    ]
    for choice in choices:
        parts = [(f"{count} {word}", style) for count, word, style in choice if count]
        if len(", ".join(text for text, _ in parts)) <= pen.room:
            return ", ".join(pen.styled(text, style) for text, style in parts)
    return cut(f"{not_done[0]} not done", pen.room)


def _last(name: str, how: str, pen: _Pen) -> str:
    """A long reason leaves the name room to be known by, and a long name the reason."""
    before = "last: " if pen.room >= _NARROW else ""
    room = pen.room - len(before) - 2
    name_cells = max(min(display_width(name), room // 2), room - display_width(how))
    name = cut_middle(name, name_cells)
    return cut(f"{before}{name}: {cut(how, room - display_width(name))}", pen.room)


def _row(upload: Upload, name_cells: int, now: float, pen: _Pen) -> str:
    """One of several uploads: its name, and what there is room for."""
    details, reserve = _details(upload, now, pen.room)
    cells = min(name_cells, pen.room - reserve - 4)
    if cells < 4:
        return pen.first_fitting([f"  {details}", details])
    name = cut_middle(upload.name, cells)
    before = f"  {name}{' ' * (cells - display_width(name))}  "
    return before + cut(details, pen.room - display_width(before))


def _details(upload: Upload, now: float, room: int) -> tuple[str, int]:
    """How far an upload is, and the cells that this may take."""
    wide, narrow = room >= _WIDE, room < _NARROW
    reserve = 32 if wide else 8 if narrow else 18
    if upload.answer_due is not None:
        return "waiting for the answer" if wide else "all sent", reserve
    if not upload.size:
        return "uploading" if wide else "sending", reserve
    amount = _amount(upload) if wide else _percent(upload)
    return ", ".join([amount, *([] if narrow else _speed(upload, now))]), reserve


def _hold(board: Board, now: float) -> list[str]:
    """What holds the next request back, in fewer and fewer words; nothing where it may go out."""
    if board.held_until is None or board.held_until <= now:
        return []
    left = board.held_until - now
    time = _whole_seconds(left)
    if left > LONG_WAIT:
        return [f"the service asked for a pause: next request in {time}", f"pause: {time}"]
    return [f"quota: next request in {time}", f"quota: {time}"]


def _soonest(board: Board, now: float) -> float | None:
    """When the next look comes: as the plan is, and where its time has come, as the last looks said."""
    if board.awaited and board.look_due is not None and board.look_due > now:
        return board.look_due
    return min((one.next_look for one in board.awaited.values() if one.next_look is not None), default=None)


def _next_look(at: float | None, now: float, before: str = "") -> list[str]:
    if at is None:
        return []
    if at <= now:
        return [f"{before}looking now", "looking"]
    time = _whole_seconds(at - now)
    return [f"{before}next look in {time}", f"next look in {time}", f"look: {time}"]


def _amount(upload: Upload) -> str:
    """``3.2 of 8.1 MB``: the unit once, where both have the same."""
    sent, size = bytes_text(min(upload.sent, upload.size)), bytes_text(upload.size)
    unit = size[size.rindex(" ") :]
    return f"{sent.removesuffix(unit)} of {size}"


def _percent(upload: Upload) -> str:
    return f"{min(100 * upload.sent // max(upload.size, 1), 100)} %"


def _speed(upload: Upload, now: float) -> list[str]:
    speed = upload.speed(now)
    if speed is None:
        return []
    return [f"{bytes_text(speed)}/s" if speed else "stalled"]


def _whole_seconds(seconds: float) -> str:
    return seconds_text(max(math.ceil(seconds), 0))


def _turning(now: float) -> str:
    return _TURNING[int(now * 8) % len(_TURNING)]

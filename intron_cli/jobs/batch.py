"""A run over sources and uploads: what the planner wants next, carried out by threads, until all have come to an end.

The thread that calls :meth:`Batch.run` plans and takes in; only it is interrupted. One thread at a time prepares
sources in their order, as many as the line is worth upload, and one looks.
"""

import contextlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from intron_cli.api.wire import StatusData
from intron_cli.config import table
from intron_cli.config.store import state_path
from intron_cli.core.errors import Interrupted
from intron_cli.core.record import Record
from intron_cli.core.tally import MOST_TOLD, Tally
from intron_cli.jobs import results
from intron_cli.jobs.attempt import Attempt
from intron_cli.jobs.crew import Crew
from intron_cli.jobs.estimate import load_estimate, save_estimate
from intron_cli.jobs.item import Item, Order
from intron_cli.jobs.looking import Looks
from intron_cli.jobs.planner import FEW, Action, Expire, Kind, Look, Planner, Sleep, Upload
from intron_cli.jobs.session import Session
from intron_cli.jobs.uploading import Uploads, known_record

_GRACE = 3.0
"""Seconds that an interrupt waits for the answers to what was handed over."""

_LONGEST_ANSWER = 150.0
_GOODBYE = 2.0

_FAILED = ("rejected", "refused", "failed", "gone")


def run_batch(
    session: Session, order: Order, items: Sequence[Item], take: Callable[[Item], None], *, kept: int = 0
) -> None:
    """Carry all items to their end; ``take`` is given each that has come to it, in this thread.

    ``kept`` counts the sources of the run that need nothing. Raises what ends the run early.
    """
    folder = state_path(session.settings.env)
    estimate = load_estimate(folder, session.service, session.scale)
    planner = Planner(
        session.settings[table.RATE], estimate, slots=order.uploads, scale=session.scale,
        interval=session.settings[table.STATUS_INTERVAL],
    )  # fmt: skip
    try:
        Batch(session, order, items, take, planner, kept=kept).run()
    finally:
        if len(items) > FEW:
            with contextlib.suppress(OSError):  # the next run learns it anew
                save_estimate(folder, session.service, estimate)


class Batch:
    """One run, as :func:`run_batch` begins it."""

    def __init__(
        self, session: Session, order: Order, items: Sequence[Item], take: Callable[[Item], None], planner: Planner,
        *, kept: int = 0,
    ) -> None:  # fmt: skip
        self._session = session
        self._waits = order.wait
        self._items = {item.number: item for item in items}
        self._take = take
        self._planner = planner
        self._events = session.events
        self._clock = session.clock
        self._crew = Crew(session.clock)
        self._uploads = Uploads(
            session, order, planner, self._crew, talks=len(items) <= MOST_TOLD, has=self._has, end=self._end
        )
        self._looks = Looks(session, order, planner, self._crew, self._items, self._end)
        self._ended: Counter[str] = Counter(kept=kept)

    def run(self) -> None:
        """Carry everything through. Raises what ends the run early, when its threads have left off."""
        try:
            for item in self._items.values():
                self._admit(item)
            while action := self._next():
                self._act(action)
        except BaseException as error:
            self._leave_off(interrupted=isinstance(error, Interrupted))
            raise
        finally:
            self._events.closed()

    def _admit(self, item: Item) -> None:
        if item.record.error:
            self._end(item, item.record)
        elif item.record.file_id:
            self._looks.wait_for(item)
        else:
            self._uploads.admit(item)

    def _next(self) -> Action:
        while True:
            self._crew.take_in()
            self._uploads.prepare()
            self._planner.slots = self._uploads.line.slots
            self._events.tallied(self._tally())
            action = self._planner.next(self._clock.monotonic(), self._claim)
            if action is not None or not self._uploads.ask():
                return action

    def _claim(self, kind: Kind) -> float:
        return self._session.client.claim(kind)

    def _act(self, action: Upload | Look | Expire | Sleep) -> None:
        if isinstance(action, Sleep):
            self._sleep(action)
            return
        self._events.held(0.0)
        if isinstance(action, Upload):
            self._uploads.send()
        elif isinstance(action, Look):
            self._looks.look(action.job)
        else:
            self._looks.expire(action.job)

    def _sleep(self, action: Sleep) -> None:
        seconds = min(action.seconds, max(self._uploads.put_off_until - self._clock.monotonic(), 0.0))
        self._events.held(seconds if action.why == "quota" else 0.0)
        if action.why == "processing":
            self._events.look_due(action.seconds)
        self._crew.wait(seconds)

    def _has(self, item: Item, attempt: Attempt) -> None:
        """The service has it."""
        item.attempt = attempt
        item.record = known_record(item, attempt)
        if self._waits:
            self._looks.wait_for(item)
        else:
            self._end(item, item.record)

    def _end(self, item: Item, record: Record, data: StatusData | None = None) -> None:
        """It has come to its end in this run, and with it the others that are the same job."""
        item.record = replace(record, columns=dict(item.columns))
        item.ended = True
        self._session.awaited.discard(item.file_id)
        self._ended[self._category(item)] += 1
        self._take(item)
        self._events.ended(item.number, item.record, item.how)
        followers, item.followers = item.followers, []
        for follower in followers:
            self._end_alike(follower, item, data)

    def _end_alike(self, follower: Item, leader: Item, data: StatusData | None) -> None:
        """Another name of the same job: the same end, unless what was wrong was the leader's own file."""
        if leader.record.status == "rejected":
            self._admit(follower)
            return
        follower.attempt = leader.attempt
        own = follower.record
        if data is None or leader.attempt is None:
            self._end(follower, replace(leader.record, source=own.source, warnings=own.warnings))
            return
        base = replace(
            results.record_of(leader.attempt), source=own.source, warnings=own.warnings,
            finished_at=leader.record.finished_at,
        )  # fmt: skip
        self._end(follower, results.with_result(base, data, follower.request, self._session.catalog))

    def _category(self, item: Item) -> str:
        status = item.record.status
        if item.skipped:
            return "skipped"
        if status == "done" or (status == "submitted" and not self._waits):
            return "done"
        if status == "maybe":
            return "maybe"
        return "failed" if status in _FAILED else "open_ended"

    def _tally(self) -> Tally:
        planner, now = self._planner, self._clock.monotonic()
        to_upload, total = planner.to_upload + self._uploads.undecided, len(self._items) + self._ended["kept"]
        processing = total - to_upload - planner.uploading - self._ended.total()
        left = max(planner.seconds_left(now), self._uploads.line.seconds_for(to_upload + planner.uploading, now))
        return Tally(total, to_upload, planner.uploading, processing, **self._ended, seconds_left=left)

    def _leave_off(self, *, interrupted: bool) -> None:
        """End the threads where nothing is lost by it; what was handed over is given time for its answer."""
        self._crew.leave_off()
        line = self._uploads.line
        if line.handed_over:
            how = "a moment" if interrupted else "for it"
            leave = "once more Ctrl-C" if interrupted else "Ctrl-C"
            self._events.note(f"An answer of the service is due; waiting {how} ({leave}: leave now).")
        grace = _GRACE * self._session.scale if interrupted else _LONGEST_ANSWER
        self._crew.join(grace, lambda: line.handed_over > 0)
        self._session.hang_up()
        self._crew.join(_GOODBYE)
        self._uploads.close()

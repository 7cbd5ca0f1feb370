"""Sources on their way to the service: prepared in their order, sent as many at once as the line is worth."""

import contextlib
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

from intron_cli.core.errors import (
    DecisionError,
    IntronError,
    LedgerError,
    NotBegunError,
    RefusedError,
    SetupError,
    StillProcessingError,
    UnavailableError,
    UsageError,
)
from intron_cli.core.record import Record
from intron_cli.jobs import results
from intron_cli.jobs.attempt import Attempt
from intron_cli.jobs.crew import Crew, Outcome
from intron_cli.jobs.handover import HandOver, hand_over
from intron_cli.jobs.item import Item, Order
from intron_cli.jobs.line import Line
from intron_cli.jobs.naming import is_url
from intron_cli.jobs.planner import Planner
from intron_cli.jobs.preparing import Asked, Busy, Closed, Known, Preparer, Ready, Same, status_after
from intron_cli.jobs.session import Session

MOST_FAILED = 3
"""After so many in a row that were not taken, or that nobody knows about, no other is begun."""

_NO_CLEAR_ANSWER = "the service gave no clear answer to the last uploads."
_OWNER_LOOK = 0.5


def known_record(item: Item, attempt: Attempt) -> Record:
    """The record of a source that the service has: with the bytes that it has, where those may be others."""
    own = item.record
    known = results.record_of(attempt)
    source = own.source if own.source.sha256 == known.source.sha256 else replace(known.source, name=own.source.name)
    return replace(known, source=source, warnings=own.warnings, columns=dict(item.columns))


class Uploads:
    """The sources that are not yet known to the service.

    ``has`` is told what the service has, ``end`` what comes to its end before that. Both are called by the thread that
    takes in what the crew did.
    """

    def __init__(
        self, session: Session, order: Order, planner: Planner, crew: Crew, *, talks: bool,
        has: Callable[[Item, Attempt], None], end: Callable[[Item, Record], None],
    ) -> None:  # fmt: skip
        self.line = Line(order.uploads, session.scale)
        self._session = session
        self._order = order
        self._planner = planner
        self._crew = crew
        self._has = has
        self._end = end
        self._clock = session.clock
        self._preparer = Preparer(session, order, talks=talks)
        self._new: deque[Item] = deque()
        self._later: deque[tuple[float, Item]] = deque()
        self._ready: deque[tuple[Item, Ready]] = deque()
        self._undecided: deque[tuple[Item, Asked]] = deque()
        self._busy_since: dict[int, float] = {}
        self._preparing = False
        self._given_up: IntronError | None = None
        self._failed = 0

    def admit(self, item: Item) -> None:
        """A source that may have to be uploaded."""
        self._new.append(item)
        self._planner.to_upload += 1

    @property
    def undecided(self) -> int:
        """How many may have been uploaded, and wait for somebody to decide."""
        return len(self._undecided)

    @property
    def put_off_until(self) -> float:
        """When one is to be prepared again that another process was uploading."""
        return self._later[0][0] if self._later else float("inf")

    def prepare(self) -> None:
        """Begin to prepare the next source, where one is wanted."""
        while self._later and self._later[0][0] <= self._clock.monotonic():
            self._new.appendleft(self._later.popleft()[1])
        if self._preparing or not self._new or len(self._ready) >= self._planner.slots:
            return
        item = self._new.popleft()
        self._preparing = True
        self._crew.begin(lambda: self._preparer.prepare(item), lambda outcome: self._prepared(item, outcome))

    def _prepared(self, item: Item, outcome: Outcome) -> None:
        self._preparing = False
        if outcome.error:
            raise outcome.error
        found = outcome.value
        if isinstance(found, Ready):
            self._ready.append((item, found))
            self._planner.ready += 1
            if self._given_up:
                self._give_up(self._given_up)
        elif isinstance(found, Busy):
            self._put_off(item, found.attempt)
        else:
            self._planner.to_upload -= 1
            self._settle(item, found)

    def _settle(self, item: Item, found: Known | Asked | Same | Closed) -> None:
        """Nothing is to be sent for it, or nobody knows yet."""
        if isinstance(found, Known):
            self._has(item, found.attempt)
        elif isinstance(found, Asked):
            self._undecided.append((item, found))
        elif isinstance(found, Closed):
            self._end(item, found.record)
        elif not found.leader.ended:
            found.leader.followers.append(item)
        elif found.leader.attempt:
            self._has(item, found.leader.attempt)
        else:
            refused = found.leader.record
            self._end(item, replace(item.record, status=refused.status, error=refused.error))

    def _put_off(self, item: Item, attempt: Attempt) -> None:
        """Another process is uploading it: its result is as good, so it is waited for."""
        now = self._clock.monotonic()
        if item.number not in self._busy_since:
            self._busy_since[item.number] = now
            if attempt.id not in self._session.begun:
                name = attempt.source_name
                self._session.events.note(f"{name} is being uploaded by another process; waiting for it.")
        if now - self._busy_since[item.number] < self._order.timeout:
            self._later.append((now + _OWNER_LOOK * self._session.scale, item))
            return
        self._planner.to_upload -= 1
        error = StillProcessingError(
            f"Another process is still uploading {attempt.source_name} (job {attempt.id}).",
            "Run the same command again later.",
        )
        self._end(item, results.with_error(item.record, error))

    def ask(self) -> bool:
        """When all else is done: what may have been uploaded, once for each. True where something is sent again."""
        said: dict[int, bool] = {}
        while self._undecided:
            item, asked = self._undecided.popleft()
            number = asked.attempt.id
            if number not in said:
                said[number] = self._is_sent_again(asked)
            if said[number]:
                self.admit(item)
            else:
                self._end(item, results.with_error(item.record, asked.error, "maybe"))
        return any(said.values())

    def _is_sent_again(self, asked: Asked) -> bool:
        if not (self._order.decide and self._order.decide(asked.error.message)):
            return False
        self._session.ledger.close_unknown(asked.attempt, "sent again by decision")
        return True

    def send(self) -> None:
        """Begin the upload of the first that is ready; a request is claimed for it."""
        item, ready = self._ready.popleft()
        self._planner.begun()
        work = self._hand_over
        self._crew.begin(lambda: self._upload(item, ready, work), lambda outcome: self._uploaded(item, outcome))

    @cached_property
    def _hand_over(self) -> HandOver:
        session = self._session
        return HandOver(
            session.client, session.ledger, session.clock, session.catalog, session.scale, self._crew.stop, self.line
        )

    def _upload(self, item: Item, ready: Ready, work: HandOver) -> Item:
        try:
            with ready.files:
                hand_over(ready.parcel, work, self._session.events, claimed=True)
        except DecisionError as error:  # noted also for a run that ends meanwhile
            item.record = results.with_error(item.record, error, "maybe")
            raise
        item.attempt = self._session.ledger.attempt(ready.parcel.attempt.id)
        return item

    def _uploaded(self, item: Item, outcome: Outcome) -> None:
        self._planner.uploading -= 1
        if outcome.error is None:
            self._failed = 0
            assert item.attempt
            self._has(item, item.attempt)
        elif isinstance(outcome.error, SetupError | UsageError) or not isinstance(outcome.error, IntronError):
            raise outcome.error
        else:
            self._upload_failed(item, outcome.error)

    def _upload_failed(self, item: Item, error: IntronError) -> None:
        if not isinstance(error, RefusedError):
            self._preparer.give_up(item)
        elif is_url(item.text) and not (self._session.supply and self._session.supply.has(item.text)):
            error.hint = results.FETCH_HINT
        self._end(item, results.with_error(item.record, error, status_after(error)))
        if isinstance(error, UnavailableError | DecisionError):
            self._failed += 1
            if self._failed == MOST_FAILED or (isinstance(error, UnavailableError) and error.lasting):
                self._give_up(error)

    def _give_up(self, error: IntronError) -> None:
        """The line is down: what is left would only fail like the others, and the same command carries on."""
        self._given_up = error
        left = [*self._new, *(item for _, item in self._later)]
        for item, ready in self._ready:
            self._drop(ready)
            left.append(item)
        for waiting in (self._new, self._later, self._ready):
            waiting.clear()
        self._planner.to_upload -= len(left)
        self._planner.ready = 0
        reason = _NO_CLEAR_ANSWER if isinstance(error, DecisionError) else error.message
        told = NotBegunError(f"Not begun: {reason}", "The same command carries on.")
        for item in left:
            self._end(item, results.with_error(item.record, told))

    def close(self) -> None:
        """Nothing more is sent; what came in of the crew's work when the run was at its end is in the records."""
        for _, ready in self._ready:
            self._drop(ready)
        self._ready.clear()
        for value in self._crew.dropped():
            if isinstance(value, Ready):
                self._drop(value)
            elif isinstance(value, Item) and value.attempt:
                value.record = known_record(value, value.attempt)

    def _drop(self, ready: Ready) -> None:
        ready.files.close()
        with contextlib.suppress(LedgerError):  # without the note, its owner is dead soon
            self._session.ledger.refused(ready.parcel.attempt.id, "not begun")

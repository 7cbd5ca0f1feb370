"""Uploads that the service has, looked at one at a time until each has come to its end."""

from collections.abc import Callable, Mapping

from intron_cli.api.wire import StatusData
from intron_cli.core.errors import IntronError, SetupError, UnavailableError
from intron_cli.core.record import Record
from intron_cli.jobs.crew import Crew, Outcome
from intron_cli.jobs.finishing import is_end, lost, out_of_time, settled
from intron_cli.jobs.item import Item, Order
from intron_cli.jobs.planner import Planner
from intron_cli.jobs.session import Session
from intron_cli.jobs.waiting import FAULT_PAUSES, MOST_FAULTS

End = Callable[[Item, Record, StatusData | None], None]


class Looks:
    """The jobs whose results are waited for; ``end`` is told what came of each."""

    def __init__(
        self, session: Session, order: Order, planner: Planner, crew: Crew, items: Mapping[int, Item], end: End
    ) -> None:
        self._session = session
        self._order = order
        self._planner = planner
        self._crew = crew
        self._items = items
        self._end = end
        self._clock = session.clock
        self._faults = 0

    def look(self, job: int) -> None:
        """Begin a look; a request is claimed for it."""
        item = self._items[job]
        self._crew.begin(lambda: self._look(item), lambda outcome: self._looked(item, outcome))

    def expire(self, job: int) -> None:
        """Its time is up, and there was no last look."""
        self._planner.forget(job)
        self._end(self._items[job], out_of_time(self._items[job]), None)

    def wait_for(self, item: Item) -> None:
        """The service has it; its result is waited for from now on."""
        attempt, now = item.attempt, self._clock.now()
        age = now - attempt.submitted_at if attempt and attempt.submitted_at else 0.0
        fresh = attempt is not None and attempt.id in self._session.begun
        self._session.awaited.add(item.file_id)
        monotonic = self._clock.monotonic()
        self._planner.wait_for(item.number, monotonic, age=age, timeout=self._order.timeout, fresh=fresh)
        self._session.events.waiting_started(item.number, item.record.source, item.file_id)

    def _look(self, item: Item) -> tuple[StatusData, Record]:
        data = self._session.client.status(item.file_id, structured=self._order.structured, claimed=True)
        return data, settled(self._session, item, data)

    def _looked(self, item: Item, outcome: Outcome) -> None:
        if isinstance(outcome.error, SetupError):
            outcome.error.hint = f"{outcome.error.hint} Then carry on with: intron wait {item.file_id}".strip()
            raise outcome.error
        if isinstance(outcome.error, UnavailableError):
            self._look_failed(item, outcome.error)
        elif isinstance(outcome.error, IntronError):
            self._planner.looked(item.number, self._clock.monotonic(), ended=True)
            self._end(item, lost(self._session, item, outcome.error), None)
        elif outcome.error:
            raise outcome.error
        else:
            self._faults = 0
            self._saw(item, *outcome.value)

    def _saw(self, item: Item, data: StatusData, record: Record) -> None:
        now, ended = self._clock.monotonic(), is_end(data)
        age = self._planner.age(item.number, now)
        expired = self._planner.looked(item.number, now, ended=ended)
        item.record = record
        if ended:
            self._end(item, record, data)
        elif expired:
            self._session.events.looked(item.number, record.source, data.state, age, None)
            self._end(item, out_of_time(item, age), None)
        else:
            left = self._planner.due_in(item.number, now)
            self._session.events.looked(item.number, record.source, data.state, age, left)

    def _look_failed(self, item: Item, error: UnavailableError) -> None:
        """No answer: all are left alone for a while, and given up after several in a row."""
        self._faults += 1
        now = self._clock.monotonic()
        lost_ones = [item] if self._planner.is_over(item.number, now) else []
        if self._faults == MOST_FAULTS:
            lost_ones = [self._items[number] for number in self._planner.waiting]
            self._faults = 0
        pause = FAULT_PAUSES[self._faults - 1] if self._faults else 0.0
        self._planner.pause_looks(now, pause * self._session.scale)
        for one in lost_ones:
            self._planner.forget(one.number)
            self._end(one, lost(self._session, one, error), None)

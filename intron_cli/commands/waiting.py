"""The wait for uploads of before, and where their results go."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from intron_cli.commands.delivering import sink_for, sink_of
from intron_cli.commands.options import ShowOptions
from intron_cli.commands.program import Run
from intron_cli.commands.sinks import Sink
from intron_cli.commands.working import Carrying, noting_absent
from intron_cli.config import table
from intron_cli.config.key import key_source
from intron_cli.config.settings import Settings
from intron_cli.core.errors import UsageError
from intron_cli.core.record import ErrorInfo, Record
from intron_cli.core.text import plural
from intron_cli.jobs.finishing import named, of_attempt
from intron_cli.jobs.item import Item, Order
from intron_cli.jobs.naming import result_name
from intron_cli.jobs.session import Session


@dataclass(frozen=True, slots=True)
class Waiting:
    """One run of ``intron wait``."""

    run: Run
    settings: Settings
    session: Session
    show: ShowOptions

    def named(self, names: Sequence[str]) -> int:
        """The jobs of these ids, to where the command line says."""
        key_source(self.settings)
        items = [named(self.session, name, number) for number, name in enumerate(names)]
        sink = self._sink(items, several=len(items) > 1)
        sink.ensure_ours(self.session)
        return self._carry(items, sink)

    def all(self) -> int:
        """Every unfinished job to the place it was meant for; what was meant for none comes out here."""
        key_source(self.settings)
        session = self.session
        jobs = session.ledger.unfinished(session.service, session.key_print) if session.has_ledger else []
        items = [of_attempt(job, number) for number, job in enumerate(jobs)]
        self.run.terminal.note(f"{plural(len(jobs), 'unfinished job')}." if jobs else "No job is unfinished.")
        loose = [item for item in items if item.destination is None]
        sink = self._sink(loose, several=True)
        return self._carry(items, sink, home=True)

    def _sink(self, items: Sequence[Item], *, several: bool) -> Sink:
        for item in items:
            item.below = result_name(item.record.source.name)
        wish = {"ids": [item.file_id for item in items]}
        sink = sink_for(self.run, self.settings, self.show, several=several, wish=wish)
        sink.ensure_possible(items)
        return sink

    def _carry(self, items: Sequence[Item], sink: Sink, *, home: bool = False) -> int:
        """``home``: what was meant for a place of its own goes there, and not into ``sink``."""
        order = Order(timeout=self.settings[table.TIMEOUT], structured=self.show.structured)

        def take(item: Item) -> None:
            item.record = noting_absent(item.record, self.show.show or (), self.run)
            if home and item.destination:
                self._bring_home(item)
            else:
                sink.take(self.session, item)

        def rest(ended: Sequence[Item]) -> list[Record]:
            return [item.record for item in ended if not (home and item.destination)]

        carrying = Carrying(
            self.run, self.session, order, take,
            end=lambda ended: sink.end(self.session, rest(ended)),
            early=lambda ended: sink.early(self.session, rest(ended)),
        )  # fmt: skip
        return carrying.carry(items)

    def _bring_home(self, item: Item) -> None:
        """To the place that it was meant for; where that cannot be, the others have places of their own."""
        assert item.destination
        own = sink_of(self.run, self.settings, item, item.destination)
        try:
            own.ensure_free(self.session, item)
            own.take(self.session, item)
        except UsageError as error:
            item.record = replace(item.record, error=ErrorInfo.of(error))

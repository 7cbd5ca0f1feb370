"""A run over several sources or ids, and what it tells at the end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from intron_cli.commands.program import Run
from intron_cli.core.errors import IntronError, UsageError, combined
from intron_cli.core.record import FACTS, OUTPUT_ABSENT, ErrorInfo, Record, Source
from intron_cli.output.document import TRANSCRIPT, section_name

if TYPE_CHECKING:
    from intron_cli.jobs.item import Item, Order
    from intron_cli.jobs.session import Session

Records = Sequence[Record]


def each(run: Run, names: Sequence[str], work: Callable[[str], Record], end: Callable[[Records], None]) -> int:
    """Do ``work`` for one name after another and hand the records over, also where the end comes early.

    Where an error ends the run, every name that is left gets a record with it. Raises that error, or
    an interrupt.
    """
    records: list[Record] = []
    try:
        for name in names:
            records.append(work(name))  # noqa: PERF401 - those before an early end count
    except IntronError as error:
        left = names[len(records) :]
        unsent = [Record("not_sent", Source(_shown(name)), error=ErrorInfo.of(error)) for name in left]
        _handed_over(records + unsent, end)
        report(run, records)
        raise
    except BaseException:
        _handed_over(records, end)
        report(run, records)
        raise
    _handed_over(records, end)
    return report(run, records)


@dataclass(frozen=True, slots=True)
class Carrying:
    """A run of many: ``take`` gets each item that has come to its end, ``end`` all records in their order at the end.

    ``early`` is called in its place where the run ends before. ``kept`` are those that need nothing.
    """

    run: Run
    session: "Session"
    order: "Order"
    take: "Callable[[Item], None]"
    end: Callable[[Records], None]
    early: Callable[[Records], None]

    def carry(self, items: "Sequence[Item]", kept: "Sequence[Item]" = ()) -> int:
        """Carry the items to their end and return the exit code. Raises what ends the run before."""
        from intron_cli.jobs.batch import run_batch

        all_items = sorted([*items, *kept], key=lambda item: item.number)
        began = self.session.clock.monotonic()
        try:
            run_batch(self.session, self.order, items, self.take, kept=len(kept))
        except IntronError as error:
            for item in items:
                if item.stage != "ended" and item.record.error is None:
                    item.record = _ended_by(item.record, error)
            _handed_over(_records(all_items), self.early)
            report(self.run, _records(all_items, ended=True))
            raise
        except BaseException:
            _handed_over(_records(all_items, ended=True), self.early)
            report(self.run, _records(all_items, ended=True))
            raise
        records = _records(all_items)
        _handed_over(records, self.end)
        code = report(self.run, records)
        self._tell_end(all_items, kept, self.session.clock.monotonic() - began)
        return code

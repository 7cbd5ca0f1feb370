"""A run over several sources or ids, and what it tells at the end."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from intron_cli.commands.program import Run
from intron_cli.core.errors import EMPTY, IntronError, UsageError, combined
from intron_cli.core.record import FACTS, OUTPUT_ABSENT, ErrorInfo, Record, Source
from intron_cli.core.text import bytes_text, plural
from intron_cli.jobs.interruption import MOST_IDS
from intron_cli.output.document import TRANSCRIPT, section_name
from intron_cli.output.ending import ending, failures

if TYPE_CHECKING:
    from intron_cli.jobs.item import Item, Order
    from intron_cli.jobs.session import Session

_WARNED = ("left_by_limit", "other_options")

Records = Sequence[Record]

_WORTH_NUMBERS = 2
"""From so many sources on, their numbers are told at the end."""

_SKIPPED = {
    "left_by_limit": "left by --limit; the same command sends more",
    "other_options": "sent before with other options; --on-changed send uploads and pays anew",
    "other_shard": "for other shards",
}


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
    """A run of many: ``take`` gets each item that has come to its end, ``end`` all of them in their order.

    ``early`` is called in its place where the run ends before.
    """

    run: Run
    session: "Session"
    order: "Order"
    take: "Callable[[Item], None]"
    end: "Callable[[Sequence[Item]], None]"
    early: "Callable[[Sequence[Item]], None]"

    def carry(self, items: "Sequence[Item]", kept: "Sequence[Item]" = ()) -> int:
        """Carry the items to their end and return the exit code; ``kept`` need nothing.

        Raises what ends the run before.
        """
        from intron_cli.config.key import key_source
        from intron_cli.jobs.batch import run_batch

        all_items = sorted([*items, *kept], key=lambda item: item.number)
        began = self.session.clock.monotonic()
        try:
            if items:
                key_source(self.session.settings)
            run_batch(self.session, self.order, items, self._taken, kept=len(kept))
        except IntronError as error:
            if isinstance(error, UsageError):  # a result that cannot be written
                error.hint = f"{error.hint} What is uploaded is in the ledger: the same command carries on.".strip()
            for item in items:
                if not item.ended and item.record.error is None:
                    item.record = _ended_by(item.record, error)
            self._hand_over(_wanted(all_items), self.early)
            report(self.run, _records_of([*_ended(all_items), *_unanswered(all_items)]))
            raise
        except BaseException:
            self._hand_over(_ended(all_items), self.early)
            report(self.run, _records_of(_ended(all_items)))
            raise
        self._hand_over(_wanted(all_items), self.end)
        code = report(self.run, _records_of(_wanted(all_items)))
        self._tell_end(all_items, kept, self.session.clock.monotonic() - began)
        return code

    def _taken(self, item: "Item") -> None:
        if item.skipped != "other_shard":
            self.take(item)

    def _hand_over(self, items: "Sequence[Item]", end: "Callable[[Sequence[Item]], None]") -> None:
        _handed_over(_records_of(items), lambda _: end(items))

    def _tell_end(self, items: "Sequence[Item]", kept: "Sequence[Item]", seconds: float) -> None:
        """The numbers of a run over many, for whoever watches; what was left out counts as a warning."""
        numbers = {item.number for item in kept}
        others = [item for item in items if item.number not in numbers]
        skipped = Counter(_SKIPPED[item.skipped] for item in others if item.skipped)
        if not self.run.terminal.talks or len(items) < _WORTH_NUMBERS:
            for code, count in Counter(item.skipped for item in others if item.skipped in _WARNED).items():
                self.run.terminal.warn(code or "", f"{plural(count, 'recording')} {_SKIPPED[code or '']}.")
        else:
            records = [item.record for item in others if not item.skipped]
            saved = sum(item.saved for item in items)
            steps = [f"Shrinking saved {bytes_text(saved)}."] if saved > 0 else []
            steps += next_steps(records)
            for line in ending(records, len(kept), skipped, seconds, self.session.requests, steps):
                self.run.terminal.note(line)


def _wanted(items: "Sequence[Item]") -> "list[Item]":
    """Without those of other shards."""
    return [item for item in items if item.skipped != "other_shard"]


def _ended(items: "Sequence[Item]") -> "list[Item]":
    return [item for item in _wanted(items) if item.ended]


def _unanswered(items: "Sequence[Item]") -> "list[Item]":
    """What may have been uploaded when the run was at its end already."""
    return [item for item in items if not item.ended and item.record.status == "maybe"]


def _records_of(items: "Sequence[Item]") -> list[Record]:
    return [item.record for item in items]


def _ended_by(record: Record, error: IntronError) -> Record:
    return replace(record, error=ErrorInfo.of(error))


def next_steps(records: Records) -> list[str]:
    """What to type next, by how sources ended."""
    statuses = Counter(record.status for record in records)
    steps = []
    if statuses["processing"] or statuses["submitted"]:
        steps.append("Carry on with the same command, or with: intron wait --all")
    elif any(record.status == "not_sent" and record.error for record in records):
        steps.append("The same command carries on.")
    if statuses["maybe"]:
        steps.append("What may have been uploaded: intron jobs list, then intron jobs resolve JOB")
    if statuses["failed"] or any(record.exit_code == EMPTY for record in records):
        steps.append("--again uploads, and pays, anew what failed or came back empty.")
    return steps


def report(run: Run, records: Records) -> int:
    """Tell what befell each source, and make the exit code of it."""
    for message, record in failures(records):
        assert record.error
        run.terminal.failure(message, record.error.type, record.error.exit_code)
    for record in records:
        for warning in record.warnings:
            if warning.code in FACTS:
                run.terminal.warn(warning.code, warning.message)
    return combined([record.exit_code for record in records])


def noting_absent(record: Record, show: Sequence[str], run: Run) -> Record:
    """The record with a warning for each section to show that it does not have."""
    for name in show if record.status == "done" else ():
        section = section_name(name, run.catalog)
        known = any(warning.code == OUTPUT_ABSENT for warning in record.warnings)
        if section != TRANSCRIPT and section not in record.outputs and not known:
            record = record.warn(OUTPUT_ABSENT, f"{record.source.name} has no {name} to show.")
    return record


def _handed_over(records: Records, end: Callable[[Records], None]) -> None:
    """Results that cannot be written are not lost: the ids bring them back."""
    try:
        end(records)
    except UsageError as error:
        ids = [record.file_id for record in records if record.file_id]
        if len(ids) > MOST_IDS:
            error.hint = f"{error.hint} The same command uploads nothing of it again.".strip()
        elif ids:
            error.hint = f"{error.hint} Get the result with: intron wait {' '.join(ids)}".strip()
        raise


def _shown(name: str) -> str:
    from intron_cli.jobs.naming import source_name

    return source_name(name)

"""The main job over the sources of one command line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from intron_cli.commands.asking import order_for
from intron_cli.commands.dry_run import dry_run
from intron_cli.commands.options import SendOptions, ShowOptions, SourceOptions
from intron_cli.commands.planning import ensure_meant
from intron_cli.commands.preparing import prepare
from intron_cli.commands.program import Run
from intron_cli.commands.sinks import Sink
from intron_cli.commands.working import Carrying, noting_absent
from intron_cli.config.settings import Settings
from intron_cli.jobs.item import Again, Item, Shard
from intron_cli.jobs.session import Session


@dataclass(frozen=True, slots=True)
class Transcribing:
    """The sources, what is asked of the run, and where the results go."""

    run: Run
    settings: Settings
    items: Sequence[Item]
    sink: Sink
    send: SendOptions
    source: SourceOptions
    again: Again
    show: ShowOptions
    asked: str

    def all(self, *, no_wait: bool) -> int:
        """Upload, wait and deliver; with ``no_wait`` only upload. A dry run only says what would be done."""
        with self.run.session(self.settings) as session:
            prepare(self.run, session, self.send)
            self.sink.ensure_ours(session)
            order = order_for(
                self.run, self.settings, self.send, self.again, self.source,
                wait=not no_wait, structured=self.show.structured,
            )  # fmt: skip
            kept = self._kept(session, order.shard)
            numbers = {item.number for item in kept}
            left = [item for item in self.items if item.number not in numbers]
            if self.send.dry_run:
                return dry_run(self.run, session, left, order, asked=self.asked, json=self.run.terminal.json_lines)
            ensure_meant(self.run, session, left, order, self.send)
            for item in kept:
                self.sink.restore(item)
                item.record = self.sink.slimmed(item.record)
            for item in left:
                item.destination = self.sink.destination(item)
            carrying = Carrying(
                self.run, session, order,
                take=lambda item: self._take(session, item),
                end=lambda items: self.sink.end(session, [item.record for item in items]),
                early=lambda items: self.sink.early(session, [item.record for item in items]),
            )  # fmt: skip
            return carrying.carry(left, kept)

    def _kept(self, session: Session, shard: Shard | None) -> list[Item]:
        """What is there already and counts as done; what is in the way is told before anything is sent."""
        kept = []
        for item in self.items:
            record = self.sink.kept(session, item, self.again)
            known = record.source.sha256 if record else None
            if record and not (shard and known and not shard.has(known)):
                item.record = replace(record, columns=dict(item.columns))
                item.ended = True
                kept.append(item)
        return kept

    def _take(self, session: Session, item: Item) -> None:
        item.record = noting_absent(item.record, self.show.show or (), self.run)
        self.sink.take(session, item)
        item.record = self.sink.slimmed(item.record)

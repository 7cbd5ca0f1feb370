"""The main job over the sources of one command line."""

from collections.abc import Sequence
from dataclasses import dataclass

from intron_cli.commands.asking import order_for
from intron_cli.commands.delivering import Sink
from intron_cli.commands.options import SendOptions, ShowOptions
from intron_cli.commands.planning import ensure_meant, prepare
from intron_cli.commands.program import Run
from intron_cli.commands.working import each, noting_absent
from intron_cli.config import table
from intron_cli.config.key import key_source
from intron_cli.config.settings import Settings
from intron_cli.core.record import Record
from intron_cli.core.request import Request
from intron_cli.jobs.finishing import transcribe
from intron_cli.jobs.session import Session
from intron_cli.jobs.submitting import Again, submit
from intron_cli.jobs.waiting import Wait


@dataclass(frozen=True, slots=True)
class Transcribing:
    """What is asked for the sources, and where the results go."""

    run: Run
    settings: Settings
    request: Request
    sink: Sink
    send: SendOptions
    again: Again
    show: ShowOptions

    def all(self, sources: Sequence[str], *, no_wait: bool) -> int:
        """Upload, wait and deliver, one source after the other; with ``no_wait`` only upload."""
        with self.run.session(self.settings) as session:
            prepare(self.run, session, self.send)
            kept = self._kept(session, sources)
            left = [source for source in sources if source not in kept]
            ensure_meant(self.run, session, left, self.request, self.send, self.again)
            order = order_for(self.run, self.settings, self.request, self.send, self.again)
            wait = Wait(self.settings[table.TIMEOUT], session.scale)

            def work(source: str) -> Record:
                if source in kept:
                    self.sink.restore(source, kept[source])
                    return kept[source]
                key_source(self.settings)
                destination = self.sink.destination(source)
                if no_wait:
                    return submit(session, source, order, destination).record
                structured = self.show.structured
                record = transcribe(session, source, order, wait, destination, structured=structured)
                record = noting_absent(record, self.show.show or (), self.run)
                self.sink.take(session, source, record)
                return record

            return each(self.run, sources, work, self.sink.end, self.sink.early)

    def _kept(self, session: Session, sources: Sequence[str]) -> dict[str, Record]:
        """What is there already and counts as done; what is in the way is told before anything is sent."""
        found = {source: self.sink.kept(session, source, self.request, self.again) for source in dict.fromkeys(sources)}
        return {source: record for source, record in found.items() if record is not None}

"""What a run would send, looked at before a byte goes out, and the question before many uploads."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from intron_cli.commands.options import SendOptions
from intron_cli.commands.program import Run
from intron_cli.config import table
from intron_cli.config.settings import Settings
from intron_cli.core.errors import SourceError, UsageError
from intron_cli.core.request import Request
from intron_cli.core.text import plural, seconds_text

if TYPE_CHECKING:
    from intron_cli.jobs.attempt import Attempt
    from intron_cli.jobs.item import Item, Order
    from intron_cli.jobs.session import Session
    from intron_cli.jobs.sources import Checked

REQUESTS_EACH = 2
"""An upload and at least one look."""

UNASKED = 25
"""New uploads that a person at a terminal is not asked about."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One source: what would go out for it, or why nothing would. ``known`` is an earlier upload's id.

    ``fetched``: what comes from its URL is not known yet. ``shrinks``: ``bytes`` is about what it is shrunk to.
    """

    source: str
    request: Request
    fields: Mapping[str, str]
    filename: str | None = None
    bytes: int = 0
    duration_seconds: float | None = None
    known: str | None = None
    skipped: str | None = None
    fetched: bool = False
    shrinks: bool = False
    error: SourceError | None = None

    @property
    def is_sent(self) -> bool:
        return self.error is None and self.known is None and self.skipped is None


@dataclass(slots=True)
class Totals:
    """What a run would come to."""

    recordings: int = 0
    seconds: float = 0.0
    bytes: int = 0
    known: int = 0

    def add(self, plan: Planned) -> None:
        self.known += plan.known is not None
        if plan.is_sent:
            self.recordings += 1
            self.seconds += plan.duration_seconds or 0.0
            self.bytes += plan.bytes

    @property
    def requests(self) -> int:
        return REQUESTS_EACH * self.recordings + self.known

    def least_seconds(self, settings: Settings) -> float:
        """How long the quota makes so many requests take, at least."""
        rate = settings[table.RATE]
        return max(0, self.requests - 1) // rate.count * rate.seconds


def ensure_meant(run: Run, session: "Session", items: "Sequence[Item]", order: "Order", send: SendOptions) -> None:
    """Ask a person at a terminal before many new uploads. Raises UsageError where the answer is no."""
    if send.again_all and not send.yes and not run.terminal.interactive:
        raise UsageError("--again-all pays for everything anew, and nobody is there to be asked.", "Add --yes.")
    if send.yes or not run.terminal.interactive or (len(items) <= UNASKED and not send.again_all):
        return
    if len(items) > UNASKED:
        run.terminal.note(f"Looking at {plural(len(items), 'recording')} ...")
    totals = Totals()
    for plan in planned_all(session, items, order, whole=order.shard is not None):
        totals.add(plan)
    if totals.recordings <= (0 if send.again_all else UNASKED):
        return
    if not run.terminal.ask(f"Upload {plural(totals.recordings, 'recording')}, {seconds_text(totals.seconds)} in all?"):
        raise UsageError("Nothing was uploaded.", "--yes uploads unasked, --limit N only the first N.")


def planned_all(
    session: "Session", items: "Iterable[Item]", order: "Order", *, whole: bool = True
) -> Iterator[Planned]:
    """What would become of each source, in their order; the same bytes are sent once, and no more than ``--limit``.

    Where a source is not to be read ``whole``, its hash is known only if an earlier run noted it: one that
    was uploaded under another name then counts as new.
    """
    looking = _Looking(session, order, whole=whole)
    begun = 0
    for item in items:
        plan = looking.plan(item)
        if plan is None:
            continue
        begun += plan.is_sent
        if not plan.is_sent or order.limit is None or begun <= order.limit:
            yield plan


class _Looking:
    """Looks at the sources of a run without beginning anything; makes no ledger where there is none."""

    def __init__(self, session: "Session", order: "Order", *, whole: bool) -> None:
        self._session = session
        self._order = order
        self._whole = whole
        self._jobs: dict[str, list[Request]] = {}

    def plan(self, item: "Item") -> Planned | None:
        """None for one of another shard."""
        from intron_cli.jobs.claims import looking
        from intron_cli.jobs.naming import ensure_url, is_url
        from intron_cli.jobs.sources import checked, peeked, url_id

        session, request = self._session, item.request or Request()
        try:
            if session.supply and session.supply.has(item.text) and is_url(item.text):
                return Planned(ensure_url(item.text), request, self._fields(request), fetched=True)
            if not self._whole:
                source = peeked(item.text, looking(session))
                source_id = url_id(item.text) if is_url(item.text) else source.sha256
                skipped, known = self._known(item, source_id, request) if source_id else (None, None)
                seconds, size = source.duration_seconds, source.bytes or 0
                name = item.record.source.name
                return Planned(name, request, {}, None, size, seconds, _named(known), skipped)
            with checked(item.text, looking(session)) as found:
                if self._order.shard and not self._order.shard.has(found.id):
                    return None
                return self._planned(item, found, request)
        except SourceError as error:
            return Planned(item.record.source.name, request, {}, error=error)

    def _planned(self, item: "Item", source: "Checked", request: Request) -> Planned:
        from intron_cli.audio.shrinking import BYTES_A_SECOND
        from intron_cli.jobs.handover import sent_as
        from intron_cli.jobs.sources import ensure_sent

        name = item.name or (source.path.name if self._order.send_name and source.path else None)
        skipped, known = self._known(item, source.id, request)
        if known is None and source.judgement and not self._session.shrinks(source.judgement):
            ensure_sent(source.judgement)
        shrinks = source.judgement is not None and self._session.shrinks(source.judgement)
        fields, filename = sent_as(source, self._fields(request), name, "ogg" if shrinks else None)
        seconds = source.source.duration_seconds
        size = round(seconds * BYTES_A_SECOND) if shrinks and seconds is not None else source.size
        return Planned(
            item.record.source.name, request, _shown_fields(fields), filename, size, seconds, _named(known), skipped,
            shrinks=shrinks,
        )  # fmt: skip

    def _fields(self, request: Request) -> dict[str, str]:
        from intron_cli.api.wire import form_fields

        return form_fields(request, self._session.catalog)

    def _known(self, item: "Item", source_id: str, request: Request) -> "tuple[str | None, Attempt | None]":
        """Why it would be skipped, or what was uploaded of it before."""
        from intron_cli.jobs.claims import job_of, standing

        asked = self._jobs.setdefault(job_of(source_id, request, self._session.service), [])
        if any(one.covers(request) for one in asked):
            return "the same recording as one above", None
        asked.append(request)
        found = standing(self._session, self._order, item, source_id)
        return ("sent before with other options" if found.skipped else None), found.known


def _named(known: "Attempt | None") -> str | None:
    if known is None:
        return None
    return known.file_id or f"job {known.id}, maybe uploaded"


def _shown_fields(fields: Mapping[str, str]) -> dict[str, str]:
    """The form as a person may see it: what follows a URL's path may be secret."""
    from intron_cli.jobs.naming import shown_url

    url = fields.get("audio_file_url")
    if url is None:
        return dict(fields)
    shown = shown_url(url)
    return {**fields, "audio_file_url": shown if shown == url else f"{shown} (sent with all that was given)"}

"""From a source to a claim in the ledger: looked at and hashed, and either known to the service or ready to be sent."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from intron_cli.core.errors import DecisionError, IntronError, SetupError, SourceError, UsageError
from intron_cli.core.record import Record, Status
from intron_cli.core.request import Request
from intron_cli.core.text import bytes_text, seconds_text
from intron_cli.jobs import results
from intron_cli.jobs.attempt import OPEN, Attempt, Claim
from intron_cli.jobs.claims import claim_of, is_again, job_of, looking, note_download, query_doubt, standing
from intron_cli.jobs.fitting import fitted
from intron_cli.jobs.handover import Parcel, undecided
from intron_cli.jobs.item import LEFT_BY_LIMIT, OTHER_OPTIONS, OTHER_SHARD, Item, Order
from intron_cli.jobs.naming import query_print
from intron_cli.jobs.session import Session
from intron_cli.jobs.sources import Checked, checked, ensure_sent


@dataclass(frozen=True, slots=True)
class Ready:
    """To be sent; ``files`` holds its descriptor until that is done."""

    parcel: Parcel
    files: ExitStack


@dataclass(frozen=True, slots=True)
class Known:
    """The service has it."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Busy:
    """Another process is uploading it."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Asked:
    """It may have been uploaded, and there is somebody to decide."""

    attempt: Attempt
    error: DecisionError


@dataclass(frozen=True, slots=True)
class Same:
    """It is the same job as another source of this run."""

    leader: Item


@dataclass(frozen=True, slots=True)
class Closed:
    """It comes to its end here."""

    record: Record


Prepared = Ready | Known | Busy | Asked | Same | Closed


class Preparer:
    """Prepares the sources of one run, one after the other; ``talks``: a note for each that is worth one."""

    def __init__(self, session: Session, order: Order, *, talks: bool = True) -> None:
        self._session = session
        self._order = order
        self._talks = talks
        self._leaders: dict[str, list[Item]] = {}

    def prepare(self, item: Item) -> Prepared:
        """Look at one source and claim it. What is wrong with it is in the record of what is closed.

        Raises what ends the run: SetupError and UsageError.
        """
        try:
            return self._prepared(item)
        finally:
            self._tell(item, "")

    def _prepared(self, item: Item) -> Prepared:
        with ExitStack() as files:
            if self._session.supply:
                self._session.supply.received = lambda what, count: self._tell(item, what, count)
            try:
                source = files.enter_context(checked(item.text, looking(self._session, begin=True)))
                source = replace(source, source=replace(source.source, name=item.record.source.name))
                item.record = replace(item.record, source=source.source)
                if self._order.shard and not self._order.shard.has(source.id):
                    return Closed(item.record.warn(OTHER_SHARD, "It belongs to another shard."))
                note_download(self._session, item.text, source.id)
                found = self._claimed(item, source, files)
            except (SetupError, UsageError):
                raise
            except IntronError as error:
                return Closed(results.with_error(item.record, error, status_after(error)))
            if isinstance(found, Parcel):
                return Ready(found, files.pop_all())
            if isinstance(found, Busy | Asked) and self._session.supply:
                self._session.supply.keep(item.text)
            return found

    def _tell(self, item: Item, what: str, count: int = 0) -> None:
        self._session.events.preparing(item.number, item.record.source, what, count)

    def give_up(self, item: Item) -> None:
        """Its upload came to nothing: other names of it are on their own."""
        for leaders in self._leaders.values():
            if item in leaders:
                leaders.remove(item)

    def _claimed(self, item: Item, source: Checked, files: ExitStack) -> Parcel | Prepared:
        request = item.request or Request()
        leaders = self._leaders.setdefault(job_of(source.id, request, self._session.service), [])
        if leader := _covering(leaders, item, request):
            if source.url:
                self._warn_of_query(item, query_print(leader.text))
            return Same(leader)
        if closed := self._left_out(item, source):
            return Closed(closed)
        claim = claim_of(self._session, item, source)
        found = self._from_ledger(item, source, claim, files)
        if isinstance(found, Known):
            self._warn(item, source)
        if isinstance(found, Parcel | Known):
            leaders.append(item)
        return found

    def _left_out(self, item: Item, source: Checked) -> Record | None:
        """The record of what is not to be sent in this run."""
        session, order, name = self._session, self._order, item.record.source.name
        found = standing(session, order, item, source.id)
        before = _before(found.others[-1]) if found.others else ""
        if found.skipped:
            return item.record.warn(OTHER_OPTIONS, f"{name} was sent {before}.")
        if found.known is None and source.judgement and not session.shrinks(source.judgement):
            ensure_sent(source.judgement)
        if order.limit is not None and len(session.begun) >= order.limit and found.known is None:
            return item.record.warn(LEFT_BY_LIMIT, f"{name} is left unsent by --limit.")
        if before and self._talks:
            session.events.note(f"{name} was uploaded {before}; this is a new upload.")
        return None

    def _from_ledger(self, item: Item, source: Checked, claim: Claim, files: ExitStack) -> Parcel | Prepared:
        """An attempt that the service has, one that is somebody's to decide about, or a new one of ours."""
        session, ledger = self._session, self._session.ledger
        while True:
            attempt, new = ledger.claim(claim, again=self._is_again)
            if new:
                fitted = self._fitted(item, source, attempt, files)
                self._warn(item, fitted)
                session.begun[attempt.id] = None
                ledger.sending(attempt.id)
                name = item.name or (source.path.name if self._order.send_name and source.path else None)
                return Parcel(item.number, attempt, fitted, name)
            if attempt.state not in OPEN:
                return self._known(item, source, attempt)
            if ledger.owned(attempt):
                return Busy(attempt)
            if ledger.attempt(attempt.id) == attempt and (asked := self._decided(attempt)):
                return asked

    def _known(self, item: Item, source: Checked, attempt: Attempt) -> Known:
        """The service has it: its result goes to where it is wanted now."""
        if source.url:
            self._warn_of_query(item, attempt.query_print)
        self._note_known(attempt, item.record.source.name)
        if item.destination and item.destination != attempt.destination:
            self._session.ledger.meant_for(attempt.id, item.destination)
        return Known(attempt)

    def _fitted(self, item: Item, source: Checked, attempt: Attempt, files: ExitStack) -> Checked:
        """The source as it is sent: shrunk, where that is wanted. What cannot be made to fit is not sent."""
        session = self._session
        if source.judgement is None or source.file is None:
            return source
        try:
            if session.shrinking is None:
                ensure_sent(source.judgement)  # of what was sent shrunk before, only that was known to fit
                return source
            name = source.source.name
            if session.shrinks(source.judgement):
                self._tell(item, "shrinking")
            found = files.enter_context(fitted(source.file, name, source.judgement, session.limits, session.shrinking))
            ensure_sent(found.judgement)
            if found.saved is None:
                return replace(source, judgement=found.judgement)
            item.saved = found.saved
            shrunk = source.shrunk(found.file, found.judgement)
        except IntronError:
            session.ledger.refused(attempt.id, "not begun")
            raise
        item.record = replace(item.record, source=shrunk.source)
        if self._talks:
            before, after = bytes_text(source.size), bytes_text(shrunk.size)
            session.events.note(f"{name}: {before}, sent as {after} of Opus.")
        return shrunk

    def _warn(self, item: Item, source: Checked) -> None:
        for code, message in source.warnings:
            item.record = item.record.warn(code, message)
            self._session.events.warn(code, message)

    def _warn_of_query(self, item: Item, before: str | None) -> None:
        """A URL counts without its query, in which secrets change from day to day; or which names the recording."""
        if query_print(item.text) != before:
            code, message = query_doubt(item.record.source.name)
            item.record = item.record.warn(code, message)
            self._session.events.warn(code, message)

    def _is_again(self, attempt: Attempt) -> bool:
        return attempt.id not in self._session.begun and is_again(self._order.again, attempt)

    def _decided(self, attempt: Attempt) -> Asked | None:
        """Nobody knows whether it was uploaded: it is sent again only on somebody's word."""
        error = undecided(attempt, attempt.source_name, attempt.reason or "the run was cut off there")
        if attempt.id in self._session.begun:  # the same bytes under another name, in this run
            raise error
        if self._order.on_unknown == "retry":
            self._session.ledger.close_unknown(attempt, "sent again by decision")
            return None
        if self._order.on_unknown == "ask" and self._order.decide:
            return Asked(attempt, error)
        raise error

    def _note_known(self, attempt: Attempt, name: str) -> None:
        session = self._session
        if not self._talks:
            return
        age = seconds_text(max(session.clock.now() - (attempt.submitted_at or attempt.claimed_at), 0))
        hint = " (--again uploads and pays anew)" if self._order.again == "no" else ""
        session.events.note(f"{name} was uploaded {age} ago as {attempt.file_id}; carrying on from there{hint}.")


def _covering(leaders: Sequence[Item], item: Item, request: Request) -> Item | None:
    """Another source of the run whose job holds all that is asked."""
    return next((one for one in leaders if one is not item and one.request and one.request.covers(request)), None)


def _before(other: Attempt) -> str:
    how = "by its URL, which the service read itself" if other.source_id.startswith("url:") else "with other options"
    return f"before {how} ({other.file_id})"


def status_after(error: IntronError) -> Status:
    """Where an upload stands that ended so."""
    if isinstance(error, SourceError):
        return "rejected"
    kinds: dict[str, Status] = {"maybe_uploaded": "maybe", "refused": "refused"}
    return kinds.get(error.kind, "not_sent")

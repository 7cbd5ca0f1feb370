"""One run's work with the service: from sources and ids to records.

Raises what ends the run (set-up, a refused key, an interrupt); whatever befalls one source is in
its record.
"""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from intron_cli.api import wire
from intron_cli.api.budget import Budget, fingerprint
from intron_cli.api.client import ServiceClient
from intron_cli.config import table
from intron_cli.config.key import read_key
from intron_cli.config.settings import Settings
from intron_cli.config.store import state_path
from intron_cli.core import units
from intron_cli.core.catalog import Catalog
from intron_cli.core.clock import Clock
from intron_cli.core.errors import (
    GoneError,
    IntronError,
    SetupError,
    SourceError,
    StillProcessingError,
    UsageError,
)
from intron_cli.core.record import Record, Source
from intron_cli.core.request import Request
from intron_cli.core.text import seconds_text
from intron_cli.jobs import results
from intron_cli.jobs.attempt import OPEN, Attempt, Claim
from intron_cli.jobs.events import Events
from intron_cli.jobs.handover import HandOver, hand_over, undecided
from intron_cli.jobs.ledger import Ledger
from intron_cli.jobs.ledger_file import LEDGER_FILE
from intron_cli.jobs.sources import Checked, Limits, checked, source_name
from intron_cli.jobs.waiting import Wait, wait_for

OnUnknown = Literal["ask", "skip", "retry"]

URL_HOURS = 24
_OWNER_LOOK = 0.5


@dataclass(frozen=True, slots=True)
class Order:
    """How sources are to be treated.

    ``limit`` is how many new uploads may be begun.
    ``decide`` is asked about a recording that may have been uploaded: True sends it again.
    """

    request: Request
    name: str | None = None
    send_name: bool = False
    again: bool = False
    limit: int | None = None
    on_unknown: OnUnknown = "ask"
    decide: Callable[[str], bool] = lambda _: False


class Session:
    """The run's ledger, client and settings, each opened when it is first needed."""

    def __init__(self, settings: Settings, clock: Clock, catalog: Catalog, events: Events) -> None:
        self.settings = settings
        self.clock = clock
        self.catalog = catalog
        self.events = events
        self._begun: list[int] = []
        self._awaited: str | None = None

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger(state_path(self.settings.env), self.clock)

    @cached_property
    def _key(self) -> str:
        """Read when a request is due: it may take a command to print it."""
        return read_key(self.settings).value

    @cached_property
    def key_print(self) -> str:
        return fingerprint(units.service(self.settings.base_url), self._key)

    @cached_property
    def client(self) -> ServiceClient:
        settings = self.settings
        budget = Budget(
            state_path(settings.env),
            self.key_print,
            settings[table.RATE],
            settings[table.STATUS_INTERVAL],
            self.clock,
        )
        return ServiceClient(settings.base_url, self._key, budget, self.clock, self.catalog)

    @cached_property
    def scale(self) -> float:
        """The waiting's times are meant for a quota of a minute; another window scales them."""
        return self.settings[table.RATE].seconds / 60

    @property
    def limits(self) -> Limits:
        return Limits(self.settings[table.MAX_DURATION], self.settings[table.MAX_BYTES])

    def close(self) -> None:
        for name in ("client", "ledger"):
            if opened := self.__dict__.pop(name, None):
                opened.close()

    def uploaded_before(self, source: Checked, request: Request) -> Attempt | None:
        """What an earlier run uploaded, or may have uploaded, of it. Makes no ledger where there is none."""
        if not (state_path(self.settings.env) / LEDGER_FILE).exists():
            return None
        return self.ledger.covering(self._job(source, request), request, _counts_for(source))

    def carry_on(self) -> list[str]:
        """After an interrupt: what was under way, and the command that carries on with it."""
        unfinished = [self.ledger.attempt(number) for number in self._begun]
        lines = [_carry_on(attempt) for attempt in unfinished if attempt.state not in ("done", "failed", "gone")]
        if self._awaited and not any(attempt.file_id == self._awaited for attempt in unfinished):
            lines.append(f"Interrupted. Carry on with: intron wait {self._awaited}")
        return lines or ["Interrupted. Nothing was uploaded."]

    def upload(self, text: str, order: Order) -> Record:
        """Check and upload one source, or find that it was uploaded before."""
        record = Record("not_sent", Source(source_name(text)), order.request)
        try:
            with checked(text, self.limits) as source:
                record = replace(record, source=source.source)
                for code, message in source.warnings:
                    record = record.warn(code, message)
                    self.events.warn(code, message)
                attempt = self._submitted(source, order)
        except _LimitReachedError:
            return record
        except (SetupError, UsageError):
            raise
        except SourceError as error:
            return results.with_error(record, error, "rejected")
        except IntronError as error:
            return results.with_error(record, error, _status_after(error))
        known = results.record_of(attempt)
        return replace(known, source=record.source, warnings=record.warnings)

    def transcribe(self, text: str, order: Order, wait: Wait, *, structured: bool = False) -> Record:
        """Upload one source and wait for its result."""
        record = self.upload(text, order)
        if record.error or not record.file_id:
            return record
        return self._finish(record, self._known(record.file_id), order.request, wait, structured=structured)

    def wait(self, name: str, wait: Wait, *, structured: bool = False) -> Record:
        """Wait for the result of an id."""
        record, attempt = self._named(name)
        if record.error:
            return record
        return self._finish(record, attempt, record.request, wait, structured=structured)

    def status(self, name: str, *, structured: bool = False) -> Record:
        """Ask once about an id."""
        record, attempt = self._named(name)
        if record.error or not record.file_id:
            return record
        try:
            data = self._look(record.file_id, structured=structured)
        except SetupError:
            raise
        except IntronError as error:
            return self._lost(record, attempt, error)
        return self._settle(record, attempt, data, record.request)

    def _submitted(self, source: Checked, order: Order) -> Attempt:
        """An attempt that the service has: an earlier one, or a new one that we carry out."""
        if order.limit is not None and len(self._begun) >= order.limit:
            known = None if order.again else self.uploaded_before(source, order.request)
            if known is None:
                raise _LimitReachedError
        claim = self._claim(source, order.request)
        self._note_other_options(claim)
        again = order.again
        while True:
            attempt, new = self.ledger.claim(claim, again=again)
            if new:
                self._begun.append(attempt.id)
                name = order.name or (source.path.name if order.send_name and source.path else None)
                work = HandOver(self.client, self.ledger, self.clock, self.catalog, self.scale)
                hand_over(attempt, source, work, self.events, name=name)
                return self.ledger.attempt(attempt.id)
            if attempt.state not in OPEN:
                self._note_known(attempt)
                return attempt
            if self.ledger.owned(attempt):
                self.clock.sleep(_OWNER_LOOK * self.scale)
                continue
            self._decide(attempt, order)

    def _job(self, source: Checked, request: Request) -> str:
        """What tells a job apart in all but its outputs: source, part of it, request, service."""
        service = units.service(self.settings.base_url)
        identity = "\n".join((source.id, "", request.identity(), service))
        return hashlib.sha256(identity.encode()).hexdigest()

    def _claim(self, source: Checked, request: Request) -> Claim:
        service = units.service(self.settings.base_url)
        return Claim(
            job=self._job(source, request),
            request=request,
            source_id=source.id,
            source_name=source.source.name,
            service=service,
            host=units.host(self.settings.base_url),
            key_print=self.key_print,
            source_path=str(source.path.absolute()) if source.path else None,
            bytes=source.source.bytes,
            duration_seconds=source.source.duration_seconds,
            counts_for=_counts_for(source),
        )

    def _note_known(self, attempt: Attempt) -> None:
        age = seconds_text(max(self.clock.now() - (attempt.submitted_at or attempt.claimed_at), 0))
        self.events.note(
            f"{attempt.source_name} was uploaded {age} ago as {attempt.file_id}; carrying on from there"
            " (--again uploads and pays anew)."
        )

    def _note_other_options(self, claim: Claim) -> None:
        others = [
            found
            for found in self.ledger.of_source(claim.source_id)
            if found.file_id and found.service == claim.service and not found.request.covers(claim.request)
        ]
        same = [found for found in self.ledger.of_source(claim.source_id) if found.job == claim.job]
        if others and not any(found.request.covers(claim.request) for found in same):
            self.events.note(
                f"{claim.source_name} was uploaded before with other options ({others[-1].file_id});"
                " this is a new upload."
            )

    def _decide(self, attempt: Attempt, order: Order) -> None:
        """Nobody knows whether it was uploaded: send it again only on somebody's word."""
        error = undecided(attempt, attempt.source_name, attempt.reason or "the run was cut off there")
        if order.on_unknown == "retry" or (order.on_unknown == "ask" and order.decide(str(error.message))):
            self.ledger.refused(attempt.id, "sent again by decision")
            return
        raise error

    def _named(self, name: str) -> tuple[Record, Attempt | None]:
        """The record that an id, a prefix of one, or a short number leads to."""
        found = self.ledger.find(name)
        if len(found) == 1:
            attempt = found[0]
            record = results.record_of(attempt)
            if attempt.file_id is None:
                return results.with_error(record, _never_submitted(attempt)), attempt
            return record, attempt
        if found:
            ids = ", ".join(str(attempt.file_id) for attempt in found[:5])
            raise UsageError(f"'{name}' begins several file ids: {ids}.", "Give more of it.")
        if not wire.is_file_id(name):
            raise UsageError(f"'{name}' is no file id.", "It looks like 12a9760f-b165-4404-91d0-a65d4c0078f5.")
        return results.foreign_record(name, self.settings.base_url), None

    def _known(self, file_id: str) -> Attempt | None:
        found = self.ledger.find(file_id)
        return found[0] if found else None

    def _finish(
        self,
        record: Record,
        attempt: Attempt | None,
        request: Request | None,
        wait: Wait,
        *,
        structured: bool,
    ) -> Record:
        file_id = str(record.file_id)
        submitted_at = (attempt.submitted_at if attempt else None) or self.clock.now()
        self._awaited = file_id
        self.events.waiting_started(record.source, file_id)
        try:
            data = wait_for(
                lambda: self._look(file_id, structured=structured),
                submitted_at,
                wait,
                self.clock,
                self.events,
            )
        except SetupError as error:
            error.hint = f"{error.hint} Then carry on with: intron wait {file_id}".strip()
            raise
        except StillProcessingError as error:
            error.hint = f"Carry on with: intron wait {file_id}"
            return results.with_error(record, error, "processing")
        except IntronError as error:
            return self._lost(record, attempt, error)
        finally:
            self.events.waiting_ended()
        self._awaited = None
        return self._settle(record, attempt, data, request)

    def _look(self, file_id: str, *, structured: bool) -> wire.StatusData:
        return self.client.status(file_id, structured=structured, waiting=self.events.budget_wait)

    def _settle(
        self, record: Record, attempt: Attempt | None, data: wire.StatusData, request: Request | None
    ) -> Record:
        """Note in the ledger what the service said, and make the record of it."""
        if attempt and data.state == wire.FINISHED:
            attempt = self.ledger.finished(attempt.id, "done", data.state)
        elif attempt and data.state in wire.FAILED:
            attempt = self.ledger.finished(attempt.id, "failed", data.state, data.message or None)
        elif attempt:
            self.ledger.looked(attempt.id, data.state)
        ended = data.state == wire.FINISHED or data.state in wire.FAILED
        if ended:
            finished_at = attempt.finished_at if attempt else self.clock.now()
            record = replace(record, finished_at=results.iso_time(finished_at))
        return results.with_result(record, data, request, self.catalog)

    def _lost(self, record: Record, attempt: Attempt | None, error: IntronError) -> Record:
        """The service could not be asked, or does not know the id."""
        if not isinstance(error, GoneError):
            error.hint = f"{error.hint} Carry on with: intron wait {record.file_id}".strip()
            return results.with_error(record, error)
        self._awaited = None
        if attempt and attempt.key_print != self.key_print:
            error.hint = "It was uploaded with another key than the one in use now: try that one."
        elif attempt:
            self.ledger.finished(attempt.id, "gone", "", error.message)
            error.hint = "It was uploaded from here, so the service has dropped it; --again submits it anew."
        return results.with_error(record, error, "gone")


def _status_after(error: IntronError) -> Literal["maybe", "refused", "not_sent"]:
    kinds: dict[str, Literal["maybe", "refused"]] = {"maybe_uploaded": "maybe", "refused": "refused"}
    return kinds.get(error.kind, "not_sent")


def _never_submitted(attempt: Attempt) -> IntronError:
    if attempt.state == "handed_over":
        return undecided(attempt, attempt.source_name, attempt.reason or "the run was cut off there")
    return UsageError(
        f"Job {attempt.id} ({attempt.source_name}) was never submitted: {attempt.reason or attempt.state}.",
        "Run the same transcribe command again.",
    )


class _LimitReachedError(Exception):
    """As many uploads were begun as were allowed."""


def _counts_for(source: Checked) -> float:
    """Seconds for which an upload counts: what a URL leads to may change."""
    return URL_HOURS * 3600 if source.url else math.inf


def _carry_on(attempt: Attempt) -> str:
    if attempt.file_id:
        return f"Interrupted. {attempt.source_name} is uploaded; carry on with: intron wait {attempt.file_id}"
    if attempt.state == "handed_over":
        return (
            f"Interrupted. {attempt.source_name} may have been uploaded (job {attempt.id}):"
            " the same command will not send it again unasked."
        )
    return f"Interrupted. {attempt.source_name} was not uploaded; the same command starts anew."

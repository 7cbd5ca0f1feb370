"""Sources as the ledger knows them: what tells jobs apart, and what was uploaded of them before."""

import hashlib
import math
from dataclasses import dataclass

from intron_cli.core import units
from intron_cli.core.errors import SourceError
from intron_cli.core.record import EMPTY_TRANSCRIPT, Record, Source
from intron_cli.core.request import Request
from intron_cli.jobs.attempt import GOOD, Attempt, Claim
from intron_cli.jobs.item import OTHER_QUERY, Again, Item, Order
from intron_cli.jobs.naming import is_url, query_print, source_name
from intron_cli.jobs.session import Session
from intron_cli.jobs.sources import Checked, HashCache, Looking, Stamp, checked, identity, url_id

URL_SECONDS = 24 * 3600.0
"""For so long an upload of a URL counts: what it leads to may change."""


class _WriteOnly:
    """A cache that is told what files hash to, and not asked."""

    def __init__(self, cache: HashCache) -> None:
        self.note_hash = cache.note_hash

    def known_hash(self, path: str, stamp: Stamp) -> str | None:
        del path, stamp
        return None


def hash_cache(session: Session, *, begin: bool = False) -> HashCache | None:
    """What earlier runs hashed; None where there is no ledger, unless one may ``begin``."""
    if not (begin or session.has_ledger):
        return None
    return _WriteOnly(session.ledger) if session.rehash else session.ledger


def covering(session: Session, text: str, source_id: str, request: Request) -> Attempt | None:
    """An attempt of a source that holds what is asked. Makes no ledger where there is none."""
    if not session.has_ledger:
        return None
    job, also = job_of(source_id, request, session.service), _also(session, text, source_id, request)
    return session.ledger.covering(job, request, _counts_for(source_id), also)


def _also(session: Session, text: str, source_id: str, request: Request) -> dict[str, float]:
    """The jobs that a recording at a URL may be, too, and for how long they count.

    Where the service reads it, what it led to when it was downloaded here. Of what is downloaded the bytes decide:
    only while nobody knows what became of an upload that the service was to read itself, it has to be decided about.
    """
    if not _leads_to_one(text):
        return {}
    url = url_id(text)
    if source_id != url:
        return {job_of(url, request, session.service): 0.0}
    sha256 = session.ledger.downloaded(url, URL_SECONDS)
    return {job_of(sha256, request, session.service): math.inf} if sha256 else {}


def known_query(session: Session, text: str, file_id: str | None) -> bool | None:
    """Whether an upload was of this URL with this query; None where nobody knows."""
    found = session.ledger.find(file_id) if file_id and session.has_ledger else []
    if query_print(text) and not found:
        return None
    return all(one.query_print == query_print(text) for one in found)


def query_doubt(name: str) -> tuple[str, str]:
    """The warning that a URL counts without its query, in which secrets change; or which names the recording."""
    return OTHER_QUERY, (
        f"{name} was sent before, perhaps with another query (what follows its ?), and counts as the same recording."
        " Is it another one? --fetch downloads it and compares the bytes."
    )


def note_download(session: Session, text: str, source_id: str) -> None:
    """A URL led to these bytes, whoever reads it next."""
    if _leads_to_one(text) and source_id != url_id(text):
        session.ledger.note_downloaded(url_id(text), source_id, URL_SECONDS)


def other_uploads(session: Session, text: str, source_id: str) -> list[Attempt]:
    """What was uploaded of a source, whatever was asked; and what the service read at the URL of what is fetched."""
    if not session.has_ledger:
        return []
    ledger, since = session.ledger, session.clock.now() - URL_SECONDS
    found = [one for one in ledger.of_source(source_id) if one.file_id]
    if _leads_to_one(text) and source_id != url_id(text):
        read = [one for one in ledger.of_source(url_id(text)) if not one.query_print and one.claimed_at > since]
        found += [one for one in read if one.state in GOOD]
    return [one for one in found if one.service == session.service]


def _leads_to_one(text: str) -> bool:
    """Whether it is a URL that leads to one recording: with a query nobody knows."""
    return is_url(text) and query_print(text) is None


def looking(session: Session, *, begin: bool = False) -> Looking:
    """How the run looks at its sources."""
    cache = hash_cache(session, begin=begin)
    sent = session.ledger.has_sent if session.has_ledger else lambda _: False
    return Looking(session.limits, cache, session.supply, session.shrinks, sent)


def identified(session: Session, text: str) -> Source:
    """What a source is, by its hash and without a look at its sound; one that cannot be read has none."""
    try:
        return identity(text, looking(session))
    except SourceError:
        return Source(source_name(text))


def known_upload(session: Session, text: str, request: Request) -> Attempt | None:
    """What an earlier run uploaded of a source."""
    if not session.has_ledger:
        return None
    try:
        with checked(text, looking(session)) as source:
            return covering(session, text, source.id, request)
    except SourceError:
        return None


def job_of(source_id: str, request: Request, service: str) -> str:
    """What tells a job apart in all but its outputs: source, part of it, request, service."""
    parts = "\n".join((source_id, "", request.identity(), service))
    return hashlib.sha256(parts.encode()).hexdigest()


def claim_of(session: Session, item: Item, source: Checked) -> Claim:
    """A source of a run as the ledger takes it."""
    request = item.request or Request()
    return Claim(
        job=job_of(source.id, request, session.service),
        request=request,
        source_id=source.id,
        source_name=source.source.name,
        service=session.service,
        host=units.host(session.settings.base_url),
        key_print=session.key_print,
        source_path=str(source.path.absolute()) if source.path else None,
        query_print=query_print(source.url) if source.url else None,
        bytes=source.source.bytes,
        duration_seconds=source.source.duration_seconds,
        destination=item.destination,
        columns=item.columns,
        counts_for=_counts_for(source.id),
        also=lambda: _also(session, item.text, source.id, request),
    )


def claim_of_record(session: Session, record: Record) -> Claim:
    """A saved record of an upload as the ledger takes it."""
    request, service, source = record.request or Request(), record.service or session.service, record.source
    return Claim(
        job=job_of(source.sha256 or "", request, service),
        request=request,
        source_id=source.sha256 or "",
        source_name=source.name,
        service=service,
        host=record.provenance.host if record.provenance else units.host(service),
        key_print="",  # nobody knows with which it was sent, and none is due for taking it in
        bytes=source.bytes,
        duration_seconds=source.duration_seconds,
        columns=record.columns,
    )


def is_again(again: Again, attempt: Attempt) -> bool:
    """Whether an earlier upload is to be made anew."""
    bad = attempt.state in ("failed", "gone") or attempt.reason == EMPTY_TRANSCRIPT
    ended = attempt.state in ("done", "failed", "gone")
    return {"no": False, "failed": bad, "ended": ended, "all": True}[again]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a source stands before a run: ``known`` is what counts for it, ``others`` asked for something else.

    ``skipped``: it is left alone for that, because nobody named it by itself.
    """

    known: Attempt | None
    others: tuple[Attempt, ...] = ()
    skipped: bool = False


def standing(session: Session, order: Order, item: Item, source_id: str) -> Standing:
    """What is known of a source and of what is asked for it. Makes no ledger where there is none."""
    request = item.request or Request()
    known = covering(session, item.text, source_id, request)
    if known and order.on_unknown == "retry" and known.state == "handed_over" and not session.ledger.owned(known):
        known = None
    if known and (known.id in session.begun or not is_again(order.again, known)):
        return Standing(known)
    if known:
        return Standing(None)
    others = tuple(found for found in other_uploads(session, item.text, source_id) if found.id not in session.begun)
    return Standing(None, others, skipped=bool(others) and not item.named and order.on_changed == "skip")


def _counts_for(source_id: str) -> float:
    return URL_SECONDS if source_id.startswith("url:") else math.inf

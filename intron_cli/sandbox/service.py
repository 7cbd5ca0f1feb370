"""The service's endpoints: from a request, however it travelled, to an answer."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from intron_cli.core.catalog import Catalog
from intron_cli.core.clock import Clock
from intron_cli.sandbox.body import RequestBody
from intron_cli.sandbox.form import BLOB_FIELD, Form, FormError, FormReader
from intron_cli.sandbox.intake import Intake, too_large
from intron_cli.sandbox.log import Log
from intron_cli.sandbox.notes import write_notes
from intron_cli.sandbox.options import SandboxOptions
from intron_cli.sandbox.quota import Quota
from intron_cli.sandbox.recogniser import Recogniser
from intron_cli.sandbox.reply import RefusedError, Reply, error, ok
from intron_cli.sandbox.spool import TooLargeError
from intron_cli.sandbox.state import PROCESSING, QUEUED, Failure, Heard, Job, Jobs, read_order

URL_FIELD = "audio_file_url"

FORM_ALLOWANCE = 1_000_000
"""Bytes that a form may have besides its audio before it is refused unread."""

_LOOK_SECONDS = 0.1
"""Between two looks whether a recording was heard, where somebody holds the line for it."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request whose body has not been read. ``path`` and ``query`` are as they were sent."""

    method: str
    path: str
    query: str
    headers: Message
    body: RequestBody


@dataclass(frozen=True, slots=True)
class _Endpoint:
    pattern: re.Pattern[str]
    method: str
    act: Callable[[Request, str], Reply]
    is_status: bool = False


class Service:
    """Answers as the service was recorded to; holds what must be remembered between requests."""

    def __init__(
        self,
        options: SandboxOptions,
        *,
        spool: Path,
        clock: Clock,
        catalog: Catalog,
        log: Log,
        recogniser: Recogniser | None = None,
    ) -> None:
        requests, window = options.quota
        interval = options.scaled(options.status_interval)
        self._quota = Quota(requests, options.scaled(window), status_interval=interval, clock=clock)
        self._jobs = Jobs(clock=clock, processing=options.scaled(options.processing), seed=options.seed)
        self._intake = Intake(options, spool, log, recogniser)
        self._max_bytes = options.max_bytes
        self._sync_seconds = options.scaled(options.sync_seconds)
        self._refused = frozenset(_hashed(key) for key in options.refused_keys)
        self._spool = spool
        self._clock = clock
        self._catalog = catalog
        self._endpoints = (
            _Endpoint(re.compile(r"/file/v1/upload()"), "POST", self._upload),
            _Endpoint(re.compile(r"/file/v1/upload/sync()"), "POST", self._upload_and_wait),
            _Endpoint(re.compile(r"/file/v1/status/([^/]+)"), "GET", self._status, is_status=True),
        )

    def close(self) -> None:
        """Give up what is still being heard."""
        self._intake.close()

    def answer(self, request: Request) -> Reply:
        """The answer to one request; reads its body where that is needed to know."""
        try:
            for endpoint in self._endpoints:
                if found := endpoint.pattern.fullmatch(request.path):
                    return self._admitted(endpoint, request, found[1])
        except RefusedError as refused:
            return refused.reply
        return error(404, "not found")

    def _admitted(self, endpoint: _Endpoint, request: Request, argument: str) -> Reply:
        if request.method != endpoint.method:
            return error(405, "method not allowed").with_headers({"Allow": endpoint.method})
        ruling = self._quota.take(self._key(request.headers), status=endpoint.is_status)
        if not ruling.allowed:
            return error(429, ruling.message).with_headers(ruling.headers())
        try:
            reply = endpoint.act(request, argument)
        except RefusedError as refused:
            reply = refused.reply
        return reply.with_headers(ruling.headers())

    def _key(self, headers: Message) -> str:
        """The hash of the request's key: the key itself is kept nowhere."""
        scheme, _, key = headers.get("Authorization", "").strip().partition(" ")
        hashed = _hashed(key.strip())
        if scheme.lower() != "bearer" or not key.strip() or hashed in self._refused:
            raise RefusedError(403, "permission denied,access-key error")
        return hashed

    def _upload(self, request: Request, _: str) -> Reply:
        return ok("file queued for processing", {"file_id": self._take(request).file_id})

    def _upload_and_wait(self, request: Request, _: str) -> Reply:
        job = self._take(request)
        until = job.accepted + self._sync_seconds
        while not self._jobs.finished(job) and (left := until - self._clock.monotonic()) > 0:
            self._clock.sleep(min(left, self._jobs.seconds_left(job) or _LOOK_SECONDS))
        if not self._jobs.finished(job):
            return ok("file is still being processed", {"file_id": job.file_id}, status=503)
        return self._report(job, request, {"file_id": job.file_id})

    def _status(self, request: Request, file_id: str) -> Reply:
        job = self._jobs.find(file_id)
        # The service answers so, with a code that elsewhere means a fault of its own.
        return error(500, "file not found") if job is None else self._report(job, request, {})

    def _take(self, request: Request) -> Job:
        """Read the form to its end and make a job of it, or refuse it; a cut connection raises."""
        body = request.body
        if body.length is not None and body.length > self._max_bytes + FORM_ALLOWANCE:
            raise RefusedError(413, too_large(self._max_bytes))
        try:
            with FormReader(request.headers.get("Content-Type", ""), self._spool, max_bytes=self._max_bytes) as reader:
                for piece in body.chunks():
                    reader.feed(piece)
                return self._job(reader.finish())
        except TooLargeError:
            raise RefusedError(413, too_large(self._max_bytes)) from None
        except FormError as cause:
            raise RefusedError(400, str(cause)) from cause

    def _job(self, form: Form) -> Job:
        order = read_order(form.fields, self._catalog)
        if form.audio is not None:
            return self._jobs.add(order, self._intake.sent(form.audio, order))
        if url := form.fields.get(URL_FIELD, "").strip():
            return self._jobs.add(order, self._intake.linked(url, order))
        raise RefusedError(400, f"{BLOB_FIELD} or {URL_FIELD} is required")

    def _report(self, job: Job, request: Request, extra: dict[str, str]) -> Reply:
        """What a status call tells.

        How the reason of a failure reaches a client is not known; here it is the envelope's message.
        """
        data: dict[str, object] = {
            "processing_status": self._jobs.state(job),
            "audio_file_name": job.order.name,
            **extra,
        }
        # It may have ended since the line above, and the answer must not say both.
        if data["processing_status"] in (QUEUED, PROCESSING):
            return ok("file status found", data)
        outcome = job.outcome.result()
        if isinstance(outcome, Failure):
            return ok(outcome.reason, data)
        structured = re.search(r"(?:^|&)get_structured_post_processing=t(?:&|$)", request.query)
        return ok("file status found", data | _result(job, outcome, structured=bool(structured)))


def _result(job: Job, heard: Heard, *, structured: bool) -> dict[str, object]:
    text = heard.transcript.text(diarize=job.order.diarize)
    notes = write_notes(text, job.order.outputs, origin=heard.transcript.origin, structured=structured)
    return {
        "audio_transcript": text,
        # The page shows an integer and nothing for the case that the audio does not tell: 0 is a guess.
        "processed_audio_duration_in_seconds": round(heard.duration_seconds or 0),
        **notes,
    }


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()

"""The service's endpoints: from a request, however it travelled, to an answer."""

import hashlib
import re
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from email.message import Message
from pathlib import Path

from intron_cli.core.catalog import Catalog
from intron_cli.core.clock import Clock
from intron_cli.sandbox.answers import Answers
from intron_cli.sandbox.body import BodyCutError, RequestBody
from intron_cli.sandbox.form import BLOB_FIELD, NAME_FIELD, Form, FormError, FormReader
from intron_cli.sandbox.intake import Intake, too_large
from intron_cli.sandbox.log import Log
from intron_cli.sandbox.notes import write_notes
from intron_cli.sandbox.options import SandboxOptions
from intron_cli.sandbox.quota import Quota
from intron_cli.sandbox.recogniser import Recogniser
from intron_cli.sandbox.reply import AnsweredError, HangUpError, RefusedError, Reply, error, ok
from intron_cli.sandbox.scenes import HOLD_SECONDS, Scene
from intron_cli.sandbox.spool import TooLargeError
from intron_cli.sandbox.staging import Staging
from intron_cli.sandbox.state import ENDS, Failure, Heard, Job, Jobs, Order, Outcome, read_order, settled
from intron_cli.sandbox.stats import Kind, Stats

URL_FIELD = "audio_file_url"
STATS_PATH = "/sandbox/stats"

FORM_ALLOWANCE = 1_000_000
"""Bytes that a form may have besides its audio before it is refused unread."""

_NOTHING = Reply(500, {})
"""The answer of a scene that has none of its own: its connection is reset."""

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
    kind: Kind = "upload"


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
        self._jobs = Jobs(options, clock)
        answers = Answers(options.answers)
        self._intake = Intake(options, spool, log, answers, recogniser)
        self._staging = Staging(options.scenes, answers, log)
        self._stats = Stats(clock)
        self._latency = options.latency
        self._hold = options.scaled(HOLD_SECONDS)
        self._max_bytes = options.max_bytes
        self._sync_seconds = options.scaled(options.sync_seconds)
        self._refused = frozenset(_hashed(key) for key in options.refused_keys)
        self._spool = spool
        self._clock = clock
        self._catalog = catalog
        self._endpoints = (
            _Endpoint(re.compile(r"/file/v1/upload()"), "POST", self._upload),
            _Endpoint(re.compile(r"/file/v1/upload/sync()"), "POST", self._upload_and_wait),
            _Endpoint(re.compile(r"/file/v1/status/([^/]+)"), "GET", self._status, "status"),
        )

    def close(self) -> None:
        """Give up what is still being heard."""
        self._intake.close()

    def answer(self, request: Request) -> Reply:
        """The answer to one request; reads its body where that is needed to know.

        Raises HangUpError where a scene wants the connection reset instead.
        """
        if request.path == STATS_PATH and request.method in ("GET", "HEAD"):
            return Reply(200, self._stats.told())
        for endpoint in self._endpoints:
            if found := endpoint.pattern.fullmatch(request.path):
                if request.method != endpoint.method:
                    return error(405, "method not allowed").with_headers({"Allow": endpoint.method})
                return self._counted(endpoint, request, found[1])
        return error(404, "not found")

    def _counted(self, endpoint: _Endpoint, request: Request, argument: str) -> Reply:
        seen = self._stats.request(endpoint.kind)
        try:
            reply = self._admitted(endpoint, request, argument)
        except RefusedError as refused:
            reply = refused.reply
        if self._latency:
            self._clock.sleep(self._latency)
        seen.code = reply.status
        return reply

    def _admitted(self, endpoint: _Endpoint, request: Request, argument: str) -> Reply:
        ruling = self._quota.take(self._key(request.headers), status=endpoint.kind == "status")
        if not ruling.allowed:
            return error(429, ruling.message).with_headers(ruling.headers())
        try:
            reply = endpoint.act(request, argument)
        except AnsweredError as answered:
            reply = answered.reply
        return reply if reply.foreign else reply.with_headers(ruling.headers())

    def _key(self, headers: Message) -> str:
        """The hash of the request's key: the key itself is kept nowhere."""
        scheme, _, key = headers.get("Authorization", "").strip().partition(" ")
        hashed = _hashed(key.strip())
        if scheme.lower() != "bearer" or not key.strip() or hashed in self._refused:
            raise RefusedError(403, "permission denied,access-key error")
        return hashed

    def _upload(self, request: Request, _: str) -> Reply:
        job, scene = self._take(request)
        return self._played(scene, ok("file queued for processing", {"file_id": job.file_id}))

    def _upload_and_wait(self, request: Request, _: str) -> Reply:
        job, scene = self._take(request)
        until = job.accepted + self._sync_seconds
        while not self._jobs.finished(job) and (left := until - self._clock.monotonic()) > 0:
            self._clock.sleep(min(left, self._jobs.seconds_left(job) or _LOOK_SECONDS))
        if not self._jobs.finished(job):
            return self._played(scene, ok("file is still being processed", {"file_id": job.file_id}, status=503))
        return self._played(scene, self._report(job, request, {"file_id": job.file_id}))

    def _status(self, request: Request, file_id: str) -> Reply:
        job = self._jobs.find(file_id)
        scene = self._staging.take("status", *(job.stems if job else ()))
        # The service answers so, with a code that elsewhere means a fault of its own.
        return self._played(scene, error(500, "file not found") if job is None else self._report(job, request, {}))

    def _played(self, scene: Scene | None, reply: Reply) -> Reply:
        """What a scene makes of an answer; raises HangUpError where it is to be none."""
        if scene is None:
            return reply
        if scene.end == "reset":
            raise HangUpError
        if scene.end == "hold":
            self._clock.sleep(self._hold)
        return replace(scene.answer or reply, cut=scene.end == "cut")

    def _take(self, request: Request) -> tuple[Job, Scene | None]:
        """Read the form to its end and make a job of it, or refuse it; a cut connection raises.

        With it comes the scene that befalls the answer. Raises AnsweredError and HangUpError for
        one that befalls the form.
        """
        scene = self._staging.take("upload")
        if scene and scene.body == "unread":
            raise AnsweredError(self._played(scene, _NOTHING))
        body = request.body
        if body.length is not None and body.length > self._max_bytes + FORM_ALLOWANCE:
            raise RefusedError(413, too_large(self._max_bytes))
        try:
            with FormReader(request.headers.get("Content-Type", ""), self._spool, max_bytes=self._max_bytes) as reader:
                scene = self._read(body, reader, scene)
                form = reader.finish()
                scene = scene or self._staging.take("upload", *_stems(form))
                if scene and scene.body != "taken in":
                    raise AnsweredError(self._played(scene, _NOTHING))
                return self._job(form), scene
        except BodyCutError:
            self._stats.cut_off()
            raise
        except TooLargeError:
            raise RefusedError(413, too_large(self._max_bytes)) from None
        except FormError as cause:
            raise RefusedError(400, str(cause)) from cause

    def _read(self, body: RequestBody, reader: FormReader, scene: Scene | None) -> Scene | None:
        """Feed the form to its reader; returns the scene that the recording's name leads to."""
        for piece in body.chunks():
            reader.feed(piece)
            if scene is None and reader.name:
                scene = self._staging.take("upload", reader.name)
            if scene and scene.is_over(body.received, body.length, reader.closing_bytes):
                self._stats.cut_off()
                raise AnsweredError(self._played(scene, _NOTHING))
        return scene

    def _job(self, form: Form) -> Job:
        order = read_order(form.fields, self._catalog)
        stems = _stems(form)
        scene = self._staging.take("result", *stems)
        if scene and scene.without_outputs:
            order = replace(order, outputs=())
        job = self._jobs.add(order, self._outcome(form, order, scene), stems)
        self._stats.taken(stems[0], job.accepted, job.processing)
        return job

    def _outcome(self, form: Form, order: Order, scene: Scene | None) -> Future[Outcome]:
        url = form.fields.get(URL_FIELD, "").strip()
        if form.audio is None and not url:
            raise RefusedError(400, f"{BLOB_FIELD} or {URL_FIELD} is required")
        if scene and scene.outcome:
            return settled(scene.outcome)
        return self._intake.linked(url, order) if form.audio is None else self._intake.sent(form.audio, order)

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
        if data["processing_status"] not in ENDS:
            return ok("file status found", data)
        outcome = job.outcome.result()
        if isinstance(outcome, Failure):
            return ok(outcome.reason, data)
        assert isinstance(outcome, Heard)
        structured = re.search(r"(?:^|&)get_structured_post_processing=t(?:&|$)", request.query)
        return ok("file status found", data | _result(job, outcome, structured=bool(structured)))


def _result(job: Job, heard: Heard, *, structured: bool) -> dict[str, object]:
    text = heard.transcript.text(diarize=job.order.diarize)
    notes: dict[str, object] = {output.key: heard.notes for output in job.order.outputs}
    if heard.notes is None:
        notes = write_notes(text, job.order.outputs, origin=heard.transcript.origin, structured=structured)
    return {
        "audio_transcript": text,
        # The page shows an integer and nothing for the case that the audio does not tell: 0 is a guess.
        "processed_audio_duration_in_seconds": round(heard.duration_seconds or 0),
        **notes,
    }


def _stems(form: Form) -> tuple[str, ...]:
    """The hash of what came (of an address, where it was that), and the name it came under."""
    address = hashlib.sha256(form.fields.get(URL_FIELD, "").encode()).hexdigest()
    return form.audio.sha256 if form.audio else f"url:{address}", form.fields.get(NAME_FIELD, "")


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()

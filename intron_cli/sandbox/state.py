"""The uploads that were taken in, and how far each has come."""

import random
import threading
import uuid
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass

from intron_cli.core.catalog import DEFAULT_CATEGORY, DEFAULT_LANGUAGE, Catalog, Category, Output
from intron_cli.core.clock import Clock
from intron_cli.sandbox.answers import Transcript
from intron_cli.sandbox.options import LONGEST_PROCESSING, SandboxOptions
from intron_cli.sandbox.reply import RefusedError

QUEUED = "FILE_QUEUED"
PROCESSING = "FILE_PROCESSING"
TRANSCRIBED = "FILE_TRANSCRIBED"
FAILED = "FILE_PROCESSING_FAILED"
INVALID = "FILE_INVALID"
INVALID_SIZE = "FILE_INVALID_SIZE"
INVALID_DURATION = "FILE_INVALID_DURATION"
TIMEOUT = "FILE_PROCESSING_TIMEOUT"
CANCELLED = "FILE_PROCESSING_CANCELLED"

ENDS = frozenset({TRANSCRIBED, FAILED, INVALID, INVALID_SIZE, INVALID_DURATION, TIMEOUT, CANCELLED})

QUEUED_SHARE = 0.25
"""The part of the processing time for which a file is only queued."""


@dataclass(frozen=True, slots=True)
class Order:
    """What an upload asks for, as far as its category has it."""

    name: str
    diarize: bool
    outputs: tuple[Output, ...]
    language: str = DEFAULT_LANGUAGE


@dataclass(frozen=True, slots=True)
class Heard:
    """An upload that ends in a transcript. The duration is None where the audio does not tell it.

    ``notes`` stands in for every note that was asked for.
    """

    transcript: Transcript
    duration_seconds: float | None
    notes: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """An upload that ends in one of the service's states of failure."""

    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unending:
    """An upload that comes to a state and never to an end."""

    state: str


Outcome = Heard | Failure | Unending


def settled(outcome: Outcome) -> Future[Outcome]:
    """An outcome that is known at once."""
    future: Future[Outcome] = Future()
    future.set_result(outcome)
    return future


@dataclass(frozen=True, slots=True)
class Job:
    """An upload that was taken in. ``accepted`` is monotonic, ``processing`` in seconds from then on.

    ``outcome`` may be known only later. ``stems`` is what a tester's files may be named after: the
    recording's hash and name.
    """

    file_id: str
    accepted: float
    processing: float
    order: Order
    outcome: Future[Outcome]
    stems: tuple[str, ...] = ()


class Jobs:
    """All uploads of this run; their states follow from the clock, and where one is heard, from when that ends."""

    def __init__(self, options: SandboxOptions, clock: Clock) -> None:
        self._clock = clock
        self._options = options
        self._random = random.Random(options.seed)
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}

    def add(self, order: Order, outcome: Future[Outcome], stems: tuple[str, ...] = ()) -> Job:
        with self._lock:
            file_id = str(uuid.UUID(int=self._random.getrandbits(128), version=4))
            job = Job(file_id, self._clock.monotonic(), self._processing(), order, outcome, stems)
            self._jobs[file_id] = job
        return job

    def _processing(self) -> float:
        """The seconds that the next recording takes."""
        options, seconds = self._options, self._options.processing
        if options.spread:
            seconds = min(seconds * self._random.lognormvariate(0, options.spread), LONGEST_PROCESSING)
        return options.scaled(seconds)

    def find(self, file_id: str) -> Job | None:
        with self._lock:
            return self._jobs.get(file_id)

    def finished(self, job: Job) -> bool:
        """Whether its processing time has passed and its outcome is known, and is an end."""
        return self._is_known(job) and not isinstance(job.outcome.result(), Unending)

    def _is_known(self, job: Job) -> bool:
        return self.seconds_left(job) <= 0 and job.outcome.done()

    def seconds_left(self, job: Job) -> float:
        """What is left of the processing time; what is being heard may take longer."""
        return max(0.0, job.accepted + job.processing - self._clock.monotonic())

    def state(self, job: Job) -> str:
        left = self.seconds_left(job)
        if left > job.processing * (1 - QUEUED_SHARE):
            return QUEUED
        if not self._is_known(job):
            return PROCESSING
        outcome = job.outcome.result()
        return TRANSCRIBED if isinstance(outcome, Heard) else outcome.state


def read_order(fields: Mapping[str, str], catalog: Catalog) -> Order:
    """What the form's fields ask for; fields that nobody knows are ignored, as the service does.

    What the service says to a form without a name, or to a category that it does not have, is not
    known. Here both are refused, so that a misspelling is found where it costs nothing.
    """
    name = fields.get("audio_file_name", "")
    if not name:
        raise RefusedError(400, "audio_file_name is required")
    category = _category(fields.get("use_category", ""), catalog)
    outputs = tuple(output for output in catalog.outputs_of(category.name) if fields.get(output.field) == "TRUE")
    language = fields.get("use_language_asr_input", "").strip() or DEFAULT_LANGUAGE
    return Order(name, fields.get("use_diarization") == "TRUE", outputs, language)


def _category(value: str, catalog: Catalog) -> Category:
    for category in catalog.categories:
        if category.wire == value or (not value and category.name == DEFAULT_CATEGORY):
            return category
    raise RefusedError(400, "use_category is not one of the categories")

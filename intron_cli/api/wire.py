"""The mapping between our terms and the service's wire form: pure, no I/O.

Source: the vendor's page "API/File/Upload" and answers recorded from the live service.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from intron_cli.core.catalog import CATALOG, RESULT_PREFIX, Catalog
from intron_cli.core.record import OutputText
from intron_cli.core.request import Request
from intron_cli.core.text import clean_line

UPLOAD_PATH = "/file/v1/upload"
STATUS_PATH = "/file/v1/status/{file_id}"

FINISHED = "FILE_TRANSCRIBED"
GOING_ON = frozenset({"FILE_QUEUED", "FILE_PENDING", "FILE_PROCESSING"})
FAILED = frozenset(
    {
        "FILE_PROCESSING_FAILED",
        "FILE_INVALID",
        "FILE_INVALID_SIZE",
        "FILE_INVALID_DURATION",
        "FILE_PROCESSING_TIMEOUT",
        "FILE_PROCESSING_CANCELLED",
    }
)

_FILE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,199}", re.ASCII)
_DEEPEST = 100
_LONGEST = 366 * 86400


def form_fields(request: Request, catalog: Catalog = CATALOG) -> dict[str, str]:
    """The form's fields for what is asked; the source's own fields are not among them."""
    category = catalog.category(request.category)
    fields = {"use_category": category.wire if category else request.category}
    if request.diarize:
        fields["use_diarization"] = "TRUE"
    if request.language:
        fields["use_language_asr_input"] = request.language
    if request.verbatim:
        fields["use_disable_llm_corrections"] = "TRUE"
    if request.template:
        fields["use_template_id"] = request.template
    fields.update({f"get_{name}": "TRUE" for name in request.outputs})
    return fields | dict(request.fields)


@dataclass(frozen=True, slots=True)
class Form:
    """A multipart form around one file (or none), in the bytes that come before and after it.

    ``tail`` is the closing boundary: without it the service has no form.
    """

    head: bytes
    tail: bytes
    boundary: str
    fields: Mapping[str, str]

    @property
    def content_type(self) -> str:
        return f"multipart/form-data; boundary={self.boundary}"


def build_form(fields: Mapping[str, str], boundary: str, filename: str | None) -> Form:
    """Lay out ``fields`` and, where ``filename`` is given, the opening of the part ``audio_file_blob``."""
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    if filename is not None:
        head += (
            f"--{boundary}\r\nContent-Disposition: form-data; "
            f'name="audio_file_blob"; filename="{_quoted(filename)}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
    end = f"--{boundary}--\r\n"
    if filename is not None:
        end = "\r\n" + end
    return Form(head.encode("utf-8", "replace"), end.encode(), boundary, fields)


def _quoted(text: str) -> str:
    """A parameter's value as browsers write it: line ends and quotes as percent codes."""
    return text.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, read whole."""

    code: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class UploadOutcome:
    """What an answer to an upload means.

    ``submitted``: queued under ``file_id``. ``refused``: not taken. ``maybe``: nobody can tell
    from this answer whether it was.
    """

    kind: Literal["submitted", "refused", "maybe"]
    file_id: str | None = None
    code: int = 0
    message: str = ""
    retry_after: float | None = None
    html: bool = False

    @property
    def again(self) -> bool:
        """Whether the same upload may be tried again in this run."""
        return self.kind == "refused" and (self.code == 429 or (self.code == 503 and self.retry_after is not None))


def read_upload(answer: Answer) -> UploadOutcome:
    """Read an answer to an upload, in the order in which its parts are to be believed."""
    envelope = parse_envelope(answer.body)
    message = clean_line(str(envelope.get("message") or ""), 300)
    data = envelope.get("data")
    file_id = data.get("file_id") if isinstance(data, dict) else None
    if isinstance(file_id, str) and is_file_id(file_id):
        return UploadOutcome("submitted", file_id, answer.code, message)
    after = retry_after(answer.headers)
    refused = (
        (300 <= answer.code < 500 and answer.code != 408)
        or (answer.code == 503 and after is not None)
        or envelope.get("status") == "Error"
    )  # fmt: skip
    kind: Literal["refused", "maybe"] = "refused" if refused else "maybe"
    return UploadOutcome(kind, None, answer.code, message, after, is_html(answer))


@dataclass(frozen=True, slots=True)
class StatusData:
    """A status answer: the service's state and what it has so far."""

    state: str
    transcript: str | None = None
    duration_seconds: float | None = None
    outputs: Mapping[str, OutputText] = field(default_factory=dict)
    message: str = ""
    raw: Any = None


def read_status(envelope: Mapping[str, Any], catalog: Catalog = CATALOG) -> StatusData | None:
    """Read the envelope of a status answer; None where it holds no state."""
    data = envelope.get("data")
    if not isinstance(data, dict) or not isinstance(data.get("processing_status"), str):
        return None
    text = data.get("audio_transcript")
    duration = data.get("processed_audio_duration_in_seconds")
    return StatusData(
        state=clean_line(data["processing_status"], 100),
        transcript=text if isinstance(text, str) else None,
        duration_seconds=_seconds(duration),
        outputs={
            name: _output(catalog.title(name), value)
            for key, value in data.items()
            if key.startswith(RESULT_PREFIX) and (name := key.removeprefix(RESULT_PREFIX))
        },
        message=clean_line(str(envelope.get("message") or ""), 300),
        raw=data,
    )


def _seconds(value: Any) -> float | None:
    """A duration where the value is one; numbers beyond a year are none."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value <= _LONGEST else None


def _output(title: str, value: Any) -> OutputText:
    if isinstance(value, str):
        return OutputText(title, markdown=value)
    return OutputText(title, value=value)


def parse_envelope(body: bytes) -> dict[str, Any]:
    """The JSON object of an answer; empty where the body is anything else."""
    try:
        value = json.loads(body, parse_float=_finite, parse_constant=_nothing)
        if isinstance(value, dict) and not _deeper_than(value, _DEEPEST):
            return value
    except (ValueError, RecursionError):
        pass
    return {}


def _finite(text: str) -> float | None:
    """A number that JSON can hold when it is written again."""
    number = float(text)
    return number if math.isfinite(number) else None


def _nothing(_: str) -> None:
    """NaN and Infinity are no JSON, though Python reads and writes them."""


def _deeper_than(value: Any, depth: int) -> bool:
    """Whether JSON is nested so deeply that writing it again could fail."""
    if isinstance(value, dict):
        return depth == 0 or any(_deeper_than(inner, depth - 1) for inner in value.values())
    if isinstance(value, list):
        return depth == 0 or any(_deeper_than(inner, depth - 1) for inner in value)
    return False


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the service asks to be left alone for; a date, or what else it may be, is a minute."""
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,6}", text, re.ASCII):
        return float(text)
    return 60.0 if text else None


def is_html(answer: Answer) -> bool:
    """Whether a page came where JSON is due: a captive portal, or a proxy that speaks for itself."""
    start = answer.body[:200].lstrip().lower()
    return "text/html" in answer.headers.get("content-type", "") or start.startswith((b"<!doctype", b"<html"))


def is_file_id(text: str) -> bool:
    """Whether it can stand in the path of a request and on a command line."""
    return _FILE_ID.fullmatch(text) is not None

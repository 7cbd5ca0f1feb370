"""Records as the tests need them."""

import json
from typing import Any, get_args

from hypothesis import strategies as st

from intron_cli.core.record import (
    ErrorInfo,
    OutputText,
    Provenance,
    Record,
    Source,
    Status,
    Transcript,
    Turn,
    Warn,
)
from intron_cli.core.request import Request

STATUSES: tuple[Status, ...] = get_args(Status)

words = st.text(st.one_of(st.characters(), st.sampled_from("\x1b\x07\x9b\u202e\u2028\ufeff\udc80\\\"'")), max_size=20)
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), words),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(words, inner, max_size=3)),
    max_leaves=8,
)
maybe_words = st.one_of(st.none(), words)

sources = st.builds(
    Source,
    name=words,
    bytes=st.one_of(st.none(), st.integers(0, 10**9)),
    sha256=st.one_of(st.none(), st.just("0f" * 32)),
    duration_seconds=st.one_of(st.none(), st.floats(0, 10**6)),
)
requests = st.builds(
    Request,
    category=words,
    outputs=st.lists(words, max_size=2).map(tuple),
    language=maybe_words,
    diarize=st.booleans(),
    verbatim=st.booleans(),
    template=maybe_words,
    fields=st.dictionaries(words, words, max_size=2).map(lambda fields: tuple(fields.items())),
)
turns = st.lists(st.builds(Turn, words, words), max_size=3).map(tuple)
transcripts = st.builds(Transcript, words, st.one_of(st.none(), turns))
outputs = st.dictionaries(words, st.builds(OutputText, words, maybe_words, json_values), max_size=3)
times = st.sampled_from([None, "2026-03-01T09:30:00Z"])

records = st.builds(
    Record,
    status=st.sampled_from(STATUSES),
    source=sources,
    request=st.one_of(st.none(), requests),
    service=maybe_words,
    service_status=maybe_words,
    file_id=maybe_words,
    transcript=st.one_of(st.none(), transcripts),
    outputs=outputs,
    warnings=st.lists(st.builds(Warn, words, words), max_size=2).map(tuple),
    error=st.one_of(st.none(), st.builds(ErrorInfo, words, words, st.integers(0, 255))),
    submitted_at=times,
    finished_at=times,
    columns=st.dictionaries(words, words, max_size=2),
    parts=st.lists(st.dictionaries(words, json_values, max_size=2), max_size=2).map(tuple),
    provenance=st.one_of(st.none(), st.builds(Provenance, words, words)),
    raw=json_values,
)


def paired(value: Any) -> Any:
    """The value as JSON can tell it: two surrogates that make a pair are one character."""
    return json.loads(json.dumps(value))


def visit(text: str = "Hello.", outputs: dict[str, Any] | None = None, name: str = "visit.wav") -> Record:
    """A finished record: ``outputs`` are Markdown by wire name, or :class:`OutputText`."""
    made = {
        key: value if isinstance(value, OutputText) else OutputText(key.replace("_", " ").capitalize(), value)
        for key, value in (outputs or {}).items()
    }
    return Record(
        status="done",
        source=Source(name, 64_000, "0f" * 32, 4.0),
        request=Request(outputs=tuple(made)),
        service="https://infer.intron.health",
        service_status="FILE_TRANSCRIBED",
        file_id="id-1",
        transcript=Transcript.parse(text),
        outputs=made,
        submitted_at="2026-03-01T09:30:00Z",
        finished_at="2026-03-01T09:30:09Z",
        provenance=Provenance("0.1.0", "infer.intron.health"),
    )

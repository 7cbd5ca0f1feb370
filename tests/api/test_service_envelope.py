"""Bodies of answers as they may come: nothing in them makes the mapping raise."""

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intron_cli.api.wire import Answer, is_file_id, parse_envelope, read_status, read_upload
from intron_cli.core.catalog import CATALOG
from intron_cli.core.record import Record, Source, to_json
from intron_cli.jobs.results import with_result

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(
    [
        "processing_status",
        "audio_transcript",
        "processed_audio_duration_in_seconds",
        "transcript_summary",
        "transcript_",
        "transcript_never seen",
        "file_id",
    ]
)
ENVELOPES = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(["Ok", "Error"]) | JSON,
        "message": JSON,
        "data": JSON | st.dictionaries(KEYS, JSON),
    },
)


def no_constant(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")


@given(st.binary(max_size=200), st.integers(200, 599))
def test_any_bytes_are_an_answer(body: bytes, code: int) -> None:
    """Bytes of any kind are read as some outcome."""
    assert read_upload(Answer(code, {}, body)).kind in ("submitted", "refused", "maybe")
    assert isinstance(parse_envelope(body), dict)


@settings(max_examples=60)
@given(ENVELOPES, st.integers(200, 599))
def test_any_json_is_an_answer(envelope: dict[str, Any], code: int) -> None:
    """JSON of wrong types, odd numbers and unknown keys is read, and what is shown of it is valid JSON."""
    body = json.dumps(envelope).encode()
    read_upload(Answer(code, {}, body))
    found = read_status(parse_envelope(body))
    if found:
        record = with_result(Record("processing", Source("a.wav")), found, None, CATALOG)
        text = to_json(record.to_dict())
        text.encode("utf-8", "backslashreplace")
        json.loads(text, parse_constant=no_constant)


@pytest.mark.parametrize("depth", [99, 100, 1000, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [('{"data":', "}"), ("[", "]")])
def test_deep_json_is_no_answer(depth: int, opening: str, closing: str) -> None:
    """Nesting that could not be written again is taken for an unreadable body."""
    body = f'{{"status":"Error","x":{opening * depth}1{closing * depth}}}'.encode()
    assert parse_envelope(body).get("status") == ("Error" if depth < 100 else None)


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "Infinity", "-Infinity", "1" + "0" * 400, "1" * 5000])
def test_numbers_beyond_measure_never_raise(number: str) -> None:
    """A duration that is no finite number is unknown, and the record around it stays valid JSON."""
    body = f"""{{"status": "Ok", "data": {{"processing_status": "FILE_TRANSCRIBED", "audio_transcript": "Hi.",
        "processed_audio_duration_in_seconds": {number}, "transcript_summary": {{"score": {number}}}}}}}"""
    found = read_status(parse_envelope(body.encode()))
    if found is None:
        return
    assert found.duration_seconds is None
    record = with_result(Record("processing", Source("a.wav")), found, None, CATALOG)
    json.loads(to_json(record.to_dict()), parse_constant=no_constant)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [(20, 20.0), (0, 0.0), (71.5, 71.5), (-1, None), ("20", None), (None, None), ([], None), (True, None)],
)
def test_only_a_number_is_a_duration(value: object, seconds: float | None) -> None:
    """The duration of an answer counts where it is a number of seconds."""
    data = {"processing_status": "FILE_TRANSCRIBED", "processed_audio_duration_in_seconds": value}
    found = read_status({"data": data})
    assert found
    assert found.duration_seconds == seconds


def test_the_status_answer_of_the_page_is_read() -> None:
    """Transcript, duration and every transcript_ key, known or not, come out of the page's sample."""
    found = read_status(
        {
            "status": "Ok",
            "message": "file status found",
            "data": {
                "processing_status": "FILE_TRANSCRIBED",
                "audio_file_name": "file-1",
                "audio_transcript": "hello world",
                "processed_audio_duration_in_seconds": 20,
                "transcript_soap_note": "MarkDown formated text",
                "transcript_moon_phase": {"waxing": True},
            },
        }
    )
    assert found
    assert (found.state, found.transcript, found.duration_seconds) == ("FILE_TRANSCRIBED", "hello world", 20.0)
    assert found.outputs["soap_note"].title == "SOAP note"
    assert found.outputs["soap_note"].markdown == "MarkDown formated text"
    assert found.outputs["moon_phase"].title == "Moon phase"
    assert found.outputs["moon_phase"].value == {"waxing": True}


@pytest.mark.parametrize("data", [None, [], "x", {}, {"processing_status": None}, {"processing_status": 3}])
def test_an_answer_without_a_state_is_none(data: object) -> None:
    """Without a state in words there is no status."""
    assert read_status({"status": "Ok", "data": data}) is None


@pytest.mark.parametrize("text", ["12a9760f-b165-4404-91d0-a65d4cdt78fs", "a", "A.b_c~d", "9" * 200])
def test_ids_as_services_make_them(text: str) -> None:
    """What can stand in a path and on a command line is an id."""
    assert is_file_id(text)


@given(st.text(max_size=30))
def test_an_id_is_safe_in_a_path_and_on_a_command_line(text: str) -> None:
    """No id begins with a dash or a dot, or holds a slash, a blank, a control character or a quote."""
    if is_file_id(text):
        assert text[0].isalnum()
        assert text.isascii()
        assert not set(text) & set("/\\?#%&'\"` \t\r\n\0;|<>$()")


def test_fuzz_keeps_finite_numbers() -> None:
    """A finite fraction is handed on as it is."""
    value = parse_envelope(b'{"x": 0.5}')["x"]
    assert math.isclose(value, 0.5)

"""The record of a source: its turns, its exit code and its published shape."""

import json
from importlib.resources import files
from typing import Any

import pytest
from core.records import STATUSES, records, visit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from intron_cli.core.errors import GoneError
from intron_cli.core.record import (
    EMPTY_TRANSCRIPT,
    OUTPUT_ABSENT,
    ErrorInfo,
    OutputText,
    Record,
    Source,
    Transcript,
    Turn,
)

SCHEMA = json.loads(files("intron_cli.core").joinpath("record.schema.json").read_text("utf-8"))
validator = Draft202012Validator(SCHEMA)

NAMES = {
    "schema", "status", "service_status", "file_id", "source", "request", "service", "transcript", "outputs",
    "warnings", "error", "submitted_at", "finished_at", "columns", "parts", "provenance", "documents", "raw",
}  # fmt: skip


def test_the_schema_is_a_schema() -> None:
    """Of the draft that it names, and it knows the statuses that we do."""
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert SCHEMA["properties"]["status"]["enum"] == list(STATUSES)


@pytest.mark.parametrize("status", STATUSES)
def test_a_bare_record_of_each_status_is_valid(status: Any) -> None:
    """What is not known is null or empty, and never missing."""
    value = Record(status, Source("a.wav")).to_dict()
    validator.validate(value)
    assert set(value) == NAMES
    assert value["source"] == {"name": "a.wav", "bytes": None, "sha256": None, "duration_seconds": None}
    empty = {name for name, found in value.items() if found in (None, [], {})}
    assert empty == NAMES - {"schema", "status", "source"}


@given(records)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_any_record_is_valid(record: Record) -> None:
    """Whatever was said, named or answered."""
    validator.validate(record.to_dict())


def test_growth_is_additive() -> None:
    """A reader of today takes what a later version adds, at every level."""
    value = visit("SPEAKER_00: Hi.", {"soap_note": "S"}).to_dict()
    for place in (value, value["source"], value["request"], value["transcript"], value["outputs"]["soap_note"]):
        place["later"] = {"any": 1}
    validator.validate(value)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_nothing_may_be_missing(name: str) -> None:
    """The schema holds us to it."""
    value = visit().to_dict()
    del value[name]
    assert not validator.is_valid(value)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("not_sent", 0), ("submitted", 0), ("processing", 8), ("done", 0), ("failed", 6), ("refused", 6),
        ("maybe", 10), ("gone", 6),
    ],
)  # fmt: skip
def test_a_status_ends_in_its_code(status: Any, code: int) -> None:
    """Where no error says more."""
    assert Record(status, Source("a")).exit_code == code


def test_an_error_decides_the_code() -> None:
    """And a fact that is missing makes 7 of a result, while any other warning does not."""
    error = ErrorInfo.of(GoneError("It is gone.", "Do this."))
    assert error == ErrorInfo("gone", "It is gone. Do this.", 6)
    assert Record("maybe", Source("a"), error=error).exit_code == 6
    for code, ends in ((EMPTY_TRANSCRIPT, 7), (OUTPUT_ABSENT, 7), ("quiet", 0)):
        warned = visit().warn(code, "Look.")
        assert warned.exit_code == ends
        assert [warning.message for warning in warned.warnings] == ["Look."]


def test_turns_are_told_apart() -> None:
    """A turn stands on a line; a line without a speaker goes on with the turn before."""
    text = "SPEAKER_00: How are you?\r\n\r\n  SPEAKER_01:Fine, \nthank you: really.\nSPEAKER_UNKNOWN :"
    assert Transcript.parse(text).turns == (
        Turn("SPEAKER_00", "How are you?"),
        Turn("SPEAKER_01", "Fine, thank you: really."),
        Turn("SPEAKER_UNKNOWN", ""),
    )


@pytest.mark.parametrize(
    "text", ["", "  \n ", "Hello.", "Note: take care.\nSPEAKER_00: Yes.", "speaker_00: hi", "DOCTOR: hi"]
)
def test_text_without_speakers_has_no_turns(text: str) -> None:
    """Null, which is not the same as an empty list."""
    assert Transcript.parse(text) == Transcript(text.strip(), None)


spoken = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])).map(lambda said: " ".join(said.split()))


@given(st.lists(st.tuples(st.from_regex(r"SPEAKER_\d\d", fullmatch=True), spoken), min_size=1))
def test_what_was_said_is_what_is_read(dialogue: list[tuple[str, str]]) -> None:
    """Whatever the words, turn by turn."""
    lines = "\n".join(f"{speaker}: {said}" for speaker, said in dialogue)
    assert Transcript.parse(lines).turns == tuple(Turn(*turn) for turn in dialogue)


@given(st.text())
def test_no_word_is_lost(text: str) -> None:
    """Any text is read, and its words are in the transcript in their order."""
    transcript = Transcript.parse(text)
    assert transcript.text.split() == text.split()
    assert transcript.turns is None or transcript.turns


def test_structured_results_are_values() -> None:
    """Markdown is null then; a value may be any JSON."""
    value = visit(outputs={"icd_codes": OutputText("ICD codes", value=[{"code": "I10"}, 3, None])}).to_dict()
    validator.validate(value)
    assert value["outputs"]["icd_codes"]["markdown"] is None
    assert value["outputs"]["icd_codes"]["value"] == [{"code": "I10"}, 3, None]

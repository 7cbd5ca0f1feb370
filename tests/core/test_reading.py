"""Records read back from what was saved, which anybody may have changed since."""

import contextlib
import copy
import json
from typing import Any

import pytest
from core.records import json_values, paired, records, visit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intron_cli.core.destination import Destination
from intron_cli.core.reading import record_from
from intron_cli.core.record import OutputText, Record, to_json_bytes
from intron_cli.output.format import View
from intron_cli.output.formats import FORMATS

WHOLE = visit("SPEAKER_00: Hi.", {"soap_note": "S", "x": OutputText("X", value=[1])}).warn("a", "b").to_dict()


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, one in inner for found in places(one, (*path, key)))]


def changed(path: tuple[Any, ...], new: Any) -> Any:
    """The whole record with something else in one place."""
    if not path:
        return new
    data = copy.deepcopy(WHOLE)
    target = data
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = new
    return data


@given(records)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_a_record_is_read_as_it_was_written(record: Record) -> None:
    """Through JSON and back."""
    found = record_from(json.loads(to_json_bytes(record.to_dict())))
    assert found.to_dict() == paired(record.to_dict())


def test_what_a_later_version_adds_is_no_obstacle() -> None:
    """At any level."""
    data = copy.deepcopy(WHOLE)
    for place in (data, data["source"], data["outputs"]["x"], data["warnings"][0], data["provenance"]):
        place["later"] = 1
    assert record_from(data).to_dict() == WHOLE


@given(st.sampled_from(places(WHOLE)), json_values)
@settings(deadline=None, max_examples=150)
def test_a_changed_record_is_read_or_refused(path: tuple[Any, ...], new: Any) -> None:
    """What is read can be shown in every form; all else is a ValueError."""
    with contextlib.suppress(ValueError):
        record = record_from(changed(path, new))
        for form in FORMATS.all:
            form.render([record], View(provenance=True))


@pytest.mark.parametrize(
    ("path", "new"),
    [
        (("status",), "finished"), (("status",), None), (("source", "name"), 5), (("source", "bytes"), "many"),
        (("transcript", "text"), None), (("transcript", "turns"), [{"speaker": 1, "text": "a"}]), (("outputs",), []),
        (("outputs", "x", "title"), None), (("outputs", "soap_note", "markdown"), 5), (("file_id",), 5),
        (("error",), {"type": "x"}), (("request", "outputs"), [1]), (("request", "category"), None),
        (("request", "fields"), {"a": 1}), (("request", "diarize"), "no"), (("submitted_at",), 5),
        (("provenance", "host"), None), (("columns",), {"a": 1}), (("warnings",), [5]), (("parts",), [5]),
        (("documents",), {"a": 5}), (("schema",), "intron.record/2"), ((), []), ((), None),
    ],
)  # fmt: skip
def test_a_damaged_record_is_refused(path: tuple[Any, ...], new: Any) -> None:
    """Where it is read, not where it is shown."""
    with pytest.raises(ValueError, match="record"):
        record_from(changed(path, new))


def test_nothing_that_must_be_there_may_be_missing() -> None:
    """Only what a later version of the shape added may."""
    for name in WHOLE:
        data = copy.deepcopy(WHOLE)
        del data[name]
        if name == "documents":
            assert record_from(data).documents == {}
        else:
            with pytest.raises(ValueError, match="record"):
                record_from(data)


@pytest.mark.parametrize(
    "destination",
    [
        Destination(("markdown",), file="/a/visit.md", show=("soap",), provenance=False),
        Destination(("markdown", "json"), folder="/a", name="visit.wav", record=False),
    ],
)
def test_a_destination_is_read_as_it_was_written(destination: Destination) -> None:
    """With what this version does not know left out."""
    data = json.loads(to_json_bytes(destination.to_dict()))
    assert Destination.from_dict(data | {"later": 1}) == destination

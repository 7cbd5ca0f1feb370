"""JSON that is safe to show and loses nothing."""

import json
import math
import re
from typing import Any

import pytest
from core.records import json_values, paired, records, visit
from hypothesis import HealthCheck, given, settings

from intron_cli.core.record import Record, to_json, to_json_bytes

STEERS_A_TERMINAL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


def strict(data: bytes) -> Any:
    """JSON as its standard has it: without NaN and its like."""

    def refuse(word: str) -> None:
        raise AssertionError(word)

    return json.loads(data, parse_constant=refuse)


@given(json_values)
def test_json_is_safe_and_whole(value: Any) -> None:
    """Nothing in it steers a terminal, and it is read back as it was."""
    data = to_json_bytes(value)
    assert data.endswith(b"\n")
    assert data.count(b"\n") == 1
    assert not STEERS_A_TERMINAL.search(data[:-1].decode())
    assert strict(data) == paired(value)


@given(records)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_a_record_is_written_whole(record: Record) -> None:
    """Whatever it holds, indented or on one line."""
    for indent in (None, 2):
        data = to_json_bytes(record.to_dict(), indent=indent)
        assert not STEERS_A_TERMINAL.search(data.decode())
        assert strict(data) == paired(record.to_dict())


@pytest.mark.parametrize(
    "name", ["odd\udc80name.wav", "\x1b]52;c;cm0=\x07", "\u202egpj.wav", "[bold]x[/bold]", 'a"b\\c\n', "診察.wav"]
)
def test_a_hostile_name_survives(name: str) -> None:
    """Escaped where it must be, the same when it is read again."""
    data = to_json_bytes(visit(name=name).to_dict())
    assert not STEERS_A_TERMINAL.search(data[:-1].decode())
    assert strict(data)["source"]["name"] == name


def test_what_is_harmless_stays_readable() -> None:
    """Letters of any script are not escaped."""
    assert to_json("Ẹ kú àárọ̀ 診察") == '"Ẹ kú àárọ̀ 診察"'


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, {"a": [1, math.nan]}])
def test_a_number_that_is_none_is_null(value: Any) -> None:
    """JSON has no NaN and no infinity, though some services write them."""
    assert strict(to_json_bytes(value)) in (None, {"a": [1, None]})


def test_names_keep_their_order() -> None:
    """A reader finds them where they always are."""
    names = list(strict(to_json_bytes(visit().to_dict())))
    assert names[:5] == ["schema", "status", "service_status", "file_id", "source"]
    assert names[-1] == "raw"

"""A record a line."""

import json

from core.records import paired, records, visit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intron_cli.core.record import Record, Source
from intron_cli.output.format import View
from intron_cli.output.formats import FORMATS

JSONL = FORMATS.named("jsonl")


def test_a_line_for_each_source() -> None:
    """Whatever became of it; one is a line too, and none are nothing."""
    failed = Record("failed", Source("b.wav"))
    lines = JSONL.render([visit("Hi.\nHo."), failed], View(several=True)).decode().split("\n")
    assert [json.loads(line) for line in lines[:2]] == [visit("Hi.\nHo.").to_dict(), failed.to_dict()]
    assert lines[2:] == [""]
    assert lines[1].startswith('{"schema": "intron.record/1", "status": "failed", ')
    assert JSONL.render([failed], View()).decode() == lines[1] + "\n"
    assert JSONL.render([], View(several=True)) == b""


@given(st.lists(records, max_size=3))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_each_line_is_read_by_itself(found: list[Record]) -> None:
    """And all of them are what each is, one after the other: they may be written as they end."""
    data = JSONL.render(found, View(several=True))
    assert JSONL.lines
    assert data == b"".join(JSONL.render([record], View(several=True)) for record in found)
    lines = data.decode().splitlines()
    assert [json.loads(line) for line in lines] == [paired(record.to_dict()) for record in found]

"""A row for each source, which spreadsheets read as it is meant and never obey."""

import csv
import io
import math
import re
from dataclasses import replace
from typing import Any

import pytest
from core.records import STATUSES, records, visit, words
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from intron_cli.core.catalog import OUTPUTS, Catalog, Output
from intron_cli.core.record import ErrorInfo, OutputText, Record, Source, Warn
from intron_cli.core.request import Request
from intron_cli.core.text import clean
from intron_cli.output.csv_format import Csv
from intron_cli.output.format import View

SCORE = "call_center_agent_score"
OURS = ["source", "status", "file_id", "seconds", "words", "warnings", "error"]
SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\N{MINUS SIGN}")


def render(*records: Record, **view: Any) -> str:
    return Csv().render(records, View(several=True, **view)).decode()


def rows(*records: Record, **view: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(render(*records, **view), newline="")))


def call(text: str | None, value: Any = None, name: str = SCORE) -> Record:
    return visit("Hello.", {name: OutputText("Agent score", text, value)})


def unguarded(text: str) -> str:
    return re.sub(r"(^|[;\t\n])'", r"\1", text)


def test_a_row_for_each_source() -> None:
    """What became of it, in the order in which they were given."""
    done = visit("SPEAKER_00: How are you?\nSPEAKER_01: Fine.").warn("a", "It is quiet.").warn("b", "It is short.")
    failed = Record(
        "failed", Source("b, c.wav", duration_seconds=61.25), file_id="id-2",
        error=ErrorInfo("RefusedError", 'The service failed "it".', 6),
    )  # fmt: skip
    missing = Record("rejected", Source("no.wav"), error=ErrorInfo("SourceError", "There is no file no.wav.", 9))
    assert render(done, failed, missing) == (
        "source,status,file_id,seconds,words,warnings,error\n"
        "visit.wav,done,id-1,4,4,It is quiet.; It is short.,\n"
        '"b, c.wav",failed,id-2,61.25,,,"The service failed ""it""."\n'
        "no.wav,rejected,,,,,There is no file no.wav.\n"
    )


def test_an_empty_transcript_has_no_words() -> None:
    """Which is not the same as having none yet."""
    assert [row["words"] for row in rows(visit(""), replace(visit(), transcript=None))] == ["0", ""]


def test_no_records_are_a_header() -> None:
    """So that whoever reads it finds the columns."""
    assert render() == "source,status,file_id,seconds,words,warnings,error\n"


@pytest.mark.parametrize("status", STATUSES)
def test_every_state_has_its_row(status: Any) -> None:
    """Whatever else is unknown."""
    assert render(Record(status, Source("a.wav"))).splitlines()[1] == f"a.wav,{status},,,,,"


def test_the_users_columns_stay_as_they_came() -> None:
    """After the source, in the order in which they first appear; empty where a source has none."""
    first = replace(visit(), columns={"ward": "=A1", "bed": "+7"})
    second = replace(visit(name="b.wav"), columns={"bed": "x\r\ny", "=note": "-"})
    assert render(first, visit(name="c.wav"), second) == (
        "source,ward,bed,=note,status,file_id,seconds,words,warnings,error\n"
        "visit.wav,=A1,+7,,done,id-1,4,1,,\n"
        "c.wav,,,,done,id-1,4,1,,\n"
        'b.wav,,"x\ny",-,done,id-1,4,1,,\n'
    )


def test_a_name_that_is_taken_stays_the_users() -> None:
    """In any case of letters; ours is told apart, also where the user's list came from intron."""
    record = replace(call("8/10"), columns={"Source": "s", "error": "e", "intron_error": "i", "agent_score": "a"})
    assert render(record) == (
        "intron_source,Source,error,intron_error,agent_score,status,file_id,seconds,words,warnings,intron_intron_error,"
        "intron_agent_score,agent_score_max,agent_score_percent,agent_score_text\n"
        "visit.wav,s,e,i,a,done,id-1,4,1,,,8,10,80,8/10\n"
    )


def test_the_agents_score_is_numbers_and_its_text() -> None:
    """Empty where it is unknown, absent or not done."""
    asked = Record("failed", Source("d.wav"), Request("call-center", (SCORE,)))
    assert render(
        call("# Agent score\n\n**Score:** 17/20\n\nWell."), call("Good."), call(None, {"score": 8}), asked
    ) == (
        "source,status,file_id,seconds,words,warnings,error,"
        "agent_score,agent_score_max,agent_score_percent,agent_score_text\n"
        'visit.wav,done,id-1,4,1,,,17,20,85,"Score: 17/20\n\nWell."\n'
        "visit.wav,done,id-1,4,1,,,,,,Good.\n"
        "visit.wav,done,id-1,4,1,,,8,,,* score: 8\n"
        "d.wav,failed,,,,,,,,,\n"
    )


def test_what_calls_are_asked_for_is_a_column() -> None:
    """In the catalog's order; what only the service knows comes last, and other outputs are none."""
    outputs = {
        "call_center_mood": OutputText("Mood", "Good."),
        "call_center_results": OutputText("Call results", "- **Resolved**: yes\n+ _fast_"),
        "summary": OutputText("Summary", "Well."),
    }
    record = replace(visit("Hi.", outputs), request=Request("call-center", ("call_center_sentiment", "summary")))
    assert render(record) == (
        "source,status,file_id,seconds,words,warnings,error,results,sentiment,mood\n"
        'visit.wav,done,id-1,4,1,,,"* Resolved: yes\n* _fast_",,Good.\n'
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, ""), ("positive", "positive"), ("-0.4", "'-0.4"), (-0.4, "-0.4"), ({"tone": "calm"}, "* tone: calm"),
     ({}, ""), ("", "")],
)  # fmt: skip
def test_a_structured_result_is_text(value: Any, shown: str) -> None:
    """A number stays one."""
    assert rows(call(None, value, "call_center_sentiment"))[0]["sentiment"] == shown


@pytest.mark.parametrize("name", ["call_center_hold_time", "hold_time"])
def test_an_output_that_the_catalog_got_is_a_column(name: str) -> None:
    """Nothing else has to know it."""
    made_up = Output(name, "hold-time", "Hold time", "how long the customer waited", (), ("call-center",))
    record = Record("failed", Source("a.wav"), Request("call-center", (name,)))
    shown = rows(record, call("2 min", name=name), catalog=Catalog([*OUTPUTS, made_up]))
    assert [row["hold_time"] for row in shown] == ["", "2 min"]


@pytest.mark.parametrize(
    ("text", "guarded"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1", "'  =1"),
        ("\t1", "'\t1"),
        ("\r1", "'\n1"),
        ("\u3000\u200b\"'=1", "'\u3000\u200b\"'=1"),
        ("＝1", "'＝1"),
        ("\N{MINUS SIGN}1", "'\N{MINUS SIGN}1"),
        ("\x1b[31m=1", "'=1"),
        ("a;=1", "a;'=1"),
        ('a; "=1', "a;' \"=1"),
        ("a\n=1", "a\n'=1"),
        ("a\t ' =1", "a\t' ' =1"),
        ("a = 1; b@c, d-e", "a = 1; b@c, d-e"),
        ("'", "'"),
        ("8", "8"),
    ],
)
def test_somebody_elses_text_is_no_formula(text: str, guarded: str) -> None:
    """Also where blanks, quotes or a cell that a spreadsheet parts at a semicolon come before it."""
    record = replace(
        visit(name=text), file_id=text, error=ErrorInfo("x", text, 6), warnings=(Warn("w", text),)
    )  # fmt: skip
    row = rows(record)[0]
    assert [row[name] for name in ("source", "file_id", "warnings", "error")] == [guarded] * 4


def test_a_name_of_the_services_is_no_formula() -> None:
    """Not in the header either."""
    assert render(call("x", name="call_center_=1\n")).splitlines()[0].endswith(",error,'=1")


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0"), (600, "600"), (3.5, "3.5"), (0.1 + 0.2, "0.3"), (1e-9, "0"), (123456.7, "123456.7"), (-1, ""),
     (math.nan, ""), (math.inf, ""), (10**400, "")],
)  # fmt: skip
def test_numbers_are_plain(seconds: float, shown: str) -> None:
    """No exponent, no zeros at the end; what cannot be is unknown."""
    assert rows(Record("done", Source("a.wav", duration_seconds=seconds)))[0]["seconds"] == shown


_TEXT = st.one_of(words, st.text(alphabet="=+-@\t\r\n '\"\u200b\u3000＝;,a1", max_size=8))


@given(_TEXT, _TEXT, _TEXT)
@example("", "\r", "\x1b[31m=1")
def test_any_text_is_one_cell(text: str, name: str, column: str) -> None:
    """A row to a record; the user's text is as it came, and nobody else's begins a formula."""
    record = replace(
        call(text), source=Source(name), error=ErrorInfo("x", text, 6), columns={column: text}, file_id=text
    )  # fmt: skip
    header, *table = csv.reader(io.StringIO(render(record, record), newline=""))
    assert header[1] == clean(column)
    assert len(table) == 2
    for source, theirs, *cells in table:
        assert len(cells) + 2 == len(header)
        assert theirs == clean(text)
        for shown in (source, *cells):
            assert not shown.startswith(("\t", "\n"))
            assert not shown.lstrip(" \t\n'\"\u200b\u3000").startswith(SIGNS) or shown.lstrip().startswith("'")
        assert "'" in name or unguarded(source) == clean(name)


@given(st.lists(records, max_size=3))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_any_records_are_a_table(found: list[Record]) -> None:
    """Every row has all columns."""
    header, *table = csv.reader(io.StringIO(render(*found), newline=""))
    assert len(table) == len(found)
    assert {len(row) for row in table} <= {len(header)}
    assert {name for name in OURS if name in header or f"intron_{name}" in header} == set(OURS)

"""Results as Markdown, text and JSON: one, several, and parts of them."""

import json
from dataclasses import replace
from typing import Any

import pytest
from core.records import STATUSES, visit
from markdown_it import MarkdownIt

from intron_cli.core.errors import UsageError
from intron_cli.core.record import OutputText, Record, Source
from intron_cli.output.format import View
from intron_cli.output.formats import FORMATS

DIALOGUE = "SPEAKER_00: How are you?\nSPEAKER_01: Fine."
SOAP = "# SOAP Note\n\n## Subjective\n- cough\n\n## Plan\n**Rest**"
RECORD = visit(DIALOGUE, {"soap_note": OutputText("SOAP note", SOAP), "summary": OutputText("Summary", "Well.")})


def render(form: str, *records: Record, **view: Any) -> str:
    return FORMATS.named(form).render(records, View(**view)).decode()


def test_markdown_of_one() -> None:
    """A section for each result under its title; no name, no provenance."""
    assert render("markdown", RECORD) == (
        "## Transcript\n\n**SPEAKER_00:** How are you?\n\n**SPEAKER_01:** Fine.\n\n"
        "## SOAP note\n\n### Subjective\n- cough\n\n### Plan\n**Rest**\n\n"
        "## Summary\n\nWell.\n"
    )


def test_text_of_one() -> None:
    """The same without marks; a transcript alone is bare."""
    assert render("text", RECORD) == (
        "Transcript\n----------\n\nSPEAKER_00: How are you?\nSPEAKER_01: Fine.\n\n"
        "SOAP note\n---------\n\nSubjective\n- cough\n\nPlan\nRest\n\n"
        "Summary\n-------\n\nWell.\n"
    )
    assert render("text", visit("Just *words*.")) == "Just *words*.\n"


def test_several_follow_one_another_under_their_names() -> None:
    """Also where only one came of them."""
    other = visit("Hm.", name="診察_2.wav")
    assert render("markdown", visit("Ah."), other, several=True) == (
        "# visit.wav\n\n## Transcript\n\nAh.\n\n# 診察_2.wav\n\n## Transcript\n\nHm.\n"
    )
    assert render("text", other, several=True) == "診察_2.wav\n==========\n\nHm.\n"


def test_json_is_the_record() -> None:
    """One object for one, an array where there can be several, and an empty one for none of them."""
    assert json.loads(render("json", RECORD)) == RECORD.to_dict()
    assert json.loads(render("json", RECORD, several=True)) == [RECORD.to_dict()]
    assert json.loads(render("json", RECORD, RECORD)) == [RECORD.to_dict()] * 2
    assert json.loads(render("json", several=True)) == []


@pytest.mark.parametrize("status", [status for status in STATUSES if status != "done"])
@pytest.mark.parametrize("form", ["markdown", "text"])
def test_what_is_not_done_has_no_document(status: Any, form: str) -> None:
    """A record of it is for programs; people are told on stderr."""
    record = replace(RECORD, status=status)
    assert render(form, record) == ""
    assert render(form, record, RECORD, several=True).startswith(("# visit.wav", "visit.wav"))
    assert json.loads(render("json", record))["status"] == status


@pytest.mark.parametrize("name", ["soap", "--soap", "soap_note", "get_soap_note", "transcript_soap_note", "SOAP Note"])
def test_one_section_alone_is_bare(name: str) -> None:
    """By any name of it, without our heading."""
    assert render("markdown", RECORD, show=(name,)) == "### Subjective\n- cough\n\n### Plan\n**Rest**\n"
    assert render("text", RECORD, show=(name,)) == "Subjective\n- cough\n\nPlan\nRest\n"


def test_sections_come_in_the_order_asked_for() -> None:
    """With headings, for there are several."""
    shown = render("text", RECORD, show=("summary", "audio_transcript"))
    assert shown.startswith("Summary\n-------\n\nWell.\n\nTranscript\n")


def test_a_section_that_is_not_there() -> None:
    """A known output that did not come back is empty; a name that nobody knows is told with those there are."""
    assert render("markdown", RECORD, show=("clerking",)) == ""
    for form in ("markdown", "text"):
        with pytest.raises(UsageError, match=r"no section 'mood' .* It has: transcript, soap_note, summary\."):
            render(form, RECORD, show=("mood",))


def test_a_section_that_only_the_service_knows() -> None:
    """Is shown by its name."""
    record = visit(outputs={"mood": OutputText("Mood", "Good.")})
    assert render("markdown", record, show=("transcript_mood",)) == "Good.\n"


def test_a_file_says_where_it_comes_from() -> None:
    """Source, hash, length, what was asked, id, times, our version, and that no clinician has checked it."""
    for form in ("markdown", "text"):
        foot = render(form, RECORD, provenance=True)
        for part in (
            "visit.wav", "0f" * 32, "64 kB", "4 s", "telehealth, en: transcript, soap", "id-1", "2026-03-01T09:30:00Z",
            "2026-03-01T09:30:09Z", "infer.intron.health", "intron 0.1.0", "no clinician has checked it",
        ):  # fmt: skip
            assert part in foot.replace("\\", "")
    assert "clinician" not in render("markdown", RECORD)


def test_what_is_unknown_is_left_out_of_the_foot() -> None:
    """There is no line without a value."""
    record = Record("done", Source("a.wav"), transcript=RECORD.transcript)
    foot = render("text", record, provenance=True).rpartition("\n\n")[2]
    assert foot == "Source: a.wav\nAsked for: unknown here\n"


def test_an_empty_result_is_shown_as_such() -> None:
    """Nobody has to wonder whether something was lost."""
    empty = visit("", {"summary": OutputText("Summary", " ")})
    assert render("markdown", empty) == "## Transcript\n\n*(empty)*\n\n## Summary\n\n*(empty)*\n"
    assert render("text", empty, show=("summary",)) == "(empty)\n"
    assert render("text", visit("")) == "(empty)\n"


@pytest.mark.parametrize(
    ("value", "markdown"),
    [
        ({"a": 1, "b_c": "x*y"}, "- **a**: 1\n- **b_c**: x\\*y"),
        ({"codes": [{"code": "I10", "sure": True}], "none": []},
         "- **codes**:\n  - **code**: I10\n  - **sure**: yes\n- **none**: –"),
        (["- one", "2. two", None, False, 1.5, ""], "- \\- one\n- 2\\. two\n- –\n- no\n- 1.5\n- –"),
        ("plain", "- plain"),
        ({"": {"deep": {"er": "a -  b"}}}, "- **–**:\n  - **deep**:\n    - **er**: a -  b"),
        (0, "- 0"),
        ([["nested"]], "- nested"),
        ({"line": "one\ntwo"}, "- **line**: one two"),
    ],
)  # fmt: skip
def test_structured_results_are_lists(value: Any, markdown: str) -> None:
    """Whatever their shape; text in them is shown as it is."""
    record = visit(outputs={"icd_codes": OutputText("ICD codes", value=value)})
    assert render("markdown", record, show=("icd-codes",)) == markdown + "\n"
    rendered = MarkdownIt().render(markdown)
    assert "<h" not in rendered
    assert "<ol" not in rendered


def test_a_structured_result_as_text_has_no_marks() -> None:
    """Neither ours nor those that kept its own from taking effect."""
    record = visit(outputs={"icd_codes": OutputText("ICD codes", value=["- *one*", {"a&amp;": "2. [two]"}])})
    assert render("text", record, show=("icd-codes",)) == "- - *one*\n- a&amp;: 2. [two]\n"

"""Notes that quote and never invent."""

import json
import re

import pytest

from intron_cli.core.catalog import CATALOG, OUTPUTS, Catalog, Output
from intron_cli.sandbox.answers import bundled_transcript
from intron_cli.sandbox.layouts import LAYOUTS
from intron_cli.sandbox.notes import NOTHING, write_notes
from intron_cli.sandbox.sentences import sentences

VISIT = bundled_transcript()


def note(name: str, transcript: str = VISIT.diarized) -> str:
    output = CATALOG.output(name)
    assert output is not None
    return str(write_notes(transcript, [output], origin=VISIT.origin, structured=False)[output.key])


@pytest.mark.parametrize("transcript", [VISIT.plain, VISIT.diarized], ids=["plain", "by speakers"])
def test_the_soap_note_of_the_bundled_visit(transcript: str) -> None:
    """Complaints, what was measured, what it may be, and what to do, each in its part."""
    assert note("soap", transcript) == (
        "> Sandbox draft, not clinical: sentences quoted by plain rules"
        " from the script of the bundled recording.\n"
        "\n## Subjective\n\n"
        "- I have had a bad headache for three days, and since last night I also have a fever.\n"
        "- I feel cold, and my body is painful.\n"
        "- I am allergic to penicillin.\n"
        "\n## Objective\n\n"
        "- Did you measure your temperature? Yes. It was thirty nine degrees this morning.\n"
        "- Have you been vomiting, or do you have a stiff neck?"
        " No, I have not been vomiting, and my neck is fine.\n"
        "\n## Assessment\n\n"
        "- Because you have a fever, I would like you to take a malaria test today at the health center.\n"
        "- If the test is positive, we will start malaria treatment today.\n"
        "\n## Plan\n\n"
        "- Because you have a fever, I would like you to take a malaria test today at the health center.\n"
        "- Take two tablets of paracetamol, five hundred milligrams, every six hours,"
        " and drink plenty of water.\n"
        "- If the test is positive, we will start malaria treatment today.\n"
        "- Please call me again tomorrow morning.\n"
    )


@pytest.mark.parametrize("output", OUTPUTS, ids=lambda output: output.name)
def test_every_output_has_its_layout_and_only_quotes(output: Output) -> None:
    """Without headings and the draft's line, nothing is left that was not said."""
    assert output.name in LAYOUTS
    text = note(output.name)
    lines = [line for line in text.splitlines() if line]
    assert lines[0].startswith("> Sandbox draft, not clinical: ")
    assert lines[1].startswith("## ")
    quoted = [line for line in lines[1:] if not line.startswith("## ") and line != NOTHING]
    assert all(line.startswith("- ") for line in quoted)
    assert all(line.removeprefix("- ") in VISIT.plain for line in quoted)


@pytest.mark.parametrize("name", ["soap", "call-results", "legal_court_hearing"])
def test_an_empty_transcript_says_nothing(name: str) -> None:
    """Each heading stands, and under it that there was nothing."""
    text = note(name, "")
    assert text.count(NOTHING) == text.count("## ") > 0
    assert "- " not in text


def test_no_code_and_no_score_is_made_up() -> None:
    """They are shown only where somebody said them."""
    assert not re.search(r"\b[A-Z]\d\d", note("icd-codes"))
    assert "## Codes that were said\n\n- We code it B50.9 then." in note("icd-codes", "We code it B50.9 then.")
    for name in ("agent-score", "agent-score-category"):
        assert f"## Score\n\n{NOTHING}" in note(name)
        assert not re.search(r"\d", note(name))


def test_an_output_that_nobody_planned_has_the_main_points() -> None:
    """One that the catalog got at run time comes under its own title."""
    made_up = Output("nursing_note", "nursing", "Nursing note", "a made-up output", ("general",))
    written = write_notes(
        "Hello. The wound was dressed again this morning.",
        Catalog((*OUTPUTS, made_up)).outputs_of("general"),
        origin="the tester's transcript",
        structured=False,
    )
    assert written["transcript_nursing_note"] == (
        "> Sandbox draft, not clinical: sentences quoted by plain rules from the tester's transcript.\n"
        "\n## Nursing note\n\n- The wound was dressed again this morning.\n"
    )


def test_structured_notes_hold_the_same_sentences() -> None:
    """Every heading is a list of sentences, beside the draft's line."""
    structured = write_notes(VISIT.diarized, OUTPUTS, origin=VISIT.origin, structured=True)
    assert json.loads(json.dumps(structured)) == structured
    for output in OUTPUTS:
        value = structured[output.key]
        assert isinstance(value, dict)
        draft = value.pop("draft")
        markdown = [line for line in note(output.name).splitlines() if line and line != NOTHING]
        rebuilt = [f"> {draft}"]
        for heading, found in value.items():
            rebuilt += [f"## {heading}", *(f"- {text}" for text in found)]
        assert rebuilt == markdown


def test_sentences_know_their_question() -> None:
    """A bare reply goes along to the sentence that says something; labels and titles cut nothing."""
    found = sentences("SPEAKER_01: Hello, Dr. Grace. Any pain?\nSPEAKER_02: Yes. My back. It hurts!\n\nNo end")
    assert [sentence.with_question for sentence in found] == [
        "Hello, Dr. Grace.",
        "Any pain?",
        "Any pain? Yes.",
        "Any pain? Yes. My back.",
        "It hurts!",
        "No end",
    ]

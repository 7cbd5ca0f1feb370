"""What a person asks for, checked and settled."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intron_cli.core.catalog import CATALOG, CATEGORIES, LANGUAGES, OUTPUTS
from intron_cli.core.errors import UsageError
from intron_cli.core.request import Request, build_request


def refusal(**asked: Any) -> str:
    with pytest.raises(UsageError) as caught:
        build_request(**asked)
    return str(caught.value)


def test_nothing_asked_is_telehealth_in_english() -> None:
    """The service's own defaults; that nobody said a language is remembered."""
    request = build_request()
    assert request == Request("telehealth")
    assert request.language is None
    assert request.spoken_language == "en"


@pytest.mark.parametrize(
    ("outputs", "category"),
    [
        (["op-note"], "procedure"),
        (["agent-score"], "call-center"),
        (["court-hearing"], "legal"),
        (["decisions", "summary"], "meeting-notes"),
        (["entities", "op-note"], "procedure"),
        (["summary"], "telehealth"),
        (["icd-codes"], "telehealth"),
    ],
)
def test_a_category_left_out_follows_from_the_outputs(outputs: list[str], category: str) -> None:
    """Where just one category has them all, else it is telehealth."""
    assert build_request(outputs=outputs).category == category


def test_outputs_are_kept_once_in_the_tables_order() -> None:
    """However they were named and ordered."""
    request = build_request(outputs=["clerking", "SOAP note", "get_summary", "soap"])
    assert request.outputs == ("summary", "soap_note", "clerking")


def test_an_output_of_another_category_is_told_with_the_way_out() -> None:
    """The refusal lists what the category has, names the category that has it, and --field."""
    message = refusal(category="file_category_general", outputs=["op-note"])
    assert "category general has no Operation note (--op-note); it has: --summary." in message
    assert "--category procedure" in message
    assert "--field get_op_note=TRUE" in message


def test_outputs_that_no_category_has_together_are_told() -> None:
    """The default category is then the one that they are measured against."""
    assert "telehealth has no Operation note" in refusal(outputs=["op-note", "agent-score"])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"category": "dental"}, "Choose one of: general, telehealth, procedure, call-center, legal, meeting-notes."),
        ({"outputs": ["poem"]}, "'intron outputs' lists them all."),
        ({"language": "klingon"}, "--field use_language_asr_input=CODE"),
        ({"fields": ["novalue"]}, "--field takes NAME=VALUE"),
        ({"fields": ["=x"]}, "--field takes NAME=VALUE"),
        ({"fields": ['a"b=x']}, "--field takes NAME=VALUE"),
        ({"fields": ["audio_file_name=Jane Doe"]}, "Use --name for the name."),
        ({"fields": ["use_category=x"]}, "Use --category."),
        ({"fields": ["use_diarization=TRUE"]}, "Use --diarize."),
        ({"fields": ["use_language_asr_input=sw"]}, "Use --language."),
    ],
)
def test_a_wrong_wish_is_answered_with_what_would_be_right(asked: dict[str, Any], said: str) -> None:
    """No wish is silently dropped or sent as it stands."""
    assert said in refusal(**asked)


def test_a_field_that_nobody_knows_is_kept() -> None:
    """Also an unlisted language by its code, and a value with an equals sign; the last one wins."""
    request = build_request(fields=["get_mood=a", "get_mood=TRUE", "use_language_asr_input=tlh", "x=a=b"])
    assert dict(request.fields) == {"get_mood": "TRUE", "use_language_asr_input": "tlh", "x": "a=b"}


def test_a_template_of_blanks_is_none() -> None:
    """An id is stripped."""
    assert build_request(template="  ").template is None
    assert build_request(template=" id ").template == "id"


def test_a_job_that_asked_for_more_covers_one_for_fewer() -> None:
    """Only the outputs may differ; English said and English assumed are the same."""
    more = build_request(outputs=["soap", "summary"])
    assert more.covers(build_request(outputs=["soap"], language="English"))
    assert not build_request(outputs=["soap"]).covers(more)
    for other in ({"category": "general"}, {"language": "sw"}, {"diarize": True}, {"verbatim": True},
                  {"template": "t"}, {"fields": ["a=b"]}):  # fmt: skip
        assert not more.covers(build_request(**other))


wishes = st.fixed_dictionaries(
    {},
    optional={
        "language": st.sampled_from(sorted(LANGUAGES)),
        "diarize": st.booleans(),
        "verbatim": st.booleans(),
        "template": st.text(),
        "fields": st.lists(st.builds("{}={}".format, st.from_regex(r"get_\w{1,9}", fullmatch=True), st.text())),
    },
)


@given(wishes, st.sampled_from(CATEGORIES), st.sets(st.sampled_from(OUTPUTS)))
def test_a_request_is_read_back_as_it_was_written(wish: dict[str, Any], category: Any, outputs: Any) -> None:
    """Whatever was asked; and it covers itself."""
    names = [output.flag for output in CATALOG.outputs_of(category.name) if output in outputs]
    ascii_only = {**wish, "fields": [field for field in wish.get("fields", ()) if field.isascii()]}
    request = build_request(category=category.name, outputs=names, **ascii_only)
    assert Request.from_dict(request.to_dict()) == request
    assert request.covers(request)
    assert "\n" not in request.identity()

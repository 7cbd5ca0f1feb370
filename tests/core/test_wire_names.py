"""Every name that the service knows, spelled out: nothing here is derived from the table it checks."""

from intron_cli.core.catalog import CATALOG, CATEGORIES, CODE_SWITCHED, DEFAULT_CATEGORY, LANGUAGES, OUTPUTS

CATEGORY_VALUES = {
    "general": "file_category_general",
    "telehealth": "file_category_telehealth",
    "procedure": "file_category_procedure",
    "call-center": "file_category_call_center",
    "legal": "file_category_legal",
    "meeting-notes": "file_category_meeting_notes",
}

ON_THE_PAGE = {
    "general": {"get_summary"},
    "telehealth": {"get_summary", "get_entity_list", "get_treatment_plan", "get_soap_note", "get_clerking"},
    "procedure": {
        "get_summary", "get_entity_list", "get_treatment_plan", "get_op_note", "get_icd_codes", "get_suggestions",
    },
    "call-center": {
        "get_summary", "get_call_center_results", "get_call_center_agent_score",
        "get_call_center_product_insights",
    },
    "legal": set(),
    "meeting-notes": set(),
}  # fmt: skip

ON_LATER_PAGES = {
    "general": set(),
    "telehealth": {
        "get_icd_codes", "get_suggestions", "get_differential_diagnosis", "get_followup_instructions",
        "get_practice_guidelines",
    },
    "procedure": set(),
    "call-center": {
        "get_call_center_agent_score_category", "get_call_center_product_info", "get_call_center_compliance",
        "get_call_center_feedback", "get_call_center_sentiment",
    },
    "legal": {"get_legal_court_hearing"},
    "meeting-notes": {
        "get_summary", "get_meeting_notes_participants", "get_meeting_notes_decisions",
        "get_meeting_notes_action_items", "get_meeting_notes_key_topics", "get_meeting_notes_next_steps",
    },
}  # fmt: skip

RESULT_KEYS = {
    "get_summary": "transcript_summary",
    "get_entity_list": "transcript_entity_list",
    "get_treatment_plan": "transcript_treatment_plan",
    "get_soap_note": "transcript_soap_note",
    "get_clerking": "transcript_clerking",
    "get_op_note": "transcript_op_note",
    "get_icd_codes": "transcript_icd_codes",
    "get_suggestions": "transcript_suggestions",
    "get_differential_diagnosis": "transcript_differential_diagnosis",
    "get_followup_instructions": "transcript_followup_instructions",
    "get_practice_guidelines": "transcript_practice_guidelines",
    "get_call_center_results": "transcript_call_center_results",
    "get_call_center_agent_score": "transcript_call_center_agent_score",
    "get_call_center_product_insights": "transcript_call_center_product_insights",
    "get_call_center_agent_score_category": "transcript_call_center_agent_score_category",
    "get_call_center_product_info": "transcript_call_center_product_info",
    "get_call_center_compliance": "transcript_call_center_compliance",
    "get_call_center_feedback": "transcript_call_center_feedback",
    "get_call_center_sentiment": "transcript_call_center_sentiment",
    "get_legal_court_hearing": "transcript_legal_court_hearing",
    "get_meeting_notes_participants": "transcript_meeting_notes_participants",
    "get_meeting_notes_decisions": "transcript_meeting_notes_decisions",
    "get_meeting_notes_action_items": "transcript_meeting_notes_action_items",
    "get_meeting_notes_key_topics": "transcript_meeting_notes_key_topics",
    "get_meeting_notes_next_steps": "transcript_meeting_notes_next_steps",
}

FLAGS_OF_THE_PAGE = {
    "--summary": "get_summary",
    "--soap": "get_soap_note",
    "--entities": "get_entity_list",
    "--treatment-plan": "get_treatment_plan",
    "--clerking": "get_clerking",
    "--op-note": "get_op_note",
    "--icd-codes": "get_icd_codes",
    "--suggestions": "get_suggestions",
    "--call-results": "get_call_center_results",
    "--agent-score": "get_call_center_agent_score",
    "--product-insights": "get_call_center_product_insights",
}

LANGUAGE_CODES = (
    "af ak am ar bem bg cs da de el en es et ff ffm fi fr fub fuc fue fuf fuq fuv gaa ha hr hu ig it ki kr lg"
    " lt luo lv mt nl nso nup nyn om pcm pl pt ro ru rw sk sl sn st sv sw ti tn tw uk wo xh yo zu"
)
MIXED_WITH_ENGLISH = "af ak am ha ig lg pcm rw sw wo yo zu"


def test_the_categories_are_the_services() -> None:
    """Each of our names stands for one value of use_category; telehealth is what holds when nobody says."""
    assert {category.name: category.wire for category in CATEGORIES} == CATEGORY_VALUES
    assert DEFAULT_CATEGORY == "telehealth"


def test_each_category_has_its_outputs() -> None:
    """What the vendor's page grants a category is told apart from what a later page adds."""
    page = {name: {output.field for output in OUTPUTS if name in output.page} for name in CATEGORY_VALUES}
    later = {name: {output.field for output in OUTPUTS if name in output.later} for name in CATEGORY_VALUES}
    assert page == ON_THE_PAGE
    assert later == ON_LATER_PAGES
    assert not any(set(output.page) & set(output.later) for output in OUTPUTS)


def test_each_output_comes_back_under_its_key() -> None:
    """The form field asks, the result key answers, and none is listed twice."""
    assert [(output.field, output.key) for output in OUTPUTS] == [
        (output.field, RESULT_KEYS[output.field]) for output in OUTPUTS
    ]
    assert sorted(output.field for output in OUTPUTS) == sorted(RESULT_KEYS)


def test_the_flags_are_what_people_type() -> None:
    """A flag leads to its form field."""
    found = {flag: output.field for flag in FLAGS_OF_THE_PAGE if (output := CATALOG.output(flag))}
    assert found == FLAGS_OF_THE_PAGE


def test_the_languages_are_the_services() -> None:
    """Every code of the documentation is there, and no other."""
    assert sorted(LANGUAGES) == LANGUAGE_CODES.split()
    assert sorted(CODE_SWITCHED) == MIXED_WITH_ENGLISH.split()

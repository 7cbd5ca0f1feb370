"""The headings of each note, and the words by which a sentence comes under one of them.

The rules are plain on purpose: anybody can say why a sentence stands where it stands. They know
English only. Nothing is deduced: a score or a code is shown only where somebody said it.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto


class Voice(Enum):
    """Which sentences a section looks at, and how it quotes them."""

    STATEMENT = auto()
    ABOUT_ONESELF = auto()
    """Statements in the first person that do not address the other: a patient on symptoms."""
    REPLY = auto()
    """Statements, quoted with the question that they reply to."""
    QUESTION = auto()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, and what comes under it: sentences with one of ``words`` and none of ``unless``."""

    heading: str
    words: re.Pattern[str]
    voice: Voice = Voice.STATEMENT
    unless: re.Pattern[str] | None = None
    most: int = 12


def _words(text: str) -> re.Pattern[str]:
    """Whole words; `*` stands for any ending."""
    alternatives = "|".join(re.escape(word).replace(r"\*", r"\w*").replace("_", r"\s") for word in text.split())
    return re.compile(rf"\b(?:{alternatives})\b", re.IGNORECASE)


_NEVER = re.compile(r"(?!)")
_SIX_WORDS = re.compile(r"(?:\S+\s+){5}\S")

_SYMPTOM = _words(
    "pain* ache* aching headache* fever* cold chill* cough* vomit* nausea* diarrh* dizz* tired weak* swollen"
    " swelling itch* rash* bleed* sore hurt* breath* sleep* feel feeling felt sick unwell allerg* appetite"
)
_MEASURED = _words(
    "temperature degrees pressure pulse heart_rate saturation oxygen weigh* neck pupils reflex* lungs abdomen"
    " auscultat* palpat* examin* millimet* centimet*"
)
_CONDITION = _words(
    "malaria typhoid infection* pneumonia tuberculosis covid* influenza flu diabet* hypertension asthma"
    " anaemia anemia hepatitis meningitis migraine gastritis ulcer* hernia appendicitis fracture* cancer"
    " tumour tumor pregnan* sepsis stroke hiv eczema dengue cholera measles"
)
_REASON = _words(
    "because suspect* likely probably possibly diagnos* consistent_with could_be may_be might_be rule_out"
    " means confirm*"
)
_DRUG = _words(
    "tablet* capsule* syrup injection* milligram* mg dose* doses paracetamol ibuprofen aspirin amoxicillin"
    " penicillin antibiotic* insulin metformin artemether medicine* medication* drug* ointment inhaler"
)
_TEST = _words("test* scan* x-ray* xray* ultrasound blood_test* laboratory lab culture biopsy screening")
_ADVICE = _words("drink rest avoid eat exercise sleep wash keep stop_taking should must")
_FOLLOW_UP = _words(
    "call_me call_again call_back come_back come_again tomorrow next_week next_month follow-up follow_up"
    " review appointment refer* if_the if_you if_it"
)
_ALLERGY = _words("allerg*")


def _any(*patterns: re.Pattern[str]) -> re.Pattern[str]:
    return re.compile("|".join(pattern.pattern for pattern in patterns), re.IGNORECASE)


_PLAN = _any(_TEST, _FOLLOW_UP, _ADVICE, _words("take tablet* milligram* treatment start prescri* therapy"))
_ASSESSMENT = _any(_CONDITION, _REASON)
_NEXT = _any(_PLAN, _words("will shall going_to need_to next send schedule prepare deadline"))
_ASKED_FOR = _words("want* wish* would_like could_you please need* request* add feature* suggest* instead better")
_PROBLEM = _words(
    "problem* issue* wrong error* broken fail* slow late delay* complain* angry upset disappointed frustrat*"
    " bad terrible unhappy cannot can't never lost charged missing"
)
_PRAISE = _words("thank* great good excellent happy helpful love perfect wonderful appreciate* pleased satisfied")
_PRODUCT = _words(
    "product* service* app account* card* device* plan* package* subscription* website order* delivery phone"
    " internet data bill* invoice* policy warranty price* refund*"
)
_SOLVED = _words("resolved fixed done solved refunded sent replaced works working completed sorted updated credited")
_GREETING = _words("good_morning good_afternoon good_evening hello hi welcome this_is speaking my_name")
_COURTESY = _words("please thank* sorry apolog* understand glad help")
_CLOSING = _words("goodbye bye anything_else have_a_nice have_a_good thank_you_for_calling")
_CODE = re.compile(r"\b[A-TV-Z]\d[0-9A-Z](?:\.\d{1,4})?\b")

MAIN_POINTS = (_SIX_WORDS, Voice.STATEMENT, _any(_GREETING, _words("thank* sorry")), 8)
"""For a section that just says what was said: longer statements, without greetings."""

_PRODUCT_VIEW = (
    Section("What went well", _PRAISE, Voice.STATEMENT, _GREETING),
    Section("What went wrong", _PROBLEM),
    Section("What was asked for", _ASKED_FOR),
)
_AGENT = (
    Section("Score", _NEVER),
    Section("Greeting", _GREETING),
    Section("Courtesy", _COURTESY),
    Section("Closing", _CLOSING),
)

LAYOUTS: dict[str, tuple[Section, ...]] = {
    "summary": (Section("Main points", *MAIN_POINTS), Section("Next steps", _PLAN)),
    "soap_note": (
        Section("Subjective", _SYMPTOM, Voice.ABOUT_ONESELF, _MEASURED),
        Section("Objective", _MEASURED, Voice.REPLY),
        Section("Assessment", _ASSESSMENT),
        Section("Plan", _PLAN),
    ),
    "entity_list": (
        Section("Symptoms", _SYMPTOM, Voice.ABOUT_ONESELF),
        Section("Conditions", _CONDITION),
        Section("Measurements", _MEASURED),
        Section("Medication", _DRUG),
        Section("Tests", _TEST),
        Section("Allergies", _ALLERGY, Voice.REPLY),
    ),
    "treatment_plan": (
        Section("Medication", _DRUG, Voice.STATEMENT, _ALLERGY),
        Section("Tests", _TEST),
        Section("Advice", _ADVICE),
        Section("Follow-up", _FOLLOW_UP),
    ),
    "clerking": (
        Section("Presenting complaint", _SYMPTOM, Voice.ABOUT_ONESELF, _any(_MEASURED, _ALLERGY), most=1),
        Section("History of the complaint", _SYMPTOM, Voice.REPLY, _any(_ALLERGY, _REASON)),
        Section("Drugs and allergies", _any(_DRUG, _ALLERGY), Voice.REPLY),
        Section("Examination", _MEASURED, Voice.REPLY),
        Section("Impression", _ASSESSMENT),
        Section("Plan", _PLAN),
    ),
    "op_note": (
        Section("Indication", _any(_CONDITION, _REASON)),
        Section("Anaesthesia", _words("anaesthe* anesthe* sedat* spinal epidural intubat*")),
        Section(
            "Procedure",
            _words("incis* inser* remov* sutur* clamp* dissect* operat* procedure* exposed closed"),
        ),
        Section("Findings", _words("found finding* saw seen visible intact normal perforat*")),
        Section("Complications", _words("complication* bleed* blood_loss injur* perforat*")),
        Section("After the operation", _PLAN),
    ),
    "icd_codes": (Section("Codes that were said", _CODE), Section("Conditions named", _CONDITION)),
    "suggestions": (
        Section("Questions asked", re.compile(""), Voice.QUESTION),
        Section("Instructions given", _PLAN),
    ),
    "differential_diagnosis": (
        Section("Conditions named", _CONDITION),
        Section("Reasons given", _REASON),
        Section("Symptoms", _SYMPTOM, Voice.ABOUT_ONESELF),
    ),
    "followup_instructions": (
        Section("Instructions", _any(_ADVICE, _TEST, _words("take tablet* milligram*"))),
        Section("When to come back", _FOLLOW_UP),
    ),
    "practice_guidelines": (Section("Guidelines named", _words("guideline* protocol* recommend* standard*")),),
    "call_center_results": (
        Section("Reason for the call", _any(_PROBLEM, _ASKED_FOR, _SYMPTOM), Voice.ABOUT_ONESELF, most=3),
        Section("Resolution", _SOLVED),
        Section("Next steps", _NEXT),
    ),
    "call_center_agent_score": _AGENT,
    "call_center_agent_score_category": _AGENT,
    "call_center_product_insights": _PRODUCT_VIEW,
    "call_center_product_info": (Section("Products and services named", _PRODUCT),),
    "call_center_compliance": (
        Section("Identity", _words("name date_of_birth birthday identity verify* address number"), Voice.REPLY),
        Section("Consent and recording", _words("consent* record* agree* permission privacy terms")),
    ),
    "call_center_feedback": _PRODUCT_VIEW,
    "call_center_sentiment": (
        Section("Friendly words", _PRAISE, Voice.STATEMENT, _GREETING),
        Section("Unfriendly words", _PROBLEM),
    ),
    "legal_court_hearing": (
        Section("Appearances", _words("appear* counsel on_behalf representing honour honor lordship my_name")),
        Section("Submissions", _words("submit* argue* object* motion application evidence exhibit* witness*")),
        Section("Orders", _words("order* ruling ruled judgment judgement adjourn* sentence* granted denied")),
    ),
    "meeting_notes_participants": (
        Section("Introductions", _words("this_is my_name joining joined present"), most=20),
    ),
    "meeting_notes_decisions": (
        Section("Decisions", _words("decid* decision* agree* approved approve settled go_with conclude*")),
    ),
    "meeting_notes_action_items": (
        Section("Action items", _words("will shall please need_to going_to take_care action responsible by")),
    ),
    "meeting_notes_key_topics": (Section("Key topics", *MAIN_POINTS),),
    "meeting_notes_next_steps": (Section("Next steps", _NEXT),),
}

"""THE table: what the service can be asked for, and how each thing is called everywhere.

Flags, form fields, result keys, titles, help, completions and the README's tables derive from it.
A new output of the service is one line in ``OUTPUTS``.

Sources: the vendor's page "API/File/Upload" (``page``) and later pages of its documentation
(``later``); the result key of ``get_X`` is ``transcript_X``.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

CATEGORY_PREFIX = "file_category_"
RESULT_PREFIX = "transcript_"


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of conversation; it decides which outputs can be asked for."""

    name: str
    help: str

    @property
    def wire(self) -> str:
        """The value of the form field ``use_category``."""
        return CATEGORY_PREFIX + self.name.replace("-", "_")


@dataclass(frozen=True, slots=True)
class Output:
    """Something that the service writes from a transcript."""

    name: str
    flag: str
    title: str
    help: str
    page: tuple[str, ...] = ()
    later: tuple[str, ...] = ()

    @property
    def field(self) -> str:
        """The form field that asks for it."""
        return "get_" + self.name

    @property
    def key(self) -> str:
        """The key under which the result comes back."""
        return RESULT_PREFIX + self.name

    @property
    def categories(self) -> tuple[str, ...]:
        return self.page + self.later


CATEGORIES = (
    Category("general", "any recording"),
    Category("telehealth", "a consultation between clinician and patient"),
    Category("procedure", "an operation or another procedure"),
    Category("call-center", "a call with a customer"),
    Category("legal", "a hearing"),
    Category("meeting-notes", "a meeting"),
)

DEFAULT_CATEGORY = "telehealth"

_CLINICAL = ("telehealth", "procedure")
_CALL = ("call-center",)
_MEETING = ("meeting-notes",)

OUTPUTS = (
    Output("summary", "summary", "Summary", "a summary",
           ("general", "telehealth", "procedure", "call-center"), _MEETING),
    Output("soap_note", "soap", "SOAP note", "a SOAP note", ("telehealth",)),
    Output("entity_list", "entities", "Entities", "the clinical entities that were named", _CLINICAL),
    Output("treatment_plan", "treatment-plan", "Treatment plan", "the treatment plan", _CLINICAL),
    Output("clerking", "clerking", "Clerking", "a clerking note", ("telehealth",)),
    Output("op_note", "op-note", "Operation note", "an operation note", ("procedure",)),
    Output("icd_codes", "icd-codes", "ICD codes", "ICD and billing codes", ("procedure",), ("telehealth",)),
    Output("suggestions", "suggestions", "Suggestions", "questions to ask, instructions to give",
           ("procedure",), ("telehealth",)),
    Output("differential_diagnosis", "differential-diagnosis", "Differential diagnosis",
           "a differential diagnosis", (), ("telehealth",)),
    Output("followup_instructions", "followup-instructions", "Follow-up instructions",
           "instructions for the follow-up", (), ("telehealth",)),
    Output("practice_guidelines", "practice-guidelines", "Practice guidelines",
           "the practice guidelines that apply", (), ("telehealth",)),
    Output("call_center_results", "call-results", "Call results", "how the call was resolved", _CALL),
    Output("call_center_agent_score", "agent-score", "Agent score", "a score for the agent", _CALL),
    Output("call_center_product_insights", "product-insights", "Product insights",
           "what the call says about the product", _CALL),
    Output("call_center_agent_score_category", "agent-score-category", "Agent score by category",
           "the agent's score by category", (), _CALL),
    Output("call_center_product_info", "product-info", "Product information",
           "the products that were named", (), _CALL),
    Output("call_center_compliance", "compliance", "Compliance", "compliance with the rules", (), _CALL),
    Output("call_center_feedback", "feedback", "Feedback", "the customer's feedback", (), _CALL),
    Output("call_center_sentiment", "sentiment", "Sentiment", "the customer's sentiment", (), _CALL),
    Output("legal_court_hearing", "court-hearing", "Court hearing", "the record of a hearing", (), ("legal",)),
    Output("meeting_notes_participants", "participants", "Participants", "who took part", (), _MEETING),
    Output("meeting_notes_decisions", "decisions", "Decisions", "what was decided", (), _MEETING),
    Output("meeting_notes_action_items", "action-items", "Action items", "who does what", (), _MEETING),
    Output("meeting_notes_key_topics", "key-topics", "Key topics", "what was talked about", (), _MEETING),
    Output("meeting_notes_next_steps", "next-steps", "Next steps", "what comes next", (), _MEETING),
)  # fmt: skip

DEFAULT_LANGUAGE = "en"

LANGUAGES = {
    "af": "Afrikaans", "ak": "Akan", "am": "Amharic", "ar": "Arabic", "bem": "Bemba", "bg": "Bulgarian",
    "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish",
    "et": "Estonian", "ff": "Fulah", "ffm": "Maasina Fulfulde", "fi": "Finnish", "fr": "French",
    "fub": "Adamawa Fulfulde", "fuc": "Pulaar", "fue": "Borgu Fulfulde", "fuf": "Pular",
    "fuq": "Central-Eastern Niger Fulfulde", "fuv": "Nigerian Fulfulde", "gaa": "Ga", "ha": "Hausa",
    "hr": "Croatian", "hu": "Hungarian", "ig": "Igbo", "it": "Italian", "ki": "Kikuyu", "kr": "Kanuri",
    "lg": "Luganda", "lt": "Lithuanian", "luo": "Luo", "lv": "Latvian", "mt": "Maltese", "nl": "Dutch",
    "nso": "Northern Sotho", "nup": "Nupe", "nyn": "Nyankole", "om": "Oromo", "pcm": "Nigerian Pidgin",
    "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "rw": "Kinyarwanda",
    "sk": "Slovak", "sl": "Slovenian", "sn": "Shona", "st": "Southern Sotho", "sv": "Swedish",
    "sw": "Swahili", "ti": "Tigrinya", "tn": "Tswana", "tw": "Twi", "uk": "Ukrainian", "wo": "Wolof",
    "xh": "Xhosa", "yo": "Yoruba", "zu": "Zulu",
}  # fmt: skip

CODE_SWITCHED = frozenset(["af", "ak", "am", "ha", "ig", "lg", "pcm", "rw", "sw", "wo", "yo", "zu"])
"""Languages that the service documents as spoken mixed with English."""


def folded(name: str) -> str:
    """A name as people may type it, reduced to what tells names apart: case, `-`, `_` and blanks do not."""
    return re.sub(r"[\s_-]+", "_", name.strip().casefold())


class Catalog:
    """The table with its look-ups. The program builds its flags from the one it is given."""

    def __init__(self, outputs: Iterable[Output] = OUTPUTS, categories: Iterable[Category] = CATEGORIES) -> None:
        self.outputs = tuple(outputs)
        self.categories = tuple(categories)
        self._category = {
            folded(alias): category for category in self.categories for alias in (category.name, category.wire)
        }
        self._output = {
            folded(alias): output
            for output in self.outputs
            for alias in (output.title, output.key, output.field, output.flag, output.name)
        }
        self._language = {folded(name): code for code, name in LANGUAGES.items()}

    def category(self, name: str) -> Category | None:
        """The category of that name, in ours or in the wire form."""
        return self._category.get(folded(name))

    def output(self, name: str) -> Output | None:
        """The output of that name: flag, wire name, form field, result key or title."""
        return self._output.get(folded(name.removeprefix("--")))

    def language(self, name: str) -> str | None:
        """The code of a language given by code or English name."""
        code = name.strip().casefold()
        return code if code in LANGUAGES else self._language.get(folded(name))

    def outputs_of(self, category: str) -> tuple[Output, ...]:
        return tuple(output for output in self.outputs if category in output.categories)

    def title(self, name: str) -> str:
        """The heading for a result, made from its name where the table does not know it."""
        known = next((output for output in self.outputs if output.name == name), None)
        return known.title if known else name.replace("_", " ").strip().capitalize() or name


CATALOG = Catalog()

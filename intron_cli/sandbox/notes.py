"""Notes in the service's form: usual headings, and under them the transcript's own sentences.

Not one word is added to what was said but headings, labels and the line that marks the draft.
"""

import re
from collections.abc import Iterable

from intron_cli.core.catalog import Output
from intron_cli.sandbox.layouts import LAYOUTS, MAIN_POINTS, Section, Voice
from intron_cli.sandbox.sentences import Sentence, sentences

NOTHING = "(nothing in the recording)"
DRAFT_KEY = "draft"

_FIRST_PERSON = re.compile(r"\b(?:I|I'm|I've|my|me)\b")
_YOU = re.compile(r"\byour?\b", re.IGNORECASE)


def write_notes(transcript: str, outputs: Iterable[Output], *, origin: str, structured: bool) -> dict[str, object]:
    """The value of each result key: Markdown, or with ``structured`` an object of lists of sentences.

    ``origin`` says whose words the transcript holds. An output that has no layout, such as one
    that the catalog got at run time, has the main points under its own title.
    """
    said = sentences(transcript)
    notice = draft_notice(origin)
    written: dict[str, object] = {}
    for output in outputs:
        layout = LAYOUTS.get(output.name) or (Section(output.title, *MAIN_POINTS),)
        note = {section.heading: quotes(section, said) for section in layout}
        written[output.key] = {DRAFT_KEY: notice, **note} if structured else _markdown(notice, note)
    return written


def draft_notice(origin: str) -> str:
    return f"Sandbox draft, not clinical: sentences quoted by plain rules from {origin}."


def quotes(section: Section, said: Iterable[Sentence]) -> list[str]:
    """The sentences that belong under a heading, in the order in which they were said."""
    found = [
        sentence.with_question if section.voice is Voice.REPLY else sentence.text
        for sentence in said
        if _belongs(section, sentence)
    ]
    return list(dict.fromkeys(found))[: section.most]


def _belongs(section: Section, sentence: Sentence) -> bool:
    text = sentence.text
    if sentence.is_question is not (section.voice is Voice.QUESTION):
        return False
    if section.voice is Voice.ABOUT_ONESELF and (not _FIRST_PERSON.search(text) or _YOU.search(text)):
        return False
    if section.unless is not None and section.unless.search(text):
        return False
    return bool(section.words.search(text))


def _markdown(notice: str, note: dict[str, list[str]]) -> str:
    parts = [f"> {notice}"]
    for heading, found in note.items():
        lines = [f"- {text}" for text in found] or [NOTHING]
        parts.append("\n".join([f"## {heading}", "", *lines]))
    return "\n\n".join(parts) + "\n"

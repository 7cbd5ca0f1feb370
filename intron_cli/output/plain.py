"""Results as plain text."""

import re
from collections.abc import Sequence

from intron_cli.core.record import Record
from intron_cli.core.text import clean, display_width
from intron_cli.output.document import TRANSCRIPT, Section
from intron_cli.output.format import View
from intron_cli.output.reading_form import ReadingForm

_MARKS = (
    (re.compile(r"^#{1,6}[ \t]+(.*?)[ \t]*#*$", re.MULTILINE), r"\1"),
    (re.compile(r"(?<!\\)(\*\*|__)(?=\S)(.+?)(?<=[^\s\\])\1"), r"\2"),
    (re.compile(r"(?<![\w*\\])\*(?=\S)([^*\n]+?)(?<=[^\s\\])\*(?![\w*])"), r"\1"),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
)


class PlainText(ReadingForm):
    name = "text"
    suffix = "txt"
    help = "plain text"
    between = "\n\n\n"

    def is_bare(self, sections: Sequence[Section], view: View) -> bool:
        """A transcript alone needs no heading either."""
        alone = len(sections) == 1 and (bool(view.show) or sections[0].name == TRANSCRIPT)
        return alone and not view.provenance

    def title(self, name: str) -> str:
        return _underlined(name, "=")

    def section(self, section: Section, record: Record, *, bare: bool) -> str:
        body = _body(section, record)
        return body if bare else f"{_underlined(section.title, '-')}\n\n{body}"

    def foot(self, provenance: Sequence[tuple[str, str]]) -> str:
        return "\n".join(f"{label}: {value}" for label, value in provenance)


def _body(section: Section, record: Record) -> str:
    if section.turns:
        return "\n".join(f"{speaker}: {text}" for speaker, text in section.turns)
    if section.name == TRANSCRIPT and record.transcript and (text := clean(record.transcript.text).strip()):
        return text
    return unmarked(section.markdown)


def unmarked(markdown: str) -> str:
    """Markdown without its headings' and emphasis' marks; lists stay as they are."""
    for pattern, replacement in _MARKS:
        markdown = pattern.sub(replacement, markdown)
    return markdown


def _underlined(title: str, mark: str) -> str:
    return f"{title}\n{mark * display_width(title)}"

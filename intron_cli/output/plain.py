"""Results as plain text."""

import re
from collections.abc import Sequence

from intron_cli.core.record import Record
from intron_cli.core.text import clean, clean_line, display_width
from intron_cli.output.document import TRANSCRIPT, Section, provenance_of, sections_of
from intron_cli.output.format import View

_MARKS = (
    (re.compile(r"^#{1,6}[ \t]+(.*?)[ \t]*#*$", re.MULTILINE), r"\1"),
    (re.compile(r"(?<!\\)(\*\*|__)(?=\S)(.+?)(?<=[^\s\\])\1"), r"\2"),
    (re.compile(r"(?<![\w*\\])\*(?=\S)([^*\n]+?)(?<=[^\s\\])\*(?![\w*])"), r"\1"),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
)


class PlainText:
    name = "text"
    suffix = "txt"
    help = "plain text"
    binary = False
    sections = True

    def render(self, records: Sequence[Record], view: View) -> bytes:
        documents = [self._document(record, view) for record in records]
        text = "\n\n\n".join(document for document in documents if document)
        return (text + "\n").encode() if text else b""

    def _document(self, record: Record, view: View) -> str:
        sections = sections_of(record, view.show, view.catalog)
        if not sections:
            return ""
        bare = len(sections) == 1 and (view.show or sections[0].name == TRANSCRIPT) and not view.provenance
        parts = []
        for section in sections:
            body = _body(section, record)
            parts.append(body if bare else f"{_underlined(section.title, '-')}\n\n{body}")
        if view.several or view.provenance:
            parts.insert(0, _underlined(clean_line(record.source.name), "="))
        if view.provenance:
            parts.append("\n".join(f"{label}: {value}" for label, value in provenance_of(record)))
        return "\n\n".join(parts)


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

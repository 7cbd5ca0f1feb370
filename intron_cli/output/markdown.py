"""Results as Markdown."""

from collections.abc import Sequence

from intron_cli.core.record import Record
from intron_cli.core.text import clean_line
from intron_cli.output.document import escape, provenance_of, sections_of
from intron_cli.output.format import View


class Markdown:
    name = "markdown"
    suffix = "md"
    help = "headings, lists and emphasis"
    binary = False
    sections = True

    def render(self, records: Sequence[Record], view: View) -> bytes:
        documents = [self._document(record, view) for record in records]
        text = "\n\n".join(document for document in documents if document)
        return (text + "\n").encode() if text else b""

    def _document(self, record: Record, view: View) -> str:
        sections = sections_of(record, view.show, view.catalog)
        if not sections:
            return ""
        if len(view.show) == 1 and not view.several:
            parts = [section.markdown for section in sections]
        else:
            parts = [f"## {escape(section.title)}\n\n{section.markdown}" for section in sections]
        if view.several or view.provenance:
            parts.insert(0, f"# {escape(clean_line(record.source.name))}")
        if view.provenance:
            foot = [f"- {label}: {escape(value)}" for label, value in provenance_of(record)]
            parts.append("---\n\n" + "\n".join(foot))
        return "\n\n".join(parts)

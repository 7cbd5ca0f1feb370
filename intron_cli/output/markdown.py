"""Results as Markdown."""

from collections.abc import Sequence

from intron_cli.core.record import Record
from intron_cli.output.document import Section, escape
from intron_cli.output.reading_form import ReadingForm


class Markdown(ReadingForm):
    name = "markdown"
    suffix = "md"
    help = "headings, lists and emphasis"

    def title(self, name: str) -> str:
        return f"# {escape(name)}"

    def section(self, section: Section, record: Record, *, bare: bool) -> str:
        return section.markdown if bare else f"## {escape(section.title)}\n\n{section.markdown}"

    def foot(self, provenance: Sequence[tuple[str, str]]) -> str:
        return "---\n\n" + "\n".join(f"- {label}: {escape(value)}" for label, value in provenance)

"""What the forms that people read have in common: documents one after the other, each with its sections."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from intron_cli.core.record import Record
from intron_cli.core.text import clean_line
from intron_cli.output.document import Section, provenance_of, sections_of
from intron_cli.output.format import View


class ReadingForm(ABC):
    """A form of text with a title, headings and a foot. Subclasses say how each of them looks."""

    binary = False
    sections = True
    gathers = False
    lines = False
    between = "\n\n"

    @abstractmethod
    def title(self, name: str) -> str: ...

    @abstractmethod
    def section(self, section: Section, record: Record, *, bare: bool) -> str: ...

    @abstractmethod
    def foot(self, provenance: Sequence[tuple[str, str]]) -> str: ...

    def is_bare(self, sections: Sequence[Section], view: View) -> bool:
        """Whether what is shown stands alone, without a heading."""
        del sections
        return len(view.show) == 1 and not view.several

    def render(self, records: Sequence[Record], view: View) -> bytes:
        """The documents of all records that have something to show."""
        text = self.between.join(filter(None, (self._document(record, view) for record in records)))
        return (text + "\n").encode() if text else b""

    def _document(self, record: Record, view: View) -> str:
        sections = sections_of(record, view.show, view.catalog)
        if not sections:
            return ""
        bare = self.is_bare(sections, view)
        parts = [self.section(section, record, bare=bare) for section in sections]
        if view.several or view.provenance:
            parts.insert(0, self.title(clean_line(record.source.name)))
        if view.provenance:
            parts.append(self.foot(provenance_of(record)))
        return "\n\n".join(parts)

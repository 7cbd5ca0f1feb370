"""What a form of results is: records in, bytes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from intron_cli.core.catalog import CATALOG, Catalog
from intron_cli.core.record import Record


@dataclass(frozen=True, slots=True)
class View:
    """What of the records is shown. ``several``: there could be more than one, even if there is one."""

    show: tuple[str, ...] = ()
    several: bool = False
    provenance: bool = False
    catalog: Catalog = CATALOG


class Format(Protocol):
    """Records in, bytes out."""

    name: str
    suffix: str
    help: str
    binary: bool
    sections: bool
    """Whether ``--show`` can choose among its sections."""
    gathers: bool
    """Whether one document holds all sources: it never lies beside each of them in a folder."""
    lines: bool
    """Whether the document of several is that of each, one after the other, so that each may be written as it ends."""

    def render(self, records: Sequence[Record], view: View) -> bytes:
        """The whole document, in UTF-8 unless it is binary, ending in a line end."""

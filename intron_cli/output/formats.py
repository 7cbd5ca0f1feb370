"""The table of forms in which results are shown. A new form is a file here and a line in ``FORMATS``."""

from collections.abc import Sequence
from pathlib import Path

from intron_cli.core.errors import UsageError
from intron_cli.output.csv_format import Csv
from intron_cli.output.format import Format
from intron_cli.output.json_format import Json
from intron_cli.output.jsonl_format import Jsonl
from intron_cli.output.markdown import Markdown
from intron_cli.output.plain import PlainText


class Formats:
    """The table of formats with its look-ups."""

    def __init__(self, formats: Sequence[Format]) -> None:
        self.all = tuple(formats)
        self._by_name = {name: form for form in self.all for name in (form.suffix, form.name)}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(form.name for form in self.all)

    def named(self, name: str) -> Format:
        """Raises UsageError for a name that is none of a format."""
        if found := self._by_name.get(name.strip().lower()):
            return found
        raise UsageError(f"There is no format '{name}'.", f"Choose one of: {', '.join(self.names)}.")

    def of_file(self, path: Path) -> Format | None:
        """The format that a file's suffix names."""
        return self._by_name.get(path.suffix[1:].lower())


FORMATS = Formats((Markdown(), PlainText(), Json(), Jsonl(), Csv()))

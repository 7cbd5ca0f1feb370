"""Results to where they were asked for: stdout, rendered where a person reads it, or a file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from intron_cli.core.errors import UsageError
from intron_cli.core.record import Record
from intron_cli.output.document import section_name
from intron_cli.output.files import ensure_writable, write_result
from intron_cli.output.format import Format, View
from intron_cli.output.terminal import Terminal

_HTML = re.compile(r"(?<!\\)<(?=[A-Za-z/!?])")


@dataclass(frozen=True, slots=True)
class Delivery:
    """A form, what of the records it shows, and the file that it goes to (None: stdout)."""

    form: Format
    view: View
    file: Path | None = None
    mode: int = 0o600
    force: bool = False

    def ensure_possible(self, terminal: Terminal) -> None:
        """Raise UsageError before anything is paid for, where the results could not be delivered."""
        if self.view.show and not self.form.sections:
            raise UsageError(f"--show chooses among the sections of a document; {self.form.name} has none.",
                             "Leave one of them out, or use -f markdown or -f text.")  # fmt: skip
        for name in self.view.show:
            section_name(name, self.view.catalog)
        if self.file:
            ensure_writable(self.file)
            return
        terminal.ensure_open()
        if self.form.binary and terminal.streams.stdout_tty:
            raise UsageError(f"{self.form.name} is not for a terminal.", "Name a file with -o.")

    def rendered(self, records: Sequence[Record]) -> bytes:
        """The document of the records; empty where there is nothing to show."""
        if self.file and not any(record.status == "done" for record in records):
            return b""
        if not records and not (self.view.several and (self.form.gathers or self.form.name == "json")):
            return b""
        view = replace(self.view, provenance=self.view.provenance and self.file is not None)
        return self.form.render(records, view)

    def deliver(self, records: Sequence[Record], terminal: Terminal) -> None:
        """Show or write the records. Nothing to show writes nothing."""
        if data := self.rendered(records):
            self.write(data, terminal)

    def write(self, data: bytes, terminal: Terminal) -> None:
        """Show or write a document."""
        if self.file:
            write_result(self.file, data, self.mode)
            terminal.note(f"Written to {self.file}.")
        elif self.form.name == "markdown" and terminal.streams.stdout_tty:
            terminal.result(_rendered(data.decode(), terminal))
        else:
            terminal.result(data)


def _rendered(markdown: str, terminal: Terminal) -> bytes:
    """Markdown laid out for the terminal's width; links stay text, for they are not ours."""
    from io import StringIO

    from rich.console import Console
    from rich.markdown import Markdown

    page = StringIO()
    console = Console(
        file=page,
        force_terminal=True,
        width=min(terminal.streams.width, 100),
        color_system="standard" if terminal.colored("stdout") else None,
    )
    # The renderer leaves HTML out, and what a note says in it with it: it is text here.
    console.print(Markdown(_HTML.sub(r"\\<", markdown), hyperlinks=False))
    return page.getvalue().encode("utf-8", "replace")

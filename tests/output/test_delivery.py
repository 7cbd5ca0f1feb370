"""Results to where they were asked for."""

import errno
import io
import json
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from core.records import visit

from intron_cli.core.errors import UsageError
from intron_cli.core.record import Record, Source
from intron_cli.output.delivery import Delivery
from intron_cli.output.format import View
from intron_cli.output.formats import FORMATS, Formats
from intron_cli.output.terminal import Streams, Terminal


class Braille:
    """A form that is no text."""

    name = "braille"
    suffix = "brl"
    help = "for a printer"
    binary = True
    sections = False
    gathers = False
    lines = False

    def render(self, records: Sequence[Record], view: View) -> bytes:
        return b"\xe2\xa0\x81" * len(records)


def out(terminal: Terminal) -> str:
    assert isinstance(terminal.streams.stdout, io.BytesIO)
    return terminal.streams.stdout.getvalue().decode()


def err(terminal: Terminal) -> str:
    assert isinstance(terminal.streams.stderr, io.BytesIO)
    return terminal.streams.stderr.getvalue().decode()


def delivery(form: str = "markdown", **options: Any) -> Delivery:
    view = View(**{name: options.pop(name) for name in ("show", "several", "provenance") if name in options})
    return Delivery(FORMATS.named(form), view, **options)


def test_a_pipe_gets_the_document_raw() -> None:
    """The form does not change with who reads it."""
    terminal = Terminal(Streams.test())
    delivery().deliver([visit("Hello.")], terminal)
    assert out(terminal) == "## Transcript\n\nHello.\n"


def test_a_terminal_gets_it_laid_out() -> None:
    """Within its width, and with colour only where that is wanted."""
    long = "word " * 60
    for color, escapes in (("never", False), ("always", True)):
        terminal = Terminal(Streams.test(tty=True, columns=40), color=color)  # type: ignore[arg-type]
        delivery().deliver([visit(long)], terminal)
        assert ("\x1b[" in out(terminal)) is escapes
        assert out(terminal).count("word") == 60
        assert "##" not in out(terminal)
        if color == "never":
            assert max(map(len, out(terminal).splitlines())) <= 40


@pytest.mark.parametrize("form", ["text", "json"])
def test_only_markdown_is_laid_out(form: str) -> None:
    """Other forms are the same on a terminal."""
    shown = []
    for tty in (True, False):
        terminal = Terminal(Streams.test(tty=tty))
        delivery(form).deliver([visit("Hello.")], terminal)
        shown.append(out(terminal))
    assert shown[0] == shown[1]


def test_a_file_is_written_and_stdout_stays_empty(tmp_path: Path) -> None:
    """With provenance and its mode; a person is told where it is."""
    terminal = Terminal(Streams.test(tty=True), color="never")
    path = tmp_path / "visit.md"
    delivery(file=path, mode=0o640, provenance=True).deliver([visit("Hello.")], terminal)
    assert out(terminal) == ""
    assert err(terminal) == f"Written to {path}.\n"
    assert path.read_text().startswith("# visit.wav\n")
    assert "no clinician has checked it" in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_provenance_is_for_files() -> None:
    """On stdout it is left out."""
    terminal = Terminal(Streams.test())
    delivery(provenance=True).deliver([visit("Hello.")], terminal)
    assert "clinician" not in out(terminal)


def test_nothing_to_show_writes_nothing(tmp_path: Path) -> None:
    """No file appears for a recording that failed, while its record does."""
    failed = Record("failed", Source("visit.wav"))
    terminal = Terminal(Streams.test())
    delivery(file=tmp_path / "visit.md").deliver([failed], terminal)
    delivery(file=tmp_path / "visit.txt").deliver([], terminal)
    assert list(tmp_path.iterdir()) == []
    delivery("json").deliver([failed], terminal)
    assert json.loads(out(terminal))["status"] == "failed"


@pytest.mark.parametrize(
    ("form", "shown"),
    [("csv", "source,status,file_id,seconds,words,warnings,error\n"), ("json", "[]\n"), ("jsonl", "")],
)
def test_none_of_several_is_what_a_program_can_read(form: str, shown: str) -> None:
    """An empty list, or a table with its columns."""
    terminal = Terminal(Streams.test())
    delivery(form, several=True).deliver([], terminal)
    assert out(terminal) == shown


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_one_file_holds_what_became_of_each(form: str, tmp_path: Path) -> None:
    """Those that failed, too."""
    path = tmp_path / f"all.{form}"
    found = [visit(), Record("failed", Source("b.wav"))]
    delivery(form, file=path, several=True).deliver(found, Terminal(Streams.test()))
    assert path.read_bytes() == FORMATS.named(form).render(found, View(several=True))
    assert b"b.wav" in path.read_bytes()


def test_what_cannot_work_is_found_first(tmp_path: Path) -> None:
    """A section of a form without sections, a name nobody can know, a file that is there, a binary on a terminal."""
    terminal = Terminal(Streams.test(tty=True))
    for wrong, said in [
        (delivery("json", show=("soap",)), "json has none"),
        (delivery(file=tmp_path), "is a folder"),
        (Delivery(Braille(), View()), "is not for a terminal"),
    ]:
        with pytest.raises(UsageError, match=said):
            wrong.ensure_possible(terminal)
    delivery(file=tmp_path / "visit.md", force=True).ensure_possible(terminal)
    Delivery(Braille(), View()).ensure_possible(Terminal(Streams.test()))
    Delivery(Braille(), View(), tmp_path / "visit.brl").ensure_possible(terminal)


def test_a_full_disk_under_stdout_is_told() -> None:
    """Rendered or not."""

    class Full(io.BytesIO):
        def write(self, data: Any, /) -> int:
            raise OSError(errno.ENOSPC, "x")

    for tty in (True, False):
        terminal = Terminal(Streams(io.BytesIO(), Full(), io.BytesIO(), stdout_tty=tty, columns=80))
        with pytest.raises(UsageError, match="No space left"):
            delivery().deliver([visit("Hello.")], terminal)


def test_a_form_is_found_by_name_and_by_suffix() -> None:
    """In any case; a wrong name is answered with those there are."""
    assert FORMATS.named(" Markdown ") is FORMATS.named("md") is FORMATS.of_file(Path("a.b.MD"))
    assert FORMATS.of_file(Path("a.txt")) is FORMATS.named("text")
    assert FORMATS.of_file(Path("json")) is None
    assert FORMATS.of_file(Path("a.wav")) is None
    with pytest.raises(UsageError, match=r"no format 'pdf'\. Choose one of: markdown, text, json, jsonl, csv"):
        FORMATS.named("pdf")


def test_each_form_tells_what_it_is() -> None:
    """Names and suffixes are unique."""
    forms = (*FORMATS.all, Braille())
    names = [name for form in forms for name in {form.name, form.suffix}]
    assert len(set(names)) == len(names)
    assert all(form.help for form in forms)
    assert Formats(forms).names[-1] == "braille"

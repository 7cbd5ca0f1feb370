"""Which sink the results of a run go to, and in which forms."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from intron_cli.commands.document_sink import DocumentSink
from intron_cli.commands.folder_sink import FolderSink
from intron_cli.commands.options import ShowOptions
from intron_cli.commands.program import Run
from intron_cli.commands.sinks import BothSinks, Sink
from intron_cli.config import table
from intron_cli.config.settings import Settings
from intron_cli.core.catalog import Catalog
from intron_cli.core.destination import Destination
from intron_cli.core.errors import UsageError
from intron_cli.core.request import Request
from intron_cli.output.delivery import Delivery
from intron_cli.output.document import TRANSCRIPT, section_name
from intron_cli.output.folder import FolderDelivery, Place
from intron_cli.output.format import Format, View

if TYPE_CHECKING:
    from intron_cli.jobs.item import Item


def ensure_forms(run: Run, show: ShowOptions) -> None:
    """Raise UsageError for a form that there is not, before anything is looked at."""
    for name in show.format or ():
        run.formats.named(name)


def sink_for(
    run: Run, settings: Settings, show: ShowOptions, *, several: bool, wish: object = None, talks: bool = True
) -> Sink:
    """Where results go and in which form; ``wish`` is what tells runs apart that write a file for several sources.

    Raises UsageError for what cannot work.
    """
    run.terminal.json_lines = show.json or show.format == ["json"]
    view = View(tuple(show.show or ()), several, show.provenance, run.catalog)
    file = Path(show.output) if show.output else None
    folder = show.output_dir or (None if file else settings[table.OUTPUT_DIR])
    mode = settings[table.OUTPUT_MODE]
    if not folder:
        form = _form(run, settings, show, file)
        return DocumentSink(
            run, Delivery(form, view, file, mode, show.force), several=several, run_print=_run_print(form, wish)
        )
    documents, gathered = _forms(run, settings, show, file)
    if not documents and not show.record and gathered:
        raise UsageError(f"Without records, -f {gathered.name} leaves {folder} empty.", "Leave -d out, or --no-record.")
    sink = FolderSink(run, FolderDelivery(documents, view, mode, show.force, show.record), Path(folder), talks=talks)
    if gathered is None:
        return sink
    beside = DocumentSink(
        run, Delivery(gathered, view, file, mode, show.force), several=True, run_print=_run_print(gathered, wish)
    )
    return BothSinks(sink, beside)


def sink_of(run: Run, settings: Settings, item: "Item", destination: Destination) -> Sink:
    """The sink that a job was meant for when it was uploaded."""
    forms = tuple(run.formats.named(name) for name in destination.formats)
    view = View(destination.show, provenance=destination.provenance, catalog=run.catalog)
    mode = settings[table.OUTPUT_MODE]
    if destination.folder and destination.name:
        sink = FolderSink(
            run, FolderDelivery(forms, view, mode, with_record=destination.record), Path(destination.folder)
        )
        sink.place(item, Place(Path(destination.folder), destination.name))
        return sink
    return DocumentSink(run, Delivery(forms[0], view, Path(destination.file or ""), mode), several=False)


def _run_print(form: Format, wish: object) -> str:
    return hashlib.sha256(json.dumps([form.name, wish], default=str).encode()).hexdigest()[:32]


def _forms(
    run: Run, settings: Settings, show: ShowOptions, file: Path | None
) -> tuple[tuple[Format, ...], Format | None]:
    """The forms of the documents in a folder, and the one that holds all sources beside them."""
    names = show.format or (["json"] if show.json else [])
    asked = list(dict.fromkeys(run.formats.named(name) for name in names))
    by_suffix = run.formats.of_file(file) if file else None
    if by_suffix and by_suffix.gathers and by_suffix not in asked:
        asked.append(by_suffix)
    gathered = [form for form in asked if form.gathers]
    documents = [form for form in asked if not form.gathers]
    if len(gathered) > 1:
        raise UsageError(f"-f {gathered[0].name} and -f {gathered[1].name} both hold all sources.", "Name one of them.")
    if file and not gathered:
        raise UsageError(
            "-o names one file and -d a folder for all.",
            f"Leave one of them out; beside -d, -o takes {_gathering(run)}.",
        )
    if not documents and not names:
        documents = [run.formats.named(settings[table.FORMAT] or "markdown")]
        if documents[0].gathers:
            documents, gathered = [], documents
    return tuple(documents), gathered[0] if gathered else None


def _gathering(run: Run) -> str:
    return " or ".join(form.name for form in run.formats.all if form.gathers)


def _form(run: Run, settings: Settings, show: ShowOptions, file: Path | None) -> Format:
    """The form that is named, else the one that the file's suffix names, else the setting's."""
    if show.format and len(show.format) > 1:
        raise UsageError("Several formats at once go into a folder.", "Name one with -d, or name one format.")
    named = "json" if show.json else next(iter(show.format or ()), None)
    if named is None and file:
        if by_suffix := run.formats.of_file(file):
            return by_suffix
        if file.suffix and settings.resolved(table.FORMAT).is_default:
            known = ", ".join(run.formats.names)
            raise UsageError(f"The suffix of {file} names no format.", f"Add -f: one of {known}.")
    return run.formats.named(named or settings[table.FORMAT] or "markdown")


def ensure_shown_is_asked(show: Sequence[str], request: Request, catalog: Catalog) -> None:
    """Raise UsageError for a section to show that would not come, before anything is paid for."""
    if request.template or request.fields:
        return
    for name in show:
        section = section_name(name, catalog)
        if section != TRANSCRIPT and section not in request.outputs:
            output = catalog.output(name)
            flag = f"Add --{output.flag}." if output else "'intron outputs' lists what there is."
            raise UsageError(f"--show {name} shows what is not asked for.", flag)

"""From options and settings to what the work is given."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from intron_cli.commands.options import AskOptions, SendOptions, ShowOptions, WaitOptions
from intron_cli.commands.program import Run
from intron_cli.config import table
from intron_cli.config.settings import Settings
from intron_cli.core.catalog import LANGUAGES, Catalog
from intron_cli.core.errors import UsageError, combined
from intron_cli.core.record import FACTS, OUTPUT_ABSENT, Record
from intron_cli.core.request import Request, build_request
from intron_cli.core.text import plural
from intron_cli.output.delivery import Delivery
from intron_cli.output.document import TRANSCRIPT, section_name
from intron_cli.output.format import View

if TYPE_CHECKING:
    from intron_cli.jobs.session import Order


def settings_for(
    run: Run,
    ask: AskOptions | None = None,
    send: SendOptions | None = None,
    show: ShowOptions | None = None,
    wait: WaitOptions | None = None,
) -> Settings:
    """The settings of the run, with what its options say on top."""
    flags: dict[str, Any] = {}
    if ask:
        flags |= {
            "category": ask.category, "language": ask.language, "diarize": ask.diarize,
            "verbatim": ask.verbatim, "template": ask.template, "outputs": ask.outputs,
        }  # fmt: skip
    if send:
        flags["send_name"] = send.send_name
    if show:
        flags["format"] = "json" if show.json else show.format
    if wait:
        flags["timeout"] = wait.timeout
    return run.settings(**flags)


def request_for(run: Run, settings: Settings, ask: AskOptions) -> Request:
    """The request; outputs that are only a default are dropped where the category has none of them."""
    outputs = settings.resolved(table.OUTPUTS)
    category = settings[table.CATEGORY]
    names: Sequence[str] = outputs.value
    if category and outputs.origin != "command line" and (known := run.catalog.category(category)):
        fitting = run.catalog.outputs_of(known.name)
        names = [name for name in names if run.catalog.output(name) in (None, *fitting)]
    return build_request(
        category=category,
        outputs=names,
        language=settings[table.LANGUAGE],
        diarize=settings[table.DIARIZE],
        verbatim=settings[table.VERBATIM],
        template=settings[table.TEMPLATE],
        fields=ask.field or (),
        catalog=run.catalog,
    )


def asked_line(request: Request, catalog: Catalog) -> str:
    """What is asked, for a person: category, language, outputs."""
    language = LANGUAGES.get(request.spoken_language, request.spoken_language)
    assumed = "" if request.language else " (assumed; --language sets another)"
    parts = ["transcript", *(catalog.title(name) for name in request.outputs)]
    extras = [text for on, text in ((request.diarize, "speakers told apart"), (request.verbatim, "verbatim")) if on]
    extras += [f"template {request.template}"] if request.template else []
    extras += [f"{name}={value}" for name, value in request.fields]
    return f"Asking for {request.category}, {language}{assumed}: {', '.join(parts + extras)}."


def ensure_shown_is_asked(delivery: Delivery, request: Request, catalog: Catalog) -> None:
    """Raise UsageError for a section to show that would not come, before anything is paid for."""
    if request.template or request.fields:
        return
    for name in delivery.view.show:
        section = section_name(name, catalog)
        if section != TRANSCRIPT and section not in request.outputs:
            output = catalog.output(name)
            flag = f"Add --{output.flag}." if output else "'intron outputs' lists what there is."
            raise UsageError(f"--show {name} shows what is not asked for.", flag)


def delivery_for(run: Run, settings: Settings, show: ShowOptions, *, several: bool) -> Delivery:
    """Where results go and in which form. Raises UsageError for what cannot work."""
    terminal = run.terminal
    terminal.json_lines = show.json or (show.format or "").lower() == "json"
    file = Path(show.output) if show.output else None
    chosen = settings.resolved(table.FORMAT)
    by_suffix = run.formats.of_file(file) if file else None
    if file and chosen.origin != "command line":
        if by_suffix is None and chosen.is_default and file.suffix:
            raise UsageError(
                f"The suffix of {file} names no format.", f"Add -f: one of {', '.join(run.formats.names)}."
            )
        form = by_suffix or run.formats.named(chosen.value or "markdown")
    else:
        form = run.formats.named(chosen.value or "markdown")
    view = View(tuple(show.show or ()), several, show.provenance, run.catalog)
    delivery = Delivery(form, view, file, settings[table.OUTPUT_MODE], show.force)
    delivery.ensure_possible(terminal)
    return delivery


def order_for(run: Run, settings: Settings, request: Request, send: SendOptions) -> "Order":
    """How the work is to treat sources; a terminal is asked about what may have been uploaded."""
    from intron_cli.jobs.session import Order  # brings httpx and mutagen

    terminal = run.terminal
    asks = send.on_unknown == "ask" and terminal.interactive
    return Order(
        request=request,
        name=send.name,
        send_name=settings[table.SEND_NAME],
        again=send.again,
        limit=send.limit,
        on_unknown=send.on_unknown,
        decide=(lambda text: terminal.ask(f"{text} Send it again?")) if asks else (lambda _: False),
    )


def noting_absent(record: Record, delivery: Delivery) -> Record:
    """The record with a warning for each section to show that it does not have."""
    for name in delivery.view.show if record.status == "done" else ():
        section = section_name(name, delivery.view.catalog)
        known = any(warning.code == OUTPUT_ABSENT for warning in record.warnings)
        if section != TRANSCRIPT and section not in record.outputs and not known:
            record = record.warn(OUTPUT_ABSENT, f"{record.source.name} has no {name} to show.")
    return record


def report(run: Run, records: Sequence[Record]) -> int:
    """Tell what befell each source, and make the exit code of it."""
    for record in records:
        if error := record.error:
            run.terminal.failure(error.message, error.type, error.exit_code)
        for warning in record.warnings:
            if warning.code in FACTS:
                run.terminal.warn(warning.code, warning.message)
    left = sum(record.status == "not_sent" and record.error is None for record in records)
    if left:
        run.terminal.warn("limit", f"{plural(left, 'recording')} left unsent by --limit; the same command sends more.")
    return combined([record.exit_code for record in records])


def each(run: Run, names: Sequence[str], work: Callable[[str], Record], deliver: Callable[[list[Record]], None]) -> int:
    """Do ``work`` for one name after another and deliver the records, those before an early end too."""
    records: list[Record] = []
    try:
        for name in names:
            records.append(work(name))  # noqa: PERF401 - those before an early end are delivered, too
    except BaseException:
        deliver(records)
        report(run, records)
        raise
    deliver(records)
    return report(run, records)

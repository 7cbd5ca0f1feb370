"""From options and settings to what the work is given."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from intron_cli.commands.options import AskOptions, SendOptions, ShowOptions, SourceOptions, WaitOptions
from intron_cli.commands.program import Run
from intron_cli.config import table
from intron_cli.config.settings import Settings
from intron_cli.core.catalog import LANGUAGES, Catalog
from intron_cli.core.errors import UsageError
from intron_cli.core.request import Request, build_request

if TYPE_CHECKING:
    from intron_cli.jobs.item import Again, Order, Shard
    from intron_cli.jobs.list_file import Overrides


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
        flags["shrink"] = None if send.shrink is None else "always" if send.shrink else "off"
    if show:
        flags["format"] = "json" if show.json else next(iter(show.format or ()), None)
        flags["output_dir"] = show.output_dir
    if wait:
        flags["timeout"] = wait.timeout
    return run.settings(**flags)


def request_for(run: Run, settings: Settings, ask: AskOptions, own: "Overrides | None" = None) -> Request:
    """The request; ``own`` is what a row of a list says instead.

    Outputs that are only a default are dropped where the category has none of them.
    """
    row: Mapping[str, Any] = own or {}
    outputs = settings.resolved(table.OUTPUTS)
    category = row.get("category") or settings[table.CATEGORY]
    names: Sequence[str] = row.get("outputs") or outputs.value
    is_default = "outputs" not in row and outputs.origin != "command line"
    if category and is_default and (known := run.catalog.category(category)):
        fitting = run.catalog.outputs_of(known.name)
        names = [name for name in names if run.catalog.output(name) in (None, *fitting)]
    return build_request(
        category=category,
        outputs=names,
        language=row.get("language") or settings[table.LANGUAGE],
        diarize=row.get("diarize", settings[table.DIARIZE]),
        verbatim=settings[table.VERBATIM],
        template=row.get("template") or settings[table.TEMPLATE],
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


def again_of(send: SendOptions, *, several: bool) -> "Again":
    """What is made anew: a single source that is named, of several only what came to nothing."""
    if send.again_all:
        return "all"
    return ("failed" if several else "ended") if send.again else "no"


def order_for(
    run: Run, settings: Settings, send: SendOptions, again: "Again", source: SourceOptions, *,
    wait: bool = True, structured: bool = False,
) -> "Order":  # fmt: skip
    """How the work is to treat sources; a terminal is asked about what may have been uploaded."""
    from intron_cli.jobs.item import Order

    terminal = run.terminal
    asks = send.on_unknown == "ask" and terminal.interactive
    return Order(
        send_name=settings[table.SEND_NAME],
        again=again,
        limit=send.limit,
        on_unknown=send.on_unknown,
        on_changed=send.on_changed,
        timeout=settings[table.TIMEOUT],
        decide=(lambda text: terminal.ask(f"{text} Send it again?")) if asks else None,
        wait=wait,
        structured=structured,
        shard=shard_of(source.shard),
        uploads=settings[table.UPLOADS],
    )


def shard_of(text: str | None) -> "Shard | None":
    """The share that ``K/N`` names. Raises UsageError for anything else."""
    from intron_cli.jobs.item import Shard

    if text is None:
        return None
    match = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text.strip())
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise UsageError("--shard takes K/N, such as 2/3: the second of three shares.")
    return Shard(int(match[1]), int(match[2]))

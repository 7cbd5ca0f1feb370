"""Options as records: a command takes dataclasses, and Typer sees a flag for each of their fields."""

import inspect
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

import typer

from intron_cli.commands import completing
from intron_cli.commands.spreading import field_parameters, parameter
from intron_cli.core.catalog import Catalog

GLOBAL_PANEL = "Global options"
ASK_PANEL = "What to ask for"
OUTPUT_PANEL = "Outputs"
SOURCE_PANEL = "The sources"
SHOW_PANEL = "How to show it"
SEND_PANEL = "What is sent"
WAIT_PANEL = "The wait"


@dataclass(frozen=True, slots=True)
class GlobalOptions:
    """What every command takes, before its name or after it."""

    profile: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The profile of the settings to use.", rich_help_panel=GLOBAL_PANEL),
    ] = None
    base_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            autocompletion=completing.services,
            rich_help_panel=GLOBAL_PANEL,
            help="The service: health, voice, or a URL.",
        ),
    ] = None
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing but errors.", rich_help_panel=GLOBAL_PANEL)
    ] = False
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Say more, in a pipe too.", rich_help_panel=GLOBAL_PANEL)
    ] = False
    debug: Annotated[bool, typer.Option("--debug", help="Show where a bug happened.", rich_help_panel=GLOBAL_PANEL)] = (
        False
    )
    progress: Annotated[
        Literal["auto", "bar", "plain", "none"] | None,
        typer.Option(help="How progress is shown on stderr.", rich_help_panel=GLOBAL_PANEL),
    ] = None
    color: Annotated[
        Literal["auto", "always", "never"] | None,
        typer.Option(help="When to use colour.", rich_help_panel=GLOBAL_PANEL),
    ] = None
    no_input: Annotated[bool, typer.Option("--no-input", help="Ask nothing.", rich_help_panel=GLOBAL_PANEL)] = False


@dataclass(frozen=True, slots=True)
class AskOptions:
    """What to ask of the service; ``outputs`` come from a flag for each output of the catalog."""

    category: Annotated[
        str | None,
        typer.Option(
            "--category",
            "-c",
            metavar="NAME",
            autocompletion=completing.categories,
            rich_help_panel=ASK_PANEL,
            help="The kind of conversation; left out, it follows from the outputs, else it is telehealth.",
        ),
    ] = None  # fmt: skip
    language: Annotated[
        str | None,
        typer.Option(
            metavar="CODE|NAME", autocompletion=completing.languages, rich_help_panel=ASK_PANEL,
            help="The language that is spoken; left out, English is assumed.",
        ),
    ] = None  # fmt: skip
    diarize: Annotated[
        bool | None,
        typer.Option("--diarize/--no-diarize", help="Tell the speakers apart.", rich_help_panel=ASK_PANEL),
    ] = None
    verbatim: Annotated[
        bool | None,
        typer.Option("--verbatim/--no-verbatim", help="The words as spoken, not rewritten.", rich_help_panel=ASK_PANEL),
    ] = None
    template: Annotated[
        str | None, typer.Option(metavar="ID", help="A custom prompt, by its id.", rich_help_panel=ASK_PANEL)
    ] = None
    field: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="A form field that intron does not know. Repeatable.",
            rich_help_panel=ASK_PANEL,
        ),
    ] = None
    outputs: tuple[str, ...] | None = None

    @classmethod
    def parameters(cls, catalog: Catalog) -> list[inspect.Parameter]:
        """A flag for each output of the catalog, after those of the fields."""
        flags = []
        for output in catalog.outputs:
            where = ", ".join(output.categories)
            option = typer.Option(
                f"--{output.flag}", help=f"Ask for {output.help}. ({where})", rich_help_panel=OUTPUT_PANEL
            )
            flags.append(parameter(f"output_{output.name}", Annotated[bool, option], default=False))
        return [found for found in field_parameters(cls) if found.name != "outputs"] + flags

    @classmethod
    def from_values(cls, values: dict[str, Any]) -> Self:
        asked = tuple(name.removeprefix("output_") for name, on in values.items() if name.startswith("output_") and on)
        rest = {name: value for name, value in values.items() if not name.startswith("output_")}
        return cls(**rest, outputs=asked or None)


@dataclass(frozen=True, slots=True)
class ShowOptions:
    """How results are shown, and where they go."""

    format: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            "-f",
            metavar="NAME",
            autocompletion=completing.formats,
            rich_help_panel=SHOW_PANEL,
            help="markdown, text, json, jsonl or csv; several with -d.",
        ),
    ] = None
    json: Annotated[
        bool,
        typer.Option("--json", help="The same as -f json; stderr is JSON lines, too.", rich_help_panel=SHOW_PANEL),
    ] = False
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="FILE", rich_help_panel=SHOW_PANEL,
            help="Write the result to FILE; its suffix chooses the format.",
        ),
    ] = None  # fmt: skip
    output_dir: Annotated[
        str | None,
        typer.Option(
            "--output-dir",
            "-d",
            metavar="DIR",
            rich_help_panel=SHOW_PANEL,
            help="Save each result in DIR as visit.wav.md, with the record beside it.",
        ),
    ] = None
    record: Annotated[
        bool,
        typer.Option("--record/--no-record", help="Save the record beside documents.", rich_help_panel=SHOW_PANEL),
    ] = True
    show: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SECTION",
            autocompletion=completing.sections,
            rich_help_panel=SHOW_PANEL,
            help="Only this part: transcript, soap, … Repeatable.",
        ),
    ] = None
    structured: Annotated[
        bool,
        typer.Option("--structured", help="Outputs as JSON values, not Markdown.", rich_help_panel=SHOW_PANEL),
    ] = False
    provenance: Annotated[
        bool,
        typer.Option(
            "--provenance/--no-provenance", help="Files say where they come from.", rich_help_panel=SHOW_PANEL
        ),
    ] = True
    force: Annotated[
        bool, typer.Option("--force", help="Replace an output file that exists.", rich_help_panel=SHOW_PANEL)
    ] = False


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """Which recordings, where more are meant than those named one by one."""

    recursive: Annotated[
        bool,
        typer.Option("--recursive", "-r", rich_help_panel=SOURCE_PANEL, help="Go into subfolders of folders."),
    ] = False
    from_file: Annotated[
        str | None,
        typer.Option(
            metavar="LIST", rich_help_panel=SOURCE_PANEL,
            help="Read sources from LIST (-: stdin), one a line, or a CSV with a column 'source'.",
        ),
    ] = None  # fmt: skip
    null: Annotated[
        bool,
        typer.Option("--null", "-0", rich_help_panel=SOURCE_PANEL, help="NULs, not line ends, separate those of LIST."),
    ] = False
    shard: Annotated[
        str | None,
        typer.Option(
            metavar="K/N", rich_help_panel=SOURCE_PANEL,
            help="Only share K of N, by the recordings' content: for several machines.",
        ),
    ] = None  # fmt: skip


@dataclass(frozen=True, slots=True)
class SendOptions:
    """What is sent and what is not."""

    name: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", rich_help_panel=SEND_PANEL,
            help="Send this name, not one made from the content.",
        ),
    ] = None  # fmt: skip
    send_name: Annotated[
        bool | None,
        typer.Option("--send-name/--no-send-name", rich_help_panel=SEND_PANEL, help="Send the file's own name."),
    ] = None
    shrink: Annotated[
        bool | None,
        typer.Option(
            "--shrink/--no-shrink",
            rich_help_panel=SEND_PANEL,
            help="Make recordings small before they are sent (Opus, 24 kbit/s); also what the service does not list.",
        ),
    ] = None
    fetch: Annotated[
        bool,
        typer.Option(
            "--fetch",
            rich_help_panel=SEND_PANEL,
            help="Download URLs and upload the bytes; else the service reads them.",
        ),
    ] = False
    again: Annotated[
        bool,
        typer.Option(
            "--again",
            rich_help_panel=SEND_PANEL,
            help="Upload, and pay, anew what was uploaded before; of several what failed or was empty.",
        ),
    ] = False
    again_all: Annotated[
        bool,
        typer.Option(
            "--again-all", rich_help_panel=SEND_PANEL, help="Upload, and pay, all of several anew; asks first."
        ),
    ] = False
    on_unknown: Annotated[
        Literal["ask", "skip", "retry"],
        typer.Option(
            rich_help_panel=SEND_PANEL,
            help="What to do with a recording that may have been uploaded: retry may pay twice.",
        ),
    ] = "ask"
    on_changed: Annotated[
        Literal["skip", "send"],
        typer.Option(
            rich_help_panel=SEND_PANEL,
            help="What to do with what a folder, pattern or list holds and was sent before with other options.",
        ),
    ] = "skip"
    rehash: Annotated[
        bool,
        typer.Option("--rehash", rich_help_panel=SEND_PANEL, help="Read files anew that were hashed before."),
    ] = False
    no_ledger: Annotated[
        bool,
        typer.Option(
            "--no-ledger",
            rich_help_panel=SEND_PANEL,
            help="Note no upload on disk: a cut or a repeat of the command then pays again.",
        ),
    ] = False
    limit: Annotated[
        int | None,
        typer.Option(
            min=0, metavar="N", rich_help_panel=SEND_PANEL, help="Begin at most N new uploads; leave the rest."
        ),
    ] = None
    yes: Annotated[
        bool, typer.Option("--yes", "-y", rich_help_panel=SEND_PANEL, help="Do not ask before many uploads.")
    ] = False
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            "-n",
            rich_help_panel=SEND_PANEL,
            help="Check everything, say what would be sent, send nothing.",
        ),
    ] = False


@dataclass(frozen=True, slots=True)
class WaitOptions:
    """How long to wait."""

    timeout: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", rich_help_panel=WAIT_PANEL,
            help="Give up waiting after this, such as 30m; 0 is one look. The default is 2h.",
        ),
    ] = None  # fmt: skip

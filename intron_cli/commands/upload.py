"""``intron upload``: checks and uploads, prints file ids."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from intron_cli.commands.options import AskOptions, SendOptions
from intron_cli.commands.program import Run

if TYPE_CHECKING:
    from intron_cli.core.record import Record

EXAMPLES = ("intron upload visit.wav --soap | intron wait -",)


def upload(
    run: Run,
    sources: Annotated[
        list[str], typer.Argument(metavar="SOURCE...", help="Recordings: files, or http(s) URLs.", show_default=False)
    ],
    ask: AskOptions,
    send: SendOptions,
    json: Annotated[bool, typer.Option("--json", help="Print records, not ids; stderr is JSON lines, too.")] = False,
) -> int:
    """Check and upload recordings; print one file id a line."""
    from intron_cli.commands.asking import again_of, asked_line, order_for, request_for, settings_for
    from intron_cli.commands.planning import dry_run, ensure_meant, prepare
    from intron_cli.commands.working import each
    from intron_cli.config.key import key_source
    from intron_cli.core.record import to_json_bytes

    run.terminal.json_lines = json
    run.terminal.ensure_open()
    settings = settings_for(run, ask, send)
    request = request_for(run, settings, ask)
    again = again_of(send, sources)
    if send.dry_run:
        return dry_run(run, settings, sources, request, send, again, json=json)
    run.terminal.note(asked_line(request, run.catalog))

    def end(records: Sequence["Record"]) -> None:
        if json and records:
            values = [record.to_dict() for record in records]
            run.terminal.result(to_json_bytes(values if len(sources) > 1 else values[0], indent=2))

    with run.session(settings) as session:
        from intron_cli.jobs.submitting import submit

        prepare(run, session, send)
        ensure_meant(run, session, sources, request, send, again)
        order = order_for(run, settings, request, send, again)

        def work(source: str) -> "Record":
            key_source(settings)
            record = submit(session, source, order).record
            if record.file_id and not json:
                run.terminal.result(f"{record.file_id}\n".encode())
            return record

        return each(run, sources, work, end)

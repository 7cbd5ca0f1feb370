"""``intron status``: asks once."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from intron_cli.commands.ids import Ids, expanded
from intron_cli.commands.program import Run
from intron_cli.core.text import clean_line

if TYPE_CHECKING:
    from intron_cli.core.record import Record

EXAMPLES = ("intron status 12a9760f",)

_WORST_FIRST = (6, 5, 10, 8, 7, 2)


def status(
    run: Run,
    ids: Ids = None,
    json: Annotated[bool, typer.Option("--json", help="Print records; stderr is JSON lines, too.")] = False,
    structured: Annotated[bool, typer.Option("--structured", help="Outputs as JSON values in the records.")] = False,
) -> int:
    """Ask once how far jobs are: exit code 0 finished, 8 not yet, 6 failed; of several the worst."""
    from intron_cli.commands.asking import settings_for
    from intron_cli.commands.working import each
    from intron_cli.config.key import key_source
    from intron_cli.core.record import to_json_bytes

    run.terminal.json_lines = json
    settings = settings_for(run)
    names = expanded(run, ids or [])
    codes: set[int] = set()
    with run.session(settings) as session:
        from intron_cli.jobs.finishing import status as ask

        def work(name: str) -> "Record":
            key_source(settings)
            record = ask(session, name, structured=structured)
            codes.add(record.exit_code)
            if not json:
                run.terminal.result(_line(record))
            return record

        def end(records: Sequence["Record"]) -> None:
            if json and records:
                values = [record.to_dict() for record in records]
                run.terminal.result(to_json_bytes(values if len(names) > 1 else values[0], indent=2))

        each(run, names, work, end)
    return next((code for code in _WORST_FIRST if code in codes), 0)


def _line(record: "Record") -> bytes:
    state = record.service_status or ("unknown" if record.error and record.request is None else record.status)
    return f"{record.file_id or record.source.name}  {clean_line(state)}\n".encode("utf-8", "replace")

"""``intron wait``: waits for jobs that were uploaded before."""

from intron_cli.commands.asking import delivery_for, each, noting_absent, settings_for
from intron_cli.commands.ids import Ids, expanded
from intron_cli.commands.options import ShowOptions, WaitOptions
from intron_cli.commands.program import Run
from intron_cli.config import table
from intron_cli.config.key import key_source

EXAMPLES = (
    "intron wait 12a9760f -o visit.md",
    "intron upload visit.wav --soap | intron wait - --timeout 30m",
)


def wait(run: Run, ids: Ids, wait: WaitOptions, show: ShowOptions) -> int:
    """Wait until jobs are done, then print or save them as transcribe would have."""
    settings = settings_for(run, show=show, wait=wait)
    names = expanded(run, ids)
    delivery = delivery_for(run, settings, show, several=len(names) > 1)
    key_source(settings)
    with run.session(settings) as session:
        from intron_cli.jobs.waiting import Wait

        limit = Wait(settings[table.TIMEOUT], session.scale)
        return each(
            run,
            names,
            lambda name: noting_absent(session.wait(name, limit, structured=show.structured), delivery),
            lambda records: delivery.deliver(records, run.terminal),
        )

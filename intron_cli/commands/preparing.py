"""What a run is told before it looks at its sources: of the ledger, of hashes, of pipes and URLs, and of shrinking."""

import sys
from typing import TYPE_CHECKING, cast

from intron_cli.commands.extras import audio_missing
from intron_cli.commands.options import SendOptions
from intron_cli.commands.program import Run
from intron_cli.config import table
from intron_cli.config.store import state_path

if TYPE_CHECKING:
    from intron_cli.audio.shrinking import Mode
    from intron_cli.jobs.fitting import Shrinking
    from intron_cli.jobs.session import Session


def prepare(run: Run, session: "Session", send: SendOptions) -> None:
    """Apply to the session what was said. Raises SetupError where an extra is missing for it."""
    from intron_cli.jobs.supply import BYTES_A_SECOND, Supply

    session.rehash, session.without_ledger = send.rehash, send.no_ledger
    if send.no_ledger and not send.dry_run:
        run.terminal.warn(
            "no_ledger", "Without the ledger nobody knows of these uploads later: a repeat of the command pays again."
        )
    session.shrinking = _shrinking(run, session)
    most = session.limits.max_bytes
    if session.shrinking:
        most = max(most, round(session.limits.max_duration * BYTES_A_SECOND))
    streams = run.terminal.streams
    session.supply = Supply(streams.stdin, state_path(run.env), run.clock, most, send.fetch, streams.stdin_tty)


def _shrinking(run: Run, session: "Session") -> "Shrinking | None":
    """How recordings are made small; where that was only hoped for, nothing of it without the extra."""
    from intron_cli.jobs.fitting import Shrinking

    mode = cast("Mode", session.settings[table.SHRINK])
    if mode == "off":
        return None
    shrinker = run.program.shrinker()
    if shrinker is None and mode == "always":
        raise audio_missing("--shrink", sys.prefix, sys.executable)
    return Shrinking(mode, shrinker, state_path(run.env)) if shrinker else None

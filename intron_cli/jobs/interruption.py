"""What an interrupted run tells: the ids of what was under way, and the command that carries on."""

from collections.abc import Sequence

from intron_cli.core.text import plural
from intron_cli.jobs.attempt import Attempt

_MOST_LINES = 4
"""A line for each of so many; of more, one for all that stand alike."""

MOST_IDS = 40
"""Longer lines would be cut, and an id with them."""


def interrupted_lines(begun: Sequence[Attempt], awaited: Sequence[str]) -> list[str]:
    """After an interrupt: what was under way, and the command that carries on with it."""
    open_ones = [attempt for attempt in begun if attempt.state not in ("done", "failed", "gone")]
    elsewhere = [one for one in awaited if not any(attempt.file_id == one for attempt in begun)]
    if len(open_ones) + len(elsewhere) > _MOST_LINES:
        return _summary(open_ones, elsewhere)
    lines = [_carry_on(attempt) for attempt in open_ones]
    lines += [f"Interrupted. Carry on with: intron wait {one}" for one in elsewhere]
    if lines:
        return lines
    return ["Interrupted. What was uploaded is done." if begun else "Interrupted. Nothing was uploaded."]


def _summary(begun: Sequence[Attempt], elsewhere: Sequence[str]) -> list[str]:
    ids = [attempt.file_id for attempt in begun if attempt.file_id] + list(elsewhere)
    maybe = [str(attempt.id) for attempt in begun if attempt.state == "handed_over"]
    lines = []
    if ids:
        lines.append(
            f"Interrupted. {plural(len(ids), 'recording')} uploaded and not done;"
            " carry on with the same command, or with: intron wait --all"
        )
    parts = [ids[start : start + MOST_IDS] for start in range(0, len(ids), MOST_IDS)]
    lines += [f"Interrupted. File ids: {' '.join(part)}" for part in parts]
    if maybe:
        lines.append(
            f"Interrupted. {plural(len(maybe), 'recording')} may have been uploaded"
            f" ({'job' if len(maybe) == 1 else 'jobs'} {', '.join(maybe)}): not sent again unasked."
        )
    if len(begun) + len(elsewhere) > len(ids) + len(maybe):
        lines.append("Interrupted. What was not uploaded is sent by the same command.")
    return lines


def _carry_on(attempt: Attempt) -> str:
    if attempt.file_id:
        return f"Interrupted. {attempt.source_name} is uploaded; carry on with: intron wait {attempt.file_id}"
    if attempt.state == "handed_over":
        return (
            f"Interrupted. {attempt.source_name} may have been uploaded (job {attempt.id}):"
            " the same command will not send it again unasked."
        )
    return f"Interrupted. {attempt.source_name} was not uploaded; the same command starts anew."

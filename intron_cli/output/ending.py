"""What is told at the end of a run over several sources, and how each of them ended."""

from collections import Counter
from collections.abc import Mapping, Sequence

from intron_cli.core.record import EMPTY_TRANSCRIPT, OUTPUT_ABSENT, Record
from intron_cli.core.text import clean_line, plural, seconds_text

_MOST_ALIKE = 10
"""More failures of a kind than this become one line."""

_NAMED = 3
_FAILED = ("failed", "refused", "gone", "rejected")
_LONGEST_REASON = 200
_ENDS = ("done", "uploaded", "kept", "skipped", "still processing", "not sent", "failed", "maybe uploaded")


def how_ended(record: Record) -> str:
    """The end of one source in a few words: ``done``, ``failed: ...``, ``maybe uploaded``."""
    reason = f": {clean_line(record.error.message, _LONGEST_REASON)}" if record.error else ""
    if record.status == "done" and not record.error:
        return f"done{_lacks(record)}"
    if record.status == "maybe":
        return "maybe uploaded"
    if record.status == "processing":
        return "still processing"
    if record.status == "submitted":
        return f"uploaded{reason}"
    if record.status == "not_sent":
        return f"not sent{reason}"
    return f"failed{reason}"


def _lacks(record: Record) -> str:
    codes = [warning.code for warning in record.warnings]
    if EMPTY_TRANSCRIPT in codes:
        return ", but empty"
    return ", but an output is absent" if OUTPUT_ABSENT in codes else ""


def ending(
    records: Sequence[Record],
    kept: int,
    skipped: Mapping[str, int],
    seconds: float,
    requests: int,
    hints: Sequence[str] = (),
) -> list[str]:
    """The lines that end a run: the numbers, what was skipped and why, and what to type next.

    ``records`` are those of the sources that were neither kept nor skipped; ``skipped`` counts the
    others by the reason. ``hints`` are whole sentences.
    """
    lines = [_headline(records, kept, sum(skipped.values()), seconds, requests)]
    lines += [f"Skipped: {count} {reason}" for reason, count in skipped.items() if count]
    return [clean_line(line, 2000) for line in [*lines, *hints]]


def failures(records: Sequence[Record]) -> list[tuple[str, Record]]:
    """What to say of each record with an error; of more than ten that ended alike once, with their number."""
    alike: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        if record.error:
            alike.setdefault((_end(record), record.error.type), []).append(record)
    found: list[tuple[str, Record]] = []
    for group in alike.values():
        if len(group) > _MOST_ALIKE:
            found.append((f"{_named(group)}. The first: {_message(group[0])}", group[0]))
        else:
            found += [(_message(record) if len(records) > 1 else _bare(record), record) for record in group]
    return found


def _headline(records: Sequence[Record], kept: int, skipped: int, seconds: float, requests: int) -> str:
    ends = Counter(_end(record) for record in records) + Counter(kept=kept, skipped=skipped)
    lacking = sum(record.status == "done" and bool(_lacks(record)) for record in records)
    note = f" ({lacking} of them empty or without an output that was asked for)" if lacking else ""
    counts = ", ".join(f"{ends[end]} {end}{note if end == 'done' else ''}" for end in _ENDS if ends[end])
    total = plural(len(records) + kept + skipped, "recording")
    return f"{total}: {counts or 'none'}; {seconds_text(seconds)}, {plural(requests, 'request')}."


def _end(record: Record) -> str:
    """How a source ended, as it is counted."""
    if record.status in _FAILED:
        return "failed"
    if record.status == "submitted" and record.error is None:
        return "uploaded"
    words = {"done": "done", "maybe": "maybe uploaded", "not_sent": "not sent"}
    return words.get(record.status, "still processing")


def _named(group: Sequence[Record]) -> str:
    names = ", ".join(clean_line(record.source.name, 80) for record in group[:_NAMED])
    return f"{len(group)} recordings alike: {names} and {len(group) - _NAMED} more"


def _message(record: Record) -> str:
    """The error's message, with the name of the source where the message lacks it."""
    name, message = record.source.name, _bare(record)
    return message if name in message else f"{name}: {message}"


def _bare(record: Record) -> str:
    assert record.error
    return record.error.message

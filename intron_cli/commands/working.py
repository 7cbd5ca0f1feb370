"""The run over several names, one after the other, and what it tells at the end."""

from collections.abc import Callable, Sequence

from intron_cli.commands.program import Run
from intron_cli.core.errors import IntronError, UsageError, combined
from intron_cli.core.record import FACTS, OUTPUT_ABSENT, ErrorInfo, Record, Source
from intron_cli.core.text import plural
from intron_cli.output.document import TRANSCRIPT, section_name


def each(
    run: Run,
    names: Sequence[str],
    work: Callable[[str], Record],
    end: Callable[[Sequence[Record]], None],
    early: Callable[[Sequence[Record]], None] | None = None,
) -> int:
    """Do ``work`` for one name after another and hand the records over, to ``early`` where the end comes early.

    Where an error ends the run, every name that is left gets a record with it. Raises that error, or
    an interrupt.
    """
    records: list[Record] = []
    early = early or end
    try:
        for name in names:
            records.append(work(name))  # noqa: PERF401 - those before an early end count
    except IntronError as error:
        left = names[len(records) :]
        unsent = [Record("not_sent", Source(_shown(name)), error=ErrorInfo.of(error)) for name in left]
        _handed_over(records + unsent, early)
        report(run, records)
        raise
    except BaseException:
        _handed_over(records, early)
        report(run, records)
        raise
    _handed_over(records, end)
    return report(run, records)


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


def noting_absent(record: Record, show: Sequence[str], run: Run) -> Record:
    """The record with a warning for each section to show that it does not have."""
    for name in show if record.status == "done" else ():
        section = section_name(name, run.catalog)
        known = any(warning.code == OUTPUT_ABSENT for warning in record.warnings)
        if section != TRANSCRIPT and section not in record.outputs and not known:
            record = record.warn(OUTPUT_ABSENT, f"{record.source.name} has no {name} to show.")
    return record


def _handed_over(records: Sequence[Record], end: Callable[[Sequence[Record]], None]) -> None:
    """Results that cannot be written are not lost: the ids bring them back."""
    try:
        end(records)
    except UsageError as error:
        ids = " ".join(record.file_id for record in records if record.file_id)
        if ids:
            error.hint = f"{error.hint} Get the result with: intron wait {ids}".strip()
        raise


def _shown(name: str) -> str:
    from intron_cli.jobs.sources import source_name

    return source_name(name)

"""``--dry-run``: everything that would be sent, and nothing sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from intron_cli.commands.asking import asked_line
from intron_cli.commands.options import SendOptions
from intron_cli.commands.program import Run
from intron_cli.config import table
from intron_cli.config.settings import Settings
from intron_cli.core.errors import SourceError, UsageError, combined
from intron_cli.core.record import to_json_bytes
from intron_cli.core.request import Request
from intron_cli.core.text import bytes_text, clean_line, plural, seconds_text

if TYPE_CHECKING:
    from intron_cli.core.record import Record
    from intron_cli.jobs.session import Session
    from intron_cli.jobs.submitting import Again

REQUESTS_EACH = 2
"""An upload and at least one look."""

UNASKED = 25
"""New uploads that a person at a terminal is not asked about."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One source: what would go out for it, or why nothing would. ``known`` is an earlier upload's id."""

    source: str
    fields: Mapping[str, str]
    filename: str | None = None
    bytes: int = 0
    duration_seconds: float | None = None
    known: str | None = None
    error: SourceError | None = None

    @property
    def is_sent(self) -> bool:
        return self.error is None and self.known is None


def dry_run(
    run: Run,
    settings: Settings,
    sources: Sequence[str],
    request: Request,
    send: SendOptions,
    again: "Again",
    *,
    json: bool,
    kept: "Callable[[Session, str], Record | None] | None" = None,
) -> int:
    """Check the sources and print the form of each; exit code as if the checks had ended the run."""
    with run.session(settings) as session:
        session.rehash, session.without_ledger = send.rehash, send.no_ledger
        if session.has_ledger:
            session.ledger.ensure_whole()
        keep = kept or (lambda _session, _source: None)
        left = [source for source in sources if keep(session, source) is None]
        planned = _limited([_planned(session, source, request, send, again) for source in left], send.limit)
    totals = _totals(planned, settings)
    if json:
        run.terminal.result(to_json_bytes(_as_json(planned, totals, settings), indent=2))
    else:
        run.terminal.result(_as_text(run, planned, totals, settings, request).encode("utf-8", "replace"))
    for plan in planned:
        if plan.error:
            run.terminal.error(plan.error)
    return combined([plan.error.exit_code if plan.error else 0 for plan in planned])


def prepare(run: Run, session: "Session", send: SendOptions) -> None:
    """Apply to the session what was said about hashes and the ledger."""
    session.rehash, session.without_ledger = send.rehash, send.no_ledger
    if send.no_ledger:
        run.terminal.warn(
            "no_ledger", "Without the ledger nobody knows of these uploads later: a repeat of the command pays again."
        )


def ensure_meant(
    run: Run, session: "Session", sources: Sequence[str], request: Request, send: SendOptions, again: "Again"
) -> None:
    """Ask a person at a terminal before many new uploads. Raises UsageError where the answer is no."""
    if send.again_all and not send.yes and not run.terminal.interactive:
        raise UsageError("--again-all pays for everything anew, and nobody is there to be asked.", "Add --yes.")
    if send.yes or not run.terminal.interactive or (len(sources) <= UNASKED and not send.again_all):
        return
    planned = _limited([_planned(session, source, request, send, again) for source in sources], send.limit)
    new = [plan for plan in planned if plan.is_sent]
    length = seconds_text(sum(plan.duration_seconds or 0 for plan in new))
    many = len(new) > (0 if send.again_all else UNASKED)
    if many and not run.terminal.ask(f"Upload {len(new)} recordings, {length} in all?"):
        raise UsageError("Nothing was uploaded.", "--yes uploads unasked, --limit N only the first N.")


def _planned(session: "Session", text: str, request: Request, send: SendOptions, again: "Again") -> Planned:
    from intron_cli.api.wire import form_fields
    from intron_cli.jobs.handover import sent_as
    from intron_cli.jobs.sources import checked, source_name
    from intron_cli.jobs.submitting import hash_cache, is_again, uploaded_before

    try:
        with checked(text, session.limits, hash_cache(session)) as source:
            name = send.name or (source.path.name if session.settings[table.SEND_NAME] and source.path else None)
            known = uploaded_before(session, source, request)
            known = None if known and is_again(again, known) else known
            fields, filename = sent_as(source, form_fields(request, session.catalog), name)
            earlier = (known.file_id or f"job {known.id}, maybe uploaded") if known else None
            return Planned(
                source_name(text), _shown_fields(fields), filename, source.size, source.source.duration_seconds, earlier
            )
    except SourceError as error:
        return Planned(source_name(text), {}, error=error)


def _shown_fields(fields: Mapping[str, str]) -> dict[str, str]:
    """The form as a person may see it: what follows a URL's path may be secret."""
    from intron_cli.jobs.sources import shown_url

    url = fields.get("audio_file_url")
    if url is None:
        return dict(fields)
    shown = shown_url(url)
    return {**fields, "audio_file_url": shown if shown == url else f"{shown} (sent with all that was given)"}


def _limited(planned: list[Planned], limit: int | None) -> list[Planned]:
    """Without the new uploads that ``--limit`` leaves out."""
    left, kept = len(planned) if limit is None else limit, []
    for plan in planned:
        if plan.is_sent:
            left -= 1
        if not plan.is_sent or left >= 0:
            kept.append(plan)
    return kept


def _totals(planned: Sequence[Planned], settings: Settings) -> dict[str, float]:
    sent = [plan for plan in planned if plan.is_sent]
    requests = REQUESTS_EACH * len(sent) + sum(plan.known is not None for plan in planned)
    rate = settings[table.RATE]
    return {
        "recordings": len(sent),
        "seconds": round(sum(plan.duration_seconds or 0 for plan in sent), 2),
        "bytes": sum(plan.bytes for plan in sent),
        "requests": requests,
        "least_seconds": max(0, requests - 1) // rate.count * rate.seconds,
    }


def _as_json(planned: Sequence[Planned], totals: dict[str, float], settings: Settings) -> dict[str, Any]:
    sources = [
        {
            "source": plan.source,
            "fields": dict(plan.fields),
            "filename": plan.filename,
            "bytes": plan.bytes,
            "duration_seconds": plan.duration_seconds,
            "known": plan.known,
            "error": str(plan.error) if plan.error else None,
        }
        for plan in planned
    ]
    return {"dry_run": True, "service": settings.base_url, "sources": sources, "totals": totals}


def _as_text(
    run: Run, planned: Sequence[Planned], totals: dict[str, float], settings: Settings, request: Request
) -> str:
    lines = [asked_line(request, run.catalog), f"To {settings.base_url}; nothing is sent in a dry run.", ""]
    for plan in planned:
        if plan.error:
            continue
        length = "unknown length" if plan.duration_seconds is None else seconds_text(plan.duration_seconds)
        size = f" ({bytes_text(plan.bytes)}, {length})" if plan.filename else ""
        lines.append(clean_line(plan.source) + size)
        if plan.known:
            lines += [f"    uploaded before ({plan.known}): not sent again", ""]
            continue
        lines += [f"    {name} = {clean_line(value)}" for name, value in plan.fields.items()]
        if plan.filename:
            lines.append(f"    audio_file_blob = the recording, as {clean_line(plan.filename)}")
        lines.append("")
    count, minutes = int(totals["recordings"]), seconds_text(totals["seconds"])
    at_least = f", at least {seconds_text(totals['least_seconds'])} under the quota" if totals["least_seconds"] else ""
    lines.append(
        f"In all {plural(count, 'recording')}, {minutes}, {bytes_text(totals['bytes'])},"
        f" {int(totals['requests'])} requests{at_least}."
    )
    return "\n".join(lines) + "\n"

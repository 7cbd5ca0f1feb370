"""``--dry-run``: everything that would be sent, and nothing sent."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from intron_cli.commands.planning import Planned, Totals, planned_all
from intron_cli.commands.program import Run
from intron_cli.config.settings import Settings
from intron_cli.core.errors import SourceError, combined
from intron_cli.core.record import to_json_bytes
from intron_cli.core.text import bytes_text, clean_line, plural, seconds_text

if TYPE_CHECKING:
    from intron_cli.jobs.item import Item, Order
    from intron_cli.jobs.session import Session

_OF_THE_SOURCE = ("audio_file_name", "audio_file_url")


def dry_run(run: Run, session: "Session", items: "Sequence[Item]", order: "Order", *, asked: str, json: bool) -> int:
    """Check the sources and print what would be sent of each; exit code as if the checks had ended the run.

    ``asked`` says in a sentence what is asked for.
    """
    if session.has_ledger:
        session.ledger.ensure_whole()
    show = _Json(run, session.settings) if json else _Text(run, session.settings, asked, several=len(items) > 1)
    totals = Totals()
    errors: list[SourceError | None] = []
    for plan in planned_all(session, items, order):
        totals.add(plan)
        show.plan(plan)
        errors.append(plan.error)
    show.end(totals)
    for error in filter(None, errors):
        run.terminal.error(error)
    return combined([error.exit_code if error else 0 for error in errors])


class _Text:
    """Each source as it was looked at: alone with its whole form, among several with what is its own."""

    def __init__(self, run: Run, settings: Settings, asked: str, *, several: bool) -> None:
        self._run = run
        self._settings = settings
        self._several = several
        self._shared: Mapping[str, str] | None = None
        self._say(asked, f"To {settings.base_url}; nothing is sent in a dry run.", "")

    def plan(self, plan: Planned) -> None:
        if plan.error:
            return
        if plan.skipped or plan.known:
            reason = plan.skipped or f"uploaded before ({plan.known})"
            self._say(f"{_what(plan)}: {reason}, not sent again")
        elif self._several:
            self._among(plan)
        else:
            self._say(_what(plan), *_form(plan.fields))
            if plan.filename:
                self._say(f"    audio_file_blob = the recording, as {clean_line(plan.filename)}")

    def _among(self, plan: Planned) -> None:
        """The form's fields once, for all that share them."""
        fields = {name: value for name, value in plan.fields.items() if name not in _OF_THE_SOURCE}
        if fields != self._shared:
            self._say("Each with:" if self._shared is None else "From here on with:", *_form(fields), "")
            self._shared = fields
        sent = plan.filename or plan.fields.get("audio_file_url")
        self._say(f"{_what(plan)} as {clean_line(sent)}" if sent else _what(plan))

    def end(self, totals: Totals) -> None:
        least = totals.least_seconds(self._settings)
        at_least = f", at least {seconds_text(least)} under the quota" if least else ""
        self._say(
            "",
            f"In all {plural(totals.recordings, 'recording')}, {seconds_text(totals.seconds)},"
            f" {bytes_text(totals.bytes)}, {totals.requests} requests{at_least}.",
        )

    def _say(self, *lines: str) -> None:
        self._run.terminal.result("".join(f"{line}\n" for line in lines).encode("utf-8", "replace"))


class _Json:
    """One object with all of it."""

    def __init__(self, run: Run, settings: Settings) -> None:
        self._run = run
        self._settings = settings
        self._sources: list[dict[str, Any]] = []

    def plan(self, plan: Planned) -> None:
        self._sources.append(
            {
                "source": plan.source,
                "fields": dict(plan.fields),
                "filename": plan.filename,
                "bytes": plan.bytes,
                "duration_seconds": plan.duration_seconds,
                "known": plan.known,
                "skipped": plan.skipped,
                "shrinks": plan.shrinks,
                "error": str(plan.error) if plan.error else None,
            }
        )

    def end(self, totals: Totals) -> None:
        told = {
            "recordings": totals.recordings,
            "seconds": round(totals.seconds, 2),
            "bytes": totals.bytes,
            "requests": totals.requests,
            "least_seconds": totals.least_seconds(self._settings),
        }
        whole = {"dry_run": True, "service": self._settings.base_url, "sources": self._sources, "totals": told}
        self._run.terminal.result(to_json_bytes(whole, indent=2))


def _what(plan: Planned) -> str:
    length = "unknown length" if plan.duration_seconds is None else seconds_text(plan.duration_seconds)
    about = "shrunk to about " if plan.shrinks else ""
    size = f" ({about}{bytes_text(plan.bytes)}, {length})" if plan.filename else ""
    if plan.fetched:
        size = " (downloaded first)"
    return clean_line(plan.source) + size


def _form(fields: Mapping[str, str]) -> list[str]:
    return [f"    {name} = {clean_line(value)}" for name, value in fields.items()]

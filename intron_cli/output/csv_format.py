"""Results as CSV: a row for each source, whatever became of it."""

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from itertools import chain

from intron_cli.core.catalog import Catalog
from intron_cli.core.record import OutputText, Record, Transcript
from intron_cli.core.text import clean, clean_line, number_text
from intron_cli.output.agent_score import UNKNOWN, agent_score_of
from intron_cli.output.document import EMPTY, output_section
from intron_cli.output.format import View
from intron_cli.output.plain import unmarked

_CALL_CENTER = "call-center"
_PREFIX = "call_center_"
_AGENT_SCORE = "call_center_agent_score"

_SIGN = "[=+@\N{MINUS SIGN}＝＋－＠﹦﹢﹣﹫-]"
_SKIPPED = "'\"`´‘’“”„«»＇＂\u00ad\u061c\u200b-\u200f\u2060"  # quotes, and what nobody sees
_FORMULA = re.compile(rf"[\t\n]|[\s{_SKIPPED}]*{_SIGN}")
# Where a semicolon parts the cells, a spreadsheet begins one anew within ours.
_FORMULA_WITHIN = re.compile(rf"([;\t\n])(?=(?:[^\S\t\n]|[{_SKIPPED}])*{_SIGN})")
_BULLET = re.compile(r"^([ \t]*)[-+](?=[ \t]+\S)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Columns beside one another, and what stands in them for a record."""

    names: tuple[str, ...]
    cells: Callable[[Record], Iterable[str]]


class Csv:
    name = "csv"
    suffix = "csv"
    help = "a row for each recording, for spreadsheets"
    binary = False
    sections = False
    gathers = True
    lines = False

    def render(self, records: Sequence[Record], view: View) -> bytes:
        theirs = tuple(dict.fromkeys(name for record in records for name in record.columns))
        outputs = [_output_columns(name) for name in _call_outputs(records, view.catalog)]
        columns = [_SOURCE, _users_columns(theirs), _STATE, *outputs]
        page = BytesIO()
        text = TextIOWrapper(page, "utf-8", newline="")
        table = csv.writer(text, lineterminator="\n")
        table.writerow(_header([_SOURCE, _STATE, *outputs], theirs))
        table.writerows(chain.from_iterable(part.cells(record) for part in columns) for record in records)
        text.flush()
        return page.getvalue()


def _header(ours: Sequence[_Columns], theirs: Sequence[str]) -> list[str]:
    """The names of all columns. The user's stay; one of ours that is taken is told apart by ``intron_``."""
    taken = {clean(name).casefold() for name in theirs}
    source, *rest = [_untaken(name, taken) for part in ours for name in part.names]
    return [source, *map(clean, theirs), *rest]


def _untaken(name: str, taken: set[str]) -> str:
    while name.casefold() in taken:
        name = f"intron_{name}"
    taken.add(name.casefold())
    return name


def _state_cells(record: Record) -> tuple[str, ...]:
    return (
        record.status,
        _text(record.file_id or ""),
        _number(record.source.duration_seconds),
        "" if record.transcript is None else str(_words(record.transcript)),
        _text("; ".join(warning.message for warning in record.warnings)),
        _text(record.error.message if record.error else ""),
    )


_SOURCE = _Columns(("source",), lambda record: [_text(record.source.name)])
_STATE = _Columns(("status", "file_id", "seconds", "words", "warnings", "error"), _state_cells)


def _users_columns(names: tuple[str, ...]) -> _Columns:
    return _Columns(names, lambda record: [clean(record.columns.get(name, "")) for name in names])


def _call_outputs(records: Sequence[Record], catalog: Catalog) -> list[str]:
    """The wire names of the call-centre outputs that are there or were asked for, in the catalog's order."""
    named = dict.fromkeys(
        name for record in records for name in (*(record.request.outputs if record.request else ()), *record.outputs)
    )
    known = {output.name: output.categories for output in catalog.outputs}
    found = [name for name in named if name.startswith(_PREFIX) or known.get(name) == (_CALL_CENTER,)]
    order = list(known)
    return sorted(found, key=lambda name: order.index(name) if name in known else len(order))


def _output_columns(name: str) -> _Columns:
    """A column of text under the wire name; beside the score's text the numbers that it holds."""
    short = _text(clean_line(name.removeprefix(_PREFIX) or name))
    if name != _AGENT_SCORE:
        return _Columns((short,), lambda record: [_output_text(name, record.outputs.get(name))])
    return _Columns((short, f"{short}_max", f"{short}_percent", f"{short}_text"), _score_cells)


def _score_cells(record: Record) -> tuple[str, ...]:
    output = record.outputs.get(_AGENT_SCORE)
    score = agent_score_of(output) if output else UNKNOWN
    return (
        _number(score.score), _number(score.maximum), _number(score.percent), _output_text(_AGENT_SCORE, output),
    )  # fmt: skip


def _output_text(name: str, output: OutputText | None) -> str:
    """Markdown as plain text; bullets are asterisks, for a minus would begin a formula."""
    if output is None or (output.markdown is None and output.value is None):
        return ""
    if output.markdown is None and isinstance(output.value, str | int | float):
        return _text(output.value) if isinstance(output.value, str) else str(output.value)
    markdown = output_section(name, output).markdown
    return "" if markdown == EMPTY else _text(unmarked(_BULLET.sub(r"\1*", markdown)))


def _words(transcript: Transcript) -> int:
    """The words that were said: the speakers' labels are none."""
    said = [turn.text for turn in transcript.turns] if transcript.turns else [transcript.text]
    return sum(len(clean(text).split()) for text in said)


def _number(value: float | None) -> str:
    """A number that a spreadsheet takes for one; what cannot be meant is unknown."""
    return number_text(value) if value is not None and 0 <= value < 10**12 else ""


def _text(text: str) -> str:
    """A cell of somebody else's text that no spreadsheet takes for a formula."""
    cell = _FORMULA_WITHIN.sub(r"\1'", clean(text))
    return f"'{cell}" if _FORMULA.match(cell) else cell

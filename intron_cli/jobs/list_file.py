"""``--from-file``: a list of sources, a line each, with NULs between, or as CSV with what to ask for each."""

import csv
import os
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO, NamedTuple, TypedDict, cast

from intron_cli.core.errors import UsageError
from intron_cli.core.text import clean_line
from intron_cli.core.units import switch

MOST_BYTES = 64 * 1024 * 1024

_NOTHING: Mapping[str, str] = MappingProxyType({})

_SOURCE, _NAME = "source", "name"
_ASKED = ("category", "language", "outputs", "template", "diarize")
_SEPARATORS = ",;\t"
_NONE = "\0"  # in no text: a table of one column has no separator
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_UNDECODED = re.compile("[\udc80-\udcff]")
_BETWEEN_OUTPUTS = re.compile(r"[\s,;|]+")


@dataclass(frozen=True, slots=True)
class ListFile:
    """A list by its path; ``-`` is ``stdin``. ``nul``: NULs stand between the sources, and it is no CSV."""

    name: str
    stdin: BinaryIO
    nul: bool = False

    @property
    def is_stdin(self) -> bool:
        return self.name == "-"

    @property
    def shown(self) -> str:
        return "stdin" if self.is_stdin else clean_line(self.name) or "''"


def nothing() -> Mapping[str, str]:
    """The one empty mapping of all sources that have none of their own."""
    return _NOTHING


class Row(NamedTuple):
    """A source of a list, and its line (with NULs its number), counted from 1.

    ``asks`` holds the cells of a CSV that say what to ask for, stripped and without the empty ones;
    ``columns`` those that mean nothing to us, as they are.
    """

    text: str
    line: int
    asks: Mapping[str, str] = _NOTHING
    name: str | None = None
    columns: Mapping[str, str] = _NOTHING


class Overrides(TypedDict, total=False):
    """What one source is asked for in place of what the others are, as ``build_request`` takes it."""

    category: str
    language: str
    outputs: tuple[str, ...]
    template: str
    diarize: bool


def overrides(asks: Mapping[str, str]) -> Overrides:
    """The values that the cells of a row stand for. Raises ValueError with what the cell takes."""
    values: dict[str, Any] = dict(asks)
    for column, parse in _PARSED.items():
        if column in asks:
            try:
                values[column] = parse(asks[column])
            except ValueError as error:
                raise ValueError(f"the column {column} takes {error}") from None
    return cast(Overrides, values)


def _outputs(cell: str) -> tuple[str, ...]:
    if names := tuple(filter(None, _BETWEEN_OUTPUTS.split(cell))):
        return names
    raise ValueError("names of outputs, such as soap,icd-codes")


_PARSED: dict[str, Callable[[str], Any]] = {"outputs": _outputs, "diarize": switch}


def rows(source: ListFile) -> Iterator[Row]:
    """The sources of a list, in its order. Raises UsageError where it cannot be read, with the line that is bad."""
    data = _content(source)
    if source.nul:
        return _between_nuls(data, source.shown)
    text = _decoded(data, source.shown)
    if separator := _separator(text, source.shown):
        return _table(text, separator, source.shown)
    return _lines(_file_names(data.removeprefix(BOM_UTF8), source.shown) if _UNDECODED.search(text) else text)


def _content(source: ListFile) -> bytes:
    try:
        if source.is_stdin:
            data = source.stdin.read(MOST_BYTES + 1)
        else:
            with Path(source.name).open("rb") as file:
                data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(f"There is no list {source.shown}.", "Check the spelling and the folder.") from None
    except (OSError, ValueError) as error:
        raise _unreadable(source, error) from None
    if len(data) > MOST_BYTES:
        most = MOST_BYTES // 1024**2
        raise UsageError(f"The list {source.shown} is larger than {most} MiB.", "Split it, and run one after another.")
    return data


def _unreadable(source: ListFile, error: OSError | ValueError) -> UsageError:
    if not source.is_stdin and Path(source.name).is_dir():
        return UsageError(f"{source.shown} is a folder, not a list.", "Leave --from-file out: a folder is a SOURCE.")
    reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "no valid path"
    return UsageError(f"The list {source.shown} cannot be read: {reason}.", "Name a file with a source on each line.")


def _between_nuls(data: bytes, shown: str) -> Iterator[Row]:
    if b"\0" not in data and len(data.splitlines()) > 1:
        raise UsageError(f"No NUL stands between the sources of {shown}.", "Leave -0 out.")
    for number, name in enumerate(_file_names(data, shown).split("\0"), 1):
        if name:
            yield Row(name, number)


def _decoded(data: bytes, shown: str) -> str:
    """The text, in which bytes that are no UTF-8 stand as lone surrogates."""
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError:
            raise UsageError(f"{shown} begins as UTF-16 and is damaged.", "Save it as UTF-8.") from None
    else:
        text = data.removeprefix(BOM_UTF8).decode("utf-8", "surrogateescape")
    if (at := text.find("\0")) >= 0:
        raise UsageError(
            f"Line {_line_of(text, at)} of {shown} holds a NUL.",
            "Add -0 if NULs stand between the sources; else save the list as UTF-8.",
        )
    return text


def _file_names(data: bytes, shown: str) -> str:
    """Text as this system reads the names of files, which need not be UTF-8."""
    try:
        return os.fsdecode(data)
    except UnicodeDecodeError as error:
        raise _not_utf8(data.count(b"\n", 0, error.start) + 1, shown, "UTF-8") from None


def _not_utf8(line: int, shown: str, form: str) -> UsageError:
    return UsageError(f"Line {line} of {shown} is not in UTF-8.", f"Save it as '{form}'.")


def _line_of(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _lines(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), 1):
        if name := line.removesuffix("\r"):
            yield Row(name, number)


def _separator(text: str, shown: str) -> str | None:
    """What stands between the cells of a CSV, which has a column ``source``; None for a plain list."""
    headers = {separator: _header(text, separator) for separator in _SEPARATORS}
    with_source = [separator for separator, header in headers.items() if _SOURCE in header]
    if not with_source and any(len(header) > 1 and set(header) & set(_ASKED) for header in headers.values()):
        raise UsageError(f"{shown} has no column 'source'.", "Call the column with the files or URLs so.")
    best = max(with_source, key=lambda separator: len(headers[separator]), default=None)
    return best if best is None or len(headers[best]) > 1 else _NONE


def _header(text: str, separator: str) -> list[str]:
    try:
        return [_folded(cell) for cell in next(_records(text, separator), (0, []))[1]]
    except _BrokenRowError:
        return []


def _folded(cell: str) -> str:
    return cell.strip().casefold()


class _BrokenRowError(Exception):
    """The row that starts on ``line`` is no CSV."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def _records(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, each with the line that it starts on."""
    # Not strict, a quote that is never closed would swallow all sources that follow.
    reader = csv.reader((match[0] for match in _LINE.finditer(text)), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error:
        raise _BrokenRowError(line) from None


def _table(text: str, separator: str, shown: str) -> Iterator[Row]:
    if found := _UNDECODED.search(text):
        raise _not_utf8(_line_of(text, found.start()), shown, "CSV UTF-8")
    records = _records(text, separator)
    line, header = next(records)
    table = _Table(header, line, shown)
    try:
        for line, cells in records:
            yield table.row(line, cells)
    except _BrokenRowError as broken:
        raise UsageError(
            f"Line {broken.line} of {shown}: the quotes are not paired.",
            'Close each quote, and write one within a quoted cell twice: "the ""old"" one.wav".',
        ) from None


class _Table:
    """What the columns of a CSV mean, by its header."""

    def __init__(self, header: Sequence[str], line: int, shown: str) -> None:
        self._shown = shown
        self._width = len(header)
        self._asked: list[tuple[int, str]] = []
        self._other: list[tuple[int, str]] = []
        self._unnamed: list[int] = []
        self._place: dict[str, int] = {}
        self._shared: dict[tuple[tuple[str, str], ...], Mapping[str, str]] = {(): _NOTHING}
        for place, cell in enumerate(header):
            self._add(place, cell, line)

    def _add(self, place: int, cell: str, line: int) -> None:
        known = _folded(cell)
        name = known if known in (_SOURCE, _NAME, *_ASKED) else cell
        if name in self._place:
            raise self._wrong(line, f"two columns are named {clean_line(name)}", "Rename one of them.")
        if not known:
            self._unnamed.append(place)
            return
        self._place[name] = place
        if known in _ASKED:
            self._asked.append((place, known))
        elif known not in (_SOURCE, _NAME):
            self._other.append((place, name))

    def row(self, line: int, cells: list[str]) -> Row:
        beyond = cells[self._width :] + [cells[place] for place in self._unnamed if place < len(cells)]
        if any(map(str.strip, beyond)):
            hint = "Name the column, or put a cell that holds a separator in double quotes."
            raise self._wrong(line, "a cell stands below no column's name", hint)
        cells += [""] * (self._width - len(cells))
        source = cells[self._place[_SOURCE]]
        if not source.strip():
            raise self._wrong(line, "the column source is empty", "Name a file or URL there, or delete the row.")
        asked = tuple([(name, cell) for place, name in self._asked if (cell := cells[place].strip())])
        name = cells[self._place[_NAME]].strip() if _NAME in self._place else ""
        columns = {column: cells[place] for place, column in self._other} or _NOTHING
        asks = self._shared.get(asked) or self._shared.setdefault(asked, dict(asked))
        return Row(source, line, asks, name or None, columns)

    def _wrong(self, line: int, what: str, hint: str) -> UsageError:
        return UsageError(f"Line {line} of {self._shown}: {what}.", hint)

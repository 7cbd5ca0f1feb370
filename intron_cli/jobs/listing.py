"""What a user names on the command line, as an ordered list of sources."""

import os
import re
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from intron_cli.core.errors import UsageError
from intron_cli.core.text import clean_line, plural
from intron_cli.jobs.folders import Finds, LeftOut, Search, Why, in_folder, is_pattern, matching
from intron_cli.jobs.list_file import ListFile, Row, nothing, rows
from intron_cli.jobs.naming import STDIN, is_url, result_name

_MOST_NAMES = 10
_LEFT_OUT: dict[Why, tuple[str, str, str]] = {
    "name": ("file", "left out, no recordings by their names", ""),
    "subfolder": ("subfolder", "left out", " Add --recursive to go into subfolders."),
    "unreadable": ("subfolder", "left out, not readable", ""),
    "link": ("link", "left out, leading back to folders that are gone through", ""),
}
_PARENT = re.compile(r"(?:^|[\\/])\.\.(?:[\\/]|$)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One source.

    ``text`` is its path, its URL or ``-``; ``below`` where its results lie in an output folder, without
    their suffix, never absolute and never with ``..``; ``named`` says that it was named by itself on the
    command line, or in one list with several wishes. ``asks``, ``name`` and ``columns`` are those of its
    row, ``line`` where that stands.
    """

    text: str
    below: str
    named: bool
    asks: Mapping[str, str] = field(default_factory=nothing)
    name: str | None = None
    columns: Mapping[str, str] = field(default_factory=nothing)
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """The sources in their order; ``several`` also for one where there might have been more."""

    entries: tuple[Entry, ...]
    left_out: tuple[LeftOut, ...]
    several: bool

    def told(self) -> list[str]:
        """What was left out, counted and named, in a sentence for each reason."""
        by_reason = {why: [one.path for one in self.left_out if one.why == why] for why in _LEFT_OUT}
        return [_told(why, paths) for why, paths in by_reason.items() if paths]


def _told(why: Why, paths: Sequence[str]) -> str:
    thing, what, hint = _LEFT_OUT[why]
    names = ", ".join(clean_line(path) for path in paths[:_MOST_NAMES])
    more = len(paths) - _MOST_NAMES
    return f"{plural(len(paths), thing)} {what}: {names}{f' and {more} more' if more > 0 else ''}.{hint}"


def listed(
    sources: Sequence[str], *, recursive: bool, list_file: ListFile | None = None, exclude: Path | None = None
) -> Listing:
    """The sources that are named, and after them those of a list; ``exclude`` is a folder never looked into.

    Raises UsageError for a list that cannot be read, SourceError for a folder that cannot.
    """
    lister = _Lister(Search(recursive, exclude))
    for text in sources:
        lister.add(text)
    named = len(lister.entries)
    for row in rows(list_file) if list_file else ():
        if text := row.text if list_file and list_file.nul else _meant(row.text):
            lister.add(text, row)
    entries = lister.entries[:named] + _deliberate(lister.entries[named:])
    _ensure_stdin_once(entries, list_file)
    several = lister.expanded or list_file is not None or len(sources) > 1
    return Listing(tuple(entries), tuple(dict.fromkeys(lister.left_out)), several)


def _meant(text: str) -> str:
    """A line of a list without blanks and quotes around it, unless a file is named with them; blank lines are none."""
    bare = text.strip().strip('"')
    return text if bare == text or _kind(text) else bare


def _deliberate(entries: list[Entry]) -> list[Entry]:
    """The entries of a list, with those named that want different things of the same source."""
    first: dict[str, Mapping[str, str]] = {}
    twice = {entry.text for entry in entries if first.setdefault(entry.text, entry.asks) != entry.asks}
    return [replace(entry, named=True) if entry.text in twice else entry for entry in entries] if twice else entries


def _ensure_stdin_once(entries: Iterable[Entry], list_file: ListFile | None) -> None:
    wanted = sum(entry.text == STDIN for entry in entries)
    if wanted and list_file and list_file.is_stdin:
        raise UsageError("stdin cannot be the list and a recording.", "Save one of them in a file.")
    if wanted > 1:
        raise UsageError(f"'{STDIN}' is named {wanted} times, and stdin can be read once.", "Leave the others out.")


class _Lister:
    """Takes one source after another and looks at what it is."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self.entries: list[Entry] = []
        self.left_out: list[LeftOut] = []
        self.expanded = False

    def add(self, text: str, row: Row | None = None) -> None:
        kind = None if text == STDIN else _kind(text)
        if kind == "folder":
            self._expand(in_folder(_as_path(text), self._search), row)
        elif kind is None and is_pattern(text) and not is_url(text):
            self._match(text, row)
        else:
            self._one(_as_path(text) if kind else text, row)

    def _match(self, pattern: str, row: Row | None) -> None:
        self.expanded = True
        finds = matching(pattern, self._search)
        if finds.recordings or finds.left_out:
            self._expand(finds, row)
        else:
            self._one(pattern, row)

    def _one(self, text: str, row: Row | None) -> None:
        self._append(text, _below(text, in_list=row is not None), row, named=row is None)

    def _expand(self, finds: Finds, row: Row | None) -> None:
        self.expanded = True
        self.left_out += finds.left_out
        above = _mirrored(finds.base) if row else None
        for path, below in finds.recordings:
            self._append(path, os.path.join(above, below) if above else below, row, named=False)

    def _append(self, text: str, below: str, row: Row | None, *, named: bool) -> None:
        if row:
            self.entries.append(Entry(text, below, named, row.asks, row.name, row.columns, row.line))
        else:
            self.entries.append(Entry(text, below, named))


def _kind(text: str) -> Literal["folder", "file"] | None:
    """What lies at a path; a link to nowhere is a file, which will be told as missing."""
    try:
        return "folder" if stat.S_ISDIR(os.stat(text).st_mode) else "file"
    except (OSError, ValueError):
        return "file" if os.path.lexists(text) else None


def _as_path(text: str) -> str:
    """The path of what exists, told apart from the URL that it looks like."""
    return os.path.join(os.curdir, text) if is_url(text) else text


def _below(text: str, *, in_list: bool) -> str:
    """A list keeps the folders of relative paths, so that results mirror what was listed."""
    if text == STDIN:
        return "stdin"
    if is_url(text):
        return result_name(text)
    if in_list and (path := _mirrored(text)):
        return text if path == text else path
    name = os.path.basename(os.path.normpath(text))
    return "result" if name in ("", os.curdir, os.pardir) else name


def _mirrored(text: str) -> str | None:
    """A relative path in its shortest form; None for any other, and for the current folder."""
    path = os.path.normpath(text)
    if path == os.curdir or path.startswith(os.sep) or os.path.splitdrive(path)[0]:
        return None
    return None if os.pardir in text and _PARENT.search(text) else path

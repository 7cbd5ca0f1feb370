"""Recordings in folders and by patterns, in an order that stays the same."""

import fnmatch
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from intron_cli.core.errors import SourceError
from intron_cli.core.text import clean_line

SUFFIXES = frozenset(
    "wav mp3 mp4 m4a ogg oga opus webm flac aac amr 3gp wma aiff caf mov mkv".split()  # noqa: SIM905 - a row of words
)
"""Of the files that are taken for recordings, in any case."""

Why = Literal["name", "subfolder", "unreadable", "link"]

_MAGIC = re.compile(r"[*?[]")
_BETWEEN_PARTS = re.compile(r"[\\/]" if os.sep == "\\" else "/")
_ANY_FOLDERS = "**"


class LeftOut(NamedTuple):
    """A file that is no recording by its name, or a folder that was not entered, and why."""

    path: str
    why: Why


class Found(NamedTuple):
    """A recording: its path, and the part of it below the folder that was given."""

    path: str
    below: str


@dataclass(frozen=True, slots=True)
class Search:
    """How folders are gone through: into their subfolders too, but never into ``exclude``."""

    recursive: bool = False
    exclude: Path | None = None


@dataclass(frozen=True, slots=True)
class Finds:
    """What there is in ``base``, the folder as it was given or the part of a pattern that names one."""

    base: str
    recordings: list[Found] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def is_recording_name(name: str) -> bool:
    """Whether a file is taken for a recording where nobody named it: by its suffix."""
    _, dot, suffix = name.rpartition(".")
    return bool(dot) and suffix.lower() in SUFFIXES


def is_pattern(text: str) -> bool:
    return _MAGIC.search(os.path.splitdrive(text)[1]) is not None


def in_folder(folder: str, search: Search) -> Finds:
    """The recordings in a folder. Raises SourceError where it cannot be read."""
    try:
        return _Walk(folder, ["*"], search).run()
    except OSError as error:
        shown, reason = clean_line(folder), os.strerror(error.errno or 5)
        raise SourceError(
            "unreadable", f"The folder {shown} cannot be read: {reason}.", "Check its permissions."
        ) from None


def matching(pattern: str, search: Search) -> Finds:
    """What a pattern finds: recordings, and whatever else has the name or suffix that it ends in.

    Folders are entered with ``recursive``, or where the pattern ends in a slash or has ``**``. Nothing
    hidden is found unless the pattern's part starts with a dot.
    """
    base, parts = _split(pattern)
    try:
        return _Walk(base, parts, search).run()
    except (OSError, ValueError):
        return Finds(base)


def _split(pattern: str) -> tuple[str, list[str]]:
    """The folder before the first part with a pattern's character, as it is written, and the parts from there on."""
    drive, rest = os.path.splitdrive(pattern)
    magic = _MAGIC.search(rest)
    ends = [match.end() for match in _BETWEEN_PARTS.finditer(rest, 0, magic.start() if magic else len(rest))]
    start = ends[-1] if ends else 0
    *parts, last = _BETWEEN_PARTS.split(rest[start:])
    parts = [part for part in (*parts, last) if part not in ("", os.curdir)]
    if last in ("", _ANY_FOLDERS):
        parts.append("*")
    return drive + rest[:start], parts


class _Pattern:
    """Which positions in a pattern a name leads to. Past the end lies what is below a folder that it matched."""

    def __init__(self, parts: Sequence[str]) -> None:
        self._parts = parts
        self._matches = [re.compile(fnmatch.translate(os.path.normcase(part))).match for part in parts]
        self.end = len(parts)
        self.ends = frozenset((self.end, self.end + 1))
        self.start = frozenset(self._with_none({0}))
        self.has_any_folders = _ANY_FOLDERS in parts
        suffix = parts[-1].rpartition(".")[2] if "." in parts[-1] else ""
        self.names_its_files = not _MAGIC.search(parts[-1]) or ("*" not in suffix and suffix.strip("?") != "")

    def after(self, positions: frozenset[int], name: str) -> frozenset[int]:
        hidden, folded = name.startswith("."), os.path.normcase(name)
        reached: set[int] = set()
        for at in positions:
            if at >= self.end:
                reached |= set() if hidden else {self.end + 1}
            elif self._parts[at] == _ANY_FOLDERS:
                reached |= set() if hidden else {at}
            elif (not hidden or self._parts[at].startswith(".")) and self._matches[at](folded):
                reached.add(at + 1)
        return frozenset(self._with_none(reached) if self.has_any_folders else reached)

    def _with_none(self, positions: set[int]) -> set[int]:
        """The positions, and those that follow because ``**`` may stand for no folder at all."""
        more = {at + 1 for at in positions if at < self.end and self._parts[at] == _ANY_FOLDERS}
        return positions if more <= positions else self._with_none(positions | more)


class _Folder(NamedTuple):
    """A folder on the way: its path as we came, where it really is, and the positions in the pattern there."""

    path: str
    real: str
    positions: frozenset[int]


class _Child(NamedTuple):
    """What lies in ``folder`` and may be found by the pattern, or hold what may."""

    folder: _Folder
    entry: os.DirEntry[str]
    positions: frozenset[int]

    @property
    def path(self) -> str:
        return self.entry.path if self.folder.path else self.entry.name


class _Walk:
    """One folder gone through by a pattern, depth first."""

    def __init__(self, base: str, parts: Sequence[str], search: Search) -> None:
        self._pattern = _Pattern(parts)
        self._recursive = search.recursive
        self._finds = Finds(base)
        self._start = len(os.path.join(base, ""))
        self._root = _real(base or os.curdir)
        self._followed = {self._root}
        self._entered: set[str] = set()
        exclude = _real(str(search.exclude)) if search.exclude else None
        self._exclude = None if exclude is None or _is_within(self._root, exclude) else exclude

    def run(self) -> Finds:
        """Raises OSError where the folder itself cannot be read."""
        left = self._children(_Folder(self._finds.base, self._root, self._pattern.start))
        while left:
            child = left.pop()
            if not _is_folder(child.entry):
                self._take(child)
            elif folder := self._to_enter(child):
                try:
                    left += self._children(folder)
                except OSError:
                    self._leave_out(child, "unreadable")
        return self._finds

    def _children(self, folder: _Folder) -> list[_Child]:
        """What the pattern may find in a folder, the last first."""
        with os.scandir(folder.path or os.curdir) as entries:
            found = sorted(entries, key=lambda entry: (entry.name.casefold(), entry.name), reverse=True)
        return [
            _Child(folder, entry, positions)
            for entry in found
            if (positions := self._pattern.after(folder.positions, entry.name))
        ]

    def _take(self, child: _Child) -> None:
        if not child.positions & self._pattern.ends:
            return
        is_named = self._pattern.names_its_files and self._pattern.end in child.positions
        if is_named or is_recording_name(child.entry.name):
            path = child.path
            self._finds.recordings.append(Found(path, path[self._start :]))
        else:
            self._leave_out(child, "name")

    def _to_enter(self, child: _Child) -> _Folder | None:
        is_link = _is_link(child.entry)
        real = _real(child.path) if is_link else os.path.join(child.folder.real, os.path.normcase(child.entry.name))
        if self._exclude and _is_within(real, self._exclude):
            return None
        positions = child.positions if self._recursive else child.positions - self._pattern.ends
        is_anywhere = self._recursive or self._pattern.has_any_folders
        if not positions:
            self._leave_out(child, "subfolder")
        elif is_anywhere and self._leads_back(real, is_link=is_link):
            self._leave_out(child, "link")
        else:
            return _Folder(child.path, real, positions)
        return None

    def _leads_back(self, real: str, *, is_link: bool) -> bool:
        """Whether a folder is gone through by another path, or holds the one that was given."""
        above = self._followed.intersection((real, *map(str, Path(real).parents))) if is_link else None
        if above or real in self._entered or _is_within(self._root, real):
            return True
        self._entered.add(real)
        if is_link:
            self._followed.add(real)
        return False

    def _leave_out(self, child: _Child, why: Why) -> None:
        self._finds.left_out.append(LeftOut(child.path, why))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _is_link(entry: os.DirEntry[str]) -> bool:
    """Also a junction of Windows, which ``is_symlink`` does not know."""
    return entry.is_symlink() or getattr(entry.stat(follow_symlinks=False), "st_reparse_tag", 0) != 0


def _real(path: str) -> str:
    return os.path.normcase(os.path.realpath(path))


def _is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)

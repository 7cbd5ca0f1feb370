"""What is to be transcribed: files and URLs, looked at and checked before a byte is sent."""

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit, urlunsplit

from intron_cli.audio.recording import Recording
from intron_cli.audio.verdict import Judgement, Limits, judge
from intron_cli.core.errors import SourceError
from intron_cli.core.record import Source
from intron_cli.core.text import clean_line

_EMPTY = "Was the recording or the copy cut off?"
_NO_URL = "(no valid URL)"
_URL = re.compile(r"https?://", re.IGNORECASE)
_CHUNK = 1024 * 1024


Stamp = tuple[int, int, int, int]
"""A file's size, the times (ns) of its content and of itself, and its inode."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A source that may be sent.

    ``id`` tells sources apart: the SHA-256 of a file's bytes, or ``url:`` and that of a URL without
    what may be secret in it. ``file`` is the descriptor it was hashed and checked through; ``remembered``
    says that the hash is an earlier run's, to be made sure of while the file is sent.
    """

    id: str
    source: Source
    path: Path | None = None
    url: str | None = None
    file: BinaryIO | None = None
    recording: Recording | None = None
    warnings: tuple[tuple[str, str], ...] = ()
    remembered: bool = False
    _stamp: Stamp | None = None

    @property
    def sent_name(self) -> str:
        """The name that the service is given: nothing of the file's own."""
        return f"rec-{self.id.removeprefix('url:')[:12]}"

    @property
    def suffix(self) -> str:
        return self.recording.suffix if self.recording else ""

    @property
    def size(self) -> int:
        return self.source.bytes or 0

    def verify_unchanged(self) -> None:
        """Raise SourceError if the file was written to since it was hashed."""
        if self.file and _stamp(self.file) != self._stamp:
            raise SourceError(
                "changed",
                f"{self.source.name} changed while it was read.",
                "It was not sent; run the command again.",
            )


def is_url(text: str) -> bool:
    return _URL.match(text) is not None


def shown_url(url: str) -> str:
    """A URL without user info, query and fragment, which may be secret: what is stored and shown."""
    try:
        parts = urlsplit(url)
        good = parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        good = None
    if not good:
        return _NO_URL
    return urlunsplit((parts.scheme.lower(), parts.netloc.rpartition("@")[2].lower(), parts.path, "", ""))


def source_name(text: str) -> str:
    """What a source is called to its user."""
    return shown_url(text) if is_url(text) else text


class HashCache(Protocol):
    """What files hashed to before, by path and stamp."""

    def known_hash(self, path: str, stamp: Stamp) -> str | None: ...

    def note_hash(self, path: str, stamp: Stamp, sha256: str) -> None: ...


@contextmanager
def checked(text: str, limits: Limits, cache: HashCache | None = None) -> Iterator[Checked]:
    """Open a source, hash and check it, all through one descriptor that stays open meanwhile.

    Raises SourceError for what is wrong with it.
    """
    if is_url(text):
        yield _checked_url(text)
        return
    path = Path(text)
    with _opened(path) as file:
        yield _checked_file(path, file, limits, cache)


def judged(text: str, limits: Limits) -> tuple[Judgement, int]:
    """Look thoroughly at a file that is not to be sent now, and decide as :func:`checked` would; and its bytes.

    Raises SourceError for what is no file that could be looked at.
    """
    if is_url(text):
        raise SourceError("unreadable", f"{shown_url(text)} is a URL; only files are looked at.", "Download it first.")
    path = Path(text)
    with _opened(path) as file:
        name, size = _shown(path), os.fstat(file.fileno()).st_size
        if size == 0:
            return Judgement("not_audio", None, f"{name} is empty.", _EMPTY), size
        try:
            return judge(file, name, limits, thorough=True), size
        except OSError as error:
            raise _unreadable(name, error) from None


def identity(text: str, cache: HashCache | None = None) -> Source:
    """What a source is, by its hash and size; its sound is not looked at. Raises SourceError."""
    if is_url(text):
        return Source(shown_url(text))
    path = Path(text)
    with _opened(path) as file:
        try:
            digest, _ = _digest(path, file, cache)
            return Source(str(path), os.fstat(file.fileno()).st_size, digest)
        except OSError as error:
            raise _unreadable(_shown(path), error) from None


def peeked(text: str, limits: Limits, cache: HashCache | None = None) -> Source:
    """What can be told of a source without reading all of it: its hash only where an earlier run has it.

    Raises SourceError as :func:`checked` would.
    """
    if is_url(text):
        return _checked_url(text).source
    path = Path(text)
    with _opened(path) as file:
        name, stamp = _shown(path), _stamp(file)
        if stamp[0] == 0:
            raise SourceError("empty", f"{name} is empty.", _EMPTY)
        try:
            recording = _sent(judge(file, name, limits))
        except OSError as error:
            raise _unreadable(name, error) from None
        known = cache.known_hash(str(path.absolute()), stamp) if cache else None
        return Source(str(path), stamp[0], known, recording.duration_seconds)


def _checked_url(url: str) -> Checked:
    shown = shown_url(url)
    if shown == _NO_URL or not url.isprintable() or " " in url:
        raise SourceError("unreadable", "A URL has no host, or holds blanks.", "Give it as http(s)://host/path.")
    digest = hashlib.sha256(shown.encode()).hexdigest()
    return Checked(f"url:{digest}", Source(shown), url=url.partition("#")[0])


def result_name(text: str) -> str:
    """The name under which a source's results are saved: the file's own, whole; a URL's last part."""
    if not is_url(text):
        return Path(text).name or "result"
    last = urlsplit(shown_url(text)).path.rstrip("/").rpartition("/")[2]
    return re.sub(r"[^\w.-]+", "_", unquote(last)).strip(".") or "result"


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    name = _shown(path)
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise SourceError("folder", f"{name} is a folder.", "Name the recordings in it one by one.")
        if not stat.S_ISREG(mode):
            raise SourceError("unreadable", f"{name} is no regular file.", "Save the recording in a file first.")
        file = path.open("rb")
    except FileNotFoundError:
        raise SourceError("missing", f"There is no file {name}.", "Check the spelling and the folder.") from None
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "no valid path"
        raise SourceError("unreadable", f"{name} cannot be read: {reason}.") from None
    with file:
        yield file


def _checked_file(path: Path, file: BinaryIO, limits: Limits, cache: HashCache | None) -> Checked:
    name = _shown(path)
    stamp = _stamp(file)
    size = stamp[0]
    if size == 0:
        raise SourceError("empty", f"{name} is empty.", _EMPTY)
    try:
        judgement = judge(file, name, limits)
        recording = _sent(judgement)
        digest, remembered = _digest(path, file, cache)
        file.seek(0)
    except OSError as error:
        raise _unreadable(name, error) from None
    found = Checked(
        id=digest,
        source=Source(str(path), size, digest, recording.duration_seconds),
        path=path,
        file=file,
        recording=recording,
        warnings=judgement.warnings,
        remembered=remembered,
        _stamp=stamp,
    )
    found.verify_unchanged()
    return found


def _unreadable(name: str, error: OSError) -> SourceError:
    return SourceError("unreadable", f"{name} cannot be read: {os.strerror(error.errno or 5)}.")


def _sent(judgement: Judgement) -> Recording:
    """The recording, if it is sent. Raises SourceError with what the verdict says."""
    verdict, recording = judgement.verdict, judgement.recording
    if verdict == "ok" or verdict == "unknown":  # noqa: PLR1714 - mypy narrows no set
        assert recording is not None
        return recording
    raise SourceError(verdict, judgement.reason, judgement.hint)


def _digest(path: Path, file: BinaryIO, cache: HashCache | None) -> tuple[str, bool]:
    """The file's SHA-256, and whether an earlier run's is believed for it."""
    if cache is None:
        return _sha256(file), False
    key = _stamp(file)
    name = str(path.absolute())
    if known := cache.known_hash(name, key):
        return known, True
    digest = _sha256(file)
    cache.note_hash(name, key, digest)
    return digest, False


def _sha256(file: BinaryIO) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(_CHUNK))
    while count := file.readinto(buffer):  # type: ignore[attr-defined] # every binary file has it
        digest.update(buffer[:count])
    return digest.hexdigest()


def _stamp(file: BinaryIO) -> Stamp:
    found = os.fstat(file.fileno())
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _shown(path: Path) -> str:
    return clean_line(str(path)) or "''"

"""What is to be transcribed: files and URLs, looked at and checked before a byte is sent."""

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Protocol

from intron_cli.audio.recording import Recording
from intron_cli.audio.verdict import Judgement, Limits, judge
from intron_cli.core.errors import SourceError
from intron_cli.core.record import Source
from intron_cli.core.text import clean_line
from intron_cli.jobs.naming import STDIN, ensure_url, is_other_url, is_url, shown_url, source_name

_EMPTY = "Was the recording or the copy cut off?"


_CHUNK = 1024 * 1024


Stamp = tuple[int, int, int, int]
"""A file's size, the times (ns) of its content and of itself, and its inode."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A source that may be sent.

    ``id`` tells sources apart: the SHA-256 of a file's bytes, or ``url:`` and that of a URL without
    what may be secret in it. ``file`` is the descriptor it was hashed and checked through; ``remembered``
    says that the hash is an earlier run's, to be made sure of while the file is sent. Where ``judgement`` lets
    it be sent only when it is shrunk, that comes first: ``sent`` is then what goes out in its place.
    """

    id: str
    source: Source
    path: Path | None = None
    url: str | None = None
    file: BinaryIO | None = None
    judgement: Judgement | None = None
    remembered: bool = False
    sent: BinaryIO | None = None
    _stamp: Stamp | None = None

    @property
    def recording(self) -> Recording | None:
        return self.judgement.recording if self.judgement else None

    @property
    def warnings(self) -> tuple[tuple[str, str], ...]:
        return self.judgement.warnings if self.judgement else ()

    @property
    def sent_name(self) -> str:
        """The name that the service is given: nothing of the file's own."""
        return f"rec-{self.id.removeprefix('url:')[:12]}"

    @property
    def suffix(self) -> str:
        return self.recording.suffix if self.recording else ""

    @property
    def size(self) -> int:
        """How many bytes go out."""
        if self.sent:
            return self.recording.bytes if self.recording else 0
        return self.source.bytes or 0

    def shrunk(self, file: BinaryIO, judgement: Judgement) -> "Checked":
        """The same source, of which something smaller is sent. Raises SourceError where the original changed."""
        if self.remembered and self.file and _sha256(self.file) != self.id:
            raise rewritten(self.source.name)
        self.verify_unchanged()
        seconds = judgement.recording.duration_seconds if judgement.recording else None
        source = replace(self.source, duration_seconds=self.source.duration_seconds or seconds)
        return replace(self, source=source, judgement=judgement, remembered=False, sent=file)

    def verify_unchanged(self) -> None:
        """Raise SourceError if the file was written to since it was hashed."""
        if self.file and _stamp(self.file) != self._stamp:
            raise SourceError(
                "changed",
                f"{self.source.name} changed while it was read.",
                "It was not sent; run the command again.",
            )


class HashCache(Protocol):
    """What files hashed to before, by path and stamp."""

    def known_hash(self, path: str, stamp: Stamp) -> str | None: ...

    def note_hash(self, path: str, stamp: Stamp, sha256: str) -> None: ...


class Supplier(Protocol):
    """Where recordings come from that are no files."""

    def has(self, text: str) -> bool: ...

    def open(self, text: str) -> AbstractContextManager[BinaryIO]: ...


@dataclass(frozen=True, slots=True)
class Looking:
    """How sources are looked at: what is sent, what they hashed to before, where those come from that are no files.

    ``shrinks`` tells whether a recording is shrunk before it is sent, and so need not fit as it is; ``sent`` whether
    one of so many bytes was sent before, perhaps shrunk: whether it was this one only its hash tells.
    """

    limits: Limits
    cache: HashCache | None = None
    supply: Supplier | None = None
    shrinks: Callable[[Judgement], bool] = lambda _: False
    sent: Callable[[int], bool] = lambda _: False


@contextmanager
def checked(text: str, looking: Looking) -> Iterator[Checked]:
    """Open a source, hash and check it, all through one descriptor that stays open meanwhile.

    Raises SourceError for what is wrong with it; what does not fit as it is passes where it may have been sent before.
    """
    if looking.supply and looking.supply.has(text):
        with looking.supply.open(text) as file:
            yield _checked_file(None, source_name(text), file, looking)
    elif is_url(text):
        yield _checked_url(text)
    else:
        path = Path(text)
        with _opened(text) as file:
            yield _checked_file(path, str(path), file, looking)


def judged(text: str, limits: Limits) -> tuple[Judgement, int]:
    """Look thoroughly at a file that is not to be sent now, and decide as :func:`checked` would; and its bytes.

    Raises SourceError for what is no file that could be looked at.
    """
    if is_url(text):
        raise SourceError("unreadable", f"{shown_url(text)} is a URL; only files are looked at.", "Download it first.")
    if text == STDIN:
        raise SourceError("unreadable", "inspect looks at files, not at stdin.", "Save the recording first.")
    path = Path(text)
    with _opened(text) as file:
        name, size = _shown(path), os.fstat(file.fileno()).st_size
        if size == 0:
            return Judgement("not_audio", None, f"{name} is empty.", _EMPTY), size
        try:
            return judge(file, name, limits, thorough=True), size
        except OSError as error:
            raise _unreadable(name, error) from None


def identity(text: str, looking: Looking) -> Source:
    """What a source is, by its hash and size; its sound is not looked at. Raises SourceError.

    A URL has none: only what it leads to does.
    """
    if text == STDIN and looking.supply:
        with looking.supply.open(text) as file:
            return Source(source_name(text), os.fstat(file.fileno()).st_size, _sha256(file))
    if is_url(text):
        return Source(shown_url(text))
    path = Path(text)
    with _opened(text) as file:
        try:
            digest, _ = _digest(path, file, looking.cache)
            return Source(str(path), os.fstat(file.fileno()).st_size, digest)
        except OSError as error:
            raise _unreadable(_shown(path), error) from None


def peeked(text: str, looking: Looking) -> Source:
    """What can be told of a source without reading all of it: its hash only where an earlier run has it.

    Raises SourceError as :func:`checked` would.
    """
    if is_url(text):
        return _checked_url(text).source
    if text == STDIN:
        return identity(text, looking)
    path = Path(text)
    with _opened(text) as file:
        name, stamp = _shown(path), _stamp(file)
        if stamp[0] == 0:
            raise SourceError("empty", f"{name} is empty.", _EMPTY)
        try:
            judgement = judge(file, name, looking.limits)
        except OSError as error:
            raise _unreadable(name, error) from None
        if not looking.shrinks(judgement):
            ensure_sent(judgement)
        seconds = judgement.recording.duration_seconds if judgement.recording else None
        known = looking.cache.known_hash(str(path.absolute()), stamp) if looking.cache else None
        return Source(str(path), stamp[0], known, seconds)


def url_id(url: str) -> str:
    """What tells a URL from others as a source. Raises SourceError for what is none."""
    return f"url:{hashlib.sha256(ensure_url(url).encode()).hexdigest()}"


def _checked_url(url: str) -> Checked:
    return Checked(url_id(url), Source(shown_url(url)), url=url.partition("#")[0])


@contextmanager
def _opened(text: str) -> Iterator[BinaryIO]:
    path = Path(text)
    if is_other_url(text) and not path.exists():
        hint = "Give its path." if text.lower().startswith("file:") else "Download it first."
        raise SourceError("unreadable", f"{clean_line(source_name(text))} is no http or https URL.", hint)
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


def _checked_file(path: Path | None, called: str, file: BinaryIO, looking: Looking) -> Checked:
    name = clean_line(called) or "''"
    stamp = _stamp(file)
    size = stamp[0]
    if size == 0:
        raise SourceError("empty", f"{name} is empty.", _EMPTY)
    try:
        judgement = judge(file, name, looking.limits)
        if not judgement.is_sent and not looking.shrinks(judgement) and not looking.sent(size):
            ensure_sent(judgement)
        digest, remembered = _digest(path, file, looking.cache)
        file.seek(0)
    except OSError as error:
        raise _unreadable(name, error) from None
    found = Checked(
        id=digest,
        source=Source(called, size, digest, judgement.recording.duration_seconds if judgement.recording else None),
        path=path,
        file=file,
        judgement=judgement,
        remembered=remembered,
        _stamp=stamp,
    )
    found.verify_unchanged()
    return found


def _unreadable(name: str, error: OSError) -> SourceError:
    return SourceError("unreadable", f"{name} cannot be read: {os.strerror(error.errno or 5)}.")


def ensure_sent(judgement: Judgement) -> None:
    """Raise SourceError with what the verdict says, unless it is that it is sent."""
    verdict = judgement.verdict
    if verdict != "ok" and verdict != "unknown":  # noqa: PLR1714 - mypy narrows no set
        raise SourceError(verdict, judgement.reason, judgement.hint)


def rewritten(name: str) -> SourceError:
    """The error for a file whose bytes are not those of its stamp."""
    return SourceError(
        "changed",
        f"{name} changed since it was hashed, though its size and time say otherwise.",
        "It was not sent; run the command again with --rehash.",
    )


def _digest(path: Path | None, file: BinaryIO, cache: HashCache | None) -> tuple[str, bool]:
    """The file's SHA-256, and whether an earlier run's is believed for it."""
    if cache is None or path is None:
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

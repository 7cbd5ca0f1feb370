"""Recordings that are no files: read from a pipe or downloaded, into temporary audio, before they are looked at."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from intron_cli.core.clock import Clock
from intron_cli.core.errors import UsageError
from intron_cli.jobs.naming import STDIN, ensure_url, is_url
from intron_cli.jobs.spool import Spool, spooled

BYTES_A_SECOND = 2_000_000
"""Of what is to be shrunk, so much is taken in: more than any sound takes, though not any film."""


@dataclass
class Supply:
    """Where recordings come from that are no files. ``most_bytes`` of each are taken in.

    With ``fetches`` off, the service reads URLs itself. ``terminal``: a person sits at ``stdin``.
    """

    stdin: BinaryIO
    folder: Path
    clock: Clock
    most_bytes: int
    fetches: bool = False
    terminal: bool = False
    received: Callable[[str, int], None] = lambda _what, _count: None
    """Told what comes, and how many bytes of it have."""

    _held: dict[str, BinaryIO] = field(default_factory=dict, repr=False)
    _wanted: set[str] = field(default_factory=set, repr=False)

    def has(self, text: str) -> bool:
        """Whether a source has to be taken in before it can be looked at."""
        return text == STDIN or (self.fetches and is_url(text))

    @contextmanager
    def open(self, text: str) -> Iterator[BinaryIO]:
        """The recording, in a file that is nobody else's meanwhile, though the same URL be named twice.

        Raises UsageError for a terminal, SourceError, UnavailableError and SetupError for what cannot be had.
        """
        file = self._held.pop(text, None) or (self._read_stdin() if text == STDIN else self._downloaded(text))
        try:
            yield file
        finally:
            if text == STDIN or text in self._wanted:  # what came on stdin cannot come again
                self._wanted.discard(text)
                self._held[text] = file
            else:
                file.close()

    def keep(self, text: str) -> None:
        """It is opened once more, and need not come again for that."""
        if self.has(text):
            self._wanted.add(text)

    def close(self) -> None:
        for file in self._held.values():
            file.close()
        self._held.clear()

    def _read_stdin(self) -> BinaryIO:
        if self.terminal:
            raise UsageError("stdin is a terminal, where no recording comes from.", "Pipe one in, or name a file.")
        return spooled(self.stdin, self.folder, self.most_bytes, lambda count: self.received("reading stdin", count))

    def _downloaded(self, url: str) -> BinaryIO:
        from intron_cli.api.download import Download

        shown = ensure_url(url)
        spool = Spool(self.folder, shown, self.most_bytes)
        try:
            self.received("downloading", 0)
            Download(url, shown, self.clock).fetch(spool, lambda count: self.received("downloading", count))
            return spool.finished()
        except BaseException:
            spool.close()
            raise

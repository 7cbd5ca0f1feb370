"""Where the sources of a run stand, in numbers."""

from dataclasses import dataclass

MOST_TOLD = 10
"""Of so many sources, what befalls each is worth a line."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Where the sources of a run stand; the numbers add up to ``total``.

    ``skipped`` were left out on purpose; ``open_ended`` have come to no end that lasts: the same command
    carries on with them. ``seconds_left`` is an estimate, None where there is none.
    """

    total: int
    to_upload: int = 0
    uploading: int = 0
    processing: int = 0
    done: int = 0
    kept: int = 0
    skipped: int = 0
    failed: int = 0
    maybe: int = 0
    open_ended: int = 0
    seconds_left: float | None = None

    @property
    def ended(self) -> int:
        """How many need nothing more in this run."""
        return self.total - self.to_upload - self.uploading - self.processing

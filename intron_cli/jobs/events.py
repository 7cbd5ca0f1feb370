"""What the work tells while it goes on."""

from typing import Protocol

from intron_cli.core.record import Record, Source
from intron_cli.core.tally import Tally


class Events(Protocol):
    """Told by the work, from several threads at once; implemented by whoever shows it.

    ``item`` is the number of a source in its run, from 0.
    """

    def note(self, message: str) -> None:
        """Something that a person at a terminal wants to know."""

    def warn(self, code: str, message: str) -> None:
        """Something that may be wrong; it goes on."""

    def preparing(self, item: int, source: Source, what: str, count: int = 0) -> None:
        """What is done before it can be sent, such as "downloading" (``count`` bytes so far); "" when that is over."""

    def upload_started(self, item: int, source: Source, size: int) -> None:
        """``size`` bytes go out."""

    def upload_sent(self, item: int, count: int) -> None:
        """So many bytes of the file have been handed to the system."""

    def upload_answer_due(self, item: int) -> None:
        """All is sent."""

    def upload_ended(self, item: int) -> None:
        """Whatever came of it."""

    def submitted(self, item: int, source: Source, file_id: str) -> None:
        """The service has it, and it is in the ledger."""

    def waiting_started(self, item: int, source: Source, file_id: str) -> None:
        """The result is waited for."""

    def looked(self, item: int, source: Source, state: str, age: float, next_look: float | None) -> None:
        """The service's state at ``age`` seconds; the next look comes after so many more."""

    def held(self, seconds: float) -> None:
        """The quota, or the service itself, lets the next request out after so many seconds; 0: no more."""

    def look_due(self, seconds: float) -> None:
        """The next look at any of those that are waited for comes after so many seconds."""

    def ended(self, item: int, record: Record, how: str = "") -> None:
        """A source has come to its end in this run; ``how`` says which where its record does not, such as ``kept``."""

    def tallied(self, tally: Tally) -> None:
        """How far the whole run is."""

    def closed(self) -> None:
        """Nothing more is told: what was shown live goes."""

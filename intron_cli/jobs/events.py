"""What the work tells while it goes on."""

from typing import Protocol

from intron_cli.core.record import Source


class Events(Protocol):
    """Told by the work; implemented by whoever shows it."""

    def note(self, message: str) -> None:
        """Something that a person at a terminal wants to know."""

    def warn(self, code: str, message: str) -> None:
        """Something that may be wrong; it goes on."""

    def upload_started(self, source: Source, size: int) -> None:
        """``size`` bytes go out."""

    def upload_sent(self, count: int) -> None:
        """So many bytes of the file have been handed to the system."""

    def upload_answer_due(self) -> None:
        """All is sent."""

    def submitted(self, source: Source, file_id: str) -> None:
        """The service has it, and it is in the ledger."""

    def upload_ended(self) -> None:
        """Whatever came of it."""

    def waiting_started(self, source: Source, file_id: str) -> None:
        """The result is waited for."""

    def looked(self, state: str, age: float, next_look: float | None) -> None:
        """The service's state at ``age`` seconds; the next look comes after so many more."""

    def waiting_ended(self) -> None:
        """Whatever came of it."""

    def budget_wait(self, seconds: float) -> None:
        """The quota lets the next request out after so many seconds."""

"""What can go wrong, with the exit code that each ends in.

    IntronError                 1   (never raised as such)
    ├── UsageError              2   the command line, or an output that cannot be written
    ├── SetupError              4   settings, state or network set-up of this machine
    │   ├── KeyMissingError     4   no key
    │   ├── KeyRefusedError     4   the service refused the key: ends the run
    │   └── LedgerError         4   no upload could be recorded, so none is made
    ├── UnavailableError        5   network or service, for now
    │   └── NotBegunError       5   others failed, and this would have met the same
    ├── RefusedError            6   the service refused or failed this recording
    │   └── GoneError           6   the service no longer knows the id
    ├── StillProcessingError    8   the wait ended first
    ├── SourceError             9   the source was rejected here
    ├── DecisionError          10   maybe uploaded: somebody has to decide
    └── Interrupted       129/130/143

Every message is one line: what, why, and in ``hint`` what to do next. Messages never hold keys or
what was said in a recording.
"""

from typing import ClassVar, Literal

DONE = 0
BUG = 1
MIXED = 3
EMPTY = 7

Reason = Literal[
    "missing", "unreadable", "folder", "empty", "not_audio", "too_short", "too_long", "too_large", "unsupported",
    "changed",
]  # fmt: skip


class IntronError(Exception):
    """What happened, in one sentence, and what to do next."""

    exit_code: ClassVar[int] = BUG
    kind: ClassVar[str] = "bug"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class UsageError(IntronError):
    """The command line cannot be carried out as it stands."""

    exit_code = 2
    kind = "usage"


class SetupError(IntronError):
    """Something on this machine has to be put right first."""

    exit_code = 4
    kind = "setup"


class KeyMissingError(SetupError):
    kind = "key_missing"


class KeyRefusedError(SetupError):
    kind = "key_refused"


class LedgerError(SetupError):
    kind = "ledger"


class UnavailableError(IntronError):
    """Network or service, for now. ``retry_after`` is in seconds, where the service said it.

    ``lasting``: another try within seconds would meet the same.
    """

    exit_code = 5
    kind = "unavailable"

    def __init__(
        self, message: str, hint: str = "", *, retry_after: float | None = None, lasting: bool = False
    ) -> None:
        super().__init__(message, hint)
        self.retry_after = retry_after
        self.lasting = lasting


class NotBegunError(UnavailableError):
    """Others could not be uploaded, and this one would have met the same."""

    kind = "not_begun"


class RefusedError(IntronError):
    """Trying the same again is useless."""

    exit_code = 6
    kind = "refused"


class GoneError(RefusedError):
    kind = "gone"


class StillProcessingError(IntronError):
    exit_code = 8
    kind = "still_processing"


class SourceError(IntronError):
    """The source was rejected before a byte was sent; ``reason`` says by which check."""

    exit_code = 9
    kind = "source"

    def __init__(self, reason: Reason, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.reason = reason


class DecisionError(IntronError):
    """The recording may have been uploaded; doing it again may pay twice."""

    exit_code = 10
    kind = "maybe_uploaded"


class Interrupted(BaseException):
    """The user or the system asked to stop: no error, and nothing that `except Exception` may swallow.

    ``signal`` is the signal's number.
    """

    def __init__(self, signal: int) -> None:
        super().__init__(signal)
        self.signal = signal

    @property
    def exit_code(self) -> int:
        return 128 + self.signal


class Stopped(Exception):  # noqa: N818 - no error: it never ends a run, the run's end causes it
    """The run ends, and a thread of it leaves off where nothing is lost by that."""


EXIT_CODES: tuple[tuple[str, str], ...] = (
    ("0", "done"),
    ("1", "a bug"),
    ("2", "usage, or an output that cannot be written (found before sending)"),
    ("3", "several, with different ends"),
    ("4", "set-up: no key, key refused, ledger unusable"),
    ("5", "network or service, for now: try again"),
    ("6", "the service refused or failed the recording, or no longer knows it: trying again is useless"),
    ("7", "done, but empty, or an output that was asked for is absent"),
    ("8", "still processing when the wait ended"),
    ("9", "the source was rejected here: missing, unreadable, no audio, too short, too long, too large, ..."),
    ("10", "maybe uploaded: a decision is needed"),
    ("129/130/143", "interrupted"),
)
"""What each exit code means, for the help and the README."""


def combined(codes: list[int]) -> int:
    """The exit code of several results: theirs where they agree, else :data:`MIXED`."""
    return codes[0] if len(set(codes)) == 1 else MIXED if codes else DONE

"""The errors and the exit codes they end in."""

import re
import signal

import pytest

from intron_cli.core import errors
from intron_cli.core.errors import Interrupted, IntronError, SourceError, UnavailableError, UsageError, combined

EXIT_CODES = {
    "UsageError": 2,
    "SetupError": 4,
    "KeyMissingError": 4,
    "KeyRefusedError": 4,
    "LedgerError": 4,
    "UnavailableError": 5,
    "NotBegunError": 5,
    "RefusedError": 6,
    "GoneError": 6,
    "StillProcessingError": 8,
    "SourceError": 9,
    "DecisionError": 10,
}


def below(kind: type[IntronError]) -> list[type[IntronError]]:
    return [found for child in kind.__subclasses__() for found in (child, *below(child))]


def test_each_error_ends_in_its_code() -> None:
    """The classes carry the codes that the README and the help promise."""
    assert {kind.__name__: kind.exit_code for kind in below(IntronError)} == EXIT_CODES


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    """Names and codes as drawn are names and codes as they are."""
    drawn = dict(re.findall(r"[├└]── (\w+)\s+(\d+)", errors.__doc__ or ""))
    assert {name: int(code) for name, code in drawn.items() if name != "Interrupted"} == EXIT_CODES


def test_each_error_has_a_kind_of_its_own() -> None:
    """Programs tell errors apart by it."""
    kinds = [kind.kind for kind in below(IntronError)]
    assert len(set(kinds)) == len(kinds)
    assert "bug" not in kinds


def test_an_error_is_what_and_what_next() -> None:
    """In one line; a hint that is missing leaves no blank."""
    assert str(UsageError("No.", "Try yes.")) == "No. Try yes."
    assert str(UsageError("No.")) == "No."
    assert SourceError("empty", "It is empty.").reason == "empty"
    assert UnavailableError("Busy.", retry_after=3).retry_after == 3


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=["INT", "TERM", "HUP"]
)
def test_an_interrupt_ends_in_the_signals_code(number: int, code: int) -> None:
    """And is no Exception, so that nothing swallows it."""
    assert Interrupted(number).exit_code == code
    assert not issubclass(Interrupted, Exception)


@pytest.mark.parametrize(("codes", "code"), [([], 0), ([0], 0), ([6, 6], 6), ([0, 6], 3), ([8, 9, 9], 3)])
def test_several_that_end_alike_end_so(codes: list[int], code: int) -> None:
    """Different ends are 3."""
    assert combined(codes) == code

"""What an interrupted run tells."""

from uuid import UUID

from intron_cli.core.text import clean_line
from intron_cli.jobs.interruption import interrupted_lines
from intron_cli.jobs.ledger import Ledger

from .conftest import claim_of


def test_every_id_is_told_whole() -> None:
    """However many there are: a line that is too long would be cut in the middle of one."""
    ids = [str(UUID(int=number)) for number in range(300)]
    lines = [clean_line(line, 2000) for line in interrupted_lines([], ids)]
    assert [word for line in lines for word in line.split() if len(word) == 36] == ids
    assert lines[0] == (
        "Interrupted. 300 recordings uploaded and not done; carry on with the same command, or with: intron wait --all"
    )


def test_what_is_left_is_never_left_out(ledger: Ledger) -> None:
    """All that was begun is done: the rest of a batch is what the same command is for."""
    attempt, _ = ledger.claim(claim_of())
    ledger.submitted(attempt.id, "2a9760f0-b165-4404-91d0-a65d4c0078f5")
    done = ledger.finished(attempt.id, "done", "FILE_TRANSCRIBED")
    assert interrupted_lines([done], []) == [
        "Interrupted. What was uploaded is done; the same command goes on from there."
    ]
    assert interrupted_lines([], []) == ["Interrupted. Nothing was uploaded."]

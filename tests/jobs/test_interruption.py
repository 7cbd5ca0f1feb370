"""What an interrupted run tells."""

from uuid import UUID

from intron_cli.core.text import clean_line
from intron_cli.jobs.interruption import interrupted_lines


def test_every_id_is_told_whole() -> None:
    """However many there are: a line that is too long would be cut in the middle of one."""
    ids = [str(UUID(int=number)) for number in range(300)]
    lines = [clean_line(line, 2000) for line in interrupted_lines([], ids)]
    assert [word for line in lines for word in line.split() if len(word) == 36] == ids
    assert lines[0] == (
        "Interrupted. 300 recordings uploaded and not done; carry on with the same command, or with: intron wait --all"
    )

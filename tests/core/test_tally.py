"""Where the sources of a run stand."""

from intron_cli.core.tally import Tally


def test_what_has_ended_needs_nothing_more() -> None:
    """Whichever its end; what is under way or has not begun is left."""
    tally = Tally(
        21, to_upload=1, uploading=2, processing=3, done=4, kept=5, skipped=1, failed=2, maybe=2, open_ended=1
    )
    assert tally.ended == 15
    assert Tally(3, done=3).ended == 3
    assert Tally(0).ended == 0

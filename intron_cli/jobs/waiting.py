"""When to look at a job that somebody waits for.

Times are in seconds at a quota of 60 s a window; ``scale`` (the window over 60 s) shortens them all.
"""

FIRST_LOOK = 2.0
LONGEST_PAUSE = 30.0
LEAST_PATIENCE = 5.0
"""For so long even the last look waits for the quota and the interval between looks."""

MOST_FAULTS = 6
FAULT_PAUSES = (2.0, 4.0, 8.0, 16.0, 30.0)
"""After so many looks in a row that got no answer the wait is given up; so long the service is left alone before."""

_SHARE_EACH = 1 / 8


def next_look(age: float, looks: int, scale: float = 1.0, outstanding: int = 1) -> float:
    """Seconds until the next look at a job of ``age`` seconds that was looked at ``looks`` times.

    The first look comes at an age of 2 s, the others each after a quarter of the age, at least 2 s
    and at most 30 s apart. Where more than two jobs are ``outstanding``, it is an eighth of the age for each
    of them: else the first seconds would use up the quota of a minute.
    """
    if looks == 0:
        # A negative age is a clock that was set back since the upload.
        return max(0.0, FIRST_LOOK * scale - max(age, 0.0))
    share = max(0.25, outstanding * _SHARE_EACH)
    return min(max(age * share, FIRST_LOOK * scale), LONGEST_PAUSE * scale)

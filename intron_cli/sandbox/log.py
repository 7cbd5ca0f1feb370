"""The sandbox's log: a line for each event, given to whoever started it."""

from collections.abc import Callable

Log = Callable[[str], None]


def silent(line: str) -> None:
    """The log of a sandbox that nobody listens to."""
    del line


def shown(text: str, most: int = 120) -> str:
    """Text from a request as a harmless part of one line."""
    plain = "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)
    return plain if len(plain) <= most else plain[: most - 1] + "…"

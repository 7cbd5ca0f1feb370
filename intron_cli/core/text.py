"""Text from elsewhere (service, file names, messages) made safe to show, and units for people."""

import math
import re
import unicodedata
from collections.abc import Iterable

_LINE_ENDS = re.compile("\r\n?|\x0b|\x0c|\x85|\u2028|\u2029")
# A sequence that does not end on its line loses its start only: what was said after it is kept.
_ESCAPES = re.compile(
    r"\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)"  # OSC: titles, hyperlinks, the clipboard
    r"|\x1b[PX^_][^\x1b\n]*\x1b\\"  # DCS, SOS, PM, APC
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|\x1b[ -/]*[0-~]"
)
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_FOLDS = re.compile(r"\s*[\n\t]\s*")
_UNPAIRED = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Text without escape sequences, control characters (but newline and tab) and bidi overrides."""
    text = _LINE_ENDS.sub("\n", text)
    text = _UNSEEN.sub("", _ESCAPES.sub("", text))
    return _UNPAIRED.sub("\N{REPLACEMENT CHARACTER}", text)


def clean_line(text: str, limit: int = 500) -> str:
    """The same on one line of at most ``limit`` characters."""
    line = _FOLDS.sub(" ", clean(text)).strip()
    return line if len(line) <= limit else line[: limit - 1] + "…"


def display_width(text: str) -> int:
    """How many cells of a terminal the text takes."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.combining(char) != 0 for char in text)


def cut(text: str, cells: int) -> str:
    """The beginning of a line, with an ellipsis where it does not fit into so many cells."""
    if display_width(text) <= cells:
        return text
    return _fitting(text, cells - 1) + "…" if cells > 0 else ""


def cut_middle(text: str, cells: int) -> str:
    """Beginning and end of a line, with an ellipsis between them where it does not fit: names differ at their ends."""
    if display_width(text) <= cells:
        return text
    end = _fitting(reversed(text), (cells - 1) // 2)[::-1]
    return _fitting(text, cells - 1 - display_width(end)) + "…" + end if cells > 0 else ""


def _fitting(chars: Iterable[str], cells: int) -> str:
    fitting = ""
    for char in chars:
        cells -= display_width(char)
        if cells < 0:
            break
        fitting += char
    return fitting


def seconds_text(seconds: float) -> str:
    """A duration for people: ``4.2 s``, ``1 min 11 s``, ``2 h 5 min``."""
    if not math.isfinite(seconds):
        return "no known time"
    if seconds < 10:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def bytes_text(count: float) -> str:
    """A size for people, in the decimal units that the service's limit is given in."""
    for unit in ("bytes", "kB", "MB"):
        if count < 1000 or unit == "MB":
            break
        count /= 1000
    digits = 0 if unit == "bytes" or count >= 100 else 1
    return f"{count:.{digits}f}".removesuffix(".0") + f" {unit}"


def plural(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"

"""How the text of a setting or an option becomes a value, and what a base URL stands for.

Each parser raises ValueError with what it takes.
"""

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

_DURATION = re.compile(
    r"(?:(\d+(?:\.\d+)?)d)?\s*(?:(\d+(?:\.\d+)?)h)?\s*(?:(\d+(?:\.\d+)?)m)?\s*(?:(\d+(?:\.\d+)?)s?)?", re.ASCII
)
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(b|kb|mb|gb|kib|mib|gib)?", re.ASCII | re.IGNORECASE)
_SIZE_UNITS = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_MOST = 1e15  # beyond it, numbers are no longer told apart by their last digit
_WINDOWS = {"s": "1s", "m": "1m", "h": "1h"}
_YES = {"true", "yes", "on", "1"}
_NO = {"false", "no", "off", "0"}

_NOT_IN_URL = re.compile(r"[\s\\]")

OFFICIAL_HOSTS = {"health": "https://infer.intron.health", "voice": "https://infer.voice.intron.io"}
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``count`` requests in any ``seconds``."""

    count: int
    seconds: float

    @property
    def kept_seconds(self) -> float:
        """The window as we keep it: a sixtieth wider than the service's, for the jitter between."""
        return self.seconds + max(self.seconds / 60, 0.05)

    def __str__(self) -> str:
        return f"{self.count}/{_decimal(self.seconds)}s"


def duration(text: str) -> float:
    """Seconds from ``90``, ``1.1s``, ``10m``, ``2h``, ``1h 30m``, ``90d``."""
    match = _DURATION.fullmatch(text.strip().lower())
    parts = [float(part or 0) for part in match.groups()] if match else [_MOST, 0.0, 0.0, 0.0]
    total = sum(part * length for part, length in zip(parts, (86400, 3600, 60, 1), strict=True))
    if not text.strip() or total >= _MOST:
        raise ValueError("a duration such as 90s, 10m or 2h")
    return total


def duration_source(seconds: float) -> str:
    """The text that :func:`duration` reads as ``seconds``."""
    for unit, length in (("h", 3600), ("m", 60)):
        if seconds and seconds % length == 0:
            return f"{_decimal(seconds / length)}{unit}"
    return f"{_decimal(seconds)}s"


def _decimal(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")


def size(text: str) -> int:
    """Bytes from ``100MB``, ``1.5 MiB``, ``2048``."""
    match = _SIZE.fullmatch(text.strip())
    count = float(match[1]) * _SIZE_UNITS[(match[2] or "").lower()] if match else _MOST
    if count >= _MOST:
        raise ValueError("a size such as 100MB")
    return round(count)


def size_source(count: int) -> str:
    """The text that :func:`size` reads as ``count``."""
    for unit in ("GB", "MB", "kB"):
        if count and count % _SIZE_UNITS[unit.lower()] == 0:
            return f"{count // _SIZE_UNITS[unit.lower()]}{unit}"
    return str(count)


def rate(text: str) -> Rate:
    """A quota from ``30/60s``, ``30/1m``, ``1/1s``."""
    count, slash, window = text.partition("/")
    try:
        found = Rate(int(count), duration(_WINDOWS.get(window.strip().lower(), window)))
    except ValueError:
        slash = ""
    if not slash or found.count < 1 or found.seconds <= 0:
        raise ValueError("a count over a time, such as 30/60s")
    return found


def count(text: str) -> int:
    """A whole number from 1 to 64."""
    if re.fullmatch(r"[0-9]{1,2}", text.strip(), re.ASCII) and 1 <= int(text) <= 64:
        return int(text)
    raise ValueError("a whole number from 1 to 64")


def switch(text: str) -> bool:
    if (word := text.strip().lower()) in _YES | _NO:
        return word in _YES
    raise ValueError("true or false")


def words(text: str) -> tuple[str, ...]:
    """Names from a list with commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def command(text: str) -> tuple[str, ...]:
    """A command's words, split as a shell would split them; no shell runs it."""
    try:
        words_of_it = tuple(shlex.split(text))
    except ValueError:
        words_of_it = ()
    if not words_of_it:
        raise ValueError("a command and its arguments, such as: pass show intron")
    return words_of_it


def line(text: str) -> str:
    if not text.strip() or any(not char.isprintable() for char in text.strip()):
        raise ValueError("one line of text")
    return text.strip()


def file_mode(text: str) -> int:
    """Permission bits from octal text that leave the owner able to read and write."""
    if re.fullmatch(r"0?o?[0-7]{3}", text.strip()) and (mode := int(text.strip()[-3:], 8)) & 0o600 == 0o600:
        return mode
    raise ValueError("an octal file mode such as 0600 or 0640")


def choice(*names: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if (name := text.strip().lower()) in names:
            return name
        raise ValueError("one of " + ", ".join(names))

    return parse


def key(text: str) -> str:
    """An API key: stripped, printable ASCII. The message never shows it."""
    stripped = text.strip()
    if not stripped or not all("!" <= char <= "~" for char in stripped):
        raise ValueError("one word of printable ASCII characters; it may have been cut or pasted with a line break")
    return stripped


def base_url(text: str) -> str:
    """``scheme://host[:port][/path]`` from a URL or the name of an official host."""
    stripped = text.strip().rstrip("/")
    if official := OFFICIAL_HOSTS.get(stripped.lower()):
        return official
    try:
        parts = urlsplit(stripped)
        good = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
        good = good and not ("@" in parts.netloc or parts.query or parts.fragment)
    except ValueError:  # its text quotes the URL, and that may hold a password
        good = None
    if not good or not stripped.isprintable() or _NOT_IN_URL.search(stripped):
        raise ValueError("health, voice, or a URL such as https://infer.intron.health")
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path}"


def host(url: str) -> str:
    """Host, and port where one is given, of a base URL."""
    return urlsplit(url).netloc


def is_official(url: str) -> bool:
    return url in OFFICIAL_HOSTS.values()


def service(url: str) -> str:
    """What identifies the service: the two official hosts are one."""
    return OFFICIAL_HOSTS["health"] if is_official(url) else url


def is_loopback(url: str) -> bool:
    return urlsplit(url).hostname in LOOPBACK

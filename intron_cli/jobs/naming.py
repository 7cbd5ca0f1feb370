"""What a source is called: on the command line, to its user, and among results."""

import hashlib
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from intron_cli.core.errors import SourceError

STDIN = "-"
"""A recording that comes on stdin."""

_NO_URL = "(no valid URL)"
_URL = re.compile(r"https?://", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


def is_url(text: str) -> bool:
    return _URL.match(text) is not None


def shown_url(url: str) -> str:
    """A URL without user info, query and fragment, which may be secret: what is stored and shown."""
    try:
        parts = urlsplit(url)
        good = parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        good = None
    if not good:
        return _NO_URL
    return urlunsplit((parts.scheme.lower(), parts.netloc.rpartition("@")[2].lower(), parts.path, "", ""))


def query_print(text: str) -> str | None:
    """What tells a URL's query from another; None where it has none, or is no URL.

    Sixteen bits: it may be a secret, which nobody finds out from so few.
    """
    query = text.partition("#")[0].partition("?")[2] if is_url(text) else ""
    return hashlib.sha256(query.encode("utf-8", "replace")).hexdigest()[:4] if query else None


def is_other_url(text: str) -> bool:
    """Whether it is a URL of a kind that nobody reads here, such as ftp."""
    return not is_url(text) and _SCHEME.match(text) is not None


def source_name(text: str) -> str:
    """What a source is called to its user."""
    if text == STDIN:
        return "stdin"
    is_secret = is_url(text) or (is_other_url(text) and not text.lower().startswith("file:"))
    return shown_url(text) if is_secret else text


def ensure_url(url: str) -> str:
    """How the URL is shown. Raises SourceError for what is none."""
    shown = shown_url(url)
    if shown == _NO_URL or not url.isprintable() or " " in url:
        raise SourceError("unreadable", "A URL has no host, or holds blanks.", "Give it as http(s)://host/path.")
    return shown


def result_name(text: str) -> str:
    """The name under which a source's results are saved: the file's own, whole; a URL's last part."""
    if not is_url(text):
        return Path(text).name or "result"
    last = urlsplit(shown_url(text)).path.rstrip("/").rpartition("/")[2]
    return re.sub(r"[^\w.-]+", "_", unquote(last)).strip(".") or "result"

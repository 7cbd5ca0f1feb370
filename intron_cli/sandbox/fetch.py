"""Recordings given by address: fetched from this machine only."""

import http.client
from urllib.parse import SplitResult, quote, urlsplit

from intron_cli.sandbox.body import CHUNK_BYTES
from intron_cli.sandbox.spool import SpooledFile

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")

_SECONDS = 10.0


class FetchError(Exception):
    """The recording could not be had; the text is ours and holds nothing of the address."""


def fetch(url: str, into: SpooledFile) -> None:
    """Stream what a plain http address on loopback answers into ``into``.

    Anything else is never asked, and a redirect is never followed: whoever can reach the
    sandbox must not be able to make it reach further than this machine.
    """
    parts = _loopback(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_SECONDS)
    try:
        connection.request("GET", _target(parts))
        answer = connection.getresponse()
        if answer.status != 200:
            raise FetchError(f"the address answered {answer.status}")
        while piece := answer.read(CHUNK_BYTES):
            into.write(piece)
        if answer.length:
            raise FetchError("the answer of the address was cut off")
    except (OSError, http.client.HTTPException) as cause:
        raise FetchError("the address could not be read") from cause
    finally:
        connection.close()


def _loopback(url: str) -> SplitResult:
    try:
        parts = urlsplit(url.strip())
        local = parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS and parts.port != 0
    except ValueError:
        local = False
    if not local:
        raise FetchError("the sandbox fetches nothing outside this machine")
    return parts


def _target(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~?")
    return f"{path}?{query}" if query else path

"""A recording fetched from a URL that the user named: without the service's key, and with bounds on all that comes.

A redirect is followed where it surprises nobody: to http and https only, never from https to http, and never
further in. From a host in the open net none leads to this machine or to a private network: what answers there
trusts whoever is inside, and nobody asked for it. The host that the user named may lie anywhere.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Protocol

import httpx

from intron_cli import __version__
from intron_cli.api import wire
from intron_cli.api.client import set_location_aside, trust
from intron_cli.api.faults import client_fault, connection_fault
from intron_cli.core import units
from intron_cli.core.clock import Clock
from intron_cli.core.errors import IntronError, SourceError, UnavailableError

Resolver = Callable[[str], Iterable[str]]
"""The addresses of a host; none where this machine cannot resolve it."""

LONGEST = 3600.0
"""Seconds for all tries together: enough for 100 MB at 28 kB/s."""

_TIMEOUT = httpx.Timeout(connect=10, write=60, read=60, pool=10)
_MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_FOR_NOW = (408, 425, 429, 500, 502, 503, 504)
_TRIES = 3
_PAUSE = 2.0
_LONGEST_PAUSE = 60.0


_LENGTH = re.compile(r"\d{1,18}", re.ASCII)


class NotFollowedError(Exception):
    """A redirect that is not followed; the text goes on from "it redirects"."""


class Sink(Protocol):
    """Where a download goes. It refuses what is too large, and forgets what came when it comes anew."""

    def expect(self, count: int) -> None: ...

    def write(self, piece: bytes) -> None: ...

    def restart(self) -> None: ...


def addresses(host: str) -> list[str]:
    """Those that the system resolves ``host`` to."""
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        return []


class Download:
    """One recording from ``url``. Errors call it ``shown``, which holds nothing secret."""

    def __init__(self, url: str, shown: str, clock: Clock, resolve: Resolver = addresses) -> None:
        self._shown = shown
        self._clock = clock
        self._resolve = resolve
        named = _parsed(url)
        if named is None:
            raise SourceError("unreadable", f"{shown} is no valid URL.", "Give it as http(s)://host/path.")
        self._login = httpx.BasicAuth(named.username, named.password) if named.userinfo else None
        self._first = named.copy_with(userinfo=b"", fragment=None)

    def fetch(self, into: Sink, received: Callable[[int], None] = lambda _: None) -> None:
        """Download into ``into``; ``received`` is told the bytes so far.

        What may pass is tried three times from the start. Raises SourceError for what another try would meet
        again, UnavailableError for the rest, and what ``into`` raises.
        """
        end = self._clock.monotonic() + LONGEST
        for number in range(1, _TRIES + 1):
            try:
                self._follow(into, received, end)
            except UnavailableError as error:
                pause = error.retry_after or _PAUSE * number
                is_last = number == _TRIES or self._clock.monotonic() + pause > end
                if is_last or error.lasting or pause > _LONGEST_PAUSE:
                    raise
            else:
                return
            self._clock.sleep(pause)
            into.restart()

    def _follow(self, into: Sink, received: Callable[[int], None], end: float) -> None:
        url = self._first
        for _ in range(_MOST_REDIRECTS + 1):
            with self._answer(url) as answer:
                if answer.status_code not in _REDIRECTS:
                    self._check(answer)
                    self._store(answer, into, received, end)
                    return
                location = str(answer.extensions["location"])
            try:
                url = redirected(url, location, self._first.host, self._resolve)
            except NotFollowedError as error:
                raise self._no_redirect(str(error)) from None
        raise self._no_redirect(f"more than {_MOST_REDIRECTS} times")

    @contextmanager
    def _answer(self, url: httpx.URL) -> Iterator[httpx.Response]:
        """What is answered at ``url``, in a connection and with a client that know of nothing else."""
        login = self._login if url.netloc == self._first.netloc else None
        host = url.netloc.decode("ascii")
        try:
            client = httpx.Client(
                timeout=_TIMEOUT,
                headers={"User-Agent": f"intron-cli/{__version__}", "Accept-Encoding": "identity"},
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                follow_redirects=False,
                event_hooks={"response": [set_location_aside]},
                trust_env=not units.is_loopback(str(url)),
                verify=trust(str(url)),
            )
        except Exception as error:  # noqa: BLE001 - proxies and certificates fail in many ways
            raise client_fault(error) from None
        with client:
            try:
                with client.stream("GET", url, auth=login) as answer:
                    yield answer
            except httpx.ReadTimeout:
                raise UnavailableError(f"Nothing came from {host} for 60 s.", "Try again later.") from None
            except httpx.HTTPError as error:
                raise connection_fault(error, host, "Check the URL.") from None

    def _store(self, answer: httpx.Response, into: Sink, received: Callable[[int], None], end: float) -> None:
        length = answer.headers.get("content-length", "")
        into.expect(int(length) if _LENGTH.fullmatch(length) else 0)
        is_page = answer.headers.get("content-type", "").lower().startswith("text/html")
        for piece in answer.iter_raw():
            if is_page and piece.lstrip().startswith(b"<"):
                raise SourceError(
                    "not_audio",
                    f"A web page came from {self._shown} instead of a recording.",
                    "Is it the address of the recording itself? It may want a log-in, too.",
                )
            is_page = False
            into.write(piece)
            received(answer.num_bytes_downloaded)
            if self._clock.monotonic() > end:
                raise UnavailableError(
                    f"{self._shown} came too slowly to be whole within an hour.",
                    "Download it by other means first.",
                    lasting=True,
                )

    def _check(self, answer: httpx.Response) -> None:
        """Raise what an answer means that brings no recording."""
        code = answer.status_code
        if code in (404, 410):
            raise SourceError("missing", f"There is nothing at {self._shown} (HTTP {code}).", "Check the URL.")
        if code in (401, 403):
            raise self._unreadable(f"was refused (HTTP {code})", "Does it want a log-in, or has the link expired?")
        if code in _FOR_NOW:
            raise UnavailableError(
                f"{self._shown} cannot be had for now (HTTP {code}).",
                "Try again later.",
                retry_after=wire.retry_after(dict(answer.headers)),
            )
        if code != 200:
            raise self._unreadable(f"was answered with HTTP {code}", "Check the URL.")
        if answer.headers.get("content-encoding", "identity").lower() != "identity":
            raise self._unreadable("came packed, which was not asked for", "Download it by other means first.")

    def _unreadable(self, what: str, hint: str) -> IntronError:
        return SourceError("unreadable", f"{self._shown} {what}.", hint)

    def _no_redirect(self, how: str) -> IntronError:
        return self._unreadable(f"redirects {how}, which is not followed", "Name the address that it leads to.")


def redirected(url: httpx.URL, location: str, first: str, resolve: Resolver) -> httpx.URL:
    """Where a redirect from ``url`` leads, without user info; ``first`` is the host that the user named.

    Raises NotFollowedError.
    """
    target = _parsed(location, url)
    if target is None:
        raise NotFollowedError("to what is no URL of the web")
    if url.scheme == "https" and target.scheme == "http":
        raise NotFollowedError("from https to http, where anybody could read along")
    if _openness(target.host, resolve) < _openness(first, resolve):
        raise NotFollowedError("further in, to an address of this machine or of a private network")
    return target.copy_with(userinfo=b"", fragment=None)


def _openness(host: str, resolve: Resolver) -> int:
    """0 for this machine and its link, 1 for a private network, 2 for the open net; the least of a host's."""
    return min((_openness_of(ipaddress.ip_address(address)) for address in resolve(host)), default=2)


def _parsed(text: str, base: httpx.URL | None = None) -> httpx.URL | None:
    """A URL of the web, where the text is one by itself or seen from ``base``."""
    try:
        url = base.join(text) if base else httpx.URL(text)
        good = text and url.host and url.scheme in ("http", "https") and (url.port is None or 0 < url.port < 65_536)
    except (httpx.InvalidURL, ValueError):
        return None
    return url if good else None


def _openness_of(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> int:
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_global:
        return 2
    is_here = address.is_loopback or address.is_link_local or address.is_unspecified
    return 1 if address.is_private and not is_here else 0

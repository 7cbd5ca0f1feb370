"""The HTTP client of the service: nothing else speaks with it.

Nothing is retried here and no redirect is followed; a request goes out when the budget allows it.
"""

import contextlib
import socket
import ssl
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol, Self

import httpx

from intron_cli import __version__
from intron_cli.api import wire
from intron_cli.api.budget import Budget, Kind
from intron_cli.api.faults import client_fault, connection_fault
from intron_cli.core import units
from intron_cli.core.catalog import CATALOG, Catalog
from intron_cli.core.clock import Bell, Clock
from intron_cli.core.errors import (
    GoneError,
    IntronError,
    KeyRefusedError,
    RefusedError,
    SourceError,
    UnavailableError,
)
from intron_cli.core.text import clean_line

CHUNK = 64 * 1024
_UNSENT = 64 * 1024
"""Bytes that the system takes ahead of the line: they arrive also after a kill, and the form's end with them."""

_NOTSENT_LOWAT = getattr(socket, "TCP_NOTSENT_LOWAT", {"linux": 25, "darwin": 0x201}.get(sys.platform))
_SHORTEST_SECRET = 8
"""Characters of a key that can be told from chance in a text."""
_LARGEST_ANSWER = 64 * 1024 * 1024
_LONGEST_ANSWER = 300.0
_TIMEOUT = httpx.Timeout(connect=10, write=60, read=120, pool=10)
"""The read time-out is long: when it ends, the service has the recording and nobody knows what of it."""


class Readable(Protocol):
    """Bytes that come in order."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class UploadBody:
    """What an upload sends: the form around ``file`` (None: the form alone).

    ``before_end`` is called when all but the closing boundary is on its way: whatever has to be on
    disk before the service can have the form is put there by it. ``sent`` is told the bytes so far.
    """

    form: wire.Form
    file: Readable | None
    size: int
    before_end: Callable[[], None]
    sent: Callable[[int], None]

    @property
    def length(self) -> int:
        return len(self.form.head) + self.size + len(self.form.tail)


@dataclass(frozen=True, slots=True)
class UploadResult:
    """``outcome`` is None where the form never went out whole; ``fault`` says why, or why no answer came."""

    outcome: wire.UploadOutcome | None
    fault: IntronError | None = None


class _Stream:
    """The bytes of an upload in order, and how far the transport took them."""

    def __init__(self, body: UploadBody) -> None:
        self._body = body
        self.complete = False

    def __iter__(self) -> Iterator[bytes]:
        body = self._body
        yield body.form.head
        total = 0
        while body.file and total < body.size:
            chunk = body.file.read(min(CHUNK, body.size - total))
            if not chunk:
                raise SourceError("changed", "The file became shorter while it was sent.", "It was not sent.")
            total += len(chunk)
            yield chunk
            body.sent(total)
        body.before_end()
        yield body.form.tail
        # Only a transport that wrote the last bytes comes back here.
        self.complete = True


def trust(url: str) -> bool | ssl.SSLContext:
    """Verification is always on. Plain http needs no authorities, and loading them takes 25 ms: it trusts nobody."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if url.startswith("http:") else True


def set_location_aside(response: httpx.Response) -> None:
    """Take where a redirect leads from httpx's sight, into ``extensions``.

    It reads that also where it is not to follow, and fails on what is no URL.
    """
    response.extensions["location"] = response.headers.pop("location", "")


class ServiceClient:
    """Requests to one service with one key, from several threads. A context manager; one for each run."""

    def __init__(self, base_url: str, key: str, budget: Budget, clock: Clock, catalog: Catalog = CATALOG) -> None:
        self.base_url = base_url
        self.host = units.host(base_url)
        self._budget = budget
        self._clock = clock
        self._catalog = catalog
        self._key = key
        self._is_secret = len(key) >= _SHORTEST_SECRET
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._lock = threading.Lock()
        self.requests = 0
        """How many went out."""
        try:
            self._http = httpx.Client(
                timeout=_TIMEOUT,
                headers={
                    "Authorization": f"Bearer {key}",
                    "User-Agent": f"intron-cli/{__version__}",
                    # A bound on what is read is none on what unpacking makes of it.
                    "Accept-Encoding": "identity",
                },
                follow_redirects=False,
                event_hooks={"response": [set_location_aside]},
                # A proxy is for the way out: asked for a loopback address it would be handed the key.
                trust_env=not units.is_loopback(base_url),
                verify=trust(base_url),
            )
        except Exception as error:  # noqa: BLE001 - proxies and certificates fail in many ways
            raise client_fault(error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()
        self._budget.close()

    def claim(self, kind: Kind) -> float:
        """Take the right to one request now (0.0), or learn after how many seconds to ask again."""
        return self._budget.claim(kind)

    def hang_up(self) -> None:
        """Cut all connections: whoever waits for an answer is told at once that none comes."""
        with self._lock:
            open_ones = list(self._sockets)
        for one in open_ones:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def upload(
        self,
        body: UploadBody,
        waiting: Callable[[float], None] | None = None,
        *,
        claimed: bool = False,
        stop: Bell | None = None,
    ) -> UploadResult:
        """Send a recording; ``claimed`` where the budget was asked already.

        What ``before_end`` and ``sent`` raise passes; what the network does is a result. Raises Stopped
        where ``stop`` is rung while the quota is waited for.
        """
        if not claimed:
            self._budget.acquire("upload", waiting, stop=stop)
        stream = _Stream(body)
        headers = {"Content-Type": body.form.content_type, "Content-Length": str(body.length)}
        request = self._http.build_request(
            "POST", self.base_url + wire.UPLOAD_PATH, content=iter(stream), headers=headers
        )
        try:
            answer = self._send(request)
        except httpx.HTTPError as error:
            if stream.complete:
                return UploadResult(wire.UploadOutcome("maybe"), connection_fault(error, self.host))
            if isinstance(error, httpx.RemoteProtocolError):
                # No answer was due yet: it is the line that broke, not an answer that was cut off.
                error = httpx.WriteError("closed while sending", request=request)
            return UploadResult(None, connection_fault(error, self.host))
        outcome = wire.read_upload(answer)
        if outcome.again:
            self._budget.hold("upload", outcome.retry_after or 1.0)
        if outcome.kind == "maybe" and not stream.complete:
            return UploadResult(None, self._unreadable(answer))
        fault = None if outcome.kind == "submitted" else self._upload_fault(answer, outcome)
        return UploadResult(outcome, fault)

    def status(
        self,
        file_id: str,
        *,
        structured: bool = False,
        waiting: Callable[[float], None] | None = None,
        claimed: bool = False,
    ) -> wire.StatusData:
        """Ask once what became of an upload; ``claimed`` where the budget was asked already.

        Raises KeyRefusedError, GoneError where the service does not know the id, UnavailableError for
        everything that may pass.
        """
        if not claimed:
            self._budget.acquire("status", waiting)
        request = self._http.build_request(
            "GET",
            self.base_url + wire.STATUS_PATH.format(file_id=file_id),
            params={"get_structured_post_processing": "t"} if structured else None,
        )
        try:
            answer = self._send(request)
        except httpx.HTTPError as error:
            raise connection_fault(error, self.host) from None
        envelope = wire.parse_envelope(answer.body)
        if answer.code < 300 and (data := wire.read_status(envelope, self._catalog)):
            return replace(data, message=self._without_key(data.message))
        message = self._without_key(clean_line(str(envelope.get("message") or ""), 300))
        if answer.code >= 400 and "file not found" in message.lower():
            raise GoneError(
                f"{self.host} knows no file {file_id}.", "Is it the id of another service, or of another key?"
            )
        if answer.code in (401, 403) and not wire.is_html(answer):
            raise self._key_refused(message)
        after = wire.retry_after(answer.headers)
        if answer.code == 429 or (answer.code == 503 and after is not None):
            after = after or 1.0
            self._budget.hold("status", after)
            raise UnavailableError(
                f"{self.host} allows no more requests for now.", "Try again later.", retry_after=after
            )
        raise self._unreadable(answer)

    def _send(self, request: httpx.Request) -> wire.Answer:
        """Send, and read the answer within bounds of size and time."""
        request.extensions["trace"] = self._trace
        with self._lock:
            self.requests += 1
        with contextlib.closing(self._http.send(request, stream=True)) as response:
            end = self._clock.monotonic() + _LONGEST_ANSWER
            body = bytearray()
            if response.headers.get("content-encoding", "identity").lower() != "identity":
                raise httpx.DecodingError("an encoding that was not asked for", request=request)
            for chunk in response.iter_raw():
                body += chunk
                if len(body) > _LARGEST_ANSWER or self._clock.monotonic() > end:
                    raise httpx.RemoteProtocolError("an answer without end", request=request)
            # A service that says the key again does not bring it into messages, records or files.
            text = bytes(body).replace(self._key.encode(), b"[key]") if self._is_secret else bytes(body)
            return wire.Answer(response.status_code, dict(response.headers), text)

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        """Remember each connection's socket, so that :meth:`hang_up` reaches it; keep its buffer small."""
        if not event.endswith(("connect_tcp.complete", "start_tls.complete")):
            return
        found = info["return_value"].get_extra_info("socket")
        if _NOTSENT_LOWAT is not None:
            with contextlib.suppress(OSError):
                found.setsockopt(socket.IPPROTO_TCP, _NOTSENT_LOWAT, _UNSENT)
        with self._lock:
            self._sockets.add(found)

    def _without_key(self, message: str) -> str:
        """What the service says, even where it says the key again."""
        return message.replace(self._key, "[key]") if self._is_secret else message

    def _upload_fault(self, answer: wire.Answer, outcome: wire.UploadOutcome) -> IntronError:
        if wire.is_html(answer) or 300 <= answer.code < 400:
            return self._unreadable(answer)
        if answer.code in (401, 403):
            return self._key_refused(self._without_key(outcome.message))
        if outcome.again:
            return UnavailableError(
                f"{self.host} takes no more uploads for now.",
                "Try again later.",
                retry_after=outcome.retry_after,
            )
        if outcome.kind == "refused":
            said = f": {self._without_key(outcome.message)}" if outcome.message else f" (HTTP {answer.code})"
            return RefusedError(f"{self.host} refused the recording{said}.", "Trying the same again is useless.")
        return self._unreadable(answer)

    def _key_refused(self, message: str) -> IntronError:
        said = f" ({message})" if message else ""
        if "integrator" in message.lower():
            return KeyRefusedError(f"The key is not enabled for this at {self.host}{said}.", "Ask Intron Health.")
        return KeyRefusedError(f"{self.host} refused the key{said}.", "Set the right one: intron config set api_key")

    def _unreadable(self, answer: wire.Answer) -> UnavailableError:
        """An answer that is not the service's own, or says nothing that can be used."""
        if 300 <= answer.code < 400:  # most of these come with a page, too
            return UnavailableError(
                f"{self.host} answered with a redirect (HTTP {answer.code}), which is never followed with a key.",
                "Is base_url right? If so, open any page in a browser: this network may want a log-in.",
            )
        if wire.is_html(answer):
            return UnavailableError(
                f"A web page came instead of an answer from {self.host} (HTTP {answer.code}):"
                " a log-in page of this network, or a proxy.",
                "Open any page in a browser, log in if asked, and try again.",
            )
        if answer.code < 300:
            return UnavailableError(f"The answer of {self.host} cannot be read.", "Try again later.")
        return UnavailableError(f"{self.host} answered HTTP {answer.code}.", "Try again later.")

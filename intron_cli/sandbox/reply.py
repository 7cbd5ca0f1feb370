"""What the stand-in answers: the service's envelope, and the exceptions that carry an answer, or none."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer before it is written to a socket.

    ``html`` stands in for the envelope. One that is ``foreign`` comes from between client and
    service: it has no header of the service's. One that is ``cut`` ends in the middle of its body.
    """

    status: int
    payload: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    html: str | None = None
    foreign: bool = False
    cut: bool = False

    @classmethod
    def page(cls, status: int, html: str) -> Self:
        """A page of somebody in between."""
        return cls(status, {}, html=html, foreign=True)

    def with_headers(self, headers: Mapping[str, str]) -> "Reply":
        return replace(self, headers={**self.headers, **headers})

    def as_it_is(self, headers: Mapping[str, str] | None = None) -> "Reply":
        """With these headers and none of the service's."""
        return replace(self.with_headers(headers or {}), foreign=True)

    @property
    def content_type(self) -> str:
        return "application/json" if self.html is None else "text/html; charset=utf-8"

    def body(self) -> bytes:
        """The envelope as JSON in ASCII: whatever a transcript holds, it travels escaped."""
        return json.dumps(self.payload).encode("ascii") if self.html is None else self.html.encode()


def ok(message: str, data: Mapping[str, Any], *, status: int = 200) -> Reply:
    return Reply(status, {"status": "Ok", "message": message, "data": dict(data)})


def error(status: int, message: str) -> Reply:
    return Reply(status, {"status": "Error", "message": message, "data": {}})


class AnsweredError(Exception):
    """The request is answered with this, and nothing else is done with it."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


class RefusedError(AnsweredError):
    """The request is answered with an error; raised wherever that is found out."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(error(status, message))


class HangUpError(Exception):
    """The connection is reset instead of an answer."""

"""What the stand-in answers: the service's envelope, and the one exception that carries a refusal."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer before it is written to a socket."""

    status: int
    payload: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)

    def with_headers(self, headers: Mapping[str, str]) -> "Reply":
        return replace(self, headers={**self.headers, **headers})

    def body(self) -> bytes:
        """The envelope as JSON in ASCII: whatever a transcript holds, it travels escaped."""
        return json.dumps(self.payload).encode("ascii")


def ok(message: str, data: Mapping[str, Any], *, status: int = 200) -> Reply:
    return Reply(status, {"status": "Ok", "message": message, "data": dict(data)})


def error(status: int, message: str) -> Reply:
    return Reply(status, {"status": "Error", "message": message, "data": {}})


class RefusedError(Exception):
    """The request is answered with an error; raised wherever that is found out."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.reply = error(status, message)

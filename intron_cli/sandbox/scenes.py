"""Scenes: the ways in which the service, or the line to it, goes wrong. Each is a line of a table."""

from dataclasses import dataclass
from typing import Literal

from intron_cli.sandbox import state
from intron_cli.sandbox.answers import Transcript
from intron_cli.sandbox.reply import Reply, error
from intron_cli.sandbox.state import Failure, Heard, Outcome, Unending

Moment = Literal["upload", "result", "status"]
"""What a scene befalls: an upload on its way, what becomes of it, or a look at it."""

Body = Literal["unread", "half", "all but its end", "read", "taken in"]
"""How much of an upload's body is read before the scene ends it; only one that is taken in makes a job."""

End = Literal["answer", "reset", "hold", "cut"]

HOLD_SECONDS = 30.0
"""For so long a slow answer is held."""

HOSTILE = (
    "Hello \x1b]52;c;cm0gLXJmIC8=\x07\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\ \x1b[2J\x1b[31mred\x1b[0m "
    "\u202eesrever\u202c \u2066isolated\u2069 [bold]bold[/bold] <script>alert(1)</script> \x9b31m \x08\x7f\0 goodbye."
)
"""What could steer a terminal, a page or a reader's eye."""

ELSEWHERE = "/file/v1/elsewhere"

_LIMITED = error(429, "ratelimit exceeded 1 per 1 second").as_it_is({"Retry-After": "1"})
_UNAVAILABLE = error(503, "service unavailable").as_it_is({"Retry-After": "2"})
_GATEWAY = Reply.page(502, "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>")
_LOG_IN = Reply.page(200, "<!doctype html><html><title>Log in</title><body>Log in to use this network.</body></html>")
_MOVED = Reply.page(307, "").with_headers({"Location": ELSEWHERE})
_UNKNOWN = error(500, "file not found").as_it_is()


@dataclass(frozen=True, slots=True)
class Scene:
    """One way to go wrong. ``answer`` stands in for the service's own, ``outcome`` for what was heard."""

    name: str
    moment: Moment
    help: str
    body: Body = "taken in"
    end: End = "answer"
    answer: Reply | None = None
    outcome: Outcome | None = None
    without_outputs: bool = False

    @property
    def cuts_form(self) -> bool:
        """Whether the connection ends before the form does."""
        return self.end == "reset" and self.body not in ("read", "taken in")

    def is_over(self, received: int, length: int | None, closing: int) -> bool:
        """Whether enough of the body has come, of so many bytes with so many that close the form."""
        if length is None or self.body not in ("half", "all but its end"):
            return False
        return received >= (length / 2 if self.body == "half" else length - closing)


def _spoken(text: str, notes: str | None = None) -> Heard:
    return Heard(Transcript(text, text, "a scene"), None, notes)


SCENES: tuple[Scene, ...] = (
    Scene("rate-limited", "upload", "429 with Retry-After", "unread", answer=_LIMITED),
    Scene("unavailable", "upload", "503 with Retry-After", "unread", answer=_UNAVAILABLE),
    Scene("gateway-error", "upload", "502 with a page, though the upload is taken in", answer=_GATEWAY),
    Scene("reset-before", "upload", "the connection is reset before the body", "unread", "reset"),
    Scene("reset-middle", "upload", "the connection is reset in the middle of the body", "half", "reset"),
    Scene("reset-before-end", "upload", "... before the last bytes of the body", "all but its end", "reset"),
    Scene("reset-after", "upload", "the upload is taken in, then the connection is reset", end="reset"),
    Scene("slow-answer", "upload", "the answer comes after half a minute", end="hold"),
    Scene("cut-answer", "upload", "the upload is taken in, its answer cut off", end="cut"),
    Scene("html", "upload", "a network's log-in page instead of an answer", "read", answer=_LOG_IN),
    Scene("redirect", "upload", "307 to another address", "read", answer=_MOVED),
    Scene("failed", "result", state.FAILED, outcome=Failure(state.FAILED, "processing failed")),
    Scene("invalid", "result", state.INVALID, outcome=Failure(state.INVALID, "the file is not valid")),
    Scene("invalid-size", "result", state.INVALID_SIZE, outcome=Failure(state.INVALID_SIZE, "its size is not valid")),
    Scene("invalid-duration", "result", state.INVALID_DURATION,
          outcome=Failure(state.INVALID_DURATION, "its duration is not valid")),
    Scene("timeout", "result", state.TIMEOUT, outcome=Failure(state.TIMEOUT, "processing took too long")),
    Scene("cancelled", "result", state.CANCELLED, outcome=Failure(state.CANCELLED, "processing was cancelled")),
    Scene("stuck", "result", "it is processed for ever", outcome=Unending(state.PROCESSING)),
    Scene("unknown-state", "result", "a state that nobody knows", outcome=Unending("FILE_ARCHIVED")),
    Scene("empty", "result", "an empty transcript", outcome=_spoken("", "")),
    Scene("missing-outputs", "result", "no note comes back", without_outputs=True),
    Scene("hostile", "result", "control characters and markup in every text", outcome=_spoken(HOSTILE, HOSTILE)),
    Scene("status-rate-limited", "status", "429 with Retry-After, at a look", answer=_LIMITED),
    Scene("status-unavailable", "status", "503 with Retry-After, at a look", answer=_UNAVAILABLE),
    Scene("status-gateway-error", "status", "502 with a page, at a look", answer=_GATEWAY),
    Scene("status-html", "status", "a network's log-in page, at a look", answer=_LOG_IN),
    Scene("status-reset", "status", "the connection is reset at a look", end="reset"),
    Scene("status-cut-answer", "status", "the answer to a look is cut off", end="cut"),
    Scene("gone", "status", "the service no longer knows the file", answer=_UNKNOWN),
)  # fmt: skip


def read_scene(text: str) -> tuple[Scene, int | None]:
    """A scene and how often it is played (None: always) from ``NAME`` or ``NAME=COUNT``.

    Raises ValueError with what there is.
    """
    name, given, count = text.strip().partition("=")
    scene = next((scene for scene in SCENES if scene.name == name.strip()), None)
    if scene is None:
        raise ValueError("one of " + ", ".join(scene.name for scene in SCENES))
    if given and not (count.isascii() and count.isdigit() and int(count[:9]) > 0 and len(count) < 10):
        raise ValueError("NAME, or NAME=COUNT with a count of 1 or more")
    return scene, int(count) if given else None

"""The hand-over of one recording, at the prompt: after each fault the ledger, the exit code, the line, the next run."""

import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pytest
import rawserver as raw
from harness import KEY, Result, write_wav
from rawserver import RawServer, Script

from .conftest import At

PAGE = b"<!DOCTYPE html><title>Guest Wi-Fi</title>"
OPEN_END = raw.send(raw.answer_bytes(200, b'{"status": "Ok", "data": {"file_id": "12')[:-3])


def error(message: str) -> dict[str, object]:
    return raw.envelope({}, message, "Error")


def told(found: Result) -> str:
    """The one line that stands on stderr."""
    assert found.err.count("\n") == 1, found.err
    assert "Traceback" not in found.err
    assert KEY not in found.err + found.out
    return found.err


@dataclass(frozen=True)
class Fault:
    """What a server does to an upload that lets nobody know whether it took it."""

    script: Script
    said: str


MAYBE = {
    "reset after the body": Fault((raw.read_all, raw.reset), "broke"),
    "closed after the body": Fault((raw.read_all, raw.close), "cut off"),
    "answer cut in its head": Fault((raw.read_all, raw.send(b"HTTP/1.1 200 O"), raw.close), "cut off"),
    "answer cut in the middle": Fault((raw.read_all, OPEN_END, raw.close), "cut off"),
    "bad gateway": Fault((raw.read_all, raw.answer(502, PAGE, Content_Type="text/html")), "HTTP 502"),
    "gateway time-out": Fault((raw.read_all, raw.answer(504)), "HTTP 504"),
    "request time-out": Fault((raw.read_all, raw.answer(408)), "HTTP 408"),
    "server error": Fault((raw.read_all, raw.answer(500, b"oops")), "HTTP 500"),
    "unavailable": Fault((raw.read_all, raw.answer(503)), "HTTP 503"),
    "portal": Fault((raw.read_all, raw.answer(200, PAGE, Content_Type="text/html")), "log-in page"),
    "no id": Fault((raw.read_all, raw.answer(200, raw.envelope({}))), "cannot be read"),
    "deep": Fault((raw.read_all, raw.answer(200, b"[" * 100_000)), "cannot be read"),
}


@pytest.mark.parametrize("fault", MAYBE.values(), ids=MAYBE)
def test_what_may_have_arrived_is_not_sent_again_unasked(at: At, fault: Fault) -> None:
    """Exit code 10 and a line with the job and the way on; the next run says the same and sends nothing."""
    with RawServer([fault.script, raw.taken()]) as server:
        cli = at.cli(server)
        first = cli("transcribe", at.recording)
        line = told(first)
        assert first.code == 10
        assert fault.said in line
        assert "may have been uploaded (job 1)" in line
        assert "--on-unknown retry" in line
        assert [(one.state, one.owner) for one in at.attempts()] == [("handed_over", None)]
        for option in ("ask", "skip"):
            again = cli("transcribe", at.recording, "--on-unknown", option)
            assert (again.code, told(again)) == (10, line)
        assert len(server.begun) == len(server.uploads) == 1
        retried = cli("transcribe", at.recording, "--on-unknown", "retry")
        assert (retried.code, retried.out) == (0, "## Transcript\n\nHello from the tests.\n")
        assert at.states == ["refused", "done"]
        assert len(server.uploads) == 2


def test_a_terminal_is_asked_what_to_do(at: At) -> None:
    """No is the answer of silence; yes sends it again."""
    with RawServer([MAYBE["bad gateway"].script, raw.taken()]) as server:
        cli = at.cli(server)
        assert cli("transcribe", at.recording, tty=True, stdin=b"y\n").code == 10
        refused = cli("transcribe", at.recording, tty=True, stdin=b"\n")
        assert refused.code == 10
        assert "[y/N]" in refused.err
        assert cli("transcribe", at.recording, "--no-input", tty=True, stdin=b"y\n").code == 10
        assert len(server.uploads) == 1
        assert cli("transcribe", at.recording, tty=True, stdin=b"y\n").code == 0
        assert len(server.uploads) == 2


LOST = {
    "reset in the middle": (raw.read(1000), raw.reset),
    "closed in the middle": (raw.read(1000), raw.close),
    "reset at once": (raw.reset,),
    "answer before the end": (raw.read(1000), raw.answer(502, PAGE)),
}


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A recording that does not fit into what connections buffer."""
    return write_wav(tmp_path / "large.wav", 300, 16_000)


@pytest.mark.parametrize("script", LOST.values(), ids=LOST)
def test_what_did_not_arrive_is_tried_again_in_the_same_run(at: At, large: Path, script: Script) -> None:
    """A line that breaks before the end costs nothing but the time."""
    with RawServer([script, script, raw.taken()], buffer=4096) as server:
        found = at.cli(server)("transcribe", large)
    assert (found.code, found.err) == (0, "")
    assert at.states == ["done"]
    assert at.attempts()[0].tries == 3
    assert (len(server.begun), len(server.uploads)) == (3, 1)


@pytest.mark.parametrize("script", LOST.values(), ids=LOST)
def test_what_does_not_arrive_is_given_up_within_bounds(at: At, large: Path, script: Script) -> None:
    """Some tries, then exit code 5 and what was spent; the next run starts anew."""
    with RawServer([script], buffer=4096) as server:
        found = at.cli(server)("transcribe", large)
        line = told(found)
        assert found.code == 5
        assert re.search(r"\(\d tries(, .* sent that did not arrive)?\)", line)
        assert "cut off" not in line
        assert at.states == ["refused"]
        assert 2 <= len(server.begun) <= 4
        assert not server.uploads
    with RawServer() as server:
        assert at.cli(server)("transcribe", large).code == 0
    assert len(server.uploads) == 1
    assert at.states[0] == "refused"


def test_the_end_goes_out_after_the_ledger_and_not_before(at: At, large: Path) -> None:
    """While another process keeps the ledger from being written, the closing boundary stays here."""
    early: list[bytes] = []

    def block(exchange: raw.Exchange) -> None:
        holder = sqlite3.connect(at.home / "state" / "ledger.db", isolation_level=None)
        try:
            holder.execute("BEGIN IMMEDIATE")
            held_back = len(b"\r\n") + len(exchange.end)
            exchange.read_until(exchange.length - held_back)
            exchange.connection.settimeout(0.05)
            with pytest.raises(TimeoutError):
                early.append(exchange.connection.recv(65536))
            exchange.connection.settimeout(None)
            assert holder.execute("SELECT state FROM attempt").fetchall() == [("sending",)]
        finally:
            raw.reset(exchange)
            holder.close()

    # The recording is larger than what is buffered: the client cannot be at its end before the lock is taken.
    with RawServer([(block,), raw.taken()], buffer=4096) as server:
        found = at.cli(server)("transcribe", large)
    assert early == []
    assert found.code == 0
    assert (at.states, at.attempts()[0].tries) == (["done"], 2)
    assert (len(server.begun), len(server.uploads)) == (2, 1)


@pytest.mark.parametrize(
    ("script", "code", "said"),
    [
        ((raw.read_all, raw.answer(400, error("less than minimum of 1seconds"))), 6, "less than minimum"),
        ((raw.read_all, raw.answer(413, PAGE)), 5, "web page"),
        ((raw.read(1000), raw.answer(413, error("too large")), raw.drain), 6, "too large"),
        ((raw.read_all, raw.answer(200, error("no credit"))), 6, "no credit"),
        ((raw.read_all, raw.answer(307, Location="http://127.0.0.1:9/")), 5, "redirect"),
        ((raw.read_all, raw.answer(403, error("permission denied,access-key error"))), 4, "config set api_key"),
        ((raw.read_all, raw.answer(401)), 4, "refused the key"),
    ],
    ids=["400", "413 page", "413 early", "200 Error", "307", "403", "401"],
)
def test_a_refusal_is_closed_and_the_next_run_sends_anew(at: At, script: Script, code: int, said: str) -> None:
    """What the service did not take is one line and a closed attempt; nothing is tried again by itself."""
    with RawServer([script, raw.taken()]) as server:
        cli = at.cli(server)
        found = cli("transcribe", at.recording)
        assert found.code == code
        assert said in told(found)
        assert at.states == ["refused"]
        assert len(server.begun) == 1
        assert cli("transcribe", at.recording).code == 0
        assert at.states == ["refused", "done"]


@pytest.mark.parametrize("code", [429, 503])
def test_being_asked_to_wait_is_waited_for(at: At, code: int) -> None:
    """429, and 503 with Retry-After, are tried again in the same run when that time is over."""
    script = (raw.read_all, raw.answer(code, Retry_After="40"))
    start = at.clock.now()
    with RawServer([script, raw.taken()]) as server:
        found = at.cli(server)("transcribe", at.recording)
    assert (found.code, found.err) == (0, "")
    assert at.clock.now() - start >= 40
    assert (at.states, at.attempts()[0].tries) == (["done"], 2)
    assert len(server.begun) == 2


def test_an_id_in_a_refusal_is_believed(at: At) -> None:
    """503 with a file id means: it is taken, ask for it."""
    script = (raw.read_all, raw.answer(503, raw.envelope({"file_id": raw.FILE_ID}), Retry_After="1"))
    with RawServer([script]) as server:
        found = at.cli(server)("transcribe", at.recording)
    assert found.code == 0
    assert (at.states, at.attempts()[0].file_id) == (["done"], raw.FILE_ID)
    assert len(server.begun) == 1


def test_the_id_outlives_a_ledger_that_breaks(at: At) -> None:
    """If the ledger fails between the hand-over and the answer, the line holds the id."""

    def break_ledger(exchange: raw.Exchange) -> None:
        database = sqlite3.connect(at.home / "state" / "ledger.db")
        database.execute("ALTER TABLE attempt RENAME TO lost")
        database.close()

    with RawServer([(raw.read_all, break_ledger, *raw.taken())]) as server:
        found = at.cli(server)("transcribe", at.recording)
    assert found.code == 4
    assert raw.FILE_ID in told(found)

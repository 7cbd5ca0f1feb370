"""The upload on the wire: what a server sees of it, and what the client makes of faults."""

import contextlib
import sys
import threading

import pytest
import rawserver as raw
from rawserver import RawServer, Script

from intron_cli.api.client import UploadResult
from intron_cli.core.errors import IntronError, KeyRefusedError, RefusedError, UnavailableError

from .conftest import KEY, Connect, Upload

LARGE = bytes(12_000_000)
"""More than both ends of a connection buffer."""
PAGE = b"<!DOCTYPE html><title>Guest Wi-Fi</title>"


def fault_of(result: UploadResult) -> IntronError:
    assert result.fault
    assert KEY not in str(result.fault)
    assert "\n" not in str(result.fault)
    return result.fault


def test_an_upload_as_a_server_sees_it(connect: Connect) -> None:
    """One POST with the key, its exact length, no chunks, and the form around the recording's bytes."""
    upload = Upload()
    with RawServer() as server:
        result = connect(server.url).upload(upload.body())
    (seen,) = server.exchanges
    assert result.outcome
    assert result.outcome.file_id == raw.FILE_ID
    assert seen.line == "POST /file/v1/upload HTTP/1.1"
    assert seen.headers["authorization"] == f"Bearer {KEY}"
    assert seen.headers["content-type"] == "multipart/form-data; boundary=intron-boundary"
    assert seen.headers["user-agent"].startswith("intron-cli/")
    assert "transfer-encoding" not in seen.headers
    assert int(seen.headers["content-length"]) == len(seen.body) == upload.body().length
    assert seen.whole
    assert upload.audio in seen.body
    assert upload.sent[-1] == len(upload.audio)


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 300_000])
def test_the_length_is_exact_at_every_size(connect: Connect, size: int) -> None:
    """Content-Length is the number of bytes that follow, at and around the size of a chunk."""
    with RawServer() as server:
        result = connect(server.url).upload(Upload(bytes(size)).body())
    assert result.fault is None
    assert server.exchanges[0].whole


def test_the_end_is_not_on_the_wire_before_it_may_be(connect: Connect) -> None:
    """While before_end has not returned, all but the closing boundary is there, and nothing more."""
    proved, early = threading.Event(), []

    def read_all_there_is(exchange: raw.Exchange) -> None:
        exchange.read_until(held_back)
        exchange.connection.settimeout(0.05)
        with contextlib.suppress(TimeoutError):
            early.append(exchange.connection.recv(65536))
        exchange.connection.settimeout(None)
        proved.set()

    upload = Upload(before_end=lambda: early.append(b"") if not proved.wait(raw.PATIENCE) else None)
    body = upload.body()
    held_back = body.length - len(body.form.tail)
    with RawServer([(read_all_there_is, *raw.taken())]) as server:
        result = connect(server.url).upload(body)
    assert early == []
    assert result.fault is None
    assert server.exchanges[0].whole


def test_what_before_end_raises_keeps_the_end_back(connect: Connect) -> None:
    """If the hand-over cannot be noted, the form never gets its end, and the error passes."""

    def fail() -> None:
        raise OSError("disk full")

    with RawServer([(raw.read_all,)]) as server:
        client = connect(server.url)
        with pytest.raises(OSError, match="disk full"):
            client.upload(Upload(before_end=fail).body())
        client.close()
    assert not server.uploads


def test_a_file_that_became_shorter_is_not_sent(connect: Connect) -> None:
    """Fewer bytes than announced end in an error, not in a form that is whole."""
    upload = Upload(bytes(100_000))
    body = upload.body()
    assert body.file
    body.file.truncate(70_000)
    with RawServer([(raw.read_all,)]) as server, pytest.raises(IntronError, match="shorter"):
        connect(server.url).upload(body)
    assert not server.uploads


@pytest.mark.parametrize(
    "script",
    [(raw.read(1000), raw.reset), (raw.read(1000), raw.close), (raw.reset,), (raw.close,)],
    ids=["reset", "closed", "reset at once", "closed at once"],
)
def test_a_line_that_breaks_in_the_middle_sent_nothing(connect: Connect, script: Script) -> None:
    """A write that fails before the end leaves no outcome: it did not arrive."""
    handed_over = threading.Event()
    with RawServer([script], buffer=4096) as server:
        result = connect(server.url).upload(Upload(LARGE, handed_over.set).body())
    assert result.outcome is None
    assert isinstance(fault_of(result), UnavailableError)
    assert not handed_over.is_set()


def test_a_line_that_breaks_before_the_last_bytes_sent_nothing(connect: Connect) -> None:
    """If it is the closing boundary that cannot be written, the form did not arrive."""
    gone = threading.Event()

    def before_end() -> None:
        assert gone.wait(raw.PATIENCE)

    script = (raw.read(10), raw.reset, lambda _: gone.set())
    with RawServer([script]) as server:
        result = connect(server.url).upload(Upload(bytes(50_000), before_end).body())
    assert result.outcome is None
    assert isinstance(fault_of(result), UnavailableError)


CUT = raw.answer_bytes(200, b'{"status": "Ok", "data": {"file_id": "')[:-10]


@pytest.mark.parametrize(
    "steps",
    [
        (raw.reset,),
        (raw.close,),
        (raw.send(b"HTTP/1.1 200 OK\r\nContent-Le"), raw.close),
        (raw.send(CUT), raw.close),
        (raw.send(CUT), raw.reset),
        (raw.send(b"SSH-2.0-OpenSSH_9.6\r\n"), raw.close),
        (raw.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), raw.close),
        (raw.answer(200, b"not gzip", Content_Encoding="gzip"),),
    ],
    ids=["reset", "closed", "cut head", "cut body", "reset in body", "no HTTP", "bad chunks", "bad gzip"],
)
def test_a_fault_after_the_last_byte_leaves_it_open(connect: Connect, steps: Script) -> None:
    """Once the form is out whole, a missing or broken answer means that it may have been taken."""
    with RawServer([(raw.read_all, *steps)]) as server:
        result = connect(server.url).upload(Upload().body())
    assert result.outcome
    assert (result.outcome.kind, result.outcome.file_id) == ("maybe", None)
    assert isinstance(fault_of(result), UnavailableError)
    assert len(server.uploads) == 1


def test_a_portal_s_page_is_called_one(connect: Connect) -> None:
    """A web page where an answer is due is told as a log-in page or a proxy."""
    with RawServer([(raw.read_all, raw.answer(200, PAGE, Content_Type="text/html"))]) as server:
        result = connect(server.url).upload(Upload().body())
    assert result.outcome
    assert result.outcome.kind == "maybe"
    assert "log-in page" in fault_of(result).message


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(connect: Connect, code: int) -> None:
    """The form and the key go to the host that was named and to no other."""
    with RawServer() as other:
        script = (raw.read_all, raw.answer(code, Location=f"{other.url}/file/v1/upload"))
        with RawServer([script]) as server:
            result = connect(server.url).upload(Upload().body())
    assert result.outcome
    assert result.outcome.kind == "refused"
    assert "redirect" in fault_of(result).message
    assert not other.exchanges


@pytest.mark.parametrize("location", ["data:,a", "http://[::1", "http://h:99999/", "//", ""])
def test_a_redirect_to_no_url_is_a_redirect(connect: Connect, location: str) -> None:
    """It was not taken, wherever it points: neither maybe uploaded nor a bug."""
    script = (raw.read_all, raw.answer(302, Location=location))
    with RawServer([script], status=[(raw.answer(302, Location=location),)]) as server:
        client = connect(server.url)
        result = client.upload(Upload().body())
        with pytest.raises(UnavailableError, match="redirect"):
            client.status("abc")
    assert result.outcome
    assert result.outcome.kind == "refused"
    assert "redirect" in fault_of(result).message


def too_large(*after: raw.Step) -> Script:
    return (raw.read(1000), raw.answer(413, {"status": "Error", "message": "too large"}), *after)


@pytest.mark.parametrize("script", [too_large(raw.drain), too_large()], ids=["read on", "closed"])
def test_an_early_refusal_is_heard(connect: Connect, script: Script) -> None:
    """An answer that comes while the body is still being sent is read and believed."""
    with RawServer([script], buffer=4096) as server:
        result = connect(server.url).upload(Upload(LARGE).body())
    assert result.outcome
    assert (result.outcome.kind, result.outcome.code) == ("refused", 413)
    assert isinstance(fault_of(result), RefusedError)


def test_an_early_answer_that_says_nothing_means_not_sent(connect: Connect) -> None:
    """A 502 while the form still lacks its end cannot stand for an upload."""
    with RawServer([(raw.read(1000), raw.answer(502, PAGE))], buffer=4096) as server:
        result = connect(server.url).upload(Upload(LARGE).body())
    assert result.outcome is None
    assert isinstance(fault_of(result), UnavailableError)


@pytest.mark.parametrize(
    ("code", "message", "kind", "said"),
    [
        (403, "permission denied,access-key error", KeyRefusedError, "config set api_key"),
        (401, "", KeyRefusedError, "refused the key"),
        (403, "not an integrator account", KeyRefusedError, "not enabled"),
        (400, "audio file duration of 0seconds is less than minimum", RefusedError, "duration of 0seconds"),
        (429, "ratelimit exceeded", UnavailableError, "no more uploads"),
        (418, "", RefusedError, "HTTP 418"),
    ],
)
def test_a_refusal_in_our_words(connect: Connect, code: int, message: str, kind: type[IntronError], said: str) -> None:
    """Each refusal is the error that fits, with what the service said."""
    with RawServer([(raw.read_all, raw.answer(code, {"status": "Error", "message": message}))]) as server:
        result = connect(server.url).upload(Upload().body())
    fault = fault_of(result)
    assert type(fault) is kind
    assert said in str(fault)


def test_an_answer_without_end_is_given_up(connect: Connect) -> None:
    """An answer of more than 64 MiB is not read to its end, wherever that may be."""

    def pour(exchange: raw.Exchange) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10000000000\r\n\r\n"
        exchange.connection.sendall(head)
        while True:
            exchange.connection.sendall(bytes(1 << 20))

    with RawServer([(raw.read_all, pour)]) as server:
        result = connect(server.url).upload(Upload().body())
    assert result.outcome
    assert result.outcome.kind == "maybe"


def test_progress_and_callables_are_told_in_order(connect: Connect) -> None:
    """The bytes are told as they go, and the end is asked for after the last of them."""
    told: list[object] = []
    upload = Upload(bytes(150_000), lambda: told.append("end"))
    body = upload.body()
    with RawServer() as server:
        connect(server.url).upload(body)
    assert upload.sent == [65536, 131072, 150_000]
    assert told == ["end"]
    assert len(server.uploads) == 1


@pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="the system takes as much as it likes")
def test_the_system_takes_little_ahead_of_the_line(connect: Connect) -> None:
    """What lies in its buffers arrives also after a kill, so an upload on a slow line is not handed over early."""
    upload = Upload(LARGE)
    with RawServer([(raw.read(1000), raw.hang, raw.reset)], buffer=4096) as server:
        sending = threading.Thread(target=connect(server.url).upload, args=(upload.body(),))
        sending.start()
        server.wait_for(lambda server: server.begun)
        unchanged, before = 0, -1
        while unchanged < 20:  # until it is stuck
            threading.Event().wait(0.01)
            unchanged, before = (unchanged + 1 if len(upload.sent) == before else 0), len(upload.sent)
        assert 0 < upload.sent[-1] < 1_000_000
        server.begun[0].released.set()
        sending.join(raw.PATIENCE)

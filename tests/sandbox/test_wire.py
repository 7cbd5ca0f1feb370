"""HTTP as real clients speak it, byte by byte, and as dying or hostile ones do."""

import http.client
import json
import socket

import pytest
from sandbox.client import END, UPLOAD, Client, StartSandbox, form, part, wav

NAME = part('name="audio_file_name"', "visit")
AUDIO = wav(2)
FILE = part('name="audio_file_blob"; filename="visit.wav"', AUDIO, "Content-Type: audio/wav")
WHOLE = NAME + FILE + END


def chunked(*pieces: bytes, trailer: bytes = b"") -> bytes:
    return b"".join(b"%x;note=1\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n" + trailer + b"\r\n"


def assert_nothing_was_taken(start: StartSandbox, client: Client) -> None:
    """The next upload gets the id that the seed gives to the first."""
    assert client.upload(AUDIO).file_id == start(seed=1).upload(AUDIO).file_id


def length(body: bytes) -> str:
    return f"Content-Length: {len(body)}"


@pytest.mark.parametrize("missing", [1, 3, len(END), len(END) + 1, len(END) + len(FILE), len(WHOLE)])
def test_a_cut_connection_takes_nothing_in(start: StartSandbox, client: Client, log: list[str], missing: int) -> None:
    """However few bytes are missing, the upload is answered by nothing and leaves nothing."""
    body = WHOLE[: len(WHOLE) - missing]
    assert client.raw(client.head(length(WHOLE)), body) == b""
    assert log == [f"POST {UPLOAD}: cut off before its end, not taken in"]
    assert_nothing_was_taken(start, client)


@pytest.mark.parametrize("end", [b"", END[:-4], b"--wrong--\r\n"], ids=["none", "half", "another"])
def test_a_form_without_its_end_is_refused(start: StartSandbox, client: Client, end: bytes) -> None:
    """A body of the announced length whose closing boundary is missing is not taken in."""
    body = NAME + FILE + end
    answer = client.raw(client.head(length(body)), body)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"the form has no end" in answer
    assert_nothing_was_taken(start, client)


def test_a_cut_chunked_body_takes_nothing_in(start: StartSandbox, client: Client) -> None:
    """Not even when the form was complete: the last chunk says that the body is."""
    body = chunked(WHOLE)
    for cut in (len(body) - 1, len(body) - 5, 3, 0):
        assert client.raw(client.head("Transfer-Encoding: chunked"), body[:cut]) == b""
    assert_nothing_was_taken(start, client)


def test_a_chunked_body_is_taken(client: Client) -> None:
    """Whatever the chunks, their extensions and trailers."""
    pieces = [WHOLE[at : at + 700] for at in range(0, len(WHOLE), 700)]
    answer = client.raw(
        client.head("Transfer-Encoding: chunked", "Connection: close"),
        chunked(*pieces, trailer=b"X-Sum: 1\r\n"),
    )
    assert answer.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "lines",
    [
        ("Transfer-Encoding: chunked", "Content-Length: 5"),
        ("Transfer-Encoding: gzip, chunked",),
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: -5",),
        ("Content-Length: five",),
    ],
)
def test_an_unclear_end_of_the_body_is_refused(client: Client, lines: tuple[str, ...]) -> None:
    """A body whose length can be read in two ways is not read at all."""
    assert client.raw(client.head(*lines), b"5\r\nhello").startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("body", [b"x\r\n", b"-1\r\n", b"\r\n", b"2\r\nabc\r\n", b"1" * 5000])
def test_broken_chunks_are_refused(client: Client, body: bytes) -> None:
    """They are answered, and the connection ends."""
    answer = client.raw(client.head("Transfer-Encoding: chunked"), body)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"Connection: close" in answer


def test_a_client_that_waits_is_told_to_go_on(client: Client) -> None:
    """With `Expect: 100-continue` the go-ahead comes before the body."""
    with socket.create_connection(client.address, timeout=20) as connection:
        connection.sendall(client.head(length(WHOLE), "Expect: 100-continue", "Connection: close"))
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(WHOLE)
        with connection.makefile("rb") as answer:
            assert answer.read().startswith(b"HTTP/1.1 200 ")


def test_a_client_that_waits_is_told_no_before_it_sends(start: StartSandbox) -> None:
    """A refusal comes instead of the go-ahead."""
    client = start(refused_keys=frozenset({"key-1"}))
    answer = client.raw(client.head(length(WHOLE), "Expect: 100-continue"))
    assert answer.startswith(b"HTTP/1.1 403 ")


def test_a_connection_serves_one_request_after_the_other(client: Client) -> None:
    """An upload, a refused one and a status call on one connection."""
    connection = http.client.HTTPConnection(*client.address, timeout=20)
    headers = {"Authorization": "Bearer key-1", "Content-Type": "multipart/form-data; boundary=3f1c0e9a77"}
    statuses = []
    for body in (WHOLE, NAME + END, WHOLE):
        connection.request("POST", UPLOAD, body, headers)
        answer = connection.getresponse()
        file_id = json.loads(answer.read())["data"].get("file_id")
        statuses.append((answer.status, connection.sock is not None))
    connection.request("GET", f"/file/v1/status/{file_id}", headers=headers)
    answer = connection.getresponse()
    answer.read()
    assert [*statuses, (answer.status, connection.sock is not None)] == [
        (200, True), (400, True), (200, True), (200, True),
    ]  # fmt: skip
    connection.close()


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "evil.example", "evil.example:{port}", "localhost:1", "127.0.0.1.evil.example:{port}"],
)
def test_another_host_is_refused(client: Client, host: str) -> None:
    """A page whose own name was rebound to this machine gets nothing, whatever key it has."""
    head = client.head("Content-Length: 0", host=host.format(port=client.address[1]))
    assert client.raw(head).startswith(b"HTTP/1.1 421 ")


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LocalHost", "[::1]"])
def test_this_machine_is_answered(client: Client, name: str) -> None:
    """By each of its names with the port."""
    head = client.head("Content-Length: 0", host=f"{name}:{client.address[1]}")
    assert b"the form has no end" in client.raw(head)


def test_no_host_or_two_are_refused(client: Client) -> None:
    """HTTP/1.1 asks for exactly one."""
    assert client.raw(b"GET /file/v1/status/x HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 400 ")
    assert client.raw(client.head("Host: localhost")).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GET / HTTP/9.9", 505),
        (b"BREW /pot HTTP/1.1", 501),
        (b"GET / / / HTTP/1.1", 400),
        (b"GET /" + b"x" * 70_000 + b" HTTP/1.1", 414),
    ],
)
def test_what_is_not_http_is_answered_in_the_envelope(client: Client, request_line: bytes, status: int) -> None:
    """Not with a page of HTML."""
    answer = client.raw(request_line + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["status"] == "Error"


def test_an_address_in_full_is_read_by_its_path(client: Client) -> None:
    """As clients of a proxy send it; the Host header is still checked."""
    line = f"GET {client.url}/file/v1/status/x?a=b HTTP/1.1\r\nHost: {client.address[0]}:{client.address[1]}\r\n"
    answer = client.raw(f"{line}Authorization: Bearer k\r\nConnection: close\r\n\r\n".encode())
    assert b"file not found" in answer


def test_the_log_keeps_keys_and_control_characters_out(client: Client, log: list[str]) -> None:
    """What came is told in one line; what could steer a terminal is spelled out."""
    client.key = "secret-key"
    client.raw(b"GET /\x1b]52;\xe2\x80\xaex HTTP/1.1\r\nHost: x\r\n\r\n")
    client.send(form({"audio_file_name": "visit"}, AUDIO))
    assert all(line.isprintable() for line in log)
    assert log[0].startswith("GET /\\x1b]52;")
    assert log[-1] == f"POST {UPLOAD} 200"
    assert "secret-key" not in "".join(log)

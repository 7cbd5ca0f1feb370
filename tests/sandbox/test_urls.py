"""Recordings given by address."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from clock import FakeClock
from sandbox.client import Answer, Client, StartSandbox, wav

from intron_cli.sandbox.answers import bundled_recording


class _Files(BaseHTTPRequestHandler):
    """Answers each path in its own way and remembers what was asked."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        bodies = {"/visit%20one.mp3?sig=a%2Fb": bundled_recording().read_bytes(), "/short": wav(0.5)}
        body = bodies.get(self.path, wav(2))
        self.send_response(302 if self.path == "/moved" else 404 if self.path == "/gone" else 200)
        self.send_header("Location", "/visit%20one.mp3?sig=a%2Fb")
        self.send_header("Content-Length", str(len(body) + 5 * (self.path == "/cut")))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def files() -> Iterator[tuple[str, list[str]]]:
    """The address of a server of recordings on this machine, and what was asked of it."""
    _Files.asked = []
    with HTTPServer(("127.0.0.1", 0), _Files) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", _Files.asked
        server.shutdown()
        thread.join()


def ending(client: Client, clock: FakeClock, url: str) -> Answer:
    accepted = client.upload(None, audio_file_url=url)
    assert accepted.message == "file queued for processing"
    clock.sleep(6)
    return client.status(accepted.file_id)


def test_an_address_on_this_machine_is_fetched(client: Client, clock: FakeClock, files: tuple[str, list[str]]) -> None:
    """What it answers is a recording like any other."""
    answer = ending(client, clock, files[0] + "/visit one.mp3?sig=a%2Fb")
    assert answer.data["processed_audio_duration_in_seconds"] == 71
    assert files[1] == ["/visit%20one.mp3?sig=a%2Fb"]


@pytest.mark.parametrize(
    ("path", "state", "message"),
    [
        ("/moved", "FILE_PROCESSING_FAILED", "the address answered 302"),
        ("/gone", "FILE_PROCESSING_FAILED", "the address answered 404"),
        ("/cut", "FILE_PROCESSING_FAILED", "the answer of the address was cut off"),
        ("/short", "FILE_INVALID_DURATION", "duration of 0seconds is less"),
        ("/large", "FILE_INVALID_SIZE", "larger than the maximum of 16000 bytes"),
    ],
)
def test_what_cannot_be_had_fails_later(
    start: StartSandbox, clock: FakeClock, files: tuple[str, list[str]], path: str, state: str, message: str
) -> None:
    """A redirect is not followed, and the limits hold as for a file."""
    answer = ending(start(max_bytes=16_000 if path == "/large" else 20_000), clock, files[0] + path)
    assert answer.data["processing_status"] == state
    assert message in answer.message
    assert files[1] == [path]


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.1/a.wav",
        "https://127.0.0.1/a.wav",
        "http://127.0.0.1@192.0.2.1/a.wav",
        "http://127.0.0.1.evil.example/a.wav",
        "http://0x7f000001/a.wav",
        "http://[::ffff:7f00:1]/a.wav",
        "http://localhost:99999/a.wav",
        "http://[::1/a.wav",
        "file:///etc/passwd",
        "a.wav",
        "gopher://localhost/a",
    ],
)
def test_nothing_else_is_ever_asked(client: Client, clock: FakeClock, log: list[str], url: str) -> None:
    """Such an upload is taken and fails with a sentence that says so; the log does not show the address."""
    answer = ending(client, clock, url)
    assert answer.data["processing_status"] == "FILE_PROCESSING_FAILED"
    assert answer.message == "the sandbox fetches nothing outside this machine"
    assert log[0] == "audio_file_url: the sandbox fetches nothing outside this machine"
    assert "a.wav" not in "".join(log)


def test_nobody_listens_at_the_address(client: Client, clock: FakeClock, files: tuple[str, list[str]]) -> None:
    """The upload fails; the sandbox goes on."""
    answer = ending(client, clock, "http://127.0.0.1:1/\x7f")
    assert answer.message == "the address could not be read"

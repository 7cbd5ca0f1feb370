"""A plain client of the sandbox, and recordings to send to it."""

import http.client
import io
import json
import socket
import wave
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

UPLOAD = "/file/v1/upload"
SYNC = "/file/v1/upload/sync"
STATUS = "/file/v1/status/"
BOUNDARY = "3f1c0e9a77"


def wav(seconds: float) -> bytes:
    """Silence: eight bits, mono, 8 kHz."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(b"\x80" * int(8000 * seconds))
    return buffer.getvalue()


def part(disposition: str, content: bytes | str, *headers: str) -> bytes:
    """One part of a form, with its Content-Disposition given after `form-data; `."""
    lines = "".join(f"{line}\r\n" for line in (f"Content-Disposition: form-data; {disposition}", *headers))
    data = content.encode() if isinstance(content, str) else content
    return f"--{BOUNDARY}\r\n{lines}\r\n".encode() + data + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()
CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def form(fields: Mapping[str, str], audio: bytes | None = None) -> bytes:
    """A form as curl sends it: the fields, then the audio."""
    parts = [part(f'name="{name}"', value) for name, value in fields.items()]
    if audio is not None:
        parts.append(part('name="audio_file_blob"; filename="visit.wav"', audio, "Content-Type: audio/wav"))
    return b"".join(parts) + END


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def message(self) -> str:
        return self.body["message"]

    @property
    def data(self) -> dict[str, Any]:
        return self.body["data"]

    @property
    def file_id(self) -> str:
        return self.body["data"]["file_id"]


class Client:
    """A new connection for each request, so that nothing but the sandbox remembers anything."""

    def __init__(self, url: str, key: str | None = "key-1") -> None:
        self.url = url
        self.address = (urlsplit(url).hostname or "", urlsplit(url).port or 0)
        self.key = key

    def request(self, method: str, path: str, body: bytes | Iterable[bytes] = b"", **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.key is not None:
            sent.setdefault("Authorization", f"Bearer {self.key}")
        connection = http.client.HTTPConnection(*self.address, timeout=20)
        try:
            connection.request(method, path, body or None, sent, encode_chunked=not isinstance(body, bytes))
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.headers), json.loads(answer.read() or b"null"))
        finally:
            connection.close()

    def send(self, body: bytes | Iterable[bytes], path: str = UPLOAD) -> Answer:
        return self.request("POST", path, body, Content_Type=CONTENT_TYPE)

    def upload(self, audio: bytes | None, path: str = UPLOAD, **fields: str) -> Answer:
        return self.send(form({"audio_file_name": "visit"} | fields, audio), path)

    def status(self, file_id: str, query: str = "") -> Answer:
        return self.request("GET", STATUS + file_id + query)

    def raw(self, *pieces: bytes) -> bytes:
        """Send bytes as they are, and no more; what comes back until the server closes."""
        with socket.create_connection(self.address, timeout=20) as connection:
            for piece in pieces:
                connection.sendall(piece)
            connection.shutdown(socket.SHUT_WR)
            received = bytearray()
            while piece := connection.recv(65536):
                received += piece
            return bytes(received)

    def head(self, *lines: str, host: str | None = None) -> bytes:
        """The head of an upload with these further lines."""
        host = host or "{}:{}".format(*self.address)
        return "\r\n".join(
            [
                f"POST {UPLOAD} HTTP/1.1",
                f"Host: {host}",
                f"Authorization: Bearer {self.key}",
                f"Content-Type: {CONTENT_TYPE}",
                *lines,
                "\r\n",
            ]
        ).encode()


StartSandbox = Callable[..., Client]

"""A client of a raw server, forms to send with it, and a certificate that nobody vouches for."""

import io
import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from clock import FakeClock

from intron_cli.api.budget import Budget
from intron_cli.api.client import ServiceClient, UploadBody
from intron_cli.api.wire import build_form
from intron_cli.core.units import Rate

KEY = "key-of-the-client-tests"

Connect = Callable[[str], ServiceClient]


@dataclass
class Upload:
    """A form to send, and what its sending told."""

    audio: bytes = b"RIFF" + bytes(2000)
    before_end: Callable[[], None] = lambda: None
    sent: list[int] = field(default_factory=list)

    def body(self) -> UploadBody:
        form = build_form({"audio_file_name": "rec-1"}, "intron-boundary", "rec-1.wav")
        return UploadBody(form, io.BytesIO(self.audio), len(self.audio), self.before_end, self.sent.append)


@pytest.fixture
def connect(tmp_path: Path, clock: FakeClock) -> Iterator[Connect]:
    """Makes clients of a URL, with a budget of their own."""
    with ExitStack() as clients:

        def begin(url: str) -> ServiceClient:
            budget = Budget(tmp_path, "tests", Rate(30, 60.0), 1.1, clock)
            return clients.enter_context(ServiceClient(url, KEY, budget, clock))

        yield begin


@pytest.fixture
def self_signed(tmp_path: Path) -> ssl.SSLContext:
    """A certificate for this machine that nobody vouches for."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context

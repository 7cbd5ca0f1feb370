"""The way to the service: proxies, certificates, names, and ports where nobody listens."""

import socket
import ssl
from pathlib import Path

import pytest
from clock import FakeClock
from harness import Cli, Result, write_wav
from rawserver import RawServer

from intron_cli.core.errors import SetupError, UnavailableError

from .conftest import KEY, Connect, Upload

PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the machine of the tests has set does not count."""
    for name in (*PROXY_VARIABLES, "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def transcribe(tmp_path: Path, clock: FakeClock, url: str) -> Result:
    recording = write_wav(tmp_path / "a.wav")
    found = Cli(tmp_path / "home", url, clock)("transcribe", recording)
    assert found.out == ""
    assert found.err.count("\n") == 1
    assert "Traceback" not in found.err
    return found


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_loopback_never_goes_through_a_proxy(connect: Connect, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A proxy of the environment would be handed the key; for this machine it is not asked."""
    with RawServer() as proxy, RawServer() as server:
        monkeypatch.setenv(name, proxy.url)
        client = connect(server.url)
        assert client.upload(Upload().body()).fault is None
        client.status("abc")
    assert len(server.exchanges) == 2
    assert not proxy.exchanges


def test_a_proxy_that_refuses_is_told(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """For another machine the proxy is asked, without the key; its refusal is told as such."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with pytest.raises(UnavailableError):
        connect("https://intron.invalid").status("abc")


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("SSL_CERT_FILE", "/nowhere/ca.pem", "SSL_CERT_FILE"),
        ("SSL_CERT_FILE", __file__, "SSL_CERT_FILE"),
        ("ALL_PROXY", "socks5://127.0.0.1:9", "SOCKS"),
        ("HTTPS_PROXY", "nonsense://127.0.0.1:9", "proxy"),
        ("HTTPS_PROXY", "http://127.0.0.1:none", "proxy"),
    ],
)
def test_a_bad_environment_is_one_line_of_set_up(
    tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    """Variables that no client can be built with end in exit code 4 and say which they are."""
    monkeypatch.setenv(variable, value)
    found = transcribe(tmp_path, clock, "https://intron.invalid")
    assert found.code == SetupError.exit_code
    assert said in found.err
    assert "nset" in found.err


def test_an_untrusted_certificate_is_refused(connect: Connect, self_signed: ssl.SSLContext) -> None:
    """Verification is on: nothing is sent to a server that cannot show who it is."""
    with RawServer(tls=self_signed) as server:
        result = connect(server.url).upload(Upload().body())
    assert result.outcome is None
    assert result.fault
    assert "certificate" in result.fault.message
    assert "self-signed" in result.fault.message
    assert not server.exchanges


def test_an_untrusted_certificate_at_the_prompt(tmp_path: Path, clock: FakeClock, self_signed: ssl.SSLContext) -> None:
    """The command ends in one line that says what is wrong with the certificate, and nothing was uploaded."""
    with RawServer(tls=self_signed) as server:
        found = transcribe(tmp_path, clock, server.url)
    assert found.code == 5
    assert "certificate" in found.err
    assert not server.exchanges


def test_plain_http_behind_https_is_told(connect: Connect) -> None:
    """A server that speaks no TLS gives no secure connection."""
    with RawServer(greeting=b"220 mail.example ready") as server, pytest.raises(UnavailableError, match="secure"):
        connect(server.url.replace("http:", "https:")).status("abc")


def test_a_name_that_does_not_resolve_is_told(connect: Connect) -> None:
    """A host without an address is told by its name."""
    with pytest.raises(UnavailableError, match=r"name intron\.invalid cannot be resolved"):
        connect("https://intron.invalid").status("abc")


def test_a_port_where_nobody_listens_is_told(connect: Connect) -> None:
    """A refused connection is told with host and port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    with pytest.raises(UnavailableError, match=f"Nothing answers at 127.0.0.1:{port}") as caught:
        connect(f"http://127.0.0.1:{port}").status("abc")
    assert KEY not in str(caught.value)

"""Downloads of what the user named: what is sent, where redirects lead, what comes back, and what is tried again."""

import io
import socket
import ssl
import threading
from base64 import b64encode

import httpx
import pytest
from clock import FakeClock
from hypothesis import given
from hypothesis import strategies as st
from rawserver import PATIENCE, Exchange, RawServer, Script, answer, answer_bytes, close, reset, send

from intron_cli.api.download import LONGEST, Download, NotFollowedError, redirected
from intron_cli.core.errors import IntronError, SourceError, UnavailableError

AUDIO = b"RIFF" + bytes(300_000)
SHOWN = "http://clinic.example/visit.wav"
SECRET = "s3cret"


class Taken(io.BytesIO):
    """A sink in memory, of ``most`` bytes, that counts how often a download began anew."""

    most = 10**6
    restarts = 0

    def expect(self, count: int) -> None:
        if count > self.most:
            raise SourceError("too_large", "too large")

    def write(self, piece: bytes) -> int:  # type: ignore[override]
        self.expect(self.tell() + len(piece))
        return super().write(piece)

    def restart(self) -> None:
        self.restarts += 1
        self.seek(0)
        self.truncate()


def open_net(host: str) -> list[str]:
    """As if the name ``localhost`` were a host in the open net."""
    return {"localhost": ["93.184.215.14"], "127.0.0.1": ["127.0.0.1"]}.get(host, [])


def got(url: str, clock: FakeClock, into: Taken | None = None) -> bytes:
    into = into or Taken()
    Download(url, SHOWN, clock).fetch(into)
    return into.getvalue()


def refused(kind: type[IntronError], script: Script, clock: FakeClock) -> str:
    """What is told where a server answers so."""
    with RawServer(status=[script]) as server, pytest.raises(kind) as caught:
        got(f"{server.url}/{SECRET}?token={SECRET}", clock)
    text = str(caught.value)
    assert SECRET not in text
    assert text.count("\n") == 0
    return text


def found(data: bytes = AUDIO, **headers: str) -> Script:
    return (answer(200, data, **headers),)


def moved(location: str, code: int = 302) -> Script:
    return (answer(code, b"<html>moved</html>", Location=location),)


def test_the_bytes_come_as_they_are(clock: FakeClock) -> None:
    """Asked for without a key, cookies or compression; who waits is told how many came."""
    counts: list[int] = []
    into = Taken()
    with RawServer(status=[found()]) as server:
        Download(f"{server.url}/visit.wav?sig=1#t=5", SHOWN, clock).fetch(into, counts.append)
    assert into.getvalue() == AUDIO
    (exchange,) = server.exchanges
    assert exchange.line == "GET /visit.wav?sig=1 HTTP/1.1"
    assert not {"authorization", "cookie", "referer"} & set(exchange.headers)
    assert exchange.headers["accept-encoding"] == "identity"
    assert counts == sorted(counts)
    assert counts[-1] == len(AUDIO)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_redirects_are_followed(clock: FakeClock, code: int) -> None:
    """Five of them, to another host as well as to another path; cookies stay behind."""
    with RawServer(status=[found()]) as store:
        first = (answer(code, Location="/b", Set_Cookie="session=1"),)
        steps = [first, moved("c"), moved("?d=1"), moved("/e"), moved(f"{store.url}/f")]
        with RawServer(status=steps) as server:
            assert got(f"{server.url}/a", clock) == AUDIO
    lines = [exchange.line.split()[1] for exchange in (*server.exchanges, *store.exchanges)]
    assert lines == ["/a", "/b", "/c", "/c?d=1", "/e", "/f"]
    assert not any("cookie" in exchange.headers for exchange in (*server.exchanges, *store.exchanges))


def test_redirects_end(clock: FakeClock) -> None:
    """The sixth is not followed."""
    with RawServer(status=[moved("/again")]) as server, pytest.raises(SourceError, match="more than 5 times"):
        got(server.url, clock)
    assert len(server.exchanges) == 6


def test_a_login_goes_to_its_own_host_only(clock: FakeClock) -> None:
    """It is in no error, and a redirect to another host does not carry it along; nor is one taken from a redirect."""
    login = "Basic " + b64encode(b"nurse:p@ss").decode()
    with RawServer(status=[found()]) as other:
        there = moved(other.url.replace("//", "//them:theirs@"))
        with RawServer(status=[moved("/b"), there]) as server:
            url = server.url.replace("//", "//nurse:p%40ss@")
            assert got(f"{url}/a", clock) == AUDIO
    assert [exchange.headers.get("authorization") for exchange in server.exchanges] == [login, login]
    assert "authorization" not in other.exchanges[0].headers


@pytest.mark.parametrize(
    "location", ["", "ftp://a/b", "file:///etc/passwd", "data:,a", "http://[::1", "http://h:99999/"]
)
def test_a_redirect_to_no_url_of_the_web(clock: FakeClock, location: str) -> None:
    assert "redirects to what is no URL of the web" in refused(SourceError, moved(location), clock)


def test_a_redirect_from_the_open_net_does_not_lead_inside(clock: FakeClock) -> None:
    """To what answers on this machine; not a byte is asked of it."""
    with RawServer(status=[found()]) as inside, RawServer(status=[moved(inside.url)]) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        with pytest.raises(SourceError, match="further in"):
            Download(url, SHOWN, clock, open_net).fetch(Taken())
    assert len(server.exchanges) == 1
    assert not inside.exchanges


@pytest.mark.parametrize(
    ("first", "target", "is_followed"),
    [
        ("8.8.8.8", "1.1.1.1", True), ("10.0.0.1", "1.1.1.1", True), ("10.0.0.1", "192.168.0.9", True),
        ("127.0.0.1", "169.254.169.254", True), ("8.8.8.8", "10.0.0.1", False), ("8.8.8.8", "169.254.169.254", False),
        ("10.0.0.1", "169.254.169.254", False), ("10.0.0.1", "127.0.0.1", False), ("8.8.8.8", "0.0.0.0", False),
        ("2606:4700::1", "::1", False), ("8.8.8.8", "::ffff:127.0.0.1", False), ("8.8.8.8", "fe80::1%eth0", False),
        ("8.8.8.8", "fd00::1", False), ("10.0.0.1", "fd00::1", True), ("8.8.8.8", "", True),
    ],
)  # fmt: skip
def test_how_far_in_a_redirect_leads(first: str, target: str, *, is_followed: bool) -> None:
    """Never further than the host that was named; of what cannot be resolved here, a proxy may know."""
    names = {"named.example": [first], "target.example": ["8.8.4.4", target] if target else []}

    def go() -> httpx.URL:
        return redirected(
            httpx.URL("http://hop.example/"), "http://target.example/x", "named.example", names.__getitem__
        )

    if is_followed:
        assert str(go()) == "http://target.example/x"
    else:
        with pytest.raises(NotFollowedError, match="further in"):
            go()


@given(st.one_of(st.text(max_size=40), st.from_regex(r"(https?:)?//[a-z@:\[\]0-9]{0,12}/?.{0,9}", fullmatch=True)))
def test_no_redirect_leaves_https(location: str) -> None:
    """Whatever stands in its header: a URL of the web over https without a login, or none."""
    try:
        url = redirected(httpx.URL("https://a.example/b"), location, "a.example", lambda _: ())
    except NotFollowedError:
        return
    assert (url.scheme, url.userinfo, url.fragment) == ("https", b"", "")
    assert url.host


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ((answer(404, b"<html>"),), "nothing at"), ((answer(410),), "nothing at"), ((answer(401),), "was refused"),
        ((answer(403),), "HTTP 403"), ((answer(204),), "HTTP 204"), ((answer(418),), "HTTP 418"),
        (found(b"\n <!doctype html><title>Log in</title>", Content_Type="text/html; charset=utf-8"), "A web page came"),
        (found(Content_Encoding="gzip"), "packed"), (found(bytes(1_000_001)), "too large"),
    ],
)  # fmt: skip
def test_what_another_try_would_meet_again(clock: FakeClock, script: Script, said: str) -> None:
    """Is told at once."""
    assert said in refused(SourceError, script, clock)
    assert clock.slept == []


def test_what_is_too_large_is_refused_before_it_comes(clock: FakeClock) -> None:
    """By what the server announces; without that, as soon as it is too much."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n"
    refused(SourceError, (send(head),), clock)
    endless = b"HTTP/1.1 200 OK\r\n\r\n" + bytes(1_100_000)
    assert "too large" in refused(
        SourceError, (send(endless), lambda exchange: exchange.wait(exchange.released)), clock
    )


def test_audio_that_is_called_a_page_is_audio(clock: FakeClock) -> None:
    with RawServer(status=[found(Content_Type="text/html")]) as server:
        assert got(server.url, clock) == AUDIO


def cut(exchange: Exchange) -> None:
    """Half of what was announced."""
    exchange.connection.sendall(answer_bytes(200, AUDIO)[:-150_000])


@pytest.mark.parametrize(
    ("script", "pauses"),
    [
        ((cut,), [2, 4]), ((reset,), [2, 4]), ((close,), [2, 4]), ((send(b"220 mail\r\n"), close), [2, 4]),
        ((answer(503),), [2, 4]), ((answer(429, Retry_After="7"),), [7, 7]),
    ],
)  # fmt: skip
def test_what_may_pass_is_tried_again(clock: FakeClock, script: Script, pauses: list[int]) -> None:
    """From the start, and after what the server asks to be left alone for."""
    into = Taken()
    with RawServer(status=[script, script, found()]) as server:
        assert got(server.url, clock, into) == AUDIO
    assert len(server.exchanges) == 3
    assert into.restarts == 2
    assert clock.slept == pauses


@pytest.mark.parametrize(("script", "said"), [((cut,), "cut off"), ((answer(500),), "for now (HTTP 500)")])
def test_three_tries_are_enough(clock: FakeClock, script: Script, said: str) -> None:
    assert said in refused(UnavailableError, script, clock)
    assert clock.slept == [2.0, 4.0]


def test_a_server_that_wants_to_be_left_alone_for_long_is(clock: FakeClock) -> None:
    assert "for now" in refused(UnavailableError, (answer(503, Retry_After="3600"),), clock)
    assert clock.slept == []


def test_a_trickle_is_given_up(clock: FakeClock) -> None:
    """After an hour, and not begun anew."""
    with RawServer(status=[found()]) as server, pytest.raises(UnavailableError, match="too slowly"):
        Download(server.url, SHOWN, clock).fetch(Taken(), lambda _: clock.sleep(LONGEST))
    assert len(server.exchanges) == 1


def test_a_trickle_is_seen_as_it_comes(clock: FakeClock) -> None:
    """Gathered into large pieces, a byte a second would take longer than a day to be told from a good line."""
    came, seen = threading.Event(), []
    whole = answer_bytes(200, AUDIO)

    def received(count: int) -> None:
        came.set()
        clock.sleep(LONGEST + 1)

    def wait(exchange: Exchange) -> None:
        seen.append(came.wait(PATIENCE / 2))

    script = (send(whole[:1000]), wait, send(whole[1000:]))
    with RawServer(status=[script]) as server, pytest.raises(UnavailableError, match="too slowly"):
        Download(server.url, SHOWN, clock).fetch(Taken(), received)
    assert seen == [True]


def test_where_nobody_listens(clock: FakeClock) -> None:
    """Told at once, and not as if the service's address were meant."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    with pytest.raises(UnavailableError, match="refused") as caught:
        got(f"http://127.0.0.1:{port}/", clock)
    assert "base_url" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://", "ftp://a/b", "http://h:0/", "http://h:70000/", "http://[::1/", "visit.wav"])
def test_what_is_no_url(clock: FakeClock, url: str) -> None:
    with pytest.raises(SourceError, match="no valid URL"):
        Download(url, SHOWN, clock)


def test_an_untrusted_certificate_is_refused(clock: FakeClock, self_signed: ssl.SSLContext) -> None:
    """Nothing is asked of a server that cannot show who it is, and not three times."""
    with RawServer(tls=self_signed) as server, pytest.raises(UnavailableError, match="self-signed"):
        got(server.url, clock)
    assert not server.exchanges
    assert clock.slept == []


def test_loopback_is_not_asked_of_a_proxy(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for the service."""
    with RawServer() as proxy, RawServer(status=[found()]) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert got(server.url, clock) == AUDIO
    assert not proxy.exchanges


def test_a_sink_that_fails_ends_it(clock: FakeClock) -> None:
    """What it raises passes, and is not taken for the network's fault."""

    class Full(Taken):
        def write(self, piece: bytes) -> int:
            raise OSError(28, "No space left on device")

    with RawServer(status=[found()]) as server, pytest.raises(OSError, match="No space"):
        got(server.url, clock, Full())
    assert len(server.exchanges) == 1

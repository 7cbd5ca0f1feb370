"""A look at a job: what is asked, and what each answer is to the client."""

import pytest
import rawserver as raw
from clock import FakeClock
from hypothesis import given, settings
from hypothesis import strategies as st
from rawserver import RawServer

from intron_cli.core.errors import GoneError, IntronError, KeyRefusedError, UnavailableError

from .conftest import KEY, Connect

PAGE = b"<!DOCTYPE html><title>Guest Wi-Fi</title>"
NOT_FOUND = {"status": "Error", "message": "file not found", "data": {}}


def test_a_look_as_a_server_sees_it(connect: Connect) -> None:
    """One GET with the key; the query for JSON values is there when it was asked for."""
    with RawServer() as server:
        client = connect(server.url)
        client.status("abc")
        client.status("abc", structured=True)
    first, second = server.exchanges
    assert first.line == "GET /file/v1/status/abc HTTP/1.1"
    assert first.headers["authorization"] == f"Bearer {KEY}"
    assert second.line == "GET /file/v1/status/abc?get_structured_post_processing=t HTTP/1.1"


def test_a_path_in_the_base_url_stays_before_ours(connect: Connect) -> None:
    """A gateway may offer the service below a path of its own."""
    with RawServer() as server:
        connect(server.url + "/intron").status("abc")
    assert server.exchanges[0].line == "GET /intron/file/v1/status/abc HTTP/1.1"


def test_looks_keep_their_distance(connect: Connect, clock: FakeClock) -> None:
    """Two looks are as far apart as the service asks, whoever calls."""
    with RawServer() as server:
        client = connect(server.url)
        client.status("abc")
        client.status("abc")
    assert sum(clock.slept) == pytest.approx(1.1)


@pytest.mark.parametrize(
    ("code", "body", "kind", "said"),
    [
        (500, NOT_FOUND, GoneError, "knows no file abc"),
        (404, NOT_FOUND, GoneError, "knows no file abc"),
        (404, {"message": "nope"}, UnavailableError, "HTTP 404"),
        (404, PAGE, UnavailableError, "web page"),
        (500, {"status": "Error", "message": "oops"}, UnavailableError, "HTTP 500"),
        (502, PAGE, UnavailableError, "web page"),
        (200, PAGE, UnavailableError, "web page"),
        (200, b"", UnavailableError, "cannot be read"),
        (200, b"{", UnavailableError, "cannot be read"),
        (200, {"status": "Ok", "data": {}}, UnavailableError, "cannot be read"),
        (200, NOT_FOUND, UnavailableError, "cannot be read"),
        (307, b"", UnavailableError, "redirect"),
        (302, PAGE, UnavailableError, "redirect"),
        (403, {"message": "permission denied,access-key error"}, KeyRefusedError, "access-key error"),
        (401, b"", KeyRefusedError, "refused the key"),
        (403, PAGE, UnavailableError, "web page"),
        (429, b"", UnavailableError, "no more requests"),
        (503, b"", UnavailableError, "HTTP 503"),
    ],
)
def test_an_answer_without_a_state_is_an_error(
    connect: Connect, code: int, body: object, kind: type[IntronError], said: str
) -> None:
    """Each of them is told in our words; only an id that is not known is final."""
    with RawServer(status=[(raw.answer(code, body),)]) as server, pytest.raises(kind) as caught:
        connect(server.url).status("abc")
    assert type(caught.value) is kind
    assert said in caught.value.message
    assert KEY not in str(caught.value)


def test_a_redirected_look_is_not_followed(connect: Connect) -> None:
    """The key goes along no redirect."""
    with (
        RawServer() as other,
        RawServer(status=[(raw.answer(307, Location=other.url + "/file/v1/status/abc"),)]) as server,
        pytest.raises(UnavailableError),
    ):
        connect(server.url).status("abc")
    assert not other.exchanges


@pytest.mark.parametrize("code", [429, 503])
def test_the_time_that_a_service_asks_for_is_kept(connect: Connect, clock: FakeClock, code: int) -> None:
    """Retry-After on a 429 or a 503 holds the next look back for as long."""
    with RawServer(status=[(raw.answer(code, b"", Retry_After="17"),), raw.finished()]) as server:
        client = connect(server.url)
        with pytest.raises(UnavailableError) as caught:
            client.status("abc")
        assert caught.value.retry_after == 17
        client.status("abc")
    assert sum(clock.slept) == pytest.approx(17)


@pytest.mark.parametrize(
    "script",
    [
        (raw.reset,),
        (raw.close,),
        (raw.send(raw.answer_bytes(200, b'{"status": "Ok"}')[:-4]), raw.close),
        (raw.send(b"220 smtp ready\r\n"), raw.close),
    ],
    ids=["reset", "closed", "cut", "no HTTP"],
)
def test_a_broken_line_may_pass(connect: Connect, script: raw.Script) -> None:
    """A look that the network lost is an error for now."""
    with RawServer(status=[script]) as server, pytest.raises(UnavailableError) as caught:
        connect(server.url).status("abc")
    assert server.host in caught.value.message


def test_any_answer_is_a_state_or_an_error_of_ours(connect: Connect) -> None:
    """Whatever bytes come with whatever code, nothing else is raised."""
    now: dict[str, object] = {}

    def say(exchange: raw.Exchange) -> None:
        raw.answer(int(str(now["code"])), now["body"])(exchange)

    with RawServer(status=[(say,)]) as server:
        client = connect(server.url)

        @settings(max_examples=60, deadline=None)
        @given(code=st.integers(200, 599), body=st.binary(max_size=60))
        def look(code: int, body: bytes) -> None:
            now.update(code=code, body=body)
            with pytest.raises(IntronError):
                client.status("abc")

        look()

"""How often a key may ask."""

import pytest
from clock import FakeClock
from sandbox.client import Answer, Client, StartSandbox, wav

AUDIO = wav(2)


def rate(answer: Answer) -> tuple[str, ...]:
    names = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "retry-after")
    return tuple(answer.headers[name] for name in names)


def test_uploads_and_status_calls_share_a_window(start: StartSandbox, clock: FakeClock) -> None:
    """The request over the quota is refused in the recorded words until the first one leaves the window."""
    client = start(quota=(3, 60.0))
    file_id = client.upload(AUDIO).file_id
    clock.sleep(10)
    assert client.status(file_id).status == 200
    assert client.upload(AUDIO).status == 200
    refused = client.upload(AUDIO)
    assert refused.status == 429
    assert refused.body == {"status": "Error", "message": "ratelimit exceeded 3 per 60 second", "data": {}}
    assert rate(refused) == ("3", "0", "1800000060", "50")
    assert client.status(file_id).message == "ratelimit exceeded 1 per 1 second"
    clock.sleep(49)
    assert client.status(file_id).message == "ratelimit exceeded 3 per 60 second"
    clock.sleep(1)
    assert client.status(file_id).status == 200
    assert client.upload(AUDIO).status == 429


def test_the_window_slides(start: StartSandbox, clock: FakeClock) -> None:
    """In no stretch of the window's length are there more than the limit."""
    client = start(quota=(2, 6.0), status_interval=0)
    passed = []
    for _ in range(60):
        if client.status("x").status == 500:
            passed.append(clock.now())
        clock.sleep(0.5)
    assert len(passed) == 10
    assert all(later - earlier >= 6.0 for earlier, later in zip(passed, passed[2:], strict=False))


def test_the_service_takes_thirty_a_minute(client: Client) -> None:
    """The quota that the page states holds when nothing is set."""
    statuses = [client.upload(AUDIO).status for _ in range(31)]
    assert statuses == [200] * 30 + [429]


def test_each_key_has_its_own_quota(start: StartSandbox) -> None:
    """A refused key and unknown paths count for nobody."""
    client = start(quota=(1, 60.0), refused_keys=frozenset({"bad"}))
    assert Client(client.url, "bad").upload(AUDIO).status == 403
    assert client.request("GET", "/").status == 404
    assert client.upload(AUDIO).status == 200
    assert client.upload(AUDIO).status == 429
    assert Client(client.url, "key-2").upload(AUDIO).status == 200


def test_status_twice_within_a_second(client: Client, clock: FakeClock) -> None:
    """It is refused in the recorded words, per key, whatever the file."""
    assert client.status("a").status == 500
    refused = client.status("b")
    assert (refused.status, refused.message) == (429, "ratelimit exceeded 1 per 1 second")
    assert rate(refused) == ("1", "0", "1800000001", "1")
    assert Client(client.url, "key-2").status("a").status == 500
    clock.sleep(1)
    assert client.status("a").status == 500


def test_good_answers_tell_the_limits_too(client: Client) -> None:
    """On 200 an upload says 0 seconds and a status call 1, as recorded."""
    upload = client.upload(AUDIO)
    assert rate(upload) == ("30", "29", "1800000060", "0")
    assert rate(client.status(upload.file_id)) == ("1", "0", "1800000001", "1")


def test_without_an_interval_status_calls_tell_the_quota(start: StartSandbox) -> None:
    """An interval of 0 is no rule."""
    client = start(status_interval=0)
    answers = [client.status("a") for _ in range(3)]
    assert [rate(answer)[:2] for answer in answers] == [("30", "29"), ("30", "28"), ("30", "27")]


@pytest.mark.parametrize("scale", [10, 600])
def test_time_scale_divides_window_and_interval(start: StartSandbox, clock: FakeClock, scale: int) -> None:
    """The messages name the times as they are then."""
    client = start(quota=(1, 60.0), time_scale=scale)
    client.status("a")
    assert client.status("a").message == f"ratelimit exceeded 1 per {1 / scale:g} second"
    assert client.upload(AUDIO).message == f"ratelimit exceeded 1 per {60 / scale:g} second"
    clock.sleep(60 / scale)
    assert client.upload(AUDIO).status == 200

"""What each answer to an upload means."""

import json

import pytest

from intron_cli.api.wire import Answer, UploadOutcome, read_upload

ID = "12a9760f-b165-4404-91d0-a65d4cdt78fs"
PAGE = b"<!DOCTYPE html><html><title>Welcome to Guest Wi-Fi</title></html>"


def read(code: int, body: object = b"", **headers: str) -> UploadOutcome:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_upload(Answer(code, {name.replace("_", "-"): value for name, value in headers.items()}, data))


def error(message: str = "no") -> dict[str, object]:
    return {"status": "Error", "message": message, "data": {}}


def test_the_answer_of_the_page_is_read() -> None:
    """The sample answer of the vendor's page gives its id."""
    body = {"data": {"file_id": ID}, "message": "file queued for processing", "status": "Ok"}
    assert read(200, body) == UploadOutcome("submitted", ID, 200, "file queued for processing")


@pytest.mark.parametrize("code", [200, 201, 202, 302, 307, 400, 403, 408, 409, 429, 500, 502, 503, 504])
@pytest.mark.parametrize("status", ["Ok", "Error", None])
def test_an_id_is_believed_whatever_comes_with_it(code: int, status: str | None) -> None:
    """With a file id the recording is submitted, whatever its HTTP code, status and Retry-After say."""
    found = read(code, {"status": status, "message": "m", "data": {"file_id": ID}}, retry_after="5")
    assert (found.kind, found.file_id, found.again) == ("submitted", ID, False)


@pytest.mark.parametrize("code", [300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 409, 413, 415, 421, 422])
@pytest.mark.parametrize("body", [b"", PAGE, b"{", {}, {"status": "Ok", "data": {}}, error()])
def test_redirects_and_client_errors_are_refusals(code: int, body: object) -> None:
    """3xx and 4xx, but 408, say that it was not taken, whatever the body; they are not tried again."""
    found = read(code, body)
    assert (found.kind, found.again) == ("refused", False)


@pytest.mark.parametrize("body", [b"", PAGE, error("ratelimit exceeded 30 per 60 second")])
@pytest.mark.parametrize(("headers", "after"), [({}, None), ({"retry_after": "7"}, 7.0)])
def test_too_many_requests_are_tried_again(body: object, headers: dict[str, str], after: float | None) -> None:
    """429 was not taken, and may be tried again in the same run."""
    found = read(429, body, **headers)
    assert (found.kind, found.again, found.retry_after) == ("refused", True, after)


@pytest.mark.parametrize("body", [b"", PAGE, {"status": "Ok"}])
def test_unavailable_with_a_time_is_tried_again(body: object) -> None:
    """503 with Retry-After was not taken, and may be tried again in the same run."""
    found = read(503, body, retry_after="0")
    assert (found.kind, found.again, found.retry_after) == ("refused", True, 0.0)


@pytest.mark.parametrize("code", [200, 408, 500, 502, 503, 504])
def test_a_status_of_error_is_a_refusal(code: int) -> None:
    """JSON that says Error was not taken, whatever its HTTP code; its message is kept."""
    found = read(code, error("no credit left"))
    assert (found.kind, found.again, found.message) == ("refused", False, "no credit left")


@pytest.mark.parametrize("code", [200, 201, 204, 408, 500, 502, 503, 504, 599])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        PAGE,
        b'{"status": "Ok", "data": {"file_',
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b'"Error"',
        {"status": "Ok", "message": "file queued for processing"},
        {"status": "Ok", "data": None},
        {"status": "Ok", "data": {"file_id": None}},
        {"status": "Ok", "data": {"file_id": 12}},
        {"status": "Ok", "data": {"file_id": ""}},
        {"status": "Ok", "data": {"file_id": "../upload?x=1"}},
        {"status": "Ok", "data": {"file_id": "a b\n"}},
        {"status": "Ok", "data": [{"file_id": ID}]},
        {"status": ["Error"]},
        {"status": "error "},
    ],
)
def test_all_else_may_have_been_taken(code: int, body: object) -> None:
    """2xx without an id, 408, 5xx, HTML, cut and unreadable answers leave it open."""
    found = read(code, body)
    assert (found.kind, found.file_id, found.again) == ("maybe", None, False)


@pytest.mark.parametrize(
    ("body", "headers", "html"),
    [
        (PAGE, {}, True),
        (b"  \n<HTML>", {}, True),
        (b"log in first", {"content_type": "text/html; charset=utf-8"}, True),
        (b'{"status": "Ok"}', {"content_type": "application/json"}, False),
        (b"", {}, False),
    ],
)
def test_a_web_page_is_told_from_an_answer(body: bytes, headers: dict[str, str], html: bool) -> None:  # noqa: FBT001
    """HTML is known by its type or by how it begins."""
    assert read(200, body, **headers).html is html


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0.0), ("1", 1.0), (" 30 ", 30.0), ("999999", 999999.0), ("1000000", 60.0), ("-1", 60.0), ("1.5", 60.0),
     ("", None), ("Wed, 21 Oct 2026 07:28:00 GMT", 60.0), ("\u0661", 60.0), ("1e3", 60.0), ("inf", 60.0)],
)  # fmt: skip
def test_a_time_to_wait_is_read_in_plain_seconds(text: str, seconds: float | None) -> None:
    """Retry-After counts in its plain form; anything else that stands there is a minute."""
    assert read(429, b"", retry_after=text).retry_after == seconds


def test_a_message_is_cleaned_of_what_could_steer_a_terminal() -> None:
    """Escape sequences, line ends and bidi overrides of a message never come further."""
    found = read(400, error("bad\x1b]52;c;cHduZWQ=\x07 \x1b[31mfile\r\n\u202egnp"))
    assert found.message == "bad file gnp"

"""What an upload is answered."""

import pytest
from clock import FakeClock
from sandbox.client import SYNC, UPLOAD, Client, StartSandbox, form, part, wav

NAMED = {"audio_file_name": "a"}


def test_an_upload_is_queued_and_answered_its_id(client: Client) -> None:
    """The answer holds the three keys of the page and nothing else."""
    answer = client.upload(wav(2))
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.body == {
        "data": {"file_id": answer.file_id},
        "message": "file queued for processing",
        "status": "Ok",
    }


def test_ids_are_repeatable_by_the_seed(start: StartSandbox) -> None:
    """The same seed gives the same ids, another one others."""
    ids = [start(seed=seed).upload(wav(2)).file_id for seed in (7, 7, 8)]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Basic key-1", "Bearer revoked"])
def test_a_bad_key_is_refused(start: StartSandbox, authorization: str) -> None:
    """No key, another scheme and a key that the sandbox is told to refuse get the recorded message."""
    client = start(refused_keys=frozenset({"revoked"}))
    answer = client.request("POST", UPLOAD, Authorization=authorization)
    assert answer.status == 403
    assert answer.body == {"status": "Error", "message": "permission denied,access-key error", "data": {}}


def test_a_request_without_authorization_is_refused(client: Client) -> None:
    """A missing header is a bad key, on status as well."""
    client.key = None
    assert client.status("x").status == 403


def test_a_refused_key_sees_the_answer_to_a_large_upload(start: StartSandbox) -> None:
    """An early answer reaches a client that first sends all of its body."""
    client = start(refused_keys=frozenset({"key-1"}))
    assert client.upload(wav(2) + bytes(5_000_000)).status == 403


@pytest.mark.parametrize("seconds", [0.0, 0.5, 0.99])
def test_under_one_second_is_refused(client: Client, seconds: float) -> None:
    """The service's message counts whole seconds."""
    answer = client.upload(wav(seconds))
    assert answer.status == 400
    assert answer.message == (
        "audio file duration of 0seconds is less than minimum of 1seconds required for processing"
    )


@pytest.mark.parametrize("announced", [True, False])
def test_too_many_bytes_are_refused(start: StartSandbox, announced: bool) -> None:  # noqa: FBT001
    """413 reaches the client whether the length was announced or found out on the way."""
    client = start(max_bytes=100_000)
    body = form({"audio_file_name": "visit"}, wav(2) + bytes(3_000_000))
    pieces = [body[at : at + 65536] for at in range(0, len(body), 65536)]
    answer = client.send(body if announced else iter(pieces))
    assert answer.status == 413
    assert answer.body["status"] == "Error"


def test_exactly_as_many_bytes_as_allowed_are_taken(start: StartSandbox) -> None:
    """The limit is the audio's, whatever the form adds to it."""
    audio = wav(2)
    assert start(max_bytes=len(audio)).upload(audio).status == 200
    assert start(max_bytes=len(audio) - 1).upload(audio).status == 413


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (form({}, wav(2)), "audio_file_name is required"),
        (form({"audio_file_name": ""}, wav(2)), "audio_file_name is required"),
        (form(NAMED), "audio_file_blob or audio_file_url is required"),
        (form(NAMED | {"audio_file_url": " "}), "audio_file_blob or audio_file_url is required"),
        (form(NAMED | {"audio_file_blob": "text"}), "audio_file_blob or audio_file_url is required"),
        (form(NAMED | {"use_category": "telehealth"}, wav(2)), "use_category is not one of the categories"),
        (form({"audio_file_name": "a" * 300_000}, wav(2)), "the fields of the form are too long"),
        (part('name="audio_file_name"', "a") * 201, "the form has too many fields"),
        (b"no form at all", "the form is malformed"),
        (b"", "the form has no end"),
    ],
)  # fmt: skip
def test_a_form_that_lacks_something_is_refused(client: Client, body: bytes, message: str) -> None:
    """Each says in the envelope what is missing."""
    answer = client.send(body)
    assert (answer.status, answer.message) == (400, message)


def test_another_content_type_is_refused(client: Client) -> None:
    """Only multipart/form-data with a boundary is read."""
    for kind in ("application/json", "multipart/form-data", "application/x-www-form-urlencoded", ""):
        answer = client.request("POST", UPLOAD, b"{}", Content_Type=kind)
        assert (answer.status, answer.message) == (400, "the body is not a multipart/form-data form")


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", UPLOAD, 405, "POST"),
        ("PUT", SYNC, 405, "POST"),
        ("POST", "/file/v1/status/x", 405, "GET"),
        ("GET", "/", 404, None),
        ("GET", "/file/v1/status/", 404, None),
        ("POST", UPLOAD + "/", 404, None),
        ("DELETE", "/file/v1/status/x/y", 404, None),
        ("HEAD", "/file/v1/status/x", 405, "GET"),
    ],
)
def test_unknown_paths_and_wrong_methods(
    client: Client, method: str, path: str, status: int, allow: str | None
) -> None:
    """Both are answered in the envelope, and a wrong method with the right one."""
    answer = client.request(method, path)
    assert (answer.status, answer.headers.get("Allow")) == (status, allow)
    if method != "HEAD":
        assert answer.body["status"] == "Error"


def test_the_synchronous_upload_waits_for_the_result(client: Client, clock: FakeClock, bundled: bytes) -> None:
    """Its answer is that of a status call, with the file id."""
    answer = client.upload(bundled, SYNC)
    assert clock.slept == [6.0]
    assert answer.status == 200
    assert answer.data["processing_status"] == "FILE_TRANSCRIBED"
    assert answer.data["audio_transcript"].startswith("Good morning.")
    assert client.status(answer.file_id).status == 200


def test_the_synchronous_upload_gives_up_with_the_id(start: StartSandbox, clock: FakeClock) -> None:
    """503 says Ok and names the file, which goes on being processed."""
    client = start(processing=100)
    answer = client.upload(wav(2), SYNC)
    assert clock.slept == [60.0]
    assert (answer.status, answer.body["status"], list(answer.data)) == (503, "Ok", ["file_id"])
    assert client.status(answer.file_id).data["processing_status"] == "FILE_PROCESSING"

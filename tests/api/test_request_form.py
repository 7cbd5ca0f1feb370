"""The form of an upload, in bytes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_multipart.multipart import MultipartParser

from intron_cli.api.wire import Form, build_form, form_fields
from intron_cli.core.request import Request

BOUNDARY = "intron-0123456789abcdef"


def parts_of(form: Form, audio: bytes = b"") -> list[tuple[str, bytes]]:
    """The parts as a server's parser sees them: Content-Disposition and content."""
    parts: list[tuple[str, bytes]] = []
    state = {"name": b"", "value": b"", "disposition": b"", "data": b""}

    def reset() -> None:
        state.update(name=b"", value=b"", disposition=b"", data=b"")

    def add(key: str) -> object:
        def take(data: bytes, start: int, end: int) -> None:
            state[key] += data[start:end]

        return take

    def header_end() -> None:
        if state["name"].lower() == b"content-disposition":
            state["disposition"] = state["value"]
        state.update(name=b"", value=b"")

    callbacks = {
        "on_part_begin": reset,
        "on_header_field": add("name"),
        "on_header_value": add("value"),
        "on_header_end": header_end,
        "on_part_data": add("data"),
        "on_part_end": lambda: parts.append((state["disposition"].decode(), state["data"])),
    }
    parser = MultipartParser(form.boundary.encode(), callbacks)  # type: ignore[arg-type]
    parser.write(form.head + audio + form.tail)
    parser.finalize()
    return parts


def test_a_form_around_a_file_in_bytes() -> None:
    """Fields come first, then the opening of the file's part; the closing boundary is the tail."""
    form = build_form({"audio_file_name": "rec-1", "use_category": "file_category_general"}, "b", "rec-1.wav")
    assert form.head == (
        b'--b\r\nContent-Disposition: form-data; name="audio_file_name"\r\n\r\nrec-1\r\n'
        b'--b\r\nContent-Disposition: form-data; name="use_category"\r\n\r\nfile_category_general\r\n'
        b'--b\r\nContent-Disposition: form-data; name="audio_file_blob"; filename="rec-1.wav"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n"
    )
    assert form.tail == b"\r\n--b--\r\n"
    assert form.content_type == "multipart/form-data; boundary=b"


def test_a_form_without_a_file_in_bytes() -> None:
    """A URL goes as a text field, and nothing but the closing boundary follows."""
    form = build_form({"audio_file_url": "https://example.org/a.wav"}, "b", None)
    assert form.head == (
        b'--b\r\nContent-Disposition: form-data; name="audio_file_url"\r\n\r\nhttps://example.org/a.wav\r\n'
    )
    assert form.tail == b"--b--\r\n"


# The names below are spelled out from the vendor's page, so that a slip in the table is found.
ON_THE_PAGE = [
    (Request(), {"use_category": "file_category_telehealth"}),
    (Request("general", ("summary",)), {"use_category": "file_category_general", "get_summary": "TRUE"}),
    (
        Request("telehealth", ("summary", "entity_list", "treatment_plan", "soap_note", "clerking")),
        {
            "use_category": "file_category_telehealth",
            "get_summary": "TRUE",
            "get_entity_list": "TRUE",
            "get_treatment_plan": "TRUE",
            "get_soap_note": "TRUE",
            "get_clerking": "TRUE",
        },
    ),
    (
        Request("procedure", ("summary", "entity_list", "treatment_plan", "op_note", "icd_codes", "suggestions")),
        {
            "use_category": "file_category_procedure",
            "get_summary": "TRUE",
            "get_entity_list": "TRUE",
            "get_treatment_plan": "TRUE",
            "get_op_note": "TRUE",
            "get_icd_codes": "TRUE",
            "get_suggestions": "TRUE",
        },
    ),
    (
        Request(
            "call-center",
            ("summary", "call_center_results", "call_center_agent_score", "call_center_product_insights"),
        ),
        {
            "use_category": "file_category_call_center",
            "get_summary": "TRUE",
            "get_call_center_results": "TRUE",
            "get_call_center_agent_score": "TRUE",
            "get_call_center_product_insights": "TRUE",
        },
    ),
    (Request(diarize=True), {"use_category": "file_category_telehealth", "use_diarization": "TRUE"}),
    (Request("legal"), {"use_category": "file_category_legal"}),
    (Request("meeting-notes"), {"use_category": "file_category_meeting_notes"}),
    (
        Request("general", language="sw", verbatim=True, template="6f1c", fields=(("use_new", "x"),)),
        {
            "use_category": "file_category_general",
            "use_language_asr_input": "sw",
            "use_disable_llm_corrections": "TRUE",
            "use_template_id": "6f1c",
            "use_new": "x",
        },
    ),
]


@pytest.mark.parametrize(("request_", "fields"), ON_THE_PAGE)
def test_what_is_asked_is_spelled_as_on_the_page(request_: Request, fields: dict[str, str]) -> None:
    """Each option has the field and the value of the vendor's page; what is not asked for is not sent."""
    assert form_fields(request_) == fields


@settings(max_examples=50, deadline=None)
@given(name=st.text(max_size=60), filename=st.text(max_size=60))
def test_a_name_cannot_break_the_form(name: str, filename: str) -> None:
    """Quotes, line ends and boundaries in a name or a file name add no field and change none."""
    form = build_form({"audio_file_name": name, "use_category": "c"}, BOUNDARY, filename)
    parts = parts_of(form, b"RIFF")
    assert [disposition.count("name=") for disposition, _ in parts] == [1, 1, 2]
    assert parts[0] == ('form-data; name="audio_file_name"', name.encode("utf-8", "replace"))
    assert parts[1] == ('form-data; name="use_category"', b"c")
    assert parts[2][1] == b"RIFF"


@pytest.mark.parametrize(
    ("filename", "written"),
    [
        ('a".wav', "a%22.wav"),
        ('a"; name="get_summary', "a%22; name=%22get_summary"),
        ("a\r\nX-Other: 1\r\n\r\nb", "a%0D%0AX-Other: 1%0D%0A%0D%0Ab"),
    ],
)
def test_hostile_file_names_are_written_as_percent_codes(filename: str, written: str) -> None:
    """Quotes and line ends of a file name stand in the header as browsers write them."""
    head = build_form({}, BOUNDARY, filename).head.decode()
    assert f'filename="{written}"\r\n' in head
    assert "\r\nX-Other" not in head


def test_a_field_name_cannot_break_the_form() -> None:
    """Names of fields are quoted in the same way."""
    head = build_form({'a"\r\nX: y': "v"}, BOUNDARY, None).head
    assert b'name="a%22%0D%0AX: y"\r\n\r\nv\r\n' in head

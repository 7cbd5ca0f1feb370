"""What a status call is answered."""

from pathlib import Path

import pytest
from clock import FakeClock
from sandbox.client import Client, StartSandbox, wav

from intron_cli.core.catalog import CATALOG, CATEGORIES, OUTPUTS, Category

# The page and the later pages of the documentation, spelled out: nothing here comes from the catalog.
KEYS = {
    "file_category_general": {"transcript_summary"},
    "file_category_telehealth": {
        "transcript_summary", "transcript_entity_list", "transcript_treatment_plan", "transcript_soap_note",
        "transcript_clerking", "transcript_icd_codes", "transcript_suggestions",
        "transcript_differential_diagnosis", "transcript_followup_instructions",
        "transcript_practice_guidelines",
    },
    "file_category_procedure": {
        "transcript_summary", "transcript_entity_list", "transcript_treatment_plan", "transcript_op_note",
        "transcript_icd_codes", "transcript_suggestions",
    },
    "file_category_call_center": {
        "transcript_summary", "transcript_call_center_results", "transcript_call_center_agent_score",
        "transcript_call_center_product_insights", "transcript_call_center_agent_score_category",
        "transcript_call_center_product_info", "transcript_call_center_compliance",
        "transcript_call_center_feedback", "transcript_call_center_sentiment",
    },
    "file_category_legal": {"transcript_legal_court_hearing"},
    "file_category_meeting_notes": {
        "transcript_summary", "transcript_meeting_notes_participants", "transcript_meeting_notes_decisions",
        "transcript_meeting_notes_action_items", "transcript_meeting_notes_key_topics",
        "transcript_meeting_notes_next_steps",
    },
}  # fmt: skip


def finished(client: Client, clock: FakeClock, audio: bytes, query: str = "", **fields: str) -> dict[str, object]:
    file_id = client.upload(audio, **fields).file_id
    clock.sleep(6)
    answer = client.status(file_id, query)
    assert answer.status == 200
    assert answer.body["status"] == "Ok"
    return answer.data


def test_an_unknown_id_is_answered_500(client: Client) -> None:
    """The service's answer to an id that it does not know looks like a fault and is none."""
    answer = client.status("12a9760f-b165-4404-91d0-a65d4cdt78fs")
    assert answer.status == 500
    assert answer.body == {"status": "Error", "message": "file not found", "data": {}}


def test_states_follow_the_clock(client: Client, clock: FakeClock, bundled: bytes) -> None:
    """Queued, processing, transcribed; an unfinished file tells its state and name only."""
    file_id = client.upload(bundled).file_id
    seen = []
    for seconds in (0, 1.4, 1.1, 3.4, 1.1):
        clock.sleep(seconds)
        client.key = f"key at {clock.now()}"
        seen.append(client.status(file_id).data)
    assert [data["processing_status"] for data in seen] == [
        "FILE_QUEUED", "FILE_QUEUED", "FILE_PROCESSING", "FILE_PROCESSING", "FILE_TRANSCRIBED",
    ]  # fmt: skip
    assert seen[0] == {"processing_status": "FILE_QUEUED", "audio_file_name": "visit"}


def test_a_finished_file_has_the_keys_of_the_page(client: Client, clock: FakeClock, bundled: bytes) -> None:
    """No file id; the duration is an integer; nothing that was not asked for."""
    data = finished(client, clock, bundled)
    assert set(data) == {
        "processing_status", "audio_file_name", "audio_transcript", "processed_audio_duration_in_seconds",
    }  # fmt: skip
    duration = data["processed_audio_duration_in_seconds"]
    assert type(duration) is int
    assert duration == 71


def test_the_bundled_recording_is_answered_with_its_script(
    client: Client, clock: FakeClock, bundled: bytes, log: list[str]
) -> None:
    """As one text, or by speakers when diarization is asked for; the log says where the words are from."""
    plain = finished(client, clock, bundled)["audio_transcript"]
    assert str(plain).startswith("Good morning. This is Doctor Grace from the clinic. Can you hear me well? Good")
    turns = str(finished(client, clock, bundled, use_diarization="TRUE")["audio_transcript"]).splitlines()
    assert len(turns) == 14
    assert turns[1] == "SPEAKER_02: Good morning, doctor. Yes, I can hear you."
    assert turns[2] == "SPEAKER_01: Thank you for calling. What is the problem today?"
    assert any("answer: the script of the bundled recording" in line for line in log)


@pytest.mark.parametrize("category", CATEGORIES, ids=lambda category: category.name)
def test_a_category_gives_its_own_outputs(client: Client, clock: FakeClock, bundled: bytes, category: Category) -> None:
    """Of all outputs at once, those come back that the category has, each marked as a draft."""
    everything = {output.field: "TRUE" for output in OUTPUTS}
    data = finished(client, clock, bundled, use_category=category.wire, **everything)
    notes = {key: value for key, value in data.items() if key.startswith("transcript_")}
    assert set(notes) == KEYS[category.wire]
    assert all(str(note).startswith("> Sandbox draft, not clinical: ") for note in notes.values())


def test_only_what_is_asked_for_comes_back(client: Client, clock: FakeClock, bundled: bytes) -> None:
    """Telehealth is the default, TRUE the only yes, and fields that nobody knows are ignored."""
    data = finished(
        client, clock, bundled, get_soap_note="TRUE", get_summary="FALSE", get_clerking="true", get_x="TRUE"
    )
    assert [key for key in data if key.startswith("transcript_")] == ["transcript_soap_note"]


def test_structured_notes_are_objects(client: Client, clock: FakeClock, bundled: bytes) -> None:
    """`t` gives headings with lists of sentences, and anything else Markdown."""
    query = "?get_structured_post_processing="
    note = finished(client, clock, bundled, query + "t", get_soap_note="TRUE")["transcript_soap_note"]
    assert isinstance(note, dict)
    assert list(note) == ["draft", "Subjective", "Objective", "Assessment", "Plan"]
    assert note["Plan"][-1] == "Please call me again tomorrow morning."
    text = finished(client, clock, bundled, query + "f", get_soap_note="TRUE")["transcript_soap_note"]
    assert isinstance(text, str)


@pytest.mark.parametrize(
    ("audio", "state", "message"),
    [
        (wav(2), "FILE_PROCESSING_FAILED", "no recogniser is installed"),
        (wav(601), "FILE_INVALID_DURATION", "duration of 601seconds is more than maximum of 600seconds"),
        (b"Dear diary, ", "FILE_INVALID", "not a readable audio file"),
        (b"", "FILE_INVALID", "not a readable audio file"),
    ],
    ids=["unheard", "long", "text", "empty"],
)
def test_what_cannot_be_transcribed_fails_later(
    client: Client, clock: FakeClock, audio: bytes, state: str, message: str
) -> None:
    """Such uploads are taken; the state says that they failed and the envelope's message why."""
    file_id = client.upload(audio).file_id
    assert client.status(file_id).data["processing_status"] == "FILE_QUEUED"
    clock.sleep(6)
    answer = client.status(file_id)
    assert answer.data == {"processing_status": state, "audio_file_name": "visit"}
    assert message in answer.message


def test_any_good_key_may_ask(client: Client) -> None:
    """Ids belong to no key."""
    file_id = client.upload(wav(2)).file_id
    client.key = "another"
    assert client.status(file_id).status == 200


def test_time_scale_divides_the_processing_time(start: StartSandbox, clock: FakeClock, bundled: bytes) -> None:
    """Six seconds at scale sixty are a tenth."""
    client = start(time_scale=60)
    file_id = client.upload(bundled).file_id
    clock.sleep(0.1)
    assert client.status(file_id).data["processing_status"] == "FILE_TRANSCRIBED"


def test_audio_of_unknown_length_is_transcribed(start: StartSandbox, clock: FakeClock, tmp_path: Path) -> None:
    """Where the audio does not tell its duration, the answer's integer is 0."""
    (tmp_path / "visit.txt").write_text("hello world")
    client = start(answers=tmp_path)
    data = finished(client, clock, b"\x1aE\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1fB\x82\x84webm" + bytes(64))
    assert data["audio_transcript"] == "hello world"
    assert data["processed_audio_duration_in_seconds"] == 0


def test_the_literal_keys_are_those_of_the_catalog() -> None:
    """The table and this file's literals spell the same categories and result keys."""
    assert {
        category.wire: {output.key for output in CATALOG.outputs_of(category.name)} for category in CATEGORIES
    } == KEYS

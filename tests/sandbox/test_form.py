"""The form reader, however the form is written and cut."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sandbox.client import BOUNDARY, CONTENT_TYPE, END, form, part

from intron_cli.sandbox.form import FormError, FormReader
from intron_cli.sandbox.spool import TooLargeError

AUDIO = b"RIFF\r\n--\r\n\x00audio"


@pytest.fixture(scope="module")
def spool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("spool")


def read(spool: Path, *pieces: bytes, content_type: str = CONTENT_TYPE) -> tuple[dict[str, str], bytes | None]:
    with FormReader(content_type, spool, max_bytes=1_000_000) as reader:
        for piece in pieces:
            reader.feed(piece)
        form = reader.finish()
        if form.audio is None:
            return form.fields, None
        form.audio.file.seek(0)
        return form.fields, form.audio.file.read()


@pytest.mark.parametrize(
    "disposition",
    [
        'name="audio_file_blob"; filename="visit.wav"',
        "name=audio_file_blob; filename=visit.wav",
        'filename="visit.wav"; name="audio_file_blob"',
        'name="audio_file_blob"; filename=""',
        'name="audio_file_blob"; filename="a\\"; name=\\"x.wav"',
        'name="audio_file_blob"; filename="a%22%0D%0A;b.wav"',
        'name="audio_file_blob"; filename="C:\\temp\\visit.wav"',
        "name=\"audio_file_blob\"; filename*=UTF-8''na%C3%AFve.wav",
        'name="audio_file_blob"; filename="naive.wav"; FileName*=UTF-8\'\'na%C3%AFve.wav',
        'name="audio_file_blob"; filename="naïve \u202e.wav"',
    ],
)
@pytest.mark.parametrize("headers", [(), ("Content-Type: audio/wav",), ("X-A: b", "content-type: a/b")])
def test_every_spelling_of_a_file_part_is_read(spool: Path, disposition: str, headers: tuple[str, ...]) -> None:
    """With or without its type, whatever its name and quotes."""
    fields, audio = read(spool, part(disposition, AUDIO, *headers) + END)
    assert (fields, audio) == ({}, AUDIO)


def test_fields_may_come_before_and_after_the_file(spool: Path) -> None:
    """Clients differ in the order."""
    before, file, after = (
        part('name="audio_file_name"', "visit", "Content-Type: text/plain; charset=utf-8"),
        part('name="audio_file_blob"; filename="visit.wav"', AUDIO),
        part('name="get_summary"', "TRUE"),
    )
    for body in (before + after + file, file + before + after, before + file + after):
        assert read(spool, body + END) == ({"audio_file_name": "visit", "get_summary": "TRUE"}, AUDIO)


def test_the_first_of_two_counts(spool: Path) -> None:
    """Files under other names are left out, as are parts without a name."""
    body = (
        part('name="a"', "1") + part('name="a"', "2") + part('filename="x"', "y") + part("", "z")
        + part('name="other"; filename="x"', b"no")
        + part('name="audio_file_blob"; filename="x"', AUDIO)
        + part('name="audio_file_blob"; filename="x"', b"no")
    )  # fmt: skip
    assert read(spool, body + END) == ({"a": "1"}, AUDIO)


def test_what_surrounds_the_parts_is_no_part(spool: Path) -> None:
    """Blank lines before the first boundary, anything after the last, a quoted boundary."""
    body = b"\r\n" + form({"a": "1"}) + b"epilogue"
    kind = f'Multipart/Form-Data; charset=utf-8; boundary="{BOUNDARY}"'
    assert read(spool, body, content_type=kind) == ({"a": "1"}, None)


@pytest.mark.parametrize("body", [form({"a": "1"}, AUDIO)[:-3], b"", part('name="a"', "1")])
def test_a_form_without_its_end_is_none(spool: Path, body: bytes) -> None:
    """Only the closing boundary makes a form complete."""
    with pytest.raises(FormError, match="the form has no end"):
        read(spool, body)


def test_too_large_a_file_stops_the_reading(spool: Path) -> None:
    """At the byte that is too much."""
    with pytest.raises(TooLargeError):
        read(spool, *[form({}, bytes(1_000_001))])


@pytest.mark.parametrize("kind", ["", "text/plain", "multipart/form-data", "multipart/form-data; boundary="])
def test_a_content_type_without_a_boundary_is_refused(spool: Path, kind: str) -> None:
    """As is one that is too long to be meant."""
    for content_type in (kind, f"multipart/form-data; boundary={'x' * 300}"):
        with pytest.raises(FormError, match="not a multipart"):
            read(spool, b"", content_type=content_type)


_FRAGMENTS = st.sampled_from(
    [
        b"\r",
        b"\n",
        b"\r\n",
        b"--",
        b"-",
        b"\r\n--",
        f"\r\n--{BOUNDARY}"[:-1].encode(),
        f"\r\n--{BOUNDARY[:4]}".encode(),
    ]
)
_CONTENT = st.lists(st.one_of(st.binary(max_size=20), _FRAGMENTS), max_size=12).map(b"".join)
_NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def _quoted(name: str) -> str:
    """As browsers and curl write a name that holds quotes or line ends."""
    return name.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "%0D").replace("\n", "%0A")


@given(
    audio=_CONTENT.filter(lambda content: BOUNDARY.encode() not in content),
    name=_NAMES.filter(lambda text: BOUNDARY not in text),
    filename=_NAMES,
    cuts=st.lists(st.integers(0, 600), max_size=8),
)
def test_no_cut_and_no_name_changes_what_is_read(
    spool: Path, audio: bytes, name: str, filename: str, cuts: list[int]
) -> None:
    """Any pieces of the same body give the same fields and the same bytes."""
    body = (
        part('name="audio_file_name"', name)
        + part(f'name="audio_file_blob"; filename="{_quoted(filename)}"', audio)
        + END
    )
    at = [0, *sorted(cut for cut in cuts if cut < len(body)), len(body)]
    pieces = [body[start:stop] for start, stop in pairwise(at)]
    whole = read(spool, body)
    assert whole == ({"audio_file_name": name}, audio)
    assert read(spool, *pieces) == whole
    assert read(spool, *(body[i : i + 1] for i in range(len(body)))) == whole


@given(st.lists(st.one_of(st.binary(max_size=20), _FRAGMENTS, st.just(f"--{BOUNDARY}".encode())), max_size=20))
def test_rubbish_is_refused_and_never_breaks_the_reader(spool: Path, pieces: list[bytes]) -> None:
    """Whatever comes is a form or a FormError."""
    try:
        fields, _ = read(spool, *pieces)
    except FormError:
        return
    assert isinstance(fields, dict)

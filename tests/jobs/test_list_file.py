"""Lists of sources: lines, NULs, CSV, however they were saved."""

import csv
import io
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from output.privileges import without_privileges

from intron_cli.core.errors import UsageError
from intron_cli.core.request import build_request
from intron_cli.jobs.list_file import MOST_BYTES, ListFile, Row, overrides, rows

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16")
SEPARATORS = (",", ";", "\t")


def read(content: str | bytes, *, nul: bool = False) -> list[Row]:
    data = content.encode() if isinstance(content, str) else content
    return list(rows(ListFile("-", io.BytesIO(data), nul)))


def texts(content: str | bytes, *, nul: bool = False) -> list[str]:
    return [row.text for row in read(content, nul=nul)]


def refusal(content: str | bytes, *, nul: bool = False) -> str:
    with pytest.raises(UsageError) as refused:
        read(content, nul=nul)
    assert refused.value.hint
    return str(refused.value)


def as_csv(table: Sequence[Sequence[str]], separator: str, end: str = "\r\n") -> str:
    """As Excel writes it, or with every cell in quotes where the lines end as on Unix."""
    page = io.StringIO()
    quoting = csv.QUOTE_MINIMAL if end == "\r\n" else csv.QUOTE_ALL
    csv.writer(page, delimiter=separator, lineterminator=end, quoting=quoting).writerows(table)
    return page.getvalue()


def test_a_list_has_a_source_on_each_line() -> None:
    """Whatever ends the lines; each is known by its number."""
    assert read("a.wav\nvisit, second.wav\r\n\n#1.wav") == [
        Row("a.wav", 1),
        Row("visit, second.wav", 2),
        Row("#1.wav", 4),
    ]
    assert read("") == []


def test_names_need_not_be_utf8() -> None:
    """Those of files are bytes."""
    assert texts(b"J\xfcrgen.wav\n") == [os.fsdecode(b"J\xfcrgen.wav")]
    assert texts(b"J\xfcrgen.wav\0", nul=True) == [os.fsdecode(b"J\xfcrgen.wav")]
    assert texts(b"\xef\xbb\xbfJ\xfcrgen.wav\n") == [os.fsdecode(b"J\xfcrgen.wav")]


def test_with_nuls_a_name_may_hold_anything() -> None:
    """And a list is never a CSV."""
    assert read(b"source,category\0a\nb.wav\0\0 c.wav ", nul=True) == [
        Row("source,category", 1),
        Row("a\nb.wav", 2),
        Row(" c.wav ", 4),
    ]


def test_a_csv_says_what_to_ask_for_each() -> None:
    """By names of columns in any case and order; cells that are empty ask for nothing, and the rest comes back."""
    found = read(
        "Patient ;OUTPUTS; Source;category;Language;Template;diarize;Name\n"
        " 0042 ;soap;a.wav; legal ;;t-1;yes;visit-1\n"
        ";;b.wav;;;;; \n"
    )
    assert found == [
        Row(
            "a.wav",
            2,
            {"outputs": "soap", "category": "legal", "template": "t-1", "diarize": "yes"},
            "visit-1",
            {"Patient ": " 0042 "},
        ),
        Row("b.wav", 3, {}, None, {"Patient ": ""}),
    ]


@pytest.mark.parametrize("encoding", [*ENCODINGS, "utf-16-be"])
@pytest.mark.parametrize("separator", SEPARATORS)
def test_a_csv_is_read_as_spreadsheets_save_it(encoding: str, separator: str) -> None:
    """With any byte-order mark and separator."""
    text = as_csv([["source", "ward"], ["Zoë.wav", "a,b;c\td"]], separator)
    data = ("\ufeff" * (encoding == "utf-16-be") + text).encode(encoding)
    assert read(data) == [Row("Zoë.wav", 2, {}, None, {"ward": "a,b;c\td"})]


def test_a_row_is_known_by_the_line_it_starts_on() -> None:
    """Also after blank lines, before the header too, and cells that go on over lines."""
    found = read('\nsource,note\n\n,\na.wav,"one\ntwo"\r\nb.wav,\rc.wav\n')
    assert [(row.text, row.line) for row in found] == [("a.wav", 5), ("b.wav", 7), ("c.wav", 8)]
    assert [row.columns["note"] for row in found] == ["one\ntwo", "", ""]


def test_one_column_is_a_csv_too() -> None:
    """In which nothing separates; and columns without a name are none, as long as nothing stands below them."""
    assert texts('source\n"a,b.wav"\nc;d,e.wav\n') == ["a,b.wav", "c;d,e.wav"]
    assert read("source,,\na.wav,,\nb.wav,,,,\n") == [Row("a.wav", 2), Row("b.wav", 3)]
    assert read(",source\n,a.wav\n") == [Row("a.wav", 2)]


def test_rows_that_ask_alike_share_what_they_ask() -> None:
    """A list may have a hundred thousand of them."""
    one, other, none = read("source,category\na.wav,legal\nb.wav, legal\nc.wav,\n")
    assert one.asks is other.asks
    assert none.asks is none.columns


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("source,category\na.wav\n ,legal\n", "Line 3 of stdin: the column source is empty. Name a file"),
        ("source,category\n\na.wav,legal,x\n", "Line 3 of stdin: a cell stands below no column's name."),
        ("source,\na.wav,x\n", "Line 2 of stdin: a cell stands below no column's name."),
        ("source,ward,ward\n", "Line 1 of stdin: two columns are named ward."),
        ("\nsource,Source\n", "Line 2 of stdin: two columns are named source."),
        ('source\na.wav\n"b.wav\nc.wav\nd.wav\n', "Line 3 of stdin: the quotes are not paired. Close each quote"),
        ('source\na.wav\n"b".wav\n', "Line 3 of stdin: the quotes are not paired."),
        (b"source\na.wav\nJ\xfcrgen.wav\n", "Line 3 of stdin is not in UTF-8. Save it as 'CSV UTF-8'."),
        ("file;category\na.wav;legal\n", "stdin has no column 'source'. Call the column with the files or URLs so."),
        ("a.wav\nb.wav".encode("utf-16-le"), "Line 1 of stdin holds a NUL. Add -0 if NULs stand between"),
        (b"a.wav\0b.wav\0", "Add -0 if NULs stand between the sources"),
        ("a.wav".encode("utf-16") + b"\0", "stdin begins as UTF-16 and is damaged. Save it as UTF-8."),
    ],
)
def test_a_list_that_is_wrong_is_told_by_its_line(content: str | bytes, said: str) -> None:
    """And what to do about it."""
    assert said in refusal(content)


def test_lines_are_not_taken_for_one_name() -> None:
    """Where NULs were said to stand between the sources."""
    assert refusal("a.wav\nb.wav\n", nul=True) == "No NUL stands between the sources of stdin. Leave -0 out."
    assert texts("a.wav", nul=True) == ["a.wav"]


@pytest.fixture
def secret() -> Iterator[Path]:
    """A file that only its owner may read, in a folder that everybody may enter."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        path = Path(name) / "list.txt"
        path.touch(mode=0o600)
        path.chmod(0)
        yield path


def test_a_list_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """With what to do, and no traceback."""
    (tmp_path / "large.txt").touch()
    os.truncate(tmp_path / "large.txt", MOST_BYTES + 1)
    cases = {
        str(tmp_path / "none.txt"): "There is no list ",
        str(tmp_path): "is a folder, not a list. Leave --from-file out",
        str(tmp_path / "large.txt" / "x"): "cannot be read: Not a directory.",
        "a\0b": "cannot be read: no valid path.",
        "": "is a folder, not a list.",
        str(tmp_path / "large.txt"): "is larger than 64 MiB. Split it",
    }
    for name, said in cases.items():
        with pytest.raises(UsageError, match=said):
            list(rows(ListFile(name, io.BytesIO(b"never read"))))


def test_a_list_that_only_others_may_read_is_told(secret: Path) -> None:
    """By what the system says of it."""
    with pytest.raises(UsageError, match=r"cannot be read: Permission denied\."), without_privileges():
        list(rows(ListFile(str(secret), io.BytesIO())))


def test_a_list_in_a_file_is_read_as_one_on_stdin(tmp_path: Path) -> None:
    """And named in errors as the user named it."""
    path = tmp_path / "list.csv"
    path.write_text("source,category\na.wav,legal\n,x\n")
    found = rows(ListFile(str(path), io.BytesIO()))
    assert next(found) == Row("a.wav", 2, {"category": "legal"})
    with pytest.raises(UsageError, match=r"Line 3 of .*list\.csv: "):
        next(found)


def test_cells_become_what_is_asked() -> None:
    """As a request is built from it; outputs are told apart by whatever people put between."""
    asks = {"category": "telehealth", "outputs": "soap, summary;icd-codes|clerking", "diarize": "Yes", "language": "sw"}
    values = overrides(asks)
    assert values == asks | {"outputs": ("soap", "summary", "icd-codes", "clerking"), "diarize": True}
    request = build_request(**values)
    assert (request.language, request.diarize, len(request.outputs)) == ("sw", True, 4)
    assert overrides({}) == {}
    assert overrides({"template": "t", "diarize": "0"}) == {"template": "t", "diarize": False}


@pytest.mark.parametrize(
    ("asks", "said"),
    [
        ({"diarize": "maybe"}, "the column diarize takes true or false"),
        ({"outputs": ";"}, "the column outputs takes names of outputs, such as soap,icd-codes"),
    ],
)
def test_a_cell_that_means_nothing_is_told_with_what_it_takes(asks: dict[str, str], said: str) -> None:
    """By its column."""
    with pytest.raises(ValueError) as refused:
        overrides(asks)
    assert str(refused.value) == said


file_names = st.binary(min_size=1, max_size=20).filter(lambda name: b"\0" not in name).map(os.fsdecode)
plain_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@given(st.lists(file_names))
def test_any_name_comes_through_between_nuls(names: list[str]) -> None:
    """To the last byte."""
    assert texts(b"".join(os.fsencode(name) + b"\0" for name in names), nul=True) == names


@given(st.lists(file_names.filter(lambda name: "\n" not in name and not name.endswith("\r"))))
def test_any_name_without_a_line_break_comes_through_in_lines(names: list[str]) -> None:
    """Unless the first begins as a byte-order mark does; that it might be a CSV is no matter with a file before."""
    assert texts(b"\n".join(map(os.fsencode, ["first.wav", *names]))) == ["first.wav", *names]


@given(st.lists(plain_texts.filter(lambda text: text and not set("\r\n") & set(text))), st.sampled_from(ENCODINGS))
def test_lines_come_through_in_every_encoding(names: list[str], encoding: str) -> None:
    """Where they are text."""
    assert texts("\r\n".join(["first.wav", *names]).encode(encoding)) == ["first.wav", *names]


KNOWN = {"source", "name", "category", "language", "outputs", "template", "diarize"}
others = plain_texts.filter(lambda name: name.strip() and name.strip().casefold() not in KNOWN)


@given(
    st.lists(others, unique=True, max_size=4).flatmap(
        lambda header: st.tuples(
            st.just(header),
            st.lists(st.tuples(plain_texts.filter(str.strip), *[plain_texts] * len(header))),
        )
    ),
    st.sampled_from(ENCODINGS),
    st.sampled_from(SEPARATORS),
    st.sampled_from(["\n", "\r\n"]),
)
def test_any_cell_comes_through(
    table: tuple[list[str], list[tuple[str, ...]]], encoding: str, separator: str, end: str
) -> None:
    """With line breaks, quotes and separators in it."""
    header, body = table
    found = read(as_csv([["source", *header], *body], separator, end).encode(encoding))
    assert [row.text for row in found] == [cells[0] for cells in body]
    assert [dict(row.columns) for row in found] == [dict(zip(header, cells[1:], strict=True)) for cells in body]


pieces = st.sampled_from(
    [
        b"source",
        b"category",
        b",",
        b";",
        b"\t",
        b'"',
        b"\n",
        b"\r",
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xfc",
        b" a.wav",
    ]
)


@given(data=st.one_of(st.binary(), st.lists(pieces).map(b"".join)), nul=st.booleans())
def test_any_bytes_are_a_list_or_refused(data: bytes, *, nul: bool) -> None:
    """Nothing else happens, and every source has a text and a line."""
    try:
        found = read(data, nul=nul)
    except UsageError:
        found = []
    assert all(row.text and row.line > 0 for row in found)

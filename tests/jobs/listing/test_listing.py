"""What a user names becomes sources in an order that stays the same."""

import io
from pathlib import Path, PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intron_cli.core.errors import UsageError
from intron_cli.jobs.list_file import ListFile
from intron_cli.jobs.listing import Entry, listed

from .conftest import NAMES, found, from_list, left, make, places, texts


def test_the_order_is_the_user_s() -> None:
    """Whatever is named, and whether it is there or not."""
    make("z.wav", "calls/b.wav", "calls/a.wav", "y.wav")
    listing = found("z.wav", "calls", "https://h.example/p/x.wav?token=1", "gone.wav", "y*")
    assert texts(listing) == [
        "z.wav",
        "calls/a.wav",
        "calls/b.wav",
        "https://h.example/p/x.wav?token=1",
        "gone.wav",
        "y.wav",
    ]
    assert places(listing) == ["z.wav", "a.wav", "b.wav", "x.wav", "gone.wav", "y.wav"]
    assert [entry.named for entry in listing.entries] == [True, False, False, True, True, False]
    assert listing.several
    assert listing.left_out == ()


def test_one_plain_source_is_not_several() -> None:
    """A folder, a pattern or a list might always hold more."""
    make("a.wav", "calls/a.wav")
    assert not found("a.wav").several
    assert not found("https://h.example/x.wav").several
    assert not found("-").several
    assert found("a.wav", "a.wav").several
    for source in ("calls", "*.wav", "none*"):
        assert found(source).several
    assert from_list("a.wav").several


def test_a_file_that_is_named_lies_under_its_own_name(here: Path) -> None:
    """Wherever it is."""
    make("calls/a.wav")
    assert places(found("calls/a.wav", str(here / "calls" / "a.wav"), "calls/../calls/a.wav")) == ["a.wav"] * 3
    assert places(found("none/..", "", "https://h.example/", "-")) == ["result", "result", "result", "stdin"]


@pytest.mark.parametrize("name", ["visit[1].wav", "what?.wav", "*.wav", "[.wav", "[!x"])
def test_what_exists_is_never_a_pattern(name: str) -> None:
    """Also a link to nowhere; told as missing it is found more easily than silently left out."""
    make("visit1.wav", "whatx.wav", name)
    assert found(name).entries == (Entry(name, name, named=True),)
    Path(name).unlink()
    Path(name).symlink_to("nowhere")
    assert found(name).entries == (Entry(name, name, named=True),)


def test_what_exists_is_never_a_url() -> None:
    """It is named so that nobody takes it for one."""
    make("https:/h.example/a.wav")
    assert texts(found("https://h.example/a.wav")) == ["./https://h.example/a.wav"]
    assert texts(found("https://h.example")) == ["./https://h.example/a.wav"]
    assert texts(found("HTTPS://h.example/*.wav")) == ["HTTPS://h.example/*.wav"]


def test_stdin_is_always_stdin() -> None:
    """A file of that name is found as another."""
    make("-", "-.wav")
    assert found("-").entries == (Entry("-", "stdin", named=True),)
    assert texts(found("./-", ".", "[-]*")) == ["./-", "./-.wav", "-.wav"]
    with pytest.raises(UsageError, match=r"'-' is named 2 times, and stdin can be read once\. Leave the others out\."):
        found("-", "a.wav", "-")
    with pytest.raises(UsageError, match=r"stdin cannot be the list and a recording\. Save one"):
        from_list("a.wav", "-")


@pytest.mark.parametrize(
    ("pattern", "matched", "below"),
    [
        ("*.wav", ["b.wav"], ["b.wav"]),
        ("c/*.wav", ["c/a.wav", "c/B.wav"], ["a.wav", "B.wav"]),
        ("./c/[ab]*.wav", ["./c/a.wav"], ["a.wav"]),
        ("c/?.dat", ["c/a.dat"], ["a.dat"]),
        ("c/*.d[a-c]?", ["c/a.dat"], ["a.dat"]),
        ("*/a.wav", ["c/a.wav", "d/a.wav"], ["c/a.wav", "d/a.wav"]),
        ("c/*/z.wav", ["c/sub/z.wav"], ["sub/z.wav"]),
        ("c//./*b/./*", ["c//./sub/z.wav"], ["sub/z.wav"]),
        ("**/z.wav", ["c/sub/z.wav"], ["c/sub/z.wav"]),
        ("c/**", ["c/a.wav", "c/B.wav", "c/sub/z.wav"], ["a.wav", "B.wav", "sub/z.wav"]),
        ("c/**/*.wav", ["c/a.wav", "c/B.wav", "c/sub/z.wav"], ["a.wav", "B.wav", "sub/z.wav"]),
        ("**/**/a*.wav", ["c/a.wav", "d/a.wav"], ["c/a.wav", "d/a.wav"]),
        ("[cd]/", ["c/a.wav", "c/B.wav", "d/a.wav"], ["c/a.wav", "c/B.wav", "d/a.wav"]),
        ("c/.*", ["c/.x.wav"], [".x.wav"]),
        ("c/.*.wav", ["c/.x.wav"], [".x.wav"]),
        (".?/*.wav", [".h/h.wav"], [".h/h.wav"]),
    ],
)
def test_a_pattern_finds_what_its_shell_would(pattern: str, matched: list[str], below: list[str]) -> None:
    """Below its last folder that is no pattern; hidden names need a dot, and ** goes any way down."""
    make("b.wav", "c/a.wav", "c/B.wav", "c/a.dat", "c/.x.wav", "c/.y.txt", "c/sub/z.wav", "d/a.wav", ".h/h.wav")
    listing = found(pattern)
    assert (texts(listing), places(listing)) == (matched, below)
    assert not any(entry.named for entry in listing.entries)


@pytest.mark.parametrize("pattern", ["c/*", "c/a*", "c/*.*", "c/a.*", "c/a.???", "c/**"])
def test_a_pattern_without_a_suffix_takes_recordings(pattern: str) -> None:
    """What else it matches is left out and named."""
    make("c/a.wav", "c/a.txt")
    listing = found(pattern)
    assert texts(listing) == ["c/a.wav"]
    assert left(listing) == [("c/a.txt", "name")]


def test_folders_that_a_pattern_finds_are_subfolders() -> None:
    """Entered where that is said, and then only for recordings; with a slash at its end, they are what it names."""
    make("m.1/a.wav", "m.1/x/b.wav", "m.1/a.txt", "m.2/c.wav")
    listing = found("m.?")
    assert (texts(listing), left(listing)) == ([], [("m.1", "subfolder"), ("m.2", "subfolder")])
    assert texts(found("m.?/")) == ["m.1/a.wav", "m.2/c.wav"]
    for pattern in ("m.?", "m.?/", "*", "m.1*"):
        assert texts(found(pattern, recursive=True))[:2] == ["m.1/a.wav", "m.1/x/b.wav"]
    assert left(found("m.1", "m.2*", recursive=True)) == [("m.1/a.txt", "name")]


def test_a_pattern_that_finds_nothing_keeps_its_place() -> None:
    """So that it is told as missing."""
    make("a.wav", "c/note.txt")
    listing = found("x*.wav", "a.wav", "none/*.wav", "a\0*", "*/../a.wav")
    assert texts(listing) == ["x*.wav", "a.wav", "none/*.wav", "a\0*", "*/../a.wav"]
    assert places(found("none/*.wav", "?/..")) == ["*.wav", "result"]


def test_a_list_mirrors_the_folders_that_it_names(here: Path) -> None:
    """Of what lies below the current folder; of all else only the name is known."""
    make("c/a.wav", "c/sub/b.wav", "e/x.wav")
    content = (
        f"c/a.wav\n./c//a.wav\n{here}/c/a.wav\nc/../c/a.wav\n../a.wav\nhttps://h.example/p/x.wav\nc/s*/b.wav\ne\n./\n.."
    )
    listing = from_list(content)
    assert texts(listing) == [
        "c/a.wav", "./c//a.wav", f"{here}/c/a.wav", "c/../c/a.wav", "../a.wav", "https://h.example/p/x.wav",
        "c/sub/b.wav", "e/x.wav",
    ]  # fmt: skip
    assert places(listing) == ["c/a.wav", "c/a.wav", "a.wav", "a.wav", "a.wav", "x.wav", "c/sub/b.wav", "e/x.wav"]
    assert [entry.line for entry in listing.entries] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert not any(entry.named for entry in listing.entries)


def test_a_list_follows_what_is_named() -> None:
    """And each keeps what its row says, whatever it expands to."""
    make("c/a.wav", "c/b.wav", "z.wav")
    listing = from_list("source,category,ward,name\nc,legal,7,n\nz.wav,,,\n", "z.wav")
    assert listing.entries == (
        Entry("z.wav", "z.wav", named=True),
        Entry("c/a.wav", "c/a.wav", named=False, asks={"category": "legal"}, name="n", columns={"ward": "7"}, line=2),
        Entry("c/b.wav", "c/b.wav", named=False, asks={"category": "legal"}, name="n", columns={"ward": "7"}, line=2),
        Entry("z.wav", "z.wav", named=False, asks={}, columns={"ward": ""}, line=3),
    )


def test_different_wishes_for_one_source_are_meant() -> None:
    """In one list; the same wish twice is not, nor is what the command line asks besides."""
    listing = from_list("source,category\na.wav,legal\nb.wav,legal\na.wav,general\nb.wav,legal\na.wav,\n", "b.wav")
    assert [(entry.text, entry.named) for entry in listing.entries] == [
        ("b.wav", True), ("a.wav", True), ("b.wav", False), ("a.wav", True), ("b.wav", False), ("a.wav", True),
    ]  # fmt: skip


def test_blanks_and_quotes_around_a_line_are_nobody_s_name() -> None:
    """Unless a file has them; with NULs everything counts."""
    make("a.wav", " b.wav", '"c.wav"')
    assert texts(from_list(' a.wav \n\t\n b.wav\n"a.wav"\n"c.wav"\n https://h.example/x\n   \n')) == [
        "a.wav", " b.wav", "a.wav", '"c.wav"', "https://h.example/x",
    ]  # fmt: skip
    assert texts(from_list(" a.wav \0 \0", nul=True)) == [" a.wav ", " "]
    assert texts(from_list("source;x\n a.wav ;\n")) == ["a.wav"]


def test_a_list_may_name_stdin_once(here: Path) -> None:
    """If it does not come from there itself."""
    (here / "list.txt").write_text("a.wav\n-\n")
    listing = listed([], recursive=False, list_file=ListFile("list.txt", io.BytesIO()))
    assert [(entry.text, entry.below) for entry in listing.entries] == [("a.wav", "a.wav"), ("-", "stdin")]
    with pytest.raises(UsageError, match="named 2 times"):
        listed(["-"], recursive=False, list_file=ListFile("list.txt", io.BytesIO()))


@given(sources=st.lists(NAMES, max_size=4), lines=st.lists(NAMES, max_size=4), nul=st.booleans())
def test_whatever_is_named_has_a_place(sources: list[str], lines: list[str], *, nul: bool) -> None:
    """Never outside the output folder."""
    end = "\0" if nul else "\n"
    try:
        listing = from_list("".join(line + end for line in lines), *sources, nul=nul)
    except UsageError:
        return
    for entry in listing.entries:
        place = PurePath(entry.below)
        assert place.name
        assert not place.anchor
        assert ".." not in place.parts

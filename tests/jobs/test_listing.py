"""What a user names becomes sources in an order that stays the same."""

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from output.privileges import without_privileges

from intron_cli.core.errors import SourceError, UsageError
from intron_cli.jobs.folders import SUFFIXES, LeftOut, is_recording_name
from intron_cli.jobs.list_file import ListFile
from intron_cli.jobs.listing import Entry, Listing, listed


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def make(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()


def found(*sources: str, recursive: bool = False, exclude: str | None = None) -> Listing:
    return listed(sources, recursive=recursive, exclude=Path(exclude) if exclude else None)


def from_list(content: str | bytes, *sources: str, nul: bool = False, recursive: bool = False) -> Listing:
    data = content.encode() if isinstance(content, str) else content
    return listed(sources, recursive=recursive, list_file=ListFile("-", io.BytesIO(data), nul))


def texts(listing: Listing) -> list[str]:
    return [entry.text for entry in listing.entries]


def places(listing: Listing) -> list[str]:
    return [entry.below for entry in listing.entries]


def left(listing: Listing) -> list[tuple[str, str]]:
    return [(one.path, one.why) for one in listing.left_out]


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


def test_a_folder_holds_its_recordings_in_order() -> None:
    """By suffix in any case; what is left out is named, and hidden files are not there."""
    make(
        "c/b.WAV",
        "c/B.wav",
        "c/a.Mp3",
        "c/A.mp3",
        "c/visit.wav.json",
        "c/wav",
        "c/.hidden.wav",
        "c/._a.Mp3",
        "c/x/y.wav",
    )
    listing = found("c")
    assert texts(listing) == ["c/A.mp3", "c/a.Mp3", "c/B.wav", "c/b.WAV"]
    assert left(listing) == [("c/visit.wav.json", "name"), ("c/wav", "name"), ("c/x", "subfolder")]


def test_a_folder_is_shown_as_it_was_given(here: Path) -> None:
    """And results lie below it alone."""
    make("c/a.wav")
    listing = found("c/", "./c", str(here / "c"), "c/../c")
    assert texts(listing) == ["c/a.wav", "./c/a.wav", str(here / "c" / "a.wav"), "c/../c/a.wav"]
    assert places(listing) == ["a.wav"] * 4


def test_every_suffix_is_a_recording_s() -> None:
    """The list of them is the service's, and what phones and desks record besides."""
    assert len(SUFFIXES) == 17
    for suffix in SUFFIXES:
        assert is_recording_name(f"a.b.{suffix.upper()}")
    for name in ("wav", "a.wav.md", "a.", "", "a.txt"):
        assert not is_recording_name(name)


def test_subfolders_are_gone_through_where_that_is_said() -> None:
    """Depth first, in the order of names."""
    make("c/b/z.wav", "c/b/A/y.wav", "c/a.wav", "c/C.wav", "c/.git/x.wav", "c/b/note.txt")
    listing = found("c", recursive=True)
    assert texts(listing) == ["c/a.wav", "c/b/A/y.wav", "c/b/z.wav", "c/C.wav"]
    assert places(listing) == ["a.wav", "b/A/y.wav", "b/z.wav", "C.wav"]
    assert left(listing) == [("c/b/note.txt", "name")]


def test_an_empty_folder_is_no_error() -> None:
    """There is nothing to do."""
    Path("c").mkdir()
    assert found("c") == Listing((), (), several=True)


def test_links_are_not_followed_round_in_circles() -> None:
    """Back up, across, to itself, or to where the walk has been; others are, and links to files are files."""
    make("c/a/x.wav", "elsewhere/y.wav", "elsewhere/deep/z.wav", "elsewhere/early/w.wav")
    for link, target in {
        "c/a/up": "..", "c/b": "a", "c/self.wav": "self.wav", "c/parent": "../", "c/other": "../elsewhere",
        "elsewhere/back": "../c", "elsewhere/round": ".", "elsewhere/again": "deep", "c/zagain": "../elsewhere/deep",
        "c/first": "../elsewhere/early", "c/link.wav": "a/x.wav", "c/nowhere.mp3": "nowhere",
    }.items():  # fmt: skip
        Path(link).symlink_to(target)
    listing = found("c", recursive=True)
    assert texts(listing) == [
        "c/a/x.wav", "c/first/w.wav", "c/link.wav", "c/nowhere.mp3", "c/other/deep/z.wav", "c/other/y.wav",
        "c/self.wav",
    ]  # fmt: skip
    assert left(listing) == [
        (path, "link")
        for path in ("c/a/up", "c/b", "c/other/again", "c/other/back", "c/other/early", "c/other/round", "c/parent",
                     "c/zagain")
    ]  # fmt: skip
    assert texts(found("c/**/x.wav")) == ["c/a/x.wav"]
    assert texts(found("c/b*/*.wav")) == ["c/b/x.wav"]


@pytest.fixture
def deep(here: Path) -> Iterator[Path]:
    """A folder so deep in ``d`` that nobody but us removes it without running out of stack."""
    folders = [here]
    for _ in range(1100):
        folders.append(folders[-1] / "d")
        folders[-1].mkdir()
    yield folders[-1]
    for folder in reversed(folders[1:]):
        folder.rmdir()


def test_a_folder_deeper_than_any_stack_is_gone_through(deep: Path) -> None:
    """As deep as paths can be."""
    (deep / "a.wav").touch()
    listing = found("d", recursive=True)
    (deep / "a.wav").unlink()
    assert places(listing) == ["d/" * 1099 + "a.wav"]


def test_the_output_folder_is_not_looked_into() -> None:
    """Nor counted, however it is named; one that is or holds what was given is looked into all the same."""
    make("c/a.wav", "c/notes/a.wav.md", "c/notes/part.wav", "c/x/b.wav")
    Path("link").symlink_to("c/notes")
    for exclude in ("c/notes", "./c/../c/notes/", "link"):
        assert texts(found("c", recursive=True, exclude=exclude)) == ["c/a.wav", "c/x/b.wav"]
        assert left(found("c", exclude=exclude)) == [("c/x", "subfolder")]
        assert texts(found("c/**/*.wav", exclude=exclude)) == ["c/a.wav", "c/x/b.wav"]
    assert texts(found("c/notes", exclude="c/notes")) == ["c/notes/part.wav"]
    assert texts(found("c/notes", exclude="c")) == ["c/notes/part.wav"]
    assert texts(found("c", exclude="nowhere")) == ["c/a.wav"]


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder that only its owner may read, in one that everybody may."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        folder = Path(name) / "closed"
        folder.mkdir()
        folder.chmod(0)
        yield folder
        folder.chmod(0o700)


def test_a_folder_that_cannot_be_read_is_told(closed: Path) -> None:
    """Given, it is an error; met on the way, it is left out."""
    beside = closed.parent / "a.wav"
    beside.touch()
    with without_privileges():
        with pytest.raises(SourceError, match=r"closed cannot be read: Permission denied\. Check its perm") as refused:
            found(str(closed))
        assert refused.value.reason == "unreadable"
        listing = found(str(closed.parent), recursive=True)
        pattern = str(closed / "*.wav")
        assert texts(found(pattern)) == [pattern]
    assert texts(listing) == [str(beside)]
    assert left(listing) == [(str(closed), "unreadable")]


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


def test_what_was_left_out_is_counted_and_named() -> None:
    """A sentence for each reason, the first ten by name."""
    make(*(f"c/{number:02}.txt" for number in range(12)), "c/sub/a.wav")
    assert found("c").told() == [
        "12 files left out, no recordings by their names: " + ", ".join(f"c/{number:02}.txt" for number in range(10))
        + " and 2 more.",
        "1 subfolder left out: c/sub. Add --recursive to go into subfolders.",
    ]  # fmt: skip
    hostile = Listing((), (LeftOut("a\x1b[1m\nb", "link"), LeftOut("u", "unreadable")), several=True)
    assert hostile.told() == [
        "1 subfolder left out, not readable: u.",
        "1 link left out, leading back to folders that are gone through: a b.",
    ]
    assert Listing((), (), several=True).told() == []
    assert found("c/*", "c").told() == found("c").told()


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


names = st.text(st.one_of(st.sampled_from("./\\*?[]-~: \"'"), st.characters(exclude_categories=["Cs"])), max_size=12)


@given(sources=st.lists(names, max_size=4), lines=st.lists(names, max_size=4), nul=st.booleans())
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


@given(st.lists(names.filter(lambda name: name.strip(". ") and "/" not in name and "\0" not in name), max_size=6))
def test_every_file_of_a_folder_is_found_or_told(some: list[str]) -> None:
    """Once, whatever it is called, hidden ones apart."""
    with tempfile.TemporaryDirectory() as folder:
        made = {f"{name}.wav" for name in some} | {f"{name}.txt" for name in some}
        for name in made:
            (Path(folder) / name).touch()
        listing = found(folder)
        seen = [Path(path).name for path in [*texts(listing), *(path for path, _ in left(listing))]]
        assert sorted(seen) == sorted(name for name in made if not name.startswith("."))
        assert {entry.below for entry in listing.entries} == {name for name in seen if name.endswith(".wav")}

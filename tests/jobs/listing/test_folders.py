"""Folders become their recordings, in an order that stays the same, and what was left out is told."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from output.privileges import without_privileges

from intron_cli.core.errors import SourceError
from intron_cli.jobs.folders import SUFFIXES, LeftOut, is_recording_name
from intron_cli.jobs.listing import Listing

from .conftest import NAMES, found, left, make, places, texts


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


@given(st.lists(NAMES.filter(lambda name: name.strip(". ") and "/" not in name and "\0" not in name), max_size=6))
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

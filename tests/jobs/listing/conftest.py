"""A folder of one's own, and what is found in it."""

import io
from pathlib import Path

import pytest
from hypothesis import strategies as st

from intron_cli.jobs.list_file import ListFile
from intron_cli.jobs.listing import Listing, listed

NAMES = st.text(st.one_of(st.sampled_from("./\\*?[]-~: \"'"), st.characters(exclude_categories=["Cs"])), max_size=12)
"""Of files, or what somebody takes for one."""


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

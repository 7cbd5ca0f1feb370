"""Results in files: what would keep them from being written is found before anything is paid for."""

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from output.privileges import without_privileges

from intron_cli.core.errors import UsageError
from intron_cli.output.files import ensure_new, ensure_writable, write_result


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody can reach."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    for found in (folder, *folder.iterdir()):
        found.chmod(0o755)
    shutil.rmtree(folder)


def refusal(path: Path) -> str:
    with pytest.raises(UsageError) as caught:
        ensure_writable(path)
    assert caught.value.hint
    return str(caught.value)


def test_a_new_file_in_a_folder_is_fine(tmp_path: Path) -> None:
    """And trying leaves nothing behind."""
    ensure_writable(tmp_path / "visit.md")
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_replaced_only_with_force(tmp_path: Path) -> None:
    """The hint names it."""
    ensure_new(tmp_path / "visit.md")
    (tmp_path / "visit.md").touch()
    with pytest.raises(UsageError, match="--force"):
        ensure_new(tmp_path / "visit.md")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """Not even with force."""
    assert "is a folder" in refusal(tmp_path)


def test_a_missing_folder_is_told_with_how_to_make_it(tmp_path: Path) -> None:
    """Also where a file is in its place, and behind a link."""
    assert f"mkdir -p '{tmp_path / 'a' / 'b'}'" in refusal(tmp_path / "a" / "b" / "visit.md")
    (tmp_path / "file").touch()
    assert "There is no folder" in refusal(tmp_path / "file" / "visit.md")
    (tmp_path / "link.md").symlink_to(tmp_path / "gone" / "visit.md")
    assert "There is no folder" in refusal(tmp_path / "link.md")


def test_a_folder_that_cannot_be_written_in(open_folder: Path) -> None:
    """Is found now, not after the upload."""
    open_folder.chmod(0o555)
    with without_privileges():
        assert "Permission denied" in refusal(open_folder / "visit.md")


def test_a_folder_that_cannot_be_entered(open_folder: Path) -> None:
    """Nobody can tell what is in it."""
    (open_folder / "closed").mkdir()
    (open_folder / "closed").chmod(0)
    with without_privileges():
        assert "Permission denied" in refusal(open_folder / "closed" / "visit.md")


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    """Or that leads round in circles."""
    assert "File name too long" in refusal(tmp_path / ("x" * 300))
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    assert "symbolic links" in refusal(tmp_path / "circle")


def test_a_device_takes_what_it_gets(tmp_path: Path) -> None:
    """Without force, for nothing is replaced."""
    ensure_writable(Path(os.devnull))
    os.mkfifo(tmp_path / "pipe")
    ensure_writable(tmp_path / "pipe")


def test_a_result_is_written_whole_with_its_mode(tmp_path: Path) -> None:
    """And nothing beside it."""
    write_result(tmp_path / "visit.md", b"words", 0o640)
    assert (tmp_path / "visit.md").read_bytes() == b"words"
    assert stat.S_IMODE((tmp_path / "visit.md").stat().st_mode) == 0o640
    assert len(list(tmp_path.iterdir())) == 1


def test_what_fails_after_all_is_told(tmp_path: Path) -> None:
    """In one sentence, with the system's reason."""
    with pytest.raises(UsageError, match=os.strerror(errno.ENOENT)) as caught:
        write_result(tmp_path / "gone" / "visit.md", b"words", 0o600)
    assert "-o" in caught.value.hint

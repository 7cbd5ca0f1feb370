"""Files written whole or not at all."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from intron_cli.core.files import others_may, private_folder, sweep, write_atomic


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_its_owners_alone(tmp_path: Path) -> None:
    """Whatever the umask."""
    before = os.umask(0)
    try:
        write_atomic(tmp_path / "a", b"words")
    finally:
        os.umask(before)
    assert (tmp_path / "a").read_bytes() == b"words"
    assert mode(tmp_path / "a") == 0o600


def test_a_mode_is_granted_when_asked_for(tmp_path: Path) -> None:
    """And replaces that of the file that was there."""
    (tmp_path / "a").touch(0o666)
    write_atomic(tmp_path / "a", b"", 0o640)
    assert mode(tmp_path / "a") == 0o640


def test_only_the_file_is_left(tmp_path: Path) -> None:
    """No temporary file stays beside it."""
    write_atomic(tmp_path / "a", b"1")
    write_atomic(tmp_path / "a", b"2")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    """What was there stays as it was."""
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "inside").touch()
    with pytest.raises(OSError, match="taken"):
        write_atomic(tmp_path / "taken", b"words")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    """And nothing else: not what a living one is writing, and not what only looks alike."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    kept = [
        f".a.wav.{os.getpid()}.intron.tmp", f".a.wav.{os.getppid()}.intron.tmp", f".a.wav.{ended.pid}.tmp",
        f"a.wav.{ended.pid}.intron.tmp", ".a.wav.x.intron.tmp",
    ]  # fmt: skip
    for name in [*kept, f".a.wav.{ended.pid}.intron.tmp", f".a\nb.{10**15}.intron.tmp"]:
        (tmp_path / name).touch()
    sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(kept)
    sweep(tmp_path / "none")


def test_what_is_no_bytes_leaves_nothing_behind(tmp_path: Path) -> None:
    """Whichever error it is that ends the writing."""
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(TypeError):
        write_atomic(tmp_path / "a", None)  # type: ignore[arg-type]
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_a_link_is_followed(tmp_path: Path) -> None:
    """The file that it leads to is replaced, and it stays a link."""
    (tmp_path / "real").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real" / "a")
    write_atomic(link, b"words")
    assert link.is_symlink()
    assert (tmp_path / "real" / "a").read_bytes() == b"words"


def test_a_planted_temporary_file_gets_nothing(tmp_path: Path) -> None:
    """A link or a file that others can read, lying where the new file is prepared, is not written through."""
    loot = tmp_path / "loot"
    loot.touch(0o666)
    folder = tmp_path / "shared"
    folder.mkdir()
    (folder / f".a.{os.getpid()}.intron.tmp").symlink_to(loot)
    write_atomic(folder / "a", b"words")
    assert loot.read_bytes() == b""
    assert not (folder / "a").is_symlink()
    assert mode(folder / "a") == 0o600


@pytest.mark.parametrize("name", ["ታካሚ" * 28, "x" * 255, "\U0001f3a7" * 63, "odd\udc80name"], ids="3124")
def test_the_longest_name_can_be_written(tmp_path: Path, name: str) -> None:
    """Also in scripts that take three or four bytes a letter."""
    write_atomic(tmp_path / name, b"words")
    assert (tmp_path / name).read_bytes() == b"words"


@pytest.mark.parametrize(
    ("bits", "others"),
    [(0o600, None), (0o700, None), (0o640, "read"), (0o604, "read"), (0o620, "write"), (0o646, "write")],
)
def test_what_others_may_do(tmp_path: Path, bits: int, others: str | None) -> None:
    """Group and world are others; writing is worse than reading."""
    (tmp_path / "a").touch()
    (tmp_path / "a").chmod(bits)
    assert others_may(tmp_path / "a") == others


def test_a_private_folder_is_made_once(tmp_path: Path) -> None:
    """With its parents, for its owner alone."""
    folder = private_folder(tmp_path / "a" / "b")
    assert private_folder(folder) == folder
    assert mode(folder) == 0o700


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    """As is a device: `-o /dev/null` must not put a file in its place."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_atomic(pipe, b"words")
        assert os.read(reader, 100) == b"words"
    finally:
        os.close(reader)
    assert pipe.is_fifo()
    assert others_may(Path(os.devnull)) is None

"""The settings file: its owner's alone, and all in it kept."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intron_cli.config.store import config_path, read_store, state_path, write_store
from intron_cli.core.errors import SetupError

KEY = "sk-live-0123456789abcdef"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def put(path: Path, text: bytes | str, mode: int = 0o600) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(mode)
    return path


def test_no_file_sets_nothing(path: Path) -> None:
    """And is not made by reading."""
    assert read_store(path) == ({}, [])
    assert not path.exists()


def test_a_new_file_is_its_owners_alone(path: Path) -> None:
    """With the folders above it, whatever the umask; nothing else is left there."""
    below = path.parent / "a" / "b" / "config.toml"
    before = os.umask(0)
    try:
        write_store(below, {"api_key": KEY})
    finally:
        os.umask(before)
    assert stat.S_IMODE(below.stat().st_mode) == 0o600
    assert stat.S_IMODE(below.parent.stat().st_mode) == 0o700
    assert list(below.parent.iterdir()) == [below]
    assert read_store(below) == ({"api_key": KEY}, [])


def test_what_it_does_not_know_is_kept(path: Path) -> None:
    """Comments, unknown keys and tables, and their order."""
    put(path, '# mine\nlanguage = "sw" # Swahili\nfuture = [1, 2]\n\n[profiles.night]\nrate = "60/60s"\n')
    write_store(path, {"language": "ha", "category": "legal", "diarize": True})
    assert path.read_text() == (
        '# mine\nlanguage = "ha" # Swahili\nfuture = [1, 2]\ncategory = "legal"\ndiarize = true\n'
        '\n[profiles.night]\nrate = "60/60s"\n'
    )


def test_a_setting_is_taken_out(path: Path) -> None:
    """None removes it; what was not there is not missed."""
    put(path, '# mine\nlanguage = "sw"\ncategory = "legal"\n')
    write_store(path, {"language": None, "api_key": None})
    assert path.read_text() == '# mine\ncategory = "legal"\n'


def test_the_mode_is_mended_when_it_is_written(path: Path) -> None:
    """A file that others could read is its owner's alone afterwards."""
    put(path, "", 0o644)
    write_store(path, {"api_key": KEY})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_byte_order_mark_is_no_part_of_the_text(path: Path) -> None:
    """Some editors of Windows write one."""
    put(path, b'\xef\xbb\xbflanguage = "sw"\r\n')
    assert read_store(path)[0] == {"language": "sw"}
    write_store(path, {"category": "legal"})
    assert read_store(path)[0] == {"language": "sw", "category": "legal"}


def test_a_key_that_others_can_read_is_warned_about(path: Path) -> None:
    """With the command that mends it; a file without a key is nobody's secret."""
    put(path, f'api_key = "{KEY}"', 0o644)
    values, warnings = read_store(path)
    assert values == {"api_key": KEY}
    assert len(warnings) == 1
    assert f"chmod 600 '{path}'" in warnings[0]
    assert KEY not in warnings[0]
    assert read_store(put(path, 'language = "sw"', 0o644))[1] == []


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_can_change_is_refused(path: Path, mode: int) -> None:
    """It could point the key at any host."""
    with pytest.raises(SetupError, match="Other users of this machine can change") as caught:
        read_store(put(path, 'base_url = "voice"', mode))
    assert "chmod 600" in caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        f"api_key = {KEY}", f'api_key = "{KEY}', f'{KEY}\n"', f'api_key = "a"\napi_key = "{KEY}"',
        f'api_key = "{KEY}" x',
        f'"{KEY}(" = 1\n"{KEY}(" = 2', f"a = {{ {KEY} }}", f'api_key = "\\{KEY}"',
        "a = " + "[" * 5000, "a = " + "9" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_toml_is_told_by_its_place(path: Path, text: str) -> None:
    """Never by its text, which may be the key."""
    with pytest.raises(SetupError) as caught:
        read_store(put(path, text))
    assert "are not valid TOML (" in caught.value.message
    assert KEY not in str(caught.value)
    assert caught.value.__suppress_context__


def test_what_is_no_text_is_told(path: Path) -> None:
    """Also a folder where the file should be."""
    with pytest.raises(SetupError, match="cannot be read: they are not UTF-8"):
        read_store(put(path, b'a = "\xff"'))
    with pytest.raises(SetupError, match="cannot be read: Is a directory"):
        read_store(path.parent)


def test_what_cannot_be_written_is_told(path: Path) -> None:
    """A file where a folder should be, for reading and writing."""
    below = put(path, "") / "config.toml"
    with pytest.raises(SetupError, match="cannot be read: Not a directory"):
        read_store(below)
    for place in (below, below / "deeper" / "config.toml"):
        with pytest.raises(SetupError, match="cannot be written: "):
            write_store(place, {"language": "sw"})


def test_where_it_lies(tmp_path: Path) -> None:
    """Where the variable says, with ~ read as a home; else where the platform keeps such files."""
    assert config_path({"INTRON_CONFIG": str(tmp_path / "x.toml")}) == tmp_path / "x.toml"
    assert state_path({"INTRON_STATE": str(tmp_path)}) == tmp_path
    assert config_path({"INTRON_CONFIG": "~/x.toml"}) == Path.home() / "x.toml"
    assert config_path({}).parts[-2:] == ("intron", "config.toml")
    assert "intron" in state_path({}).parts


@given(st.dictionaries(st.sampled_from(["category", "language", "template"]), st.text(st.characters(codec="utf-8"))))
def test_any_text_is_read_back(tmp_path_factory: pytest.TempPathFactory, values: dict[str, str]) -> None:
    """As it was stored."""
    path = tmp_path_factory.mktemp("store") / "config.toml"
    write_store(path, values)
    assert read_store(path)[0] == values

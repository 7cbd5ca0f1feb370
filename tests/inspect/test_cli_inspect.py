"""``intron inspect``: what it prints, its exit code, and that it agrees with what an upload decides."""

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from audio.builders import mp4, riff
from harness import Cli, write_wav

from intron_cli.audio.counting import Counted
from intron_cli.commands.extras import install_line

FRAGMENTED = mp4(1, after=b"\0\0\0\x10moof" + bytes(8))
FIELDS = {"source", "container", "codec", "duration_seconds", "duration_basis", "bytes", "verdict", "warnings"}


@pytest.fixture
def alone(cli: Cli) -> Cli:
    """Without key, service and extra."""
    del cli.env["INTRON_API_KEY"]
    cli.env["INTRON_BASE_URL"] = "http://127.0.0.1:9"
    cli.counter = None
    return cli


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_a_good_file_is_a_line_of_a_table(alone: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key, and without a ledger being made."""
    write_wav(tmp_path / "visit.wav", 71)
    monkeypatch.chdir(tmp_path)
    found = alone("inspect", "visit.wav")
    assert found.out.splitlines()[0].split() == ["FILE", "WHAT", "LENGTH", "SIZE", "SOUND", "VERDICT"]
    assert " ".join(found.out.splitlines()[1].split()) == "visit.wav WAV PCM 1 min 11 s (exact) 1.1 MB mono 8 kHz ok"
    assert (found.code, found.err) == (0, "")
    assert not (alone.home / "state").exists()


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_no_line_of_the_table_is_wider_than_the_terminal(alone: Cli, tmp_path: Path, columns: int) -> None:
    """Where the columns have no room, they stand below one another."""
    path = write_wav(tmp_path / "v.wav", 71)
    table = alone("inspect", path, columns=columns).out
    assert all(len(line) <= max(columns, len(str(path)) + 4) for line in table.splitlines())
    assert "1 min 11 s (exact)" in table.replace("\n  ", " ")


def test_json_is_an_array_with_all_that_is_known(alone: Cli, tmp_path: Path) -> None:
    """Also for one file."""
    path = write_wav(tmp_path / "visit.wav", 2)
    (found,) = alone("inspect", "--json", path).json
    assert set(found) >= FIELDS
    assert {name: found[name] for name in FIELDS} == {
        "source": str(path), "container": "WAV", "codec": "PCM", "duration_seconds": 2.0, "duration_basis": "exact",
        "bytes": 32044, "verdict": "ok", "warnings": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "data", "verdict"),
    [
        ("empty.wav", b"", "not_audio"),
        ("letter.mp3", b"Dear colleague", "not_audio"),
        ("film.mp4", mp4(9).replace(b"soun", b"vide"), "not_audio"),
        ("a.amr", b"#!AMR\n" + bytes(90), "unsupported"),
        ("browser.mp4", FRAGMENTED, "unknown"),
        ("call.m4a", mp4(700), "too_long"),
        ("call.m4a", mp4(0.5), "too_short"),
        ("call.3gp", mp4(700).replace(b"M4A ", b"3gp4"), "too_long"),
        ("call.3gp", mp4(0.5).replace(b"M4A ", b"3gp4"), "too_short"),
        ("call.m4a", mp4(60), "ok"),
        ("call.m4a", mp4(60)[:-9], "unknown"),
    ],
)
def test_an_upload_decides_as_inspect_does(cli: Cli, tmp_path: Path, name: str, data: bytes, verdict: str) -> None:
    """And with the same exit code where it is refused."""
    cli.counter = None
    path = written(tmp_path / name, data)
    looked = cli("inspect", "--json", path)
    assert looked.json[0]["verdict"] == verdict
    refused = verdict not in ("ok", "unknown")
    assert looked.code == 9 * refused
    sent = cli("upload", "--dry-run", "--json", path)
    assert sent.code == looked.code
    if data and refused:
        assert looked.json[0]["reason"] in sent.json["sources"][0]["error"]


def test_stdin_is_not_looked_at(alone: Cli) -> None:
    """And not taken for a file that is missing."""
    found = alone("inspect", "-", stdin=b"RIFF")
    assert (found.code, found.err) == (9, "error: inspect looks at files, not at stdin. Save the recording first.\n")


def test_a_file_that_is_too_large(alone: Cli, tmp_path: Path) -> None:
    """The limits are those of the settings."""
    alone.env["INTRON_MAX_BYTES"] = "1kB"
    found = alone("inspect", "--json", write_wav(tmp_path / "v.wav"))
    assert (found.code, found.json[0]["verdict"]) == (9, "too_large")


def test_one_refused_among_good_ones_is_9(alone: Cli, tmp_path: Path) -> None:
    """The question is whether all would be sent; a missing file is told, and has its object."""
    good, bad = write_wav(tmp_path / "a.wav"), write_wav(tmp_path / "b.wav", 0.1)
    assert alone("inspect", good, bad).code == 9
    found = alone("inspect", good, tmp_path / "none.wav", "--json")
    assert found.code == 9
    assert [one["verdict"] for one in found.json] == ["ok", None]
    assert found.json[1]["error"]["type"] == "missing"
    assert '"type": "error"' in found.err


def test_a_refusal_comes_with_what_to_do(alone: Cli, tmp_path: Path) -> None:
    """The sentence, then the command on a line of its own."""
    path = written(tmp_path / "a call.m4a", mp4(700))
    lines = alone("inspect", path).out.splitlines()
    assert "11 min 40 s; at most 10 min" in lines[-2]
    assert lines[-1].startswith(f"ffmpeg -i '{path}' ")


def test_without_the_extra_one_line_says_how_to_get_it(alone: Cli, tmp_path: Path) -> None:
    """And what it costs; with it, the length is counted."""
    path = written(tmp_path / "browser.mp4", FRAGMENTED)
    found = alone("inspect", path)
    assert found.code == 0
    assert found.err.count("\n") == 1
    assert install_line("audio", sys.prefix, sys.executable) in found.err
    assert "35 MB" in found.err
    alone.counter = lambda _: Counted(700.0, "aac")
    counted = alone("inspect", "--json", path)
    assert (counted.code, counted.err, counted.json[0]["verdict"]) == (9, "", "too_long")
    assert counted.json[0]["duration_basis"] == "exact"


def test_a_wrong_suffix_and_a_cut_are_told(alone: Cli, tmp_path: Path) -> None:
    path = written(tmp_path / "visit.mp3", write_wav(tmp_path / "v.wav", 9).read_bytes()[:-4000])
    (found,) = alone("inspect", "--json", path).json
    assert [warning["code"] for warning in found["warnings"]] == ["truncated", "wrong_suffix"]
    assert "warning: " in alone("inspect", path).out


def test_names_cannot_steer_the_terminal(alone: Cli, tmp_path: Path) -> None:
    path = written(tmp_path / "a\x1b[31mb\u202e.mp3", riff())
    assert not set("\x1b\u202e") & set(alone("inspect", path).out)
    assert not set("\x1b\u202e") & set(alone("inspect", "--json", path).out)


@pytest.mark.parametrize("suffix", ["wav", "mp3", "flac", "m4a"])
def test_the_command_makes_it_fit(alone: Cli, tmp_path: Path, suffix: str) -> None:
    """All pieces that ffmpeg then writes are sent."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("package ffmpeg is not installed")
    path = tmp_path / f"100% visit.{suffix}"
    sound = ["-f", "lavfi", "-i", "sine=d=25:r=8000", "-strict", "-2"]
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", *sound, str(path)], check=True)
    alone.env["INTRON_MAX_DURATION"] = "10s"
    (found,) = alone("inspect", "--json", path).json
    assert found["verdict"] == "too_long"
    subprocess.run([*shlex.split(found["command"]), "-nostdin", "-v", "error"], check=True, stdin=subprocess.DEVNULL)
    pieces = [piece for piece in tmp_path.iterdir() if piece.is_file() and piece != path]
    assert len(pieces) >= 3
    assert alone("inspect", *pieces).code == 0

"""Recordings sent shrunk: what is sent, what is saved, and that it is the same job."""

import hashlib
from pathlib import Path

import pytest
import rawserver as raw
from clock import FakeClock
from harness import Cli
from rawserver import RawServer

from .conftest import left_in, part


def test_a_recording_is_sent_shrunk(cli: Cli, server: RawServer, recording: Path) -> None:
    """As Opus in Ogg, a tenth of its size or so; the original is as it was, and the line says what was saved."""
    before = recording.read_bytes()
    found = cli("transcribe", recording, "--shrink", "-v")
    assert found.code == 0, found.err
    [exchange] = server.uploads
    name, data = part(exchange)
    assert name.startswith("rec-")
    assert name.endswith(".ogg")
    assert data.startswith(b"OggS")
    assert b"OpusHead" in data[:64]
    assert len(data) < len(before) / 5
    assert recording.read_bytes() == before
    assert f"{recording}: 192 kB, sent as " in found.err
    assert left_in(cli) == []


def test_it_is_the_same_job(cli: Cli, server: RawServer, recording: Path) -> None:
    """Whatever its bytes were on the way, it was this recording: it is not sent again."""
    assert cli("upload", recording, "--shrink").code == 0
    again = cli("transcribe", recording, "--json")
    assert again.code == 0
    assert len(server.uploads) == 1
    assert again.json["source"]["sha256"] == hashlib.sha256(recording.read_bytes()).hexdigest()
    assert again.json["source"]["bytes"] == recording.stat().st_size


def test_what_the_service_does_not_list_is_sent_shrunk(cli: Cli, server: RawServer, unlisted: Path) -> None:
    """Without it, it is refused, and the line says what to add."""
    refused = cli("transcribe", unlisted)
    assert refused.code == 9
    assert refused.err == f"error: {unlisted} is AU, which the service does not list. Add --shrink.\n"
    for option in ((), ("--shrink",)):
        cli.env["INTRON_SHRINK"] = "auto"
        assert cli("transcribe", unlisted, *option).code == 0
    assert len(server.uploads) == 1


def test_what_is_too_large_is_sent_shrunk(cli: Cli, server: RawServer, recording: Path) -> None:
    """The bound is for what is sent."""
    cli.env["INTRON_MAX_BYTES"] = "100kB"
    refused = cli("transcribe", recording)
    assert (refused.code, "Add --shrink." in refused.err) == (9, True)
    assert cli("transcribe", recording, "--shrink").code == 0
    assert len(server.uploads) == 1


def test_what_is_too_long_stays_too_long(cli: Cli, server: RawServer, recording: Path) -> None:
    """Smaller is not shorter."""
    cli.env["INTRON_MAX_DURATION"] = "5s"
    found = cli("transcribe", recording, "--shrink")
    assert (found.code, len(server.begun)) == (9, 0)
    assert "at most 5 s are sent" in found.err


@pytest.mark.parametrize(("setting", "option", "suffix"), [
    ("off", None, ".wav"), ("auto", None, ".ogg"), ("always", None, ".ogg"), ("always", "--no-shrink", ".wav"),
    ("off", "--shrink", ".ogg"),
])  # fmt: skip
def test_the_flag_wins_over_the_setting(
    cli: Cli, server: RawServer, recording: Path, setting: str, option: str | None, suffix: str
) -> None:
    """As everywhere."""
    cli("config", "set", "shrink", setting)
    assert cli("transcribe", recording, *([option] if option else [])).code == 0
    assert part(server.uploads[0])[0].endswith(suffix)


def test_without_the_extra_one_line_installs_it(cli: Cli, server: RawServer, recording: Path) -> None:
    """With the size of the download; where shrinking was only hoped for, it is done without."""
    cli.shrinker = None
    found = cli("transcribe", recording, "--shrink")
    assert (found.code, len(server.begun)) == (4, 0)
    assert found.err.count("\n") == 1
    assert "--shrink needs the extra 'audio' (35 MB). Install it: " in found.err
    assert "intron-cli[audio]" in found.err
    cli.env["INTRON_SHRINK"] = "auto"
    assert cli("transcribe", recording).code == 0
    assert part(server.uploads[0])[0].endswith(".wav")


def test_what_cannot_be_read_through_is_not_sent(cli: Cli, server: RawServer, tmp_path: Path) -> None:
    """Nobody hears what was lost on the way; the ledger has it as not sent, and as it is, it can be."""
    path = tmp_path / "visit.mp3"
    data = bytearray((Path(__file__).parents[2] / "data" / "jfk.mp3").read_bytes())
    data[len(data) // 2 : len(data) // 2 + 6000] = bytes(6000)
    path.write_bytes(data)
    found = cli("transcribe", path, "--shrink")
    assert (found.code, len(server.begun)) == (9, 0)
    assert "could not be read through" in found.err
    assert "--no-shrink sends it as it is." in found.err
    assert cli("transcribe", path).code == 0
    assert left_in(cli) == []


def test_a_file_that_was_rewritten_is_not_sent_under_its_old_hash(cli: Cli, server: RawServer, recording: Path) -> None:
    """An earlier run's hash is made sure of before what was shrunk goes out."""
    import os

    assert cli("transcribe", recording, "--dry-run").code == 0
    assert cli("upload", recording, "--limit", "0").code == 0
    ledger = cli.home / "state" / "ledger.db"
    import sqlite3

    database = sqlite3.connect(ledger)
    with database:
        database.execute("UPDATE hash SET sha256 = ?", ("5" * 64,))
    database.close()
    os.utime(recording, ns=(recording.stat().st_atime_ns, recording.stat().st_mtime_ns))
    with sqlite3.connect(ledger) as database:
        stamp = recording.stat()
        database.execute("UPDATE hash SET ctime_ns = ?", (stamp.st_ctime_ns,))
    database.close()
    found = cli("transcribe", recording, "--shrink")
    assert (found.code, len(server.begun)) == (9, 0)
    assert "--rehash" in found.err
    assert cli("transcribe", recording, "--shrink", "--rehash").code == 0


def test_a_batch_says_at_its_end_what_was_saved(cli: Cli, recording: Path, unlisted: Path) -> None:
    """Not at each."""
    found = cli("transcribe", recording, unlisted, "--shrink", "-v")
    assert found.code == 0
    assert "Shrinking saved " in found.err


def test_a_dry_run_tells_about_how_much(cli: Cli, server: RawServer, recording: Path) -> None:
    """Nothing is shrunk for it."""
    found = cli("transcribe", recording, "--shrink", "--dry-run")
    assert f"{recording} (shrunk to about 18.8 kB, 6 s)" in found.out
    assert ".ogg" in found.out
    assert not server.begun


def test_what_was_sent_shrunk_is_known_without_shrinking(cli: Cli, server: RawServer, unlisted: Path) -> None:
    """As it is, it would be refused; it need not be sent."""
    assert cli("upload", unlisted, "--shrink").code == 0
    assert cli("transcribe", unlisted).code == 0
    assert "uploaded before" in cli("transcribe", unlisted, "--dry-run").out
    assert len(server.begun) == 1
    other = cli("transcribe", unlisted, "--summary", "--again")
    assert (other.code, len(server.begun)) == (9, 1)


def test_whatever_was_sent_shrunk_is_known(cli: Cli, server: RawServer, unlisted: Path, tmp_path: Path) -> None:
    """A copy of it, on stdin, touched, or to be hashed anew: its bytes are the same."""
    assert cli("upload", unlisted, "--shrink").code == 0
    copy = tmp_path / "copy.au"
    copy.write_bytes(unlisted.read_bytes())
    for arguments in ((copy,), ("-",), (unlisted, "--rehash")):
        found = cli("transcribe", *arguments, stdin=copy.read_bytes())
        assert (found.code, found.err) == (0, "")
    copy.write_bytes(bytes(copy.stat().st_size))
    assert cli("transcribe", copy).code == 9
    assert len(server.begun) == 1


def test_what_may_have_been_sent_shrunk_is_not_sent_as_it_is(tmp_path: Path, clock: FakeClock, unlisted: Path) -> None:
    """The decision to send it again is none to send what the service does not list."""
    with RawServer([(raw.read_all, raw.close), raw.taken()]) as server:
        cli = Cli(tmp_path / "home", server.url, clock)
        assert cli("transcribe", unlisted, "--shrink").code == 10
        assert "maybe uploaded" in cli("transcribe", unlisted, "--dry-run").out
        for _ in range(2):
            assert cli("transcribe", unlisted, "--on-unknown", "retry").code == 9
        assert "maybe uploaded" not in cli("transcribe", unlisted, "--shrink", "--on-unknown", "retry", "--dry-run").out
        assert len(server.begun) == 1
        assert cli("transcribe", unlisted, "--shrink", "--on-unknown", "retry").code == 0
        assert part(server.uploads[-1])[0].endswith(".ogg")

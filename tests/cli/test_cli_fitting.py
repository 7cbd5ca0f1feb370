"""Recordings made to fit: shrunk, read from a pipe, or downloaded, on the way to the same job."""

import hashlib
import http.server
import json
import math
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import rawserver as raw
from clock import FakeClock
from harness import KEY, Cli
from rawserver import Exchange, RawServer

RATE = 16_000


def sound(seconds: float) -> bytes:
    """A rising tone, 16 bits mono, which no coder takes for silence."""
    count = round(seconds * RATE)
    return struct.pack(f"<{count}h", *(round(9000 * math.sin(n * (0.1 + n / 4e7))) for n in range(count)))


def wav(seconds: float) -> bytes:
    data = sound(seconds)
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16,
                       b"data", len(data))  # fmt: skip
    return head + data


def au(seconds: float) -> bytes:
    """The same in a container that the service does not list."""
    data = sound(seconds)
    swapped = struct.pack(f">{len(data) // 2}h", *struct.unpack(f"<{len(data) // 2}h", data))
    return struct.pack(">4sIIIII", b".snd", 24, len(swapped), 3, RATE, 1) + swapped


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "visit.wav"
    path.write_bytes(wav(6))
    return path


@pytest.fixture
def unlisted(tmp_path: Path) -> Path:
    path = tmp_path / "visit.au"
    path.write_bytes(au(6))
    return path


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer() as server:
        yield server


@pytest.fixture
def cli(tmp_path: Path, server: RawServer, clock: FakeClock) -> Cli:
    return Cli(tmp_path / "home", server.url, clock)


def part(exchange: Exchange) -> tuple[str, bytes]:
    """The file name and the bytes of what was sent."""
    boundary = exchange.headers["content-type"].partition("boundary=")[2].encode()
    piece = bytes(exchange.body).split(b"--" + boundary)[-2]
    head, _, data = piece.partition(b"\r\n\r\n")
    return head.decode().partition('filename="')[2].partition('"')[0], data.removesuffix(b"\r\n")


def left_in(cli: Cli) -> list[str]:
    """Temporary audio in the state folder."""
    return [path.name for path in (cli.home / "state").iterdir() if "audio" in path.name or path.suffix == ".tmp"]


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
    data = bytearray((Path(__file__).parent.parent / "data" / "jfk.mp3").read_bytes())
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


def test_a_recording_from_a_pipe(cli: Cli, server: RawServer, recording: Path, tmp_path: Path) -> None:
    """Hashed and looked at like any file; its name is the one that is given."""
    found = cli("transcribe", "-", "--name", "visit.wav", "-d", tmp_path / "out", stdin=recording.read_bytes())
    assert found.code == 0, found.err
    assert part(server.uploads[0])[0] == "visit.wav"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["visit.wav.json", "visit.wav.md"]
    assert left_in(cli) == []
    again = cli("transcribe", "-", "--name", "visit.wav", "-d", tmp_path / "out", stdin=recording.read_bytes())
    assert (again.code, len(server.uploads)) == (0, 1)


def test_a_pipe_without_a_name(cli: Cli, server: RawServer, unlisted: Path) -> None:
    """Is stdin, whatever comes."""
    found = cli("transcribe", "-", "--shrink", "--json", stdin=unlisted.read_bytes())
    assert (found.code, found.json["source"]["name"]) == (0, "stdin")
    assert part(server.uploads[0])[0].startswith("rec-")


@pytest.mark.parametrize(
    ("stdin", "tty", "code", "said"),
    [
        (b"", False, 9, "The recording on stdin is empty."),
        (b"hello, this is text", False, 9, "stdin is no recording"),
        (b"", True, 2, "stdin is a terminal"),
    ],
)
def test_what_is_no_recording_on_stdin(
    cli: Cli,
    server: RawServer,
    stdin: bytes,
    tty: bool,  # noqa: FBT001
    code: int,
    said: str,
) -> None:
    """Told, and nothing sent."""
    found = cli("transcribe", "-", stdin=stdin, tty=tty)
    assert (found.code, len(server.begun)) == (code, 0)
    assert said in found.err


def test_a_pipe_that_does_not_end_is_given_up(cli: Cli, server: RawServer) -> None:
    """Beyond what is sent at most."""
    cli.env["INTRON_MAX_BYTES"] = "10kB"
    found = cli("transcribe", "-", stdin=wav(3))
    assert (found.code, len(server.begun)) == (9, 0)
    assert "has more than 10 kB" in found.err


class Shop(http.server.BaseHTTPRequestHandler):
    """Serves one recording, and remembers what it was asked with."""

    content = b""
    seen: list[dict[str, str]] = []  # noqa: RUF012 - the handler's class is made for each test

    def do_GET(self) -> None:
        self.seen.append(dict(self.headers.items()))
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.content)))
        self.end_headers()
        self.wfile.write(self.content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its base's signature
        """Nothing."""


@pytest.fixture
def shop() -> Iterator[type[Shop]]:
    handler = type("ThisShop", (Shop,), {"content": wav(3), "seen": [], "url": ""})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    handler.url = f"http://user:secret@127.0.0.1:{server.server_port}/calls/visit.wav?token=secret"  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield handler
    server.shutdown()
    server.server_close()


def test_a_url_is_downloaded_and_its_bytes_are_sent(
    cli: Cli, server: RawServer, shop: type[Shop], tmp_path: Path
) -> None:
    """With --fetch; the key goes to the service alone, and what may be secret in the URL is shown nowhere."""
    url = shop.url  # type: ignore[attr-defined]
    found = cli("transcribe", url, "--fetch", "-d", tmp_path / "out", "-v")
    assert found.code == 0, found.err
    assert part(server.uploads[0])[1] == shop.content
    assert KEY not in str(shop.seen)
    assert "secret" not in found.err + "".join(path.read_text() for path in (tmp_path / "out").iterdir())
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["visit.wav.json", "visit.wav.md"]
    assert left_in(cli) == []
    again = cli("transcribe", url, "--fetch", "-d", tmp_path / "out")
    assert (again.code, len(server.uploads)) == (0, 1), again.err


def test_without_fetch_the_service_reads_the_url(cli: Cli, server: RawServer, shop: type[Shop]) -> None:
    """And nothing is downloaded."""
    assert cli("transcribe", shop.url).code == 0  # type: ignore[attr-defined]
    assert b"audio_file_url" in server.uploads[0].body
    assert shop.seen == []


def test_urls_whose_results_collide_are_told_without_what_may_be_secret(cli: Cli, tmp_path: Path) -> None:
    """As is a result that is kept."""
    urls = [f"https://user:secret@clinic.example/visit.wav?id={n}&token=secret" for n in (1, 2)]
    for more in ((), ("--fetch",)):
        found = cli("transcribe", *urls, "-d", tmp_path / "out", *more)
        assert found.code == 2
        assert "https://clinic.example/visit.wav, asked for twice in different ways" in found.err
        assert "secret" not in found.err


def test_a_result_of_a_url_that_is_kept_is_told_without_what_may_be_secret(
    cli: Cli, shop: type[Shop], tmp_path: Path
) -> None:
    """As everywhere."""
    for _ in range(2):
        found = cli("transcribe", shop.url, "-d", tmp_path / "out", "-v")  # type: ignore[attr-defined]
        assert found.code == 0
        assert "secret" not in found.err
    assert "kept" in found.err


def test_a_result_of_a_url_counts_for_a_day(cli: Cli, server: RawServer, tmp_path: Path) -> None:
    """Then it is made anew in the same place. Of a record whose time somebody spoilt, the ledger knows."""
    arguments = ("transcribe", "https://clinic.example/visit.wav?token=1", "-d", tmp_path / "out")
    record = tmp_path / "out" / "visit.wav.json"
    for uploads in (1, 1):
        assert cli(*arguments).code == 0
        assert len(server.uploads) == uploads
    record.write_text(record.read_text().replace(json.loads(record.read_text())["submitted_at"], "yesterday"))
    assert cli(*arguments).code == 0
    assert len(server.uploads) == 1
    cli.clock.sleep(25 * 3600)
    assert cli(*arguments).code == 0
    assert len(server.uploads) == 2


@pytest.mark.parametrize("url", ["http://[clinic/visit.wav", "http:///visit.wav", "http://clinic.example/a visit.wav"])
@pytest.mark.parametrize("more", [(), ("--fetch",), ("--fetch", "--dry-run")])
def test_what_is_no_url_is_told_at_once(cli: Cli, server: RawServer, url: str, more: tuple[str, ...]) -> None:
    """Whoever would read it, and before any of the others is downloaded or uploaded."""
    found = cli("upload", url, *more)
    assert (found.code, len(server.begun)) == (9, 0)
    assert "A URL has no host, or holds blanks. Give it as http(s)://host/path." in found.err


def test_a_dry_run_downloads_nothing(cli: Cli, shop: type[Shop]) -> None:
    """It says that this would come first."""
    found = cli("transcribe", shop.url, "--fetch", "--dry-run")  # type: ignore[attr-defined]
    assert (found.code, shop.seen) == (0, [])
    assert "(downloaded first)" in found.out


def test_a_url_that_the_service_refuses_names_fetch(tmp_path: Path, clock: FakeClock, shop: type[Shop]) -> None:
    """At the upload, and in what becomes of it."""
    refusal = (raw.read_all, raw.answer(400, {"status": "Error", "message": "audio_file_blob is required"}))
    with RawServer([refusal, raw.taken()], [raw.found("FILE_PROCESSING_FAILED")]) as server:
        cli = Cli(tmp_path / "home", server.url, clock)
        for _ in range(2):
            found = cli("transcribe", shop.url)  # type: ignore[attr-defined]
            assert found.code == 6
            assert "--fetch downloads it here and uploads the bytes." in found.err


def test_what_was_fetched_and_failed_does_not_name_fetch(tmp_path: Path, clock: FakeClock, shop: type[Shop]) -> None:
    """It was no use; now only another upload is left."""
    with RawServer([raw.taken()], [raw.found("FILE_PROCESSING_FAILED")]) as server:
        found = Cli(tmp_path / "home", server.url, clock)("transcribe", shop.url, "--fetch")  # type: ignore[attr-defined]
    assert (found.code, "--fetch" in found.err, "--again uploads, and pays, anew." in found.err) == (6, False, True)


def test_a_url_counts_whichever_way_it_was_sent(
    cli: Cli, server: RawServer, shop: type[Shop], clock: FakeClock
) -> None:
    """Downloaded here or read by the service, it is paid for once a day; a dry run knows that, too."""
    url = shop.url  # type: ignore[attr-defined]
    assert cli("transcribe", url, "--fetch").code == 0
    assert cli("transcribe", url).code == 0
    assert "uploaded before" in cli("transcribe", url, "--dry-run").out
    assert cli("transcribe", url, "--fetch").code == 0
    assert (len(server.begun), len(shop.seen)) == (1, 1)
    clock.sleep(25 * 3600)
    assert cli("transcribe", url).code == 0
    assert len(server.begun) == 2


def test_what_was_sent_shrunk_is_known_without_shrinking(cli: Cli, server: RawServer, unlisted: Path) -> None:
    """As it is, it would be refused; it need not be sent."""
    assert cli("upload", unlisted, "--shrink").code == 0
    assert cli("transcribe", unlisted).code == 0
    assert "uploaded before" in cli("transcribe", unlisted, "--dry-run").out
    assert len(server.begun) == 1
    other = cli("transcribe", unlisted, "--summary", "--again")
    assert (other.code, len(server.begun)) == (9, 1)


def test_what_comes_before_an_upload_is_shown(cli: Cli, shop: type[Shop], recording: Path) -> None:
    """A minute of silence would be taken for a hang."""
    url = shop.url  # type: ignore[attr-defined]
    plain = cli("transcribe", url, recording, "--fetch", "--shrink", "--progress", "plain")
    assert plain.code == 0, plain.err
    assert "/calls/visit.wav: downloading\n" in plain.err
    assert f"{recording}: shrinking\n" in plain.err


def test_a_url_of_another_kind_is_not_taken_for_a_file(cli: Cli, server: RawServer) -> None:
    """And what may be secret in it is not echoed."""
    found = cli("transcribe", "ftp://user:secret@clinic.example/visit.wav")
    assert (found.code, len(server.begun)) == (9, 0)
    assert found.err == "error: ftp://clinic.example/visit.wav is no http or https URL. Download it first.\n"


def test_a_list_and_a_recording_cannot_both_come_on_stdin(cli: Cli, server: RawServer) -> None:
    """Told before either is read."""
    found = cli("transcribe", "-", "--from-file", "-", stdin=wav(3))
    assert (found.code, len(server.begun)) == (2, 0)
    assert "stdin cannot be the list and a recording." in found.err

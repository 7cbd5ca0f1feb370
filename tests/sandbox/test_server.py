"""The sandbox's life: start, stop and what is left."""

import socket
import stat
import tempfile
import threading
from pathlib import Path

import pytest
from clock import FakeClock
from sandbox.client import Client, form, wav

from intron_cli.core.catalog import OUTPUTS, Catalog, Output
from intron_cli.sandbox.answers import bundled_recording
from intron_cli.sandbox.server import SandboxOptions, SandboxServer


@pytest.fixture
def temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in which temporary folders are made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_uploads_lie_in_a_private_folder_that_goes_away(temp: Path, clock: FakeClock) -> None:
    """Nobody else can read it, the judged audio is gone at once, and the folder when the sandbox stops."""
    with SandboxServer(SandboxOptions(), clock=clock) as server:
        (folder,) = temp.iterdir()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert Client(server.url).upload(wav(2)).status == 200
        assert list(folder.iterdir()) == []
    assert list(temp.iterdir()) == []


def test_stopping_ends_open_connections(temp: Path, clock: FakeClock) -> None:
    """An upload on its way is cut, and nothing of it stays."""
    server = SandboxServer(SandboxOptions(), clock=clock).start()
    client = Client(server.url)
    body = form({"audio_file_name": "visit"}, wav(2))
    with socket.create_connection(client.address, timeout=20) as connection:
        connection.sendall(client.head(f"Content-Length: {len(body)}", "Expect: 100-continue"))
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
        connection.sendall(body[:-1])
        server.stop()
        assert connection.recv(1000) == b""
    assert list(temp.iterdir()) == []
    server.stop()
    with pytest.raises(RuntimeError, match="not running"):
        _ = server.url


def test_a_taken_port_is_an_error(temp: Path, clock: FakeClock) -> None:
    """It is raised where the sandbox starts, and leaves nothing behind."""
    with SandboxServer(SandboxOptions(), clock=clock) as server:
        port = Client(server.url).address[1]
        with pytest.raises(OSError, match=r"[Aa]ddress already in use|10048"):
            SandboxServer(SandboxOptions(port=port), clock=clock).start()
        assert len(list(temp.iterdir())) == 1


def test_many_clients_at_once(clock: FakeClock) -> None:
    """Each upload has its own id, and the quota lets exactly its number through."""
    answers = []
    with SandboxServer(SandboxOptions(quota=(20, 60.0)), clock=clock) as server:
        client = Client(server.url)
        threads = [threading.Thread(target=lambda: answers.append(client.upload(wav(2)))) for _ in range(25)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(answer.status for answer in answers) == [200] * 20 + [429] * 5
    assert len({answer.file_id for answer in answers if answer.status == 200}) == 20


def test_a_catalog_of_ones_own(clock: FakeClock) -> None:
    """An output that is added to the catalog is answered like any other."""
    made_up = Output("nursing_note", "nursing", "Nursing note", "a made-up output", ("general",))
    catalog = Catalog((*OUTPUTS, made_up))
    with SandboxServer(SandboxOptions(processing=0), clock=clock, catalog=catalog) as server:
        client = Client(server.url)
        audio = bundled_recording().read_bytes()
        upload = client.upload(audio, use_category="file_category_general", get_nursing_note="TRUE")
        assert "## Nursing note" in client.status(upload.file_id).data["transcript_nursing_note"]


@pytest.mark.parametrize(
    "options",
    [
        {"quota": (0, 60.0)},
        {"quota": (1, 0.0)},
        {"time_scale": 0},
        {"processing": -1},
        {"status_interval": -1},
        {"spread": -0.1},
        {"bandwidth": 0},
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, float]) -> None:
    """Before anything is started."""
    with pytest.raises(ValueError, match=r"must be|cannot be"):
        SandboxOptions(**options)


def test_options_do_not_show_the_keys() -> None:
    """Neither in a log nor in a traceback."""
    assert "secret" not in repr(SandboxOptions(refused_keys=frozenset({"secret"})))

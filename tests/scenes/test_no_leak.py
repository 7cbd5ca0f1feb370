"""In every scene: a planted key, a planted transcript and a planted patient's name stay where the user sent them."""

import re

import pytest
from harness import KEY

from intron_cli.sandbox.scenes import SCENES, Scene

from .conftest import SPOKEN, Scenery, SetScene
from .tap import Tap

NAME = "Ngozi Okafor"
WORDS = ("lithium", "Zanzibar")
AUTHORIZATION = re.compile(rb"(?i)^authorization: .*\r\n", re.MULTILINE)


def state_files(run: Scenery) -> dict[str, bytes]:
    """Ledger, budget and whatever else lies in the state folder."""
    return {path.name: path.read_bytes() for path in run.home.rglob("*") if path.is_file()}


def ensure_kept(run: Scenery, sent: bytes, said: str) -> None:
    """Neither logs nor errors, neither the form nor the files of the state hold what they must not."""
    log = "\n".join(run.log)
    files = state_files(run)
    assert any(name.startswith("ledger") for name in files)
    assert any(name.startswith("budget") for name in files)
    for secret in (KEY, *WORDS):
        assert secret not in said
        assert secret not in log
        assert secret.encode() not in sent
        assert not [name for name, data in files.items() if secret.encode() in data]
    assert "Traceback" not in said
    for part in NAME.split():
        assert part not in log
        assert part.encode() not in sent
        assert not [name for name, data in files.items() if name.startswith("budget") and part.encode() in data]


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_nothing_leaks(scenery: SetScene, scene: Scene) -> None:
    """In the run that the scene befalls, in those after it, and with all that -v and --debug tell."""
    run = scenery(scene.name)
    with Tap(run.server.url) as tap:
        found = [run("-v", "--debug", *more, url=tap.url) for more in ([], ["--json"], ["--on-unknown", "retry"])]
    assert b"POST /file/v1/upload" in tap.received
    assert KEY.encode() in tap.received  # in its one place, which is taken out here
    ensure_kept(run, AUTHORIZATION.sub(b"", bytes(tap.received)), "".join(one.err for one in found))


def test_what_is_planted_would_be_found(scenery: SetScene) -> None:
    """The transcript does come out where it should, and the name in the lines for its user."""
    run = scenery()
    with Tap(run.server.url) as tap:
        found = run("-v", url=tap.url)
    assert SPOKEN in found.out
    assert NAME in found.err
    assert b'name="audio_file_name"\r\n\r\nrec-' in tap.received

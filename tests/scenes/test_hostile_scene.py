"""What could steer a terminal, from the sandbox to each of the places where text comes out."""

import re

import pytest

from intron_cli.sandbox.scenes import HOSTILE

from .conftest import SetScene

FORBIDDEN = "\x1b\x9b\x07\x08\x7f\0\u202e\u202c\u2066\u2069"
OUR_STYLE = re.compile(r"\x1b\[\d(?:;\d)*m")
"""Bold and underlined have one digit; every colour has two, and none is asked for here."""


@pytest.mark.parametrize("arguments", [["-f", "markdown"], ["-f", "text"], ["--json"]], ids=lambda given: given[-1])
@pytest.mark.parametrize("tty", [False, True], ids=["pipe", "terminal"])
def test_hostile_text(scenery: SetScene, arguments: list[str], tty: bool) -> None:  # noqa: FBT001
    """Nothing of it takes effect on a terminal, in a pipe or in JSON, and its words are there."""
    found = scenery("hostile")(*arguments, "--color", "never", "--progress", "plain", tty=tty)
    assert found.code == 0
    assert not set(OUR_STYLE.sub("", found.out)) & set(FORBIDDEN)
    assert not set(OUR_STYLE.sub("", found.err)) & set(FORBIDDEN)
    if "--json" in arguments:
        assert found.json["raw"]["audio_transcript"] == HOSTILE
        assert found.json["raw"]["transcript_summary"] == HOSTILE
    else:
        plain = " ".join(OUR_STYLE.sub("", found.out).replace("\\", "").split())
        assert plain.count("[bold]bold[/bold]") == 2
        assert plain.count("<script>alert(1)</script>") == 2
        assert "52;c;" not in plain

"""What is handed out: the wheel, what it needs, and how an extra is added to it."""

import re
import subprocess
import sys
import zipfile
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from intron_cli.commands.extras import audio_missing, install_line
from intron_cli.core.errors import SetupError

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_is_small_and_whole(wheel: Path) -> None:
    """The wheel stays under 1 MB and holds the recording, the schema and the types' marker, and no tests."""
    names = zipfile.ZipFile(wheel).namelist()
    assert wheel.stat().st_size < 1_000_000
    for name in ("sandbox/data/telehealth-visit.mp3", "core/record.schema.json", "py.typed"):
        assert f"intron_cli/{name}" in names
    assert all(name.startswith(("intron_cli/", "intron_cli-")) for name in names)


def distributions(name: str, seen: set[str]) -> set[str]:
    """What installing ``name`` brings along on this machine."""
    key = re.sub(r"[-_.]+", "-", name).lower()
    if key in seen:
        return seen
    seen.add(key)
    try:
        needed = requires(name) or []
    except PackageNotFoundError:
        return seen
    for line in needed:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            distributions(requirement.name, seen)
    return seen


def test_the_base_install_is_small() -> None:
    """The base install brings at most 20 distributions."""
    assert len(distributions("intron-cli", set())) <= 20


@pytest.mark.parametrize(
    ("prefix", "line"),
    [
        ("/home/a/.local/share/pipx/venvs/intron-cli", "pipx install --force 'intron-cli[speech]'"),
        ("/home/a/.local/share/uv/tools/intron-cli", "uv tool install --force 'intron-cli[speech]'"),
        ("/home/a/my project/.venv", "'/home/a/my project/.venv/bin/python' -m pip install 'intron-cli[speech]'"),
    ],
)
def test_an_extra_is_added_in_the_way_of_the_install(prefix: str, line: str) -> None:
    """The line that installs an extra fits how intron was installed."""
    assert install_line("speech", prefix, f"{prefix}/bin/python") == line


def test_what_needs_the_extra_answers_with_one_line() -> None:
    """With what it costs, and the command that installs it."""
    error = audio_missing("Shrinking a recording", "/home/a/.venv", "/home/a/.venv/bin/python")
    assert isinstance(error, SetupError)
    assert str(error) == (
        "Shrinking a recording needs the extra 'audio' (35 MB)."
        " Install it: /home/a/.venv/bin/python -m pip install 'intron-cli[audio]'"
    )

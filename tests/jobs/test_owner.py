"""Owners: a lock that the kernel frees however its process ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from intron_cli.jobs.owner import Owner, is_alive

HOLDER = """
import sys
from pathlib import Path
from intron_cli.jobs.owner import Owner
owner = Owner(Path(sys.argv[1]))
print(owner.name, flush=True)
sys.stdin.read()
"""


def holder(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """Another process that is an owner, and its name."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    return process, process.stdout.readline().strip()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_an_owner_lives_as_long_as_its_process(tmp_path: Path, number: int) -> None:
    """It is alive while the process runs, and dead at once when that is killed."""
    process, name = holder(tmp_path)
    with process:
        assert is_alive(tmp_path, name)
        assert is_alive(tmp_path, name)
        os.kill(process.pid, number)
        process.wait()
        assert not is_alive(tmp_path, name)
    assert not list(tmp_path.iterdir())


def test_an_owner_that_closes_leaves_nothing(tmp_path: Path) -> None:
    """Closing frees the name and takes the file away; closing again is harmless."""
    owner = Owner(tmp_path)
    name = owner.name
    assert owner.name == name
    assert is_alive(tmp_path, name)
    owner.close()
    owner.close()
    assert not is_alive(tmp_path, name)
    assert not list(tmp_path.iterdir())


def test_an_owner_that_did_nothing_has_no_file(tmp_path: Path) -> None:
    """The lock is made when it is first needed."""
    Owner(tmp_path / "owners").close()
    assert not (tmp_path / "owners").exists()


def test_asking_about_oneself_keeps_the_lock(tmp_path: Path) -> None:
    """Looking at one's own lock, as the ledger does, never frees it for others."""
    owner = Owner(tmp_path)
    for _ in range(3):
        assert is_alive(tmp_path, owner.name)
    script = "import sys; from pathlib import Path; from intron_cli.jobs.owner import is_alive\n"
    script += "sys.exit(is_alive(Path(sys.argv[1]), sys.argv[2]))"
    assert subprocess.run([sys.executable, "-c", script, tmp_path, owner.name], check=False).returncode == 1
    owner.close()


def test_two_owners_have_two_names(tmp_path: Path) -> None:
    """Each run is an owner of its own, even in one process."""
    one, other = Owner(tmp_path), Owner(tmp_path)
    assert one.name != other.name
    one.close()
    assert is_alive(tmp_path, other.name)
    other.close()

"""How a missing extra is installed, by the way in which intron itself was installed."""

import shlex
from pathlib import PurePath

from intron_cli.core.errors import SetupError

DISTRIBUTION = "intron-cli"


def install_line(extra: str, prefix: str, executable: str) -> str:
    """The command that adds ``extra`` to the environment at ``prefix``, whose Python is ``executable``."""
    wanted = f"'{DISTRIBUTION}[{extra}]'"
    parts = PurePath(prefix).parts
    if "pipx" in parts and "venvs" in parts:
        return f"pipx install --force {wanted}"
    if "uv" in parts and "tools" in parts:
        return f"uv tool install --force {wanted}"
    return f"{shlex.quote(executable)} -m pip install {wanted}"


def audio_missing(what: str, prefix: str, executable: str) -> SetupError:
    """The error, or the note, for ``what`` needs the extra `audio`."""
    from intron_cli.audio.counting import DOWNLOAD, EXTRA

    line = install_line(EXTRA, prefix, executable)
    return SetupError(f"{what} needs the extra '{EXTRA}' ({DOWNLOAD}).", f"Install it: {line}")

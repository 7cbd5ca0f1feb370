"""A shell in a pseudo-terminal, with intron's completion loaded, whose line can be asked for."""

import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from intron_cli.commands.shells import Shell, script

DEADLINE = 30.0
"""Seconds after which a test fails; a loaded machine takes a fraction of it."""

_BECOME_THE_TERMINALS = """
import os, sys
os.setsid()
os.close(os.open(os.ttyname(0), os.O_RDWR))
os.execvp(sys.argv[1], sys.argv[1:])
"""

# Ctrl-G shows the line as the shell has it: what is on the screen is redrawn, wrapped and coloured.
_SET_UP = {
    "bash": r"""
PS1='ready> '
bind 'set bell-style none'
bind 'set enable-bracketed-paste off'
bind 'set page-completions off'
{load}
shown() {{ printf '\n{{{{%s}}}}\n' "$READLINE_LINE"; }}
bind -x '"\C-g": shown'
""",
    "zsh": r"""
PS1='ready> '
setopt no_beep
fpath=($HOME $fpath)
autoload -Uz compinit && compinit -u -D
{load}
shown() {{ print -r -- $'\n'"{{{{$BUFFER}}}}" }}
zle -N shown
bindkey '^G' shown
""",
    "fish": r"""
function fish_prompt; echo -n 'ready> '; end
set -g fish_greeting
set -g fish_autosuggestion_enabled 0
{load}
function shown; echo; echo '{{{{'(commandline)'}}}}'; end
bind \cg shown
""",
}
_ESCAPE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]|\x1b[=>78]|\r")
_DEVICE_QUERY, _DEVICE_ANSWER = b"\x1b[c", b"\x1b[?62c"


class ShellTerminal:
    """What a person would see and type; every wait is for a text, and ends at the deadline."""

    def __init__(self, shell: Shell, home: Path, program: Path, load: str = "source {script}") -> None:
        if shutil.which(shell) is None:
            pytest.skip(f"package {shell} is not installed")
        self._screen = ""
        folder = home / "folder"
        folder.mkdir(parents=True)
        self.folder = folder
        file = home / "_intron"
        file.write_text(script(shell), encoding="utf-8")
        rc = home / {"bash": "bashrc", "zsh": ".zshrc", "fish": "fish/config.fish"}[shell]
        # Where this folder is missing, fish reads all manual pages of the system in the background.
        (home / "data" / "fish" / "generated_completions").mkdir(parents=True, exist_ok=True)
        rc.parent.mkdir(exist_ok=True)
        rc.write_text(_SET_UP[shell].format(load=load.format(script=file)), encoding="utf-8")
        command = {
            "bash": ["bash", "--noprofile", "--rcfile", str(rc), "-i"],
            "zsh": ["zsh", "-d", "-i"],
            "fish": ["fish", "-i"],
        }[shell]
        env = {
            "PATH": f"{program}{os.pathsep}{os.environ['PATH']}", "HOME": str(home), "ZDOTDIR": str(home),
            "XDG_CONFIG_HOME": str(home), "XDG_DATA_HOME": str(home / "data"), "XDG_CACHE_HOME": str(home / "cache"),
            "TERM": "xterm", "LC_ALL": "C.UTF-8", "INPUTRC": os.devnull,
        }  # fmt: skip
        self._master, slave = pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-c", _BECOME_THE_TERMINALS, *command],
            stdin=slave, stdout=slave, stderr=slave, env=env, cwd=folder,
        )  # fmt: skip
        os.close(slave)

    def __enter__(self) -> Self:
        self.wait_for("ready> ")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        os.close(self._master)

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def line_after(self, keys: str) -> str:
        """What the command line is once ``keys`` were typed."""
        self.type(keys + "\x07")
        return self.wait_for("{{", "}}").partition("{{")[2].partition("}}")[0]

    def wait_for(self, *texts: str) -> str:
        """The screen's text, without what steers the terminal, once it holds all of ``texts``."""
        deadline = time.monotonic() + DEADLINE
        while not all(text in self._screen for text in texts):
            ready, _, _ = select.select([self._master], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                pytest.fail(f"{texts} did not come; the screen says:\n{self._screen}")
            self._read()
        return self._screen

    def _read(self) -> None:
        try:
            data = os.read(self._master, 65536)
        except OSError:  # Linux says so when the last process has left the terminal
            pytest.fail(f"The shell has ended; the screen says:\n{self._screen}")
        if _DEVICE_QUERY in data:
            os.write(self._master, _DEVICE_ANSWER)
        self._screen += _ESCAPE.sub("", data.decode("utf-8", "replace"))

"""TAB in the real shells, in a pseudo-terminal."""

import shlex
import sys
from pathlib import Path

import pytest

from intron_cli.commands.shells import Shell

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminal", allow_module_level=True)

from completion.terminal import ShellTerminal

SHELLS: tuple[Shell, ...] = ("bash", "zsh", "fish")


def executable(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path.parent


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an ``intron`` that is this one, wherever it is installed."""
    start = f'exec {shlex.quote(sys.executable)} -m intron_cli "$@"'
    return executable(tmp_path_factory.mktemp("bin") / "intron", start)


@pytest.fixture(params=SHELLS)
def terminal(request: pytest.FixtureRequest, tmp_path: Path, program: Path) -> ShellTerminal:
    return ShellTerminal(request.param, tmp_path, program)


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("intron tran", "intron transcribe "),
        ("intron transcribe --so", "intron transcribe --soap "),
        ("intron transcribe --category tele", "intron transcribe --category telehealth "),
        ("intron transcribe --category=tele", "intron transcribe --category=telehealth "),
        ("intron transcribe 'my visit.wav' --on-unknown sk", "intron transcribe 'my visit.wav' --on-unknown skip "),
        ("intron config set la", "intron config set language "),
    ],
)
def test_tab_completes(terminal: ShellTerminal, typed: str, line: str) -> None:
    """A command, an option, a value in both forms, a setting: what is the only choice is filled in."""
    with terminal:
        assert terminal.line_after(typed + "\t") == line


def test_tab_lists_values(terminal: ShellTerminal) -> None:
    """Where there are several, the shell lists them."""
    with terminal:
        terminal.type("intron transcribe -c \t\t")
        terminal.wait_for("general", "telehealth", "procedure", "call-center", "legal", "meeting-notes")


@pytest.mark.parametrize("lead", ["intron transcribe ", "intron transcribe --soap -o ", "intron transcribe --output="])
def test_tab_completes_files(terminal: ShellTerminal, lead: str) -> None:
    """A recording or an output file is completed by the shell itself, which knows how to quote its blank."""
    (terminal.folder / "visit of today.wav").touch()
    with terminal:
        line = terminal.line_after(f"{lead}vis\t")
    assert shlex.split(line) == shlex.split(f"{lead}'visit of today.wav'")


def test_tab_within_quotes(terminal: ShellTerminal) -> None:
    """What a quote has begun is completed too: a file, and a value after one."""
    (terminal.folder / "visit of today.wav").touch()
    with terminal:
        line = terminal.line_after('intron transcribe "visit o\t')
    assert shlex.split(line.rstrip().rstrip('"') + '"') == ["intron", "transcribe", "visit of today.wav"]


def test_tab_offers_no_file_where_none_is_meant(terminal: ShellTerminal) -> None:
    """A value that is none of a file's is not completed to one."""
    (terminal.folder / "telephone.wav").touch()
    with terminal:
        assert terminal.line_after("intron transcribe --language telep\t") == "intron transcribe --language telep"


@pytest.mark.parametrize("shell", SHELLS)
def test_tab_is_silent_where_the_program_is_not(shell: Shell, tmp_path: Path) -> None:
    """What a broken installation has to say is not said into the line that is being typed."""
    broken = executable(tmp_path / "intron", "echo trouble >&2; exit 1")
    with ShellTerminal(shell, tmp_path / "home", broken) as terminal:
        assert terminal.line_after("intron tran\t") == "intron tran"
        assert "trouble" not in terminal.wait_for("}}")


@pytest.mark.parametrize("shell", SHELLS)
def test_tab_asks_the_program_that_was_typed(shell: Shell, tmp_path: Path, program: Path) -> None:
    """A path to an intron that is not on the PATH works, with a tilde in it too."""
    nowhere = tmp_path / "nowhere"
    home = tmp_path / "home"
    with ShellTerminal(shell, home, nowhere) as terminal:
        (home / "intron").symlink_to(program / "intron")
        assert terminal.line_after("~/intron tran\t") == "~/intron transcribe "


def test_zsh_finds_the_script_in_its_path(tmp_path: Path, program: Path) -> None:
    """As ``_intron`` in a folder of fpath, it is loaded at the first TAB."""
    with ShellTerminal("zsh", tmp_path, program, load="") as terminal:
        assert terminal.line_after("intron transcribe --category=tele\t") == "intron transcribe --category=telehealth "


def test_bash_where_an_equals_sign_parts_no_words(tmp_path: Path, program: Path) -> None:
    """COMP_WORDBREAKS is its user's to change."""
    load = "COMP_WORDBREAKS=${{COMP_WORDBREAKS//=/}}; source {script}"
    with ShellTerminal("bash", tmp_path, program, load=load) as terminal:
        assert terminal.line_after("intron transcribe --category=tele\t") == "intron transcribe --category=telehealth "


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_tab_shows_what_a_value_is(shell: Shell, tmp_path: Path, program: Path) -> None:
    """Where the shell can, it shows the help beside the value."""
    with ShellTerminal(shell, tmp_path, program) as terminal:
        terminal.type("intron transcribe --category \t")
        terminal.wait_for("legal", "a hearing", "meeting-notes", "a meeting")


@pytest.mark.parametrize(
    ("shell", "load"),
    [
        ("bash", "alias i=intron; source {script}; complete -o default -F _intron i"),
        ("zsh", "alias i=intron; setopt complete_aliases; source {script}; compdef _intron i"),
        ("fish", "alias i intron; source {script}"),
    ],
)
def test_tab_completes_an_alias(shell: Shell, load: str, tmp_path: Path, program: Path) -> None:
    """An alias asks the intron that it stands for."""
    with ShellTerminal(shell, tmp_path, program, load=load) as terminal:
        assert terminal.line_after("i tran\t") == "i transcribe "

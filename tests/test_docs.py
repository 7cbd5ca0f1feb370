"""README, help, examples and code say the same."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from intron_cli import app
from intron_cli.app import COMMANDS, Command
from intron_cli.commands.program import Program
from intron_cli.config.table import SETTINGS, VARIABLES
from intron_cli.output.formats import FORMATS
from intron_cli.output.terminal import Streams

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
OTHERS_OPTIONS = {"--form", "--header", "--line"}


def tree() -> Any:
    return app.build(Program(env={}, streams=Streams.test()))


def leaves() -> Iterator[tuple[str, Any]]:
    """Each command that can be run, by the words that name it."""
    root = tree()
    for row in COMMANDS:
        command = root.get_command(None, row.name)
        for below in row.subcommands or (None,):
            if below is None:
                yield row.name, command
            else:
                yield f"{row.name} {below.name}", command.get_command(None, below.name)


LEAVES = dict(leaves())
OPTIONS_OF = {
    name: {option for one in leaf.params for option in (*one.opts, *one.secondary_opts)}
    for name, leaf in LEAVES.items()
}
OPTIONS = {option for options in OPTIONS_OF.values() for option in options}


def shell_commands(line: str) -> list[list[str]]:
    """The intron commands in a line as a reader would type it: without pipes, redirections and comments."""
    words = shlex.split(line.replace("$(", " $( ").replace(")", " ) "), comments=True)
    commands: list[list[str]] = [[]]
    for word in words:
        if word in ("|", "$(", ")", ";", "id=", "--"):
            commands.append([])
        elif word == ">":
            commands.append(["redirected"])
        else:
            commands[-1].append(word)
    return [command[1:] for command in commands if command and command[0] == "intron"]


def readme_examples() -> list[str]:
    lines = [line.removeprefix("$ ") for block in BLOCKS for line in block.splitlines()]
    return [line for line in lines if "intron " in line and not line.startswith("pipx")]


def help_examples() -> list[str]:
    found = []
    for leaf in LEAVES.values():
        found += re.findall(r"^\$ (.*)$", leaf.help or "", re.MULTILINE)
    return found


@pytest.mark.parametrize("line", [*readme_examples(), *help_examples()])
def test_an_example_can_be_typed(line: str) -> None:
    """Each example of README and help is a command line that the parser takes."""
    commands = shell_commands(line)
    assert commands
    for words in commands:
        name = " ".join(words[:2]) if " ".join(words[:2]) in LEAVES else words[0]
        leaf = LEAVES[name]
        leaf.make_context(name, words[len(name.split()) :])


def test_options_in_the_readme_exist() -> None:
    """The README names no option that is not there."""
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README)) - OTHERS_OPTIONS
    assert named <= OPTIONS | {"--version", "--help"}


@pytest.mark.parametrize("name", LEAVES)
def test_every_option_explains_itself(name: str) -> None:
    """Each option and argument has a help text, and each command a sentence."""
    leaf = LEAVES[name]
    assert leaf.help
    assert all(one.help for one in leaf.params if one.name != "help")


@pytest.mark.parametrize("name", [name for name in LEAVES if "--format" in OPTIONS_OF[name]])
def test_the_help_names_every_format(name: str) -> None:
    """Spelled out, for --help and TAB load none of them."""
    (option,) = [one for one in LEAVES[name].params if "--format" in one.opts]
    assert re.findall(r"[a-z]+", option.help.partition(";")[0].replace(" or ", ", ")) == list(FORMATS.names)


@pytest.mark.parametrize("row", COMMANDS, ids=lambda row: row.name)
def test_the_help_of_the_program_lists_each_command(row: Command) -> None:
    """What is built is in the help, and what is in the help is built."""
    assert tree().get_command(None, row.name).get_short_help_str(200).startswith(row.help[:30])


def test_every_variable_is_documented() -> None:
    """Settings and variables stand in the README."""
    for variable in [*(setting.variable for setting in SETTINGS), *(name for name, _ in VARIABLES)]:
        assert variable in README


def test_every_variable_that_is_read_is_listed() -> None:
    """No module reads a variable of ours that the help topic does not list."""
    listed = {setting.variable for setting in SETTINGS} | {name for name, _ in VARIABLES}
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "intron_cli").rglob("*.py"))
    named = set(re.findall(r"\"((?:INTRON|SAHARA)_[A-Z_]+)\"", source))
    assert named <= listed


def test_the_changelog_speaks_of_each_command() -> None:
    """A user finds each command in the changelog."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert all(f"`intron {row.name}`" in changelog for row in COMMANDS)

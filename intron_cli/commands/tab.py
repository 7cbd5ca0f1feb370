"""What a TAB is answered with: the call-back of the scripts in ``shells``.

A script runs the program with two variables: ``_INTRON_COMPLETE`` is the shell's name, and ``_INTRON_WORDS`` what was
typed after the program's name up to the cursor, with U+001F between words; the last word is the one being typed, and
may be empty. bash knows words with their quotes only, so it sends its line as typed, the program's name included.

The answer is a line for each offer, ``WORD<tab>HELP``, where WORD replaces the whole word that is being typed. A line
without WORD says that a file is meant: then the shell's own completion of files takes over.

Nothing here reads a file or a setting, and nobody is told what goes wrong: a prompt is no place for it.
"""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, BinaryIO

from intron_cli.commands.completing import Offer

PROGRAM = "intron"
SHELL_VARIABLE = "_INTRON_COMPLETE"
WORDS_VARIABLE = "_INTRON_WORDS"
SEPARATOR = "\x1f"

A_FILE: Offer = [("", "files")]
_FILE_METAVARS = frozenset(["SOURCE", "FILE", "FOLDER", "DIR", "LIST", "RECORD"])
_COMMAND_METAVAR = "[-- COMMAND...]"


def answer(env: Mapping[str, str], root: Callable[[], Any], stdout: BinaryIO) -> int:
    """Write what can stand at the cursor; ``root`` builds the command line that it stands on."""
    with contextlib.suppress(Exception, KeyboardInterrupt):
        typed = env.get(WORDS_VARIABLE, "")
        words = split(typed)[1:] if env[SHELL_VARIABLE] == "bash" else typed.split(SEPARATOR)
        lines = [f"{word}\t{_one_line(text)}\n" for word, text in offers(root(), words)]
        stdout.write("".join(lines).encode("ascii", "replace"))
        stdout.flush()
    return 0


def split(line: str) -> list[str]:
    """The words of a line that ends at the cursor, without their quotes, which need not be closed."""
    import shlex

    cursor = "\0"
    lexer = shlex.shlex(line + cursor, posix=True)
    lexer.whitespace_split, lexer.commenters = True, ""
    words: list[str] = []
    try:
        words.extend(lexer)
    except ValueError:
        words.append(lexer.token)  # what an open quote holds
    return [word.removesuffix(cursor) for word in words]


def offers(root: Any, words: Sequence[str]) -> Offer:
    """The words that can stand in place of the last one, each with its help."""
    *before, word = words
    place = Place(root)
    for earlier in before:
        place.step(earlier)
    if place.option:
        return place.values(place.option, word)
    if word.startswith("-") and not place.only_arguments:
        name, equals, value = word.partition("=")
        if not equals:
            return place.options(word)
        if not word.startswith("--"):
            return []  # in -c=legal, the value would be =legal
        return [(found and name + equals + found, text) for found, text in place.values(place.taking(name), value)]
    if place.commands is not None:
        return [(name, text) for name, text in place.commands if name.startswith(word)]
    argument = place.argument
    if argument is not None and argument.metavar == _COMMAND_METAVAR and place.arguments[:1] == [PROGRAM]:
        return offers(root, [*place.arguments[1:], word])
    return place.values(argument, word)


class Place:
    """Where on the command line the cursor stands, found word by word."""

    def __init__(self, root: Any) -> None:
        self._enter(root, root.context_class(root, info_name=PROGRAM, resilient_parsing=True))

    def _enter(self, command: Any, context: Any) -> None:
        self._command, self._context = command, context
        self._params = command.get_params(context)
        self._options = {name: one for one in self._params if one.param_type_name == "option" for name in one.opts}
        self._given: list[str] = []
        self.commands: Offer | None = None
        """The commands that can come next; None where no command can."""
        if table := getattr(command, "table", None):
            self.commands = [(row.name, row.help) for row in table]
        self.arguments: list[str] = []
        self.only_arguments = False
        self.option: Any = None
        """The option whose value comes next."""

    def step(self, word: str) -> None:
        self._given.append(word)
        if self.option:
            self.option = None
        elif self.only_arguments or not word.startswith("-") or word == "-":
            self._step_over(word)
        elif word == "--":
            self.only_arguments = True
        elif "=" not in word:
            self.option = self.taking(word)

    def _step_over(self, word: str) -> None:
        command = self._command.get_command(self._context, word) if self.commands else None
        if command:
            context = command.context_class(command, info_name=word, parent=self._context, resilient_parsing=True)
            self._enter(command, context)
        else:
            self.arguments.append(word)
            self.commands = self.commands and []  # no command follows what is none

    def taking(self, word: str) -> Any:
        """The option that takes a value after ``word``: ``--category``, ``-c``, or the last of ``-qc``."""
        *letters, last = [word] if word.startswith("--") else [f"-{letter}" for letter in word[1:]]
        if any(self._takes_value(letter) for letter in letters):
            return None  # the rest of the word is its value: -clegal
        return self._options[last] if self._takes_value(last) else None

    def _takes_value(self, name: str) -> bool:
        return name in self._options and not self._options[name].is_flag

    @property
    def argument(self) -> Any:
        """The argument that the next word is."""
        left = len(self.arguments)
        for one in self._params:
            if one.param_type_name == "argument":
                if one.nargs < 0 or left < one.nargs:
                    return one
                left -= one.nargs
        return None

    def options(self, typed: str) -> Offer:
        """The options that begin so, but for those that were given and count once."""
        context = self._parsed()
        found: Offer = []
        for one in self._params:
            source = context.get_parameter_source(one.name)
            spent = source is not None and source.name == "COMMANDLINE" and not one.multiple
            if one.param_type_name == "option" and not one.hidden and not spent:
                opposite = f"The opposite of {one.opts[0]}."
                names = [
                    *((name, one.help or "") for name in one.opts),
                    *((name, opposite) for name in one.secondary_opts),
                ]
                found += [(name, text) for name, text in names if name.startswith(typed)]
        return found

    def values(self, parameter: Any, typed: str) -> Offer:
        """The values of an option or an argument that begin so."""
        if parameter is None:
            return []
        metavar = parameter.metavar or ""
        if metavar.strip("[].") in _FILE_METAVARS or metavar == _COMMAND_METAVAR:
            return A_FILE
        return [(str(item.value), item.help or "") for item in parameter.shell_complete(self._parsed(), typed)]

    def _parsed(self) -> Any:
        """The context with what was given so far; what is wrong with that is passed over."""
        self._command.parse_args(self._context, list(self._given))
        return self._context


def _one_line(text: str) -> str:
    """Help in ASCII: whatever encoding the shell reads, it is the same."""
    return " ".join(text.replace("…", "...").split())

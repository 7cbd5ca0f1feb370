"""What TAB offers: commands, options, values, files, and nothing where nothing fits."""

import io
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
from harness import Result
from hypothesis import given
from hypothesis import strategies as st

from intron_cli import app
from intron_cli.commands import tab
from intron_cli.commands.program import Program
from intron_cli.commands.shells import SHELLS, Shell
from intron_cli.core.catalog import CATALOG, LANGUAGES
from intron_cli.output.terminal import Streams

FILES = [("", "files")]


def answered(shell: Shell, words: str) -> Result:
    streams = Streams.test()
    code = app.run([], Program(env={"_INTRON_COMPLETE": shell, "_INTRON_WORDS": words}, streams=streams))
    assert isinstance(streams.stdout, io.BytesIO)
    assert isinstance(streams.stderr, io.BytesIO)
    return Result(code, streams.stdout.getvalue().decode(), streams.stderr.getvalue().decode())


def offered(*words: str) -> list[tuple[str, ...]]:
    result = answered("zsh", "\x1f".join(words))
    assert (result.code, result.err) == (0, "")
    return [tuple(line.split("\t")) for line in result.out.splitlines()]


def names(*words: str) -> list[str]:
    return [offer[0] for offer in offered(*words)]


def test_commands_with_their_help() -> None:
    """The first word is a command; each comes with the sentence that the help has for it."""
    assert offered("") == [(row.name, row.help) for row in app.COMMANDS]
    assert offered("tran") == [("transcribe", "Upload recordings, wait, print or save: the main job.")]


def test_commands_of_a_group() -> None:
    """Below a group, its commands are offered, after global options too."""
    assert names("--quiet", "config", "") == ["set", "get", "unset", "list", "path"]
    assert names("config", "un") == ["unset"]


def test_nothing_after_what_is_no_command() -> None:
    assert offered("transcrib", "") == []
    assert offered("config", "sett", "") == []


def test_options_are_offered_where_a_word_begins_with_a_dash() -> None:
    """Those that begin as typed, with their help, and no values beside them."""
    assert offered("transcribe", "--so") == [("--soap", "Ask for a SOAP note. (telehealth)")]
    assert {"-c", "--category", "--soap", "--json", "--quiet", "--help"} <= set(names("transcribe", "-"))
    assert names("--base") == ["--base-url"]


def test_an_option_that_counts_once_is_not_offered_again() -> None:
    """A repeatable one is."""
    assert names("transcribe", "--soap", "--category", "legal", "--so", "--soa") == []
    assert names("transcribe", "--show", "soap", "--show", "summary", "--sho") == ["--show"]


def test_a_switch_is_offered_with_its_opposite() -> None:
    assert offered("transcribe", "--no-dia") == [("--no-diarize", "The opposite of --diarize.")]


@pytest.mark.parametrize(
    ("words", "offer"),
    [
        (["transcribe", "--category", "tele"], ("telehealth", "a consultation between clinician and patient")),
        (["upload", "-c", "l"], ("legal", "a hearing")),
        (["transcribe", "-qc", "l"], ("legal", "a hearing")),
        (["transcribe", "-oabc", "-c", "l"], ("legal", "a hearing")),
        (["transcribe", "--category=l"], ("--category=legal", "a hearing")),
        (["transcribe", "visit.wav", "--language", "yo"], ("yo", "Yoruba")),
        (["wait", "id", "-f", "tex"], ("text", "plain text")),
        (["transcribe", "--show", "transc"], ("transcript", "the transcript")),
        (["transcribe", "--on-unknown", "re"], ("retry", "")),
        (["--base-url", "vo"], ("voice", "infer.voice.intron.io")),
        (["--color=al"], ("--color=always", "")),
        (["sandbox", "--print", "js"], ("json", "")),
        (["config", "get", "lan"], ("language", "the language that is spoken")),
        (["config", "set", "category", "l"], ("legal", "a hearing")),
        (["config", "set", "diarize", "t"], ("true", "")),
        (["outputs", "proc"], ("procedure", "an operation or another procedure")),
        (["help", "exit"], ("exit-codes", "what each exit code means")),
        (["help", "demo"], ("demo", "The main job on a bundled recording: no account, no network.")),
        (["completion", "fi"], ("fish", "")),
    ],
)
def test_values_with_their_help(words: list[str], offer: tuple[str, str]) -> None:
    """Whatever has a known set of values offers those that begin as typed."""
    assert offered(*words) == [offer]


def test_all_values_where_nothing_is_typed() -> None:
    assert names("transcribe", "-c", "") == [category.name for category in CATALOG.categories]
    assert names("transcribe", "--language", "") == list(LANGUAGES)
    assert names("transcribe", "--category=") == [f"--category={category.name}" for category in CATALOG.categories]


@pytest.mark.parametrize(
    "words",
    [
        ["transcribe", ""],
        ["transcribe", "first.wav", "--soap", "sec"],
        ["transcribe", "--", "--od"],
        ["transcribe", "-o", "vis"],
        ["transcribe", "-clegal", "vis"],
        ["transcribe", "--output=vis"],
        ["sandbox", "--answers", ""],
        ["demo", ""],
        ["sandbox", "--", "ffm"],
    ],
)
def test_files_are_left_to_the_shell(words: list[str]) -> None:
    assert offered(*words) == FILES


@pytest.mark.parametrize(
    "words",
    [
        ["transcribe", "--template", ""],
        ["transcribe", "--language", "nothing"],
        ["transcribe", "--soap=x"],
        ["transcribe", "-c=l"],
        ["transcribe", "--unknown=x"],
        ["status", ""],
        ["config", "set", "api_key", ""],
        ["config", "get", "language", ""],
    ],
)
def test_nothing_where_nothing_is_known(words: list[str]) -> None:
    """Neither values nor files are guessed."""
    assert offered(*words) == []


def test_a_command_in_the_sandbox_is_completed_as_outside() -> None:
    assert names("sandbox", "--quota", "9/9", "--", "intron", "transcribe", "--so") == ["--soap"]


def test_every_parameter_says_what_it_takes() -> None:
    """A new option or argument offers values or files, or is known here to have none that can be told."""
    untold = {
        "ID",
        "ID...",
        "JOB",
        "JOB...",
        "NAME",
        "NAME=VALUE",
        "TIME",
        "N",
        "F",
        "N/SECONDS",
        "K/N",
        "SECONDS",
        "KEY",
    }
    root = app.build(Program(env={}, streams=Streams.test()))
    for path, command, context in commands(root, root.context_class(root, info_name="intron")):
        for parameter in command.get_params(context):
            option = parameter.param_type_name == "option"
            numeric = parameter.type.name.startswith(("int", "float"))
            if not (numeric or parameter.metavar in untold or (option and parameter.is_flag)):
                lead = [parameter.opts[0]] if option else ["category"] * (parameter.name == "value")
                assert offered(*path, *lead, ""), f"{path} {parameter.name}"


def commands(command: Any, context: Any, *path: str) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    yield path, command, context
    for row in getattr(command, "table", ()):
        sub = command.get_command(context, row.name)
        yield from commands(sub, sub.context_class(sub, info_name=row.name, parent=context), *path, row.name)


@pytest.mark.parametrize("shell", SHELLS)
def test_all_shells_are_answered_alike(shell: Shell) -> None:
    """Bash sends its line, the others their words."""
    words = ["transcribe", "my visit.wav", "--category", "tele"]
    sent = f"intron {shlex.join(words)}" if shell == "bash" else "\x1f".join(words)
    assert answered(shell, sent).out == "telehealth\ta consultation between clinician and patient\n"


def test_an_empty_line_may_come_as_no_variable() -> None:
    """Windows has no empty variables."""
    streams = Streams.test()
    assert app.run([], Program(env={"_INTRON_COMPLETE": "powershell"}, streams=streams)) == 0
    assert isinstance(streams.stdout, io.BytesIO)
    assert streams.stdout.getvalue().startswith(b"transcribe\t")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("intron ", ["intron", ""]),
        ("intron  tran", ["intron", "tran"]),
        ("intron transcribe my\\ visit.wav ", ["intron", "transcribe", "my visit.wav", ""]),
        ("intron transcribe my\\ ", ["intron", "transcribe", "my "]),
        ("intron transcribe 'my vis", ["intron", "transcribe", "my vis"]),
        ('intron --category="tele', ["intron", "--category=tele"]),
        ("intron transcribe '' --so", ["intron", "transcribe", "", "--so"]),
        ("intron transcribe #1.wav --so", ["intron", "transcribe", "#1.wav", "--so"]),
        ("intron transcribe $HOME/`date` --so", ["intron", "transcribe", "$HOME/`date`", "--so"]),
        ("intron transcribe trailing\\", ["intron", "transcribe", "trailing"]),
    ],
)
def test_a_line_is_parted_as_far_as_it_is_typed(line: str, words: list[str]) -> None:
    """Quotes may be open; nothing is expanded."""
    assert tab.split(line) == words


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)))
def test_a_quoted_line_is_parted_into_its_words(words: list[str]) -> None:
    assert tab.split(f"intron {shlex.join(words)} ") == ["intron", *words, ""]


_WORDS = st.one_of(
    st.sampled_from(["transcribe", "config", "set", "--category", "-c", "-qc", "--", "-", "=", "--=", "-=", "--so"]),
    st.text(max_size=6),
)


@given(st.sampled_from(SHELLS), st.lists(_WORDS, max_size=5))
def test_whatever_is_typed_is_answered_in_silence(shell: Shell, words: list[str]) -> None:
    """A word to offer begins as typed; there is no error, no matter what stands before it."""
    result = answered(shell, "\x1f".join(words))
    assert (result.code, result.err) == (0, "")
    assert all(line.count("\t") == 1 for line in result.out.splitlines())


def test_an_error_is_not_told() -> None:
    """A prompt is no place for it."""

    def broken() -> None:
        raise RuntimeError

    stdout = io.BytesIO()
    assert tab.answer({"_INTRON_COMPLETE": "zsh", "_INTRON_WORDS": "tran"}, broken, stdout) == 0
    assert stdout.getvalue() == b""

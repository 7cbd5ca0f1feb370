"""The program: the table of commands, the one error boundary, the signals."""

import contextlib
import importlib
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import typer
from typer.core import TyperCommand, TyperGroup

from intron_cli import __version__
from intron_cli.commands import tab
from intron_cli.commands.options import GlobalOptions
from intron_cli.commands.program import Program
from intron_cli.commands.spreading import as_command, as_root
from intron_cli.core.errors import BUG, DONE, Interrupted, IntronError, UsageError
from intron_cli.core.text import clean_line
from intron_cli.output.terminal import ReaderGoneError, Streams, Terminal

PROGRAM = "intron"
MODULES = "intron_cli.commands."
_PANEL_COLUMNS = 70


@dataclass(frozen=True, slots=True)
class Command:
    """A line of the table: what it is called, where its body is, and in which part of the help it stands."""

    name: str
    help: str
    panel: str
    module: str
    body: str = ""
    examples: str = "EXAMPLES"
    subcommands: tuple["Command", ...] = ()


_WORK = "The work"
_AROUND = "Around it"
_TRY = "To try it"

COMMANDS = (
    Command("transcribe", "Upload recordings, wait, print or save: the main job.", _WORK, "transcribe"),
    Command("upload", "Check and upload recordings; print their file ids.", _WORK, "upload"),
    Command("status", "Ask once how far jobs are.", _WORK, "status"),
    Command("wait", "Wait for jobs that were uploaded before.", _WORK, "wait"),
    Command(
        "jobs", "The ledger of what was sent.", _WORK, "jobs",
        subcommands=(
            Command("list", "List what was sent.", "", "jobs", "list_", "LIST_EXAMPLES"),
            Command("show", "Show all that the ledger knows of a job.", "", "jobs", examples=""),
            Command("resolve", "Decide about what may have been uploaded.", "", "jobs", examples="RESOLVE_EXAMPLES"),
            Command("adopt", "Take in uploads that the ledger never saw.", "", "jobs", examples="ADOPT_EXAMPLES"),
            Command("forget", "Take names and history of jobs out.", "", "jobs", examples=""),
            Command("prune", "Forget all jobs that ended long ago.", "", "jobs", examples="PRUNE_EXAMPLES"),
            Command("repair", "Check the ledger; allow uploads after a loss.", "", "jobs", examples=""),
        ),
    ),
    Command("inspect", "What a recording is, and whether it would be sent.", _AROUND, "inspect"),
    Command("outputs", "List what can be asked for, and the languages.", _AROUND, "outputs"),
    Command(
        "config", "The settings.", _AROUND, "config",
        subcommands=(
            Command("set", "Set a setting.", "", "config", "set_", "SET_EXAMPLES"),
            Command("get", "Print the value of a setting that holds now.", "", "config", examples=""),
            Command("unset", "Take a setting out of the settings file.", "", "config", examples=""),
            Command("list", "List all settings and where each comes from.", "", "config", "list_", ""),
            Command("path", "Print where the settings file is.", "", "config", examples=""),
        ),
    ),
    Command("help", "Explain exit codes, the environment, or a command.", _AROUND, "help", "help_"),
    Command("completion", "Print the completion script of a shell.", _AROUND, "completion"),
    Command("demo", "The main job on a bundled recording: no account, no network.", _TRY, "demo"),
    Command("sandbox", "A local stand-in for the service.", _TRY, "sandbox"),
)  # fmt: skip


class PlainUsage(TyperCommand):
    """A command whose usage line has its arguments as every manual has them, without braces."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]


class LazyGroup(TyperGroup):
    """A group that imports a command's module when that command is asked for."""

    program: Program
    table: tuple[Command, ...]

    @cached_property
    def _rows(self) -> dict[str, Command]:
        return {command.name: command for command in self.table}

    def list_commands(self, ctx: Any) -> list[str]:
        del ctx
        return list(self._rows)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        del ctx
        row = self._rows.get(cmd_name)
        if row and row.name not in self.commands:
            self.commands[row.name] = _built(row, self.program)
        return self.commands.get(cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name = args[0]
        if name not in self._rows and not name.startswith("-") and not ctx.resilient_parsing:
            near = get_close_matches(name, self._rows, n=1)
            hint = f"Did you mean '{near[0]}'?" if near else f"'{ctx.command_path} --help' lists them."
            raise UsageError(f"There is no command '{clean_line(name)}'.", hint)
        return super().resolve_command(ctx, args)


def _built(row: Command, program: Program) -> Any:
    if row.subcommands:
        return _group(row.name, row.help, row.panel, row.subcommands, program)
    module = importlib.import_module(MODULES + row.module)
    body = getattr(module, row.body or row.name)
    examples = getattr(module, row.examples, ())
    app = typer.Typer(add_completion=False, rich_markup_mode=_markup(program), pretty_exceptions_show_locals=False)
    app.command(row.name, cls=PlainUsage, short_help=row.help, rich_help_panel=row.panel or None)(
        as_command(body, program, GlobalOptions, examples)
    )
    return typer.main.get_command(app)


def _group(name: str, text: str, panel: str, table: tuple[Command, ...], program: Program) -> LazyGroup:
    app = typer.Typer(
        name=name, help=text, rich_help_panel=panel or None, add_completion=False, rich_markup_mode=_markup(program),
        no_args_is_help=name != PROGRAM, invoke_without_command=name == PROGRAM, cls=LazyGroup,
        pretty_exceptions_show_locals=False,
    )  # fmt: skip
    root = name == PROGRAM
    app.callback()(as_root(program, GlobalOptions, lambda: _welcome(program)) if root else _nothing)
    group = typer.main.get_group(app)
    assert isinstance(group, LazyGroup)
    group.program, group.table = program, table
    group.rich_help_panel = panel
    return group


def _markup(program: Program) -> Literal["rich"] | None:
    """Panels need room: in a narrow terminal they would cut the options' names."""
    return "rich" if program.streams.width >= _PANEL_COLUMNS else None


def _nothing() -> None:
    """A group below the root takes no options of its own."""


def _welcome(program: Program) -> None:
    program.terminal.result(WELCOME.encode())


def build(program: Program) -> LazyGroup:
    """The whole command line over ``program``."""
    return _group(PROGRAM, ROOT_HELP, "", COMMANDS, program)


ROOT_HELP = """From a recording of a consultation, a procedure or a call to its transcript and notes.

Uses Intron Health's speech service. To see it work without an account: intron demo

Exit codes: intron help exit-codes. Variables: intron help environment.
"""

WELCOME = """From a recording to its transcript and notes, with Intron Health's speech service.

  intron config set api_key                                 once: the key of your account
  intron transcribe visit.wav --category telehealth --soap  the main job
  intron wait ID                                            carry on with what was uploaded before
  intron demo                                               see it work without an account

'intron --help' shows all commands, 'intron transcribe --help' what can be asked for.
"""


def run(arguments: Sequence[str], program: Program) -> int:
    """Carry out one command line and return its exit code: the one place where errors end."""
    if tab.SHELL_VARIABLE in program.env:
        return tab.answer(program.env, lambda: build(program), program.streams.stdout)
    terminal = program.terminal
    terminal.json_lines = "--json" in arguments
    program.debug = "--debug" in arguments
    terminal.quiet = any(argument in ("-q", "--quiet") for argument in arguments)
    try:
        with _signals(terminal):
            # Typer itself would expand patterns on Windows; only a SOURCE is ever expanded.
            return _code(build(program).main(_asked_for_help(arguments), PROGRAM, standalone_mode=False))
    except IntronError as error:
        terminal.error(error)
        return error.exit_code
    except typer.TyperException as error:
        if error.format_message():  # without one it was a group's help, shown already
            terminal.error(_usage(error))
        return UsageError.exit_code
    except Interrupted as stop:
        return stop.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except ReaderGoneError:
        return DONE
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else BUG
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told in one line
        _tell_bug(error, program)
        return BUG


def _asked_for_help(arguments: Sequence[str]) -> list[str]:
    """``intron help transcribe`` is ``intron transcribe --help``."""
    if len(arguments) > 1 and arguments[0] == "help" and any(row.name == arguments[1] for row in COMMANDS):
        return [*arguments[1:], "--help"]
    return list(arguments)


def _usage(error: typer.TyperException) -> UsageError:
    """What the parser says, in one line, with the nearest option where one is misspelt."""
    wrong = getattr(error, "option_name", None)
    if not wrong:
        return UsageError(_sentence(error.format_message()), "--help shows what there is.")
    near = get_close_matches(wrong, getattr(error, "possibilities", None) or (), n=1)
    hint = f"Did you mean {near[0]}?" if near else "--help shows what there is."
    return UsageError(f"There is no option {clean_line(wrong)}.", hint)


def _code(value: Any) -> int:
    return value if isinstance(value, int) else DONE


def _sentence(text: str) -> str:
    line = clean_line(text)
    return line if line.endswith((".", "?", "!")) else line + "."


def _tell_bug(error: Exception, program: Program) -> None:
    """A bug is told by its kind and place; its text may hold a key or what was said in a recording."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"
    if program.debug:
        program.terminal.raw("".join(traceback.format_list(frames)))
    program.terminal.failure(
        f"This is a bug in intron {__version__}: {type(error).__name__} at {place}."
        " What was uploaded is in the ledger; the same command carries on.",
        "bug",
        BUG,
    )


@contextlib.contextmanager
def _signals(terminal: Terminal) -> Iterator[None]:
    """Turn the signals that ask to stop into :class:`Interrupted`, while a command runs."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    times = 0

    def stop(number: int, frame: object) -> None:
        nonlocal times
        del frame
        times += 1
        if times == 1:
            raise Interrupted(number)
        if times == 2:  # a third does not wait for a terminal that takes nothing
            terminal.abandon()
        os._exit(128 + number)  # leave now; what matters is on disk

    def suspend(number: int, frame: object) -> None:
        del number, frame
        with terminal.aside():  # a shell wants its cursor back
            os.kill(os.getpid(), signal.SIGSTOP)

    if hasattr(signal, "SIGTSTP") and signal.getsignal(signal.SIGTSTP) == signal.SIG_DFL:
        signal.signal(signal.SIGTSTP, suspend)
    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), stop) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def _leave_stdout() -> None:
    """The interpreter flushes stdout once more when it ends; a closed pipe, or a full disk, must not complain then."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main(arguments: Sequence[str]) -> int:
    """The program with the real world in it."""
    program = Program(env=dict(os.environ), streams=Streams.system())
    code = run(arguments, program)
    if program.terminal.stdout_gone:
        _leave_stdout()
    return code

"""``intron completion``: prints the completion script of a shell."""

from typing import Annotated, Literal

import typer

from intron_cli.commands.program import Run

PROGRAM = "intron"
COMPLETE_VARIABLE = "_INTRON_COMPLETE"

Shell = Literal["bash", "zsh", "fish", "powershell"]

EXAMPLES = (
    "intron completion bash > ~/.local/share/bash-completion/completions/intron",
    "intron completion zsh > ~/.zfunc/_intron",
    "intron completion fish > ~/.config/fish/completions/intron.fish",
)


def completion(
    run: Run, shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="bash, zsh, fish or powershell.")]
) -> int:
    """Print the completion script of a shell."""
    run.terminal.result(script(shell).encode())
    return 0


def script(shell: Shell) -> str:
    """The script that ``shell`` loads; it calls the program back at each TAB."""
    from typer._completion_shared import get_completion_script

    return get_completion_script(prog_name=PROGRAM, complete_var=COMPLETE_VARIABLE, shell=shell) + "\n"

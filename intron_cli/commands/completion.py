"""``intron completion``: prints the completion script of a shell."""

from typing import Annotated

import typer

from intron_cli.commands.program import Run
from intron_cli.commands.shells import Shell, script

EXAMPLES = (
    "intron completion bash > ~/.local/share/bash-completion/completions/intron",
    "intron completion zsh > ~/.zfunc/_intron",
    "intron completion fish > ~/.config/fish/completions/intron.fish",
)


def completion(
    run: Run, shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="bash, zsh, fish or powershell.")]
) -> int:
    """Print the completion script of a shell.

    bash reads that folder where bash-completion is installed; else, in ~/.bashrc: source <(intron completion bash)

    zsh needs, in ~/.zshrc: fpath=(~/.zfunc $fpath); autoload -Uz compinit; compinit

    PowerShell keeps it in its profile: intron completion powershell >> $PROFILE

    The folders must exist. Shells that start from then on complete commands, options and their values.
    """
    run.terminal.result(script(shell).encode())
    return 0

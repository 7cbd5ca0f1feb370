"""The scripts that shells load to complete ``intron``; ``tab`` says what they ask and what they are answered."""

from typing import Literal, get_args

Shell = Literal["bash", "zsh", "fish", "powershell"]
SHELLS: tuple[Shell, ...] = get_args(Shell)

_BASH = r"""# Completion of intron for bash. At each TAB it asks intron itself.

_intron() {
    local program=$1 line word files=
    [[ $program == \~/* ]] && program=$HOME/${program:2}
    type -P "$program" >/dev/null || program=intron # an alias
    COMPREPLY=()
    while IFS= read -r line; do
        word=${line%%$'\t'*}
        if [[ -z $word ]]; then
            files=yes
            continue
        fi
        # Where = parts words, which it does by default, only what follows it is replaced.
        [[ $word == --*=* && $COMP_WORDBREAKS == *=* ]] && word=${word#*=}
        COMPREPLY+=("$word")
    done < <(_INTRON_COMPLETE=bash _INTRON_WORDS="${COMP_LINE:0:COMP_POINT}" "$program" 2>/dev/null)
    # With nothing to offer, readline would offer files. (The bash 3.2 of macOS does, for want of compopt.)
    [[ $files ]] || compopt +o default 2>/dev/null
    return 0
}

complete -o default -F _intron intron
"""

_ZSH = r"""#compdef intron
# Completion of intron for zsh. At each TAB it asks intron itself.

_intron() {
    local line word program=${${(Q)words[1]}/#\~\//$HOME/} files=
    whence -p -- $program >/dev/null || program=intron # an alias
    local -a typed offers
    (( CURRENT > 2 )) && typed=("${(@Q)words[2,CURRENT-1]}")
    typed+=("${(Q)PREFIX}")
    local -x _INTRON_COMPLETE=zsh _INTRON_WORDS="${(pj:\x1f:)typed}"
    for line in "${(@f)$($program 2>/dev/null)}"; do
        word=${line%%$'\t'*}
        if [[ -n $word ]]; then
            offers+=("${word//:/\\:}:${line#*$'\t'}")
        elif [[ -n $line ]]; then
            files=yes
        fi
    done
    if [[ -n $files ]]; then
        compset -P '--*=' # the file of --output=FILE
        _files
    else
        _describe intron offers
    fi
}

# Loaded from a folder of fpath, this file is the function's body; else it was sourced.
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _intron "$@"
else
    compdef _intron intron
fi
"""

_FISH = r"""# Completion of intron for fish. At each TAB it asks intron itself.

function __intron_offers --description 'Keep what intron offers at the cursor; fail where a file is meant'
    set -l typed (commandline --current-process --tokenize --cut-at-cursor)
    set -l program (string replace --regex '^~(?=/)' $HOME -- $typed[1])
    command --query $program; or set program intron # an alias
    set -e typed[1]
    set -a typed (commandline --current-token --cut-at-cursor)
    set -lx _INTRON_COMPLETE fish
    set -lx _INTRON_WORDS (string join \x1f -- $typed)
    set -g __intron_offered (command $program 2>/dev/null)
    not contains -- \tfiles $__intron_offered
end

# Where the condition fails, fish completes files in its own way.
complete --command intron --condition __intron_offers --no-files --arguments '$__intron_offered'
"""

_POWERSHELL = r"""# Completion of intron for PowerShell. At each TAB it asks intron itself.

Register-ArgumentCompleter -Native -CommandName intron -ScriptBlock {
    param($word, $command, $cursor)
    $typed = @($command.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursor } |
        ForEach-Object { if ($_.Value -is [string]) { $_.Value } else { $_.Extent.Text } })
    $env:_INTRON_COMPLETE = 'powershell'
    $env:_INTRON_WORDS = ($typed + "$word") -join [string][char]31
    try {
        & $command.GetCommandName() 2>$null | ForEach-Object {
            $offer, $help = $_ -split "`t", 2
            if ($offer) { # without one, PowerShell completes files
                if (-not $help) { $help = $offer }
                [System.Management.Automation.CompletionResult]::new($offer, $offer, 'ParameterValue', $help)
            }
        }
    } catch {
        # A prompt is no place for errors.
    } finally {
        Remove-Item Env:_INTRON_COMPLETE, Env:_INTRON_WORDS -ErrorAction Ignore
    }
}
"""

_SCRIPTS: dict[Shell, str] = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH, "powershell": _POWERSHELL}


def script(shell: Shell) -> str:
    """The script that ``shell`` loads."""
    return _SCRIPTS[shell]

#compdef intron
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

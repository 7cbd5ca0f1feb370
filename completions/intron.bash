# Completion of intron for bash. At each TAB it asks intron itself.

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

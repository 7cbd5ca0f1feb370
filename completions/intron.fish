# Completion of intron for fish. At each TAB it asks intron itself.

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

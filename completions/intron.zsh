#compdef intron

_intron_completion() {
  eval $(env _TYPER_COMPLETE_ARGS="${words[1,$CURRENT]}" _INTRON_COMPLETE=complete_zsh intron)
}

compdef _intron_completion intron

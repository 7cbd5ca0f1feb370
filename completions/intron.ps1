# Completion of intron for PowerShell. At each TAB it asks intron itself.

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

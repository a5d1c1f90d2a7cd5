# scaffold's completion for PowerShell. Written by: scaffold completion powershell
Register-ArgumentCompleter -Native -CommandName scaffold -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = $commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition }
    $words = @($before | ForEach-Object {
        if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.Extent.Text }
    })
    # What is typed of the last word, less its quotation marks; ours go around the whole of it again.
    $typed = $wordToComplete -replace '^[''"]', '' -replace '[''"]$', ''
    $env:_SCAFFOLD_COMPLETE = 'powershell_complete'
    $env:_SCAFFOLD_WORDS = (@($words) + @($typed)) -join "`n"
    try {
        & $words[0] 2>$null | ForEach-Object {
            $found = $_ | ConvertFrom-Json
            [System.Management.Automation.CompletionResult]::new($found.text, $found.shown, 'ParameterValue', $found.note)
        }
    } finally {
        Remove-Item -Path 'Env:_SCAFFOLD_COMPLETE', 'Env:_SCAFFOLD_WORDS' -ErrorAction SilentlyContinue
    }
}

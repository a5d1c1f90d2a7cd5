# scaffold's completion for fish. Written by: scaffold completion fish
function __scaffold_completion
    set -l words (commandline -op)
    set -l program (string replace --regex '^~' $HOME -- $words[1])
    for line in (_SCAFFOLD_COMPLETE=fish_complete _SCAFFOLD_WORDS=(commandline -cp | string collect) $program 2>/dev/null)
        set -l parts (string split \t -- $line)
        switch $parts[1]
            case file
                __fish_complete_path $parts[2]
            case dir
                __fish_complete_directories $parts[2]
            case plain
                printf '%s\t%s\n' $parts[2] $parts[3]
        end
    end
end
complete --command scaffold --no-files --keep-order --arguments '(__scaffold_completion)'

#compdef scaffold
# scaffold's completion for zsh. Written by: scaffold completion zsh
_scaffold() {
    local line program=${~words[1]}
    local -a parts values notes
    for line in "${(@f)$(_SCAFFOLD_COMPLETE=zsh_complete \
        _SCAFFOLD_WORDS="${(F)${(@Q)words[1,CURRENT-1]}}"$'\n'"${(Q)PREFIX}" "$program" 2>/dev/null)}"; do
        parts=("${(@ps:\t:)line}")
        case $parts[1] in
            file) _files ;;
            dir) _path_files -/ ;;
            plain)
                values+=("$parts[2]")
                notes+=("$parts[2]${parts[3]:+  -- $parts[3]}")
                ;;
        esac
    done
    (( $#values )) && compadd -l -V scaffold -d notes -a -- values
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _scaffold "$@"
else
    compdef _scaffold scaffold
fi

# scaffold's completion for bash. Written by: scaffold completion bash
_scaffold_completion() {
    local kind value
    COMPREPLY=()
    while IFS=$'\t' read -r kind value; do
        case $kind in
            file) compopt -o default 2>/dev/null ;;
            dir) compopt -o dirnames 2>/dev/null ;;
            plain) COMPREPLY+=("$value") ;;
        esac
    done < <(_SCAFFOLD_COMPLETE=bash_complete _SCAFFOLD_WORDS="${COMP_LINE:0:COMP_POINT}" \
        _SCAFFOLD_BREAKS="$COMP_WORDBREAKS" "${1/#\~/$HOME}" 2>/dev/null)
}
# The order is the tool's own: bash 4.4 and later keep it.
complete -o nosort -F _scaffold_completion scaffold 2>/dev/null || complete -F _scaffold_completion scaffold

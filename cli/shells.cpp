#include "cli/shells.h"

namespace pcx::cli {

const std::string_view kBashCompletion =
    R"bash(# bash completion for pcx. Written by `pcx completion bash`.
_pcx() {
  local -a words=() candidates=()
  local i piece joined out bits line prefix=
  # bash splits words at = and : as well; put together what it took apart.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    piece=${COMP_WORDS[i]}
    if ((${#words[@]})) && { [[ $piece == [=:]* ]] || [[ ${words[-1]} == *[=:] ]]; }; then
      words[-1]+=$piece
    else
      words+=("$piece")
    fi
  done
  joined=${words[-1]}
  out=$("${COMP_WORDS[0]}" __complete "${words[@]}" 2>/dev/null) || return
  bits=${out##*:}
  out=${out%:*}
  # bash replaces only what stands behind the last = or :.
  [[ $joined == *[=:]* ]] && prefix=${joined%"${joined##*[=:]}"}
  while IFS= read -r line; do
    line=${line%%$'\t'*}
    [[ -n $line ]] && candidates+=("${line#"$prefix"}")
  done <<<"$out"
  COMPREPLY=()
  for line in "${candidates[@]}"; do COMPREPLY+=("$(printf '%q' "$line")"); done
  ((bits & 2)) && compopt -o nospace
  if ((bits & 16)); then
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -d -- "${joined#"$prefix"}")
  elif ((!(bits & 4))); then
    compopt -o filenames
    mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "${joined#"$prefix"}")
  fi
}
complete -F _pcx pcx
)bash";

const std::string_view kZshCompletion = R"zsh(#compdef pcx
# zsh completion for pcx. Written by `pcx completion zsh`.
_pcx() {
  local -a lines described
  local line bits prefix
  lines=("${(@f)$("${(Q)words[1]}" __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  bits=${lines[-1]#:}
  for line in "${(@)lines[1,-2]}"; do
    [[ -n $line ]] && described+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
  done
  (( ${#described} )) && _describe -V 'pcx' described
  if (( bits & 16 )) || (( ! (bits & 4) )); then
    [[ $PREFIX == --*=* ]] && compset -P '*='
    if (( bits & 16 )); then _files -/; else _files; fi
  fi
}
if [[ $funcstack[1] == _pcx ]]; then _pcx "$@"; else compdef _pcx pcx; fi
)zsh";

const std::string_view kFishCompletion =
    R"fish(# fish completion for pcx. Written by `pcx completion fish`.
function __pcx_complete
    set -l tokens (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($tokens[1] __complete $tokens[2..-1] "$current" 2>/dev/null)
    set -l bits (string replace -r '^:' '' -- $lines[-1])
    test -n "$bits"; or return
    for line in $lines[1..-2]
        echo $line
    end
    set -l prefix (string match -r -- '^--[^=]*=' "$current")
    set -l rest (string replace -r -- '^--[^=]*=' '' "$current")
    if test (math "bitand($bits, 16)") -ne 0
        for path in (__fish_complete_directories "$rest" '')
            echo "$prefix$path"
        end
    else if test (math "bitand($bits, 4)") -eq 0
        for path in (__fish_complete_path "$rest" '')
            echo "$prefix$path"
        end
    end
end
complete -c pcx -f -a '(__pcx_complete)'
)fish";

}  // namespace pcx::cli

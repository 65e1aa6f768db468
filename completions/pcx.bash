# bash completion for pcx. Written by `pcx completion bash`.
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

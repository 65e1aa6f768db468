#!/usr/bin/env bash
# scripts/chroot-test leaves nothing behind when it is stopped, and gives sudo to dev only. What makes and
# enters the bare system is a stand-in; the name spaces are real, and so this needs root.
#
# usage: tests/scripts/chroot_test_test.sh
set -euo pipefail
script="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/scripts/chroot-test"
if ! unshare --mount --pid --fork --propagation private true 2>/dev/null; then
  printf 'skipped: name spaces need root\n'
  exit 77
fi
work="$(mktemp --directory)"
trap 'rm --recursive --force "$work"' EXIT
mkdir "$work/bin" "$work/tmp" "$work/home"
mkfifo "$work/begun"

failed() {
  printf '%s: %s\n' "$case_name" "$1" >&2
  cat "$work/output" >&2
  exit 1
}

# stand_in NAME: a program of that name, read from standard input; $work is the test's folder in it.
stand_in() {
  {
    printf '#!/usr/bin/env bash\nset -e\nwork=%q\n' "$work"
    cat
  } >"$work/bin/$1"
  chmod 0755 "$work/bin/$1"
}

# "begun" has a writer for as long as something runs: its end is the end of everything.
# shellcheck disable=SC2016 # for the stand-ins to expand
readonly runs_for_ever='exec 9>"$work/begun"; echo begun >&9; sleep 600; exit'

stand_in apt-get <<<'echo "bookworm http://archive.invalid"'
stand_in apt-config <<<'exit 0'
stand_in mount <<<'exit 0'
stand_in debootstrap <<'END'
printf '%s\n' "$@" >"$work/debootstrap"
for scratch; do [[ "$scratch" != */base.* ]] || break; done
mkdir --parents "$scratch"/{proc,sys,dev,root,home/dev,etc/apt,etc/sudoers.d}
END
stand_in chroot <<<'exit 0'
# A fresh stand-in for each case: the base system is not taken from the cache.
chroot_test() {
  HOME="$work/home" XDG_CACHE_HOME='' TMPDIR="$work/tmp" PATH="$work/bin:$PATH" \
    exec "$script" --fresh "$@" >"$work/output" 2>&1
}

nothing_is_left() {
  local left
  left="$(find "$work/tmp" -mindepth 1; find "$work/home" -path '*base.*')"
  [[ -z "$left" ]] || failed "left behind: ${left:0:500}"
}

case_name=root_has_no_sudo
(chroot_test --user root true) || failed "ends with $?"
! grep --quiet sudo "$work/debootstrap" || failed "root's base has sudo"
nothing_is_left

case_name=dev_has_sudo
(chroot_test --user dev true) || failed "ends with $?"
grep --quiet sudo "$work/debootstrap" || failed "dev's base has no sudo"
nothing_is_left

case_name=exit_code_is_the_commands
stand_in chroot <<<'[[ " $* " != *" runuser "* ]] || exit 7'
code=0
(chroot_test true) || code=$?
[[ "$code" == 7 ]] || failed "ends with $code, not with 7"

# stop SIGNAL CODE: of a run that has begun, and everything it started ends, too.
stop() {
  local code=0 run
  (chroot_test true) &
  run=$!
  exec 8<"$work/begun"
  read -r _ <&8
  kill "-$1" "$run"
  wait "$run" 2>/dev/null || code=$?
  [[ "$code" == "$2" ]] || failed "ends with $code, not with $2"
  [[ "$(timeout 30 cat <&8; echo $?)" == 0 ]] || failed "something still runs"
  exec 8<&-
}

case_name=command_is_terminated
stand_in chroot <<<"[[ \" \$* \" != *\" runuser \"* ]] || { $runs_for_ever; }"
stop TERM 143
nothing_is_left

case_name=command_is_killed
stop KILL 137

rm --recursive --force "${work:?}/tmp"
mkdir "$work/tmp"
case_name=debootstrap_is_terminated
stand_in debootstrap <<<"$runs_for_ever"
stop TERM 143
nothing_is_left

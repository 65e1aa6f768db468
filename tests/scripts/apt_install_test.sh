#!/usr/bin/env bash
# scripts/apt-install leaves the system as it was, whatever apt-get does. Needs no root: its paths are moved
# below a folder of the test's own, and apt-get is a stand-in.
#
# usage: tests/scripts/apt_install_test.sh
set -euo pipefail
script="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/scripts/apt-install"
work="$(mktemp --directory)"
trap 'rm --recursive --force "$work"' EXIT

failed() {
  printf '%s: %s\n' "$case_name" "$1" >&2
  exit 1
}

# begin CASE: a new system folder, the working directory.
begin() {
  case_name="$1"
  export PCX_SYSTEM_ROOT="$work/$case_name"
  mkdir --parents "$PCX_SYSTEM_ROOT/usr/sbin" "$PCX_SYSTEM_ROOT/etc" "$work/bin"
  cd "$PCX_SYSTEM_ROOT"
}

# What `apt-get install` does is read from standard input; it runs in the system folder.
apt_get_does() {
  {
    printf '#!/usr/bin/env bash\nset -e\n[[ " $* " == *" install "* ]] || exit 0\n'
    cat
  } >"$work/bin/apt-get"
  chmod 0755 "$work/bin/apt-get"
}

# Names, kinds, modes, link targets and contents.
snapshot() {
  find . -printf '%p %y %m %l\n' -type f -exec cat {} + | sort
}

run_script() {
  local code=0
  PATH="$work/bin:$PATH" "$script" some-package >"$work/output" 2>&1 || code=$?
  [[ "$code" == "$1" ]] || failed "ends with $code, not $1: $(cat "$work/output")"
}

# leaves_no_trace CODE: the script ends with CODE, and the system folder is as it was.
leaves_no_trace() {
  local before
  before="$(snapshot)"
  run_script "$1"
  diff <(printf '%s\n' "$before") <(snapshot) >&2 || failed "the system is not as it was"
}

begin nothing_there
apt_get_does <<'END'
code=0; usr/sbin/policy-rc.d postgresql start || code=$?
((code == 101))
grep --quiet 'create_main_cluster = false' etc/postgresql-common/createcluster.d/*.conf
END
leaves_no_trace 0

begin own_policy_is_kept
printf '#!/bin/sh\nexit 104\n' >usr/sbin/policy-rc.d
chmod 0711 usr/sbin/policy-rc.d
leaves_no_trace 0

begin linked_policy_is_kept
ln --symbolic /nowhere/policy usr/sbin/policy-rc.d
leaves_no_trace 0

begin apt_get_fails
printf 'exit 0\n' >usr/sbin/policy-rc.d
apt_get_does <<<'exit 100'
leaves_no_trace 100

begin script_is_terminated
# shellcheck disable=SC2016 # for the stand-in to expand
apt_get_does <<<'kill -TERM "$PPID"'
leaves_no_trace 143

begin earlier_run_was_killed
printf 'the real one\n' >usr/sbin/policy-rc.d
# shellcheck disable=SC2016
apt_get_does <<<'kill -KILL "$PPID"'
run_script 137
[[ "$(cat usr/sbin/policy-rc.d)" != 'the real one' ]] || failed "the guard was not up"
apt_get_does <<<'exit 0'
run_script 0
[[ "$(cat usr/sbin/policy-rc.d)" == 'the real one' ]] || failed "the real policy is lost"
[[ -z "$(find . -name '*pcx*')" ]] || failed "left behind: $(find . -name '*pcx*')"

# Then the guard is all there is, and it is nobody's real policy.
begin earlier_run_was_killed_without_a_policy
# shellcheck disable=SC2016
apt_get_does <<<'kill -KILL "$PPID"'
before="$(snapshot)"
run_script 137
[[ -e usr/sbin/policy-rc.d ]] || failed "the guard was not up"
"$script" --is-restored && failed "a guard that was left behind is not noticed"
apt_get_does <<<'exit 0'
run_script 0
diff <(printf '%s\n' "$before") <(snapshot) >&2 || failed "the system is not as it was"

begin killed_run_is_undone_without_installing
printf 'the real one\n' >usr/sbin/policy-rc.d
before="$(snapshot)"
# shellcheck disable=SC2016
apt_get_does <<<'kill -KILL "$PPID"'
run_script 137
apt_get_does <<<'echo installed >installed'
"$script" --restore
diff <(printf '%s\n' "$before") <(snapshot) >&2 || failed "the system is not as it was"
"$script" --is-restored || failed "something is still said to be left behind"

# At every step of making the guard and of taking it away: each program that it runs may be the last.
begin killed_at_any_step
printf 'the real one\n' >usr/sbin/policy-rc.d
before="$(snapshot)"
apt_get_does <<<'exit 0'
for program in chmod mv mkdir rm rmdir; do
  for step in 1 2 3 4; do
    # shellcheck disable=SC2016
    printf '#!/bin/sh\necho >>"%s"\n[ "$(wc -l <"%s")" != %s ] || kill -KILL "$PPID"\nexec /bin/%s "$@"\n' \
      "$work/steps" "$work/steps" "$step" "$program" >"$work/bin/$program"
    /bin/chmod 0755 "$work/bin/$program"
    rm --force "$work/steps"
    PATH="$work/bin:$PATH" "$script" some-package >"$work/output" 2>&1 || true
    rm "$work/bin/$program"
    run_script 0
    diff <(printf '%s\n' "$before") <(snapshot) >&2 || failed "killed at $program number $step"
  done
done

# The second begins when the first is done: never does one take the other's guard for the system's.
begin two_at_once
printf 'the real one\n' >usr/sbin/policy-rc.d
before="$(snapshot)"
mkfifo "$work/first_installs" "$work/first_may_end"
apt_get_does <<END
[[ " \$* " == *" first "* ]] || { echo second >>"$work/order"; exit 0; }
echo >"$work/first_installs"
read -r _ <"$work/first_may_end"
echo first >>"$work/order"
END
PATH="$work/bin:$PATH" "$script" first >"$work/output.first" 2>&1 &
first=$!
read -r _ <"$work/first_installs"
PATH="$work/bin:$PATH" "$script" second >"$work/output.second" 2>&1 &
second=$!
# Until it waits for the lock, or has not cared for it and is done.
until grep --quiet -- '-> FLOCK' /proc/locks || ! kill -0 "$second" 2>/dev/null; do
  read -r -t 0.05 _ <> <(:) || true
done
echo >"$work/first_may_end"
wait "$first" || failed "the first: $(cat "$work/output.first")"
wait "$second" || failed "the second: $(cat "$work/output.second")"
[[ "$(cat "$work/order")" == $'first\nsecond' ]] || failed "not one after the other: $(cat "$work/order")"
diff <(printf '%s\n' "$before") <(snapshot) >&2 || failed "the system is not as it was"

begin package_fills_the_folder
apt_get_does <<<'echo mine >etc/postgresql-common/createcluster.d/other.conf'
run_script 0
[[ "$(find etc -type f)" == etc/postgresql-common/createcluster.d/other.conf ]] ||
  failed "not only the package's own file is there: $(find etc -type f)"

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

begin package_fills_the_folder
apt_get_does <<<'echo mine >etc/postgresql-common/createcluster.d/other.conf'
run_script 0
[[ "$(find etc -type f)" == etc/postgresql-common/createcluster.d/other.conf ]] ||
  failed "not only the package's own file is there: $(find etc -type f)"

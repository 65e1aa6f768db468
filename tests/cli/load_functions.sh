# shellcheck shell=sh
# Words for tests/cli/load_*.test. Each command of a script starts with them.

# serve WORDS...: pcx's own target in the background, until `served`; $target is its URL.
serve() {
  rm -f port
  pcx load serve-target --quiet --port-file port "$@" > served.out &
  server=$!
  wait_for . port || return
  # shellcheck disable=SC2034  # the commands of the scripts use it
  target="http://127.0.0.1:$(cat port)"
}
# Stops it; what it says at its end.
served() {
  kill -TERM "$server"
  wait "$server"
  cat served.out
}

# wait_for PATTERN FILE: until a line of it is like that; 20 s at most.
wait_for() {
  tries=0
  until grep -q "$1" "$2" 2> /dev/null; do
    tries=$((tries + 1))
    if [ "$tries" -gt 1000 ]; then
      echo "gave up waiting for $1 in $2" >&2
      return 1
    fi
    sleep 0.02
  done
}

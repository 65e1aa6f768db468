# shellcheck shell=sh
# Words for tests/cli/*.test that need a database. Each command of a script starts with them.

# migration NAME SQL, down NAME SQL: the files of a migration, in pcx's default folder.
migration() {
  mkdir -p "prisma/migrations/$1"
  printf '%s\n' "$2" > "prisma/migrations/$1/migration.sql"
}
down() {
  printf '%s\n' "$2" > "prisma/migrations/$1/down.sql"
}

# as ROLE COMMAND..., in_database NAME COMMAND...: with another URL.
as() {
  role="$1"
  shift
  DATABASE_URL="postgresql://$role@/$PG_DATABASE?host=$PG_SOCKET&port=$PG_PORT" "$@"
}
in_database() {
  database="$1"
  shift
  DATABASE_URL="postgresql://postgres@/$database?host=$PG_SOCKET&port=$PG_PORT" "$@"
}

# sql SQL...: each statement on its own, as the superuser; bare values.
sql() {
  for statement in "$@"; do
    psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 \
      --command="$statement" "$DATABASE_URL"
  done
}

# wait_until CONDITION: until `SELECT CONDITION` is true; asks again and again, for 20 s at most.
wait_until() {
  tries=0
  until [ "$(sql "SELECT $1")" = t ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 300 ]; then
      echo "gave up waiting until $1" >&2
      return 1
    fi
    sleep 0.02
  done
}

# Whether a session of pcx is inside a statement like PATTERN.
running() {
  wait_until "EXISTS (SELECT FROM pg_stat_activity WHERE application_name LIKE 'pcx %' \
    AND state = 'active' AND query LIKE '$1')"
}
gone() {
  wait_until "NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name LIKE 'pcx %')"
}

# hold KEY: another session takes advisory lock KEY, until release.
hold() {
  PGAPPNAME=holder psql --no-psqlrc "$DATABASE_URL" --command="SELECT pg_advisory_lock($1)" \
    --command='SELECT pg_sleep(300)' > /dev/null 2>&1 &
  wait_until "EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE granted \
    AND locktype = 'advisory' AND application_name = 'holder')"
}
# session APPLICATION SQL: another session in the background, until to_session ends it.
session() {
  PGAPPNAME="$1" psql --no-psqlrc --quiet "$DATABASE_URL" --command="$2" > /dev/null 2>&1 &
}
release() {
  to_session holder pg_terminate_backend
}

# to_session APPLICATION FUNCTION: pg_cancel_backend or pg_terminate_backend for its sessions.
to_session() {
  sql "SELECT $2(pid) FROM pg_stat_activity WHERE application_name = '$1'" > /dev/null
}

# in_background WORDS...: a command whose output the next `finish` shows.
in_background() {
  "$@" > background.out 2> background.err &
  background=$!
}
# What it printed; its exit code is the result.
finish() {
  # The shell has a word of its own for a command that was killed, or not: it depends on the moment.
  { wait "$background"; } 2> /dev/null
  code=$?
  cat background.out
  cat background.err >&2
  return "$code"
}

# --- API keys

# The application's tables of API keys, as its migration makes them.
api_tables() {
  sql 'CREATE TABLE public.api_keys (id text PRIMARY KEY, name text NOT NULL, key text NOT NULL,
    permissions text[], "rateLimit" integer, "expiresAt" timestamp(3), "lastUsedAt" timestamp(3),
    status text NOT NULL DEFAULT '\''active'\'',
    "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, "updatedAt" timestamp(3) NOT NULL)' \
    'CREATE UNIQUE INDEX "api_keys_key_key" ON public.api_keys (key)' \
    'CREATE TABLE public.api_usage_metrics (id text PRIMARY KEY, "apiKeyId" text,
    endpoint text NOT NULL, method text NOT NULL, "statusCode" integer NOT NULL,
    "responseTime" integer NOT NULL, "timestamp" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ipAddress" text, "userAgent" text, error text)' \
    'CREATE INDEX "api_usage_metrics_apiKeyId_idx" ON public.api_usage_metrics ("apiKeyId")' \
    'CREATE INDEX "api_usage_metrics_timestamp_idx" ON public.api_usage_metrics ("timestamp")'
}
# A keyring whose key 3 is the active pepper.
pepper() {
  pcx key init --kek file:kek --recovery safe.pem -q > init.out &&
    pcx key create --purpose pepper -q > create.out && pcx key activate 3 -q > activate.out
}
# key_id FILE: the id of the key in it.
key_id() {
  cut -d_ -f3 "$1"
}
# named FILE... < output: ids of the keys in these files as the files' names, ten characters each.
named() {
  names=''
  for file in "$@"; do
    names="$names;s/$(key_id "$file")/$(printf '%-10.10s' "$file" | tr ' ' '_')/g"
  done
  sed "$names"
}

# --- The trail

# The application's table of audit_logs, as its migrations make it.
audit_table() {
  sql 'CREATE TABLE public.audit_logs ("id" text NOT NULL PRIMARY KEY, "userId" text NOT NULL,
    "action" text NOT NULL, "resource" text NOT NULL, "resourceId" text, "changes" jsonb,
    "metadata" jsonb, "ipAddress" text, "userAgent" text,
    "timestamp" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, "tenantId" text)' \
    'CREATE INDEX "audit_logs_userId_idx" ON public.audit_logs ("userId")' \
    'CREATE INDEX "audit_logs_action_idx" ON public.audit_logs (action)' \
    'CREATE INDEX "audit_logs_resource_idx" ON public.audit_logs (resource)' \
    'CREATE INDEX "audit_logs_timestamp_idx" ON public.audit_logs ("timestamp")' \
    'CREATE INDEX "audit_logs_tenantId_idx" ON public.audit_logs ("tenantId")'
}
# It, and some more of the application's tables.
audit_tables() {
  audit_table
  sql 'CREATE TABLE public.patients (id text PRIMARY KEY, name text NOT NULL, species text,
    "tenantId" text, "createdBy" text, "updatedBy" text, "deletedAt" timestamp(3))' \
    'CREATE TABLE public.users (id text PRIMARY KEY, email text NOT NULL, "passwordHash" text)' \
    'CREATE TABLE public.medical_records (id text PRIMARY KEY, diagnosis text, treatment text,
    notes text)'
}
# event ID USER ACTION RESOURCE RESOURCE-ID TIME CHANGES: a row of audit_logs.
event() {
  sql "INSERT INTO public.audit_logs VALUES ('$1', '$2', '$3', '$4', '$5', '$7'::jsonb,
    '{\"correlationId\": \"request-1\", \"success\": true}', '::ffff:10.0.0.1', 'curl/8', '$6', 't1')"
}
# changes COLUMNS: rows of pcx.change in the order of their making.
changes() {
  sql "SELECT $1 FROM pcx.change ORDER BY at, seq"
}
# What `pcx doctor` says of the trail.
audit_check() {
  pcx doctor -o json | grep -A5 '"audit"' | grep -e '"state"' -e '"message"' -e '"hint"'
}

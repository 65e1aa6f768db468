// `pcx migrate` behind a real PgBouncer: refused where a session is nobody's own, applied where it
// is one's own for a while; in both cases the next client finds the server's connection as it was.
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/paths.h"
#include "tests/support/pgbouncer.h"
#include "tests/support/postgres.h"
#include "tests/support/shell.h"

namespace pcx::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Pgbouncer;
using testing::Ran;

// settings FILE: what SHOW ALL says on each of the pool's $CONNECTIONS connections, which must be
// the same. Advisory lock 42 keeps each busy until all were reached; in one statement, since pools
// of statements know no transactions. A library's settings appear with its first function.
constexpr const char* kFunctions = R"sh(
settings() {
  hold 42
  for n in $(seq "$CONNECTIONS"); do
    psql -qAtX "$POOLER_URL" -c "WITH busy AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(42))
      SELECT name || '=' || setting FROM busy, pg_settings
      WHERE name NOT LIKE 'plpgsql.%' ORDER BY name" > "look.$n" &
  done
  wait_until "(SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted) \
    = $CONNECTIONS"
  release
  wait
  for n in $(seq "$CONNECTIONS"); do md5sum < "look.$n"; done | sort -u > sums
  [ "$(wc -l < sums)" = 1 ] || { echo "connections differ: $1"; diff look.1 look.2; }
  mv look.1 "$1"
}
advisory_locks() {
  sql "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
}
)sh";

struct Pool {
  std::string mode;
  int size;
  std::string reset_query = "DISCARD ALL";
};
void PrintTo(const Pool& pool, std::ostream* out) {
  *out << pool.mode << " of " << pool.size << ", reset by '" << pool.reset_query << "'";
}

class MigrateBehindAPool : public ::testing::TestWithParam<Pool> {
 protected:
  Ran run(const std::string& commands) { return shell.run(kFunctions + commands); }

  testing::Postgres server;
  const std::string database = server.fresh_database();
  const Pgbouncer pooler{server,
                         {.mode = GetParam().mode,
                          .pool_size = GetParam().size,
                          .reset_query = GetParam().reset_query}};
  const testing::Shell shell{{{"DATABASE_URL", server.url(database)},
                              {"POOLER_URL", pooler.url(database)},
                              {"CONNECTIONS", std::to_string(GetParam().size)}},
                             testing::source_folder() / "tests/cli/functions.sh"};
};

class MigrateBehindAForeignPool : public MigrateBehindAPool {};

TEST_P(MigrateBehindAForeignPool, IsRefusedEachTimeAndLeavesNothing) {
  const Ran ran = run(R"sh(
migration 20260101000000_init 'CREATE TABLE clinic ();'
settings before
for n in $(seq 20); do
  DATABASE_URL="$POOLER_URL" pcx migrate up > out 2> err
  echo "$? $(cat out) $(grep -c 'is reached through a transaction pooler$' err) $(wc -l < err)"
done | sort | uniq -c | tr -s ' '
settings after
diff before after && advisory_locks
sql "SELECT to_regclass('clinic') IS NULL"
)sh");
  EXPECT_EQ(ran.out, " 20 76 1 2\n0\nt\n");
  EXPECT_THAT(ran.err, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Pools, MigrateBehindAForeignPool,
                         ::testing::Values(Pool{"transaction", 1}, Pool{"transaction", 5},
                                           Pool{"statement", 1}, Pool{"statement", 5}));

class MigrateBehindASessionPool : public MigrateBehindAPool {};

TEST_P(MigrateBehindASessionPool, AppliesAndLeavesTheConnectionAsItWas) {
  const Ran ran = run(R"sh(
migration 20260101000000_init "SET timezone TO 'Asia/Tokyo'; SET work_mem TO '7MB';
  CREATE TABLE clinic ();"
migration 20260102000000_temporary 'CREATE TEMPORARY TABLE scratch (); LISTEN news;'
settings before
for n in 1 2; do
  DATABASE_URL="$POOLER_URL" pcx migrate up > out 2> err || cat err
  tail -n 2 out
done
settings after
diff before after && advisory_locks
psql -qAtX "$POOLER_URL" -c "SELECT count(*) FROM pg_prepared_statements" \
  -c "SELECT count(*) FROM pg_listening_channels()" \
  -c "SELECT to_regclass('pg_temp.scratch') IS NULL"
)sh");
  EXPECT_THAT(ran.out, HasSubstr("2 migrations applied"));
  EXPECT_THAT(ran.out, ::testing::EndsWith("\n0\n0\n0\nt\n"));
  EXPECT_THAT(ran.out, ::testing::Not(HasSubstr("differ")));
  EXPECT_THAT(ran.err, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Pools, MigrateBehindASessionPool,
                         ::testing::Values(Pool{"session", 1}, Pool{"session", 5},
                                           Pool{"session", 1, ""}, Pool{"session", 5, ""}));

}  // namespace
}  // namespace pcx::cli

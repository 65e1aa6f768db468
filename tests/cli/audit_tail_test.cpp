// `pcx audit tail --follow` over a restart of its server: every event once.
#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/paths.h"
#include "tests/support/postgres.h"
#include "tests/support/shell.h"

namespace pcx::cli {
namespace {

using ::testing::HasSubstr;
using testing::Ran;

constexpr const char* kUntilTold = R"sh(
until_told() { until grep -q "$1" background.out 2> /dev/null; do sleep 0.1; done; }
)sh";

TEST(AuditTail, GoesOnAfterARestartOfTheServer) {
  testing::Postgres server;
  const testing::Shell shell{{{"DATABASE_URL", server.url(server.fresh_database())}},
                             testing::source_folder() / "tests/cli/functions.sh"};
  const Ran begun = shell.run(std::string{kUntilTold} + R"sh(
audit_tables
pcx audit install --tables patients -q > out
pcx audit tail --last 0 --cursor c
in_background pcx audit tail --follow --cursor c --every 100ms
echo "$background" > pid
sql "INSERT INTO public.patients (id, name) VALUES ('before', 'n')"
until_told before
)sh");
  ASSERT_EQ(begun.exit, 0) << begun.err;
  server.stop();
  server.start();
  const Ran after = shell.run(std::string{kUntilTold} + R"sh(
sql "INSERT INTO public.patients (id, name) VALUES ('after', 'n')"
until_told after
kill -TERM "$(cat pid)"
while kill -0 "$(cat pid)" 2> /dev/null; do sleep 0.1; done
cut -d' ' -f3- background.out
pcx audit tail --cursor c
cat background.err >&2
)sh");
  EXPECT_THAT(after.out, HasSubstr("insert public.patients before by postgres"));
  EXPECT_THAT(after.out, HasSubstr("insert public.patients after by postgres"));
  EXPECT_EQ(std::count(after.out.begin(), after.out.end(), '\n'), 2) << after.out;
  EXPECT_THAT(after.err, HasSubstr("the server is away: "));
  EXPECT_THAT(after.err, HasSubstr("the server is there again"));
}

}  // namespace
}  // namespace pcx::cli

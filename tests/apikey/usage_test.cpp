#include "apikey/usage.h"

#include <thread>

#include "tests/apikey/verifier_fixture.h"

namespace pcx::apikey {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class UsageTest : public VerifierFixture {
 protected:
  Key key_of(const Token& token) { return {.id = token.id, .row_id = "row-" + token.id}; }
  std::string last_used() {
    return text("SELECT to_char(\"lastUsedAt\", 'YYYY-MM-DD HH24:MI:SS') FROM public.api_keys");
  }
};

TEST_F(UsageTest, IsTakenApartByDaysInUtc) {
  const Key key = key_of(insert());
  usage.count(key, true, *parse_rfc3339("2026-03-01T23:59:59.999Z"));
  usage.count(key, true, *parse_rfc3339("2026-03-02T00:00:00Z"));
  usage.count(key, true, *parse_rfc3339("2026-03-01T23:59:58Z"));  // a clock that was put back
  usage.tell(database());
  EXPECT_EQ(
      text("SELECT string_agg(row(day, calls)::text, ' ' ORDER BY day) FROM pcx.apikey_usage"),
      "(2026-03-01,2) (2026-03-02,1)");
  EXPECT_EQ(last_used(), "2026-03-02 00:00:00");
}

TEST_F(UsageTest, MovesTheLastUseForwardOnly) {
  const Key key = key_of(insert());
  const Time noon = *parse_rfc3339("2026-03-01T12:00:00Z");
  for (const Time time : {noon, noon - hours{1}, noon + seconds{1}, noon - hours{25}}) {
    usage.count(key, true, time);
    usage.tell(database());
  }
  EXPECT_EQ(last_used(), "2026-03-01 12:00:01");
  EXPECT_EQ(text("SELECT sum(calls) FROM pcx.apikey_usage"), "4");
}

TEST_F(UsageTest, KnowsNoLastUseOfAKeyThatWasOnlyRefused) {
  const Key key = key_of(insert());
  usage.count(key, false, clock.wall_now());
  usage.tell(database());
  EXPECT_EQ(last_used(), "");
  EXPECT_EQ(text("SELECT row(calls, refused, last_used_at) FROM pcx.apikey_usage"), "(0,1,)");
}

TEST_F(UsageTest, OfAKeyInPlainTellsItsTimeAlone) {
  sql("INSERT INTO public.api_keys (id, name, key, \"updatedAt\") VALUES ('1', 'p', 'plain', "
      "now())");
  usage.count({.id = "", .row_id = "1"}, true, *parse_rfc3339("2026-03-01T12:00:00Z"));
  usage.tell(database());
  EXPECT_EQ(last_used(), "2026-03-01 12:00:00");
  EXPECT_EQ(count("pcx.apikey_usage"), 0);
}

// A row that breaks the fence cannot be changed; those of the others can.
TEST_F(UsageTest, IsToldOfAllKeysBehindAFenceThatIsNotProven) {
  sql("INSERT INTO public.api_keys (id, name, key, \"updatedAt\") VALUES ('1', 'p', 'plain', "
      "now()); ALTER TABLE public.api_keys ADD CONSTRAINT pcx_api_keys_fence CHECK (key ^@ 'pcx:') "
      "NOT VALID");
  usage.count({.id = "", .row_id = "1"}, true, clock.wall_now());
  usage.count(key_of(insert()), true, clock.wall_now());
  usage.tell(database());
  EXPECT_TRUE(usage_failures.empty());
  EXPECT_EQ(count("public.api_keys WHERE id = '1' AND \"lastUsedAt\" IS NULL"), 1);
  EXPECT_EQ(count("public.api_keys WHERE \"lastUsedAt\" IS NOT NULL"), 1);
  EXPECT_EQ(text("SELECT sum(calls) FROM pcx.apikey_usage"), "1");
}

TEST_F(UsageTest, PassesOverWhatIsGoneAndWhatIsLocked) {
  const Key gone = key_of(insert());
  const Key locked = key_of(insert());
  const Key free = key_of(insert());
  sql("DELETE FROM pcx.apikey WHERE id = '" + gone.id +
      "'; DELETE FROM public.api_keys WHERE id = '" + gone.row_id + "'");
  db::Database other = connect();
  db::Transaction tx = other.begin();
  tx.query({"test.lock", "SELECT 1 FROM public.api_keys WHERE id = $1 FOR UPDATE"},
           {locked.row_id});
  for (const Key& key : {gone, locked, free}) usage.count(key, true, clock.wall_now());
  usage.tell(database());
  EXPECT_TRUE(usage_failures.empty());
  EXPECT_EQ(count("public.api_keys WHERE \"lastUsedAt\" IS NOT NULL"), 1);
  EXPECT_EQ(count("pcx.apikey_usage WHERE calls = 1"), 2);
}

TEST_F(UsageTest, WaitsForNobodyForLong) {
  const Key key = key_of(insert());
  db::Database other = connect();
  db::Transaction tx = other.begin();
  tx.query({"test.lock", "LOCK TABLE public.api_keys"});
  usage.count(key, true, clock.wall_now());
  usage.tell(database());
  ASSERT_EQ(usage_failures.size(), 1u);
  tx.rollback();
  usage.tell(database());
  EXPECT_EQ(text("SELECT calls FROM pcx.apikey_usage"), "1");
}

TEST_F(UsageTest, LosesNothingBetweenThreads) {
  constexpr int kEach = 20'000;
  const Key key = key_of(insert());
  db::Database sessions[] = {connect(), connect()};
  std::vector<std::thread> threads;
  for (db::Database& session : sessions) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) {
        usage.count(key, i % 2 == 0, clock.wall_now());
        if (i % 5'000 == 0) usage.tell(session);
      }
      usage.tell(session);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(text("SELECT row(calls, refused) FROM pcx.apikey_usage"), "(20000,20000)");
  EXPECT_TRUE(usage_failures.empty());
}

}  // namespace
}  // namespace pcx::apikey

#include "apikey/prune.h"

#include <gmock/gmock.h>

#include "core/time.h"
#include "db/listen.h"
#include "tests/apikey/fixture.h"

namespace pcx::apikey {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Time at(std::string_view text) { return *parse_rfc3339(text); }

const Time kNow = at("2026-06-01T00:00:00Z");
const Time kRowWritten = at("2026-05-20T00:00:00Z");

std::optional<Time> since(Key key) {
  if (key.status.empty()) key.status = "active";
  return not_taken_since(key, kRowWritten, kNow);
}

TEST(ApikeyPrune, NeverCallsAKeyEndedThatIsTaken) {
  EXPECT_FALSE(since({}));
  EXPECT_FALSE(since({.expires_at = kNow + Time::duration{1}}));
  EXPECT_FALSE(since({.replaced = Replacement{"x", kNow + Time::duration{1}}}));
}

TEST(ApikeyPrune, CountsFromWhatEndedItFirst) {
  const Time early = at("2026-04-01T00:00:00Z");
  const Time late = at("2026-05-01T00:00:00Z");
  EXPECT_EQ(since({.revoked = Revocation{early, "ann", ""}}), early);
  EXPECT_EQ(since({.expires_at = early}), early);
  EXPECT_EQ(since({.expires_at = kNow}), kNow);
  EXPECT_EQ(since({.replaced = Replacement{"x", early}}), early);
  EXPECT_EQ(since({.expires_at = early, .revoked = Revocation{late, "ann", ""}}), early);
  EXPECT_EQ(since({.expires_at = late, .revoked = Revocation{early, "ann", ""}}), early);
  EXPECT_EQ(since({.expires_at = late, .replaced = Replacement{"x", early}}), early);
}

TEST(ApikeyPrune, DoesNotCountFromWhatIsStillToCome) {
  const Time past = at("2026-04-01T00:00:00Z");
  const Time ahead = at("2026-07-01T00:00:00Z");
  EXPECT_EQ(since({.expires_at = ahead, .revoked = Revocation{past, "ann", ""}}), past);
  EXPECT_EQ(since({.status = "inactive", .expires_at = ahead}), kRowWritten);
}

TEST(ApikeyPrune, CountsFromTheRowWhereTheStatusHasNoTime) {
  EXPECT_EQ(since({.status = "inactive"}), kRowWritten);
  EXPECT_EQ(since({.status = "revoked", .revoked = Revocation{kNow, "ann", ""}}), kNow);
  const Time past = at("2026-04-01T00:00:00Z");
  EXPECT_EQ(since({.status = "inactive", .expires_at = past}), past);
}

class ApikeyPruneOfADatabase : public ApikeyFixture {
 protected:
  // Revoked that many days ago.
  Token revoked(int days) {
    Token token = insert();
    sql("UPDATE pcx.apikey SET revoked_at = now() - interval '" + std::to_string(days) +
        " days', revoked_by = 'ann' WHERE id = '" + token.id + "'");
    return token;
  }
  std::vector<std::string> ended_ids(int days) {
    std::vector<std::string> ids;
    db::Transaction tx = database().begin();
    for (const EndedKey& each : find_ended(tx, before(days), now())) ids.push_back(each.key.id);
    return ids;
  }
  std::vector<std::string> deleted_ids(const std::vector<std::string>& wanted, int days) {
    std::vector<std::string> ids;
    db::Transaction tx = database().begin();
    for (const EndedKey& each : delete_ended(tx, wanted, before(days), now())) {
      ids.push_back(each.key.id);
    }
    tx.commit();
    return ids;
  }
  static Time now() { return std::chrono::system_clock::now(); }
  static Time before(int days) { return now() - std::chrono::hours{24 * days}; }
};

TEST_F(ApikeyPruneOfADatabase, FindsWhatEndedLongAgo) {
  const Token old_key = revoked(100);
  revoked(10);
  insert();
  EXPECT_THAT(ended_ids(90), ElementsAre(old_key.id));
  EXPECT_THAT(ended_ids(5), SizeIs(2));
}

TEST_F(ApikeyPruneOfADatabase, DeletesItFromBothTablesWithItsCounts) {
  const Token old_key = revoked(100);
  const Token other = insert();
  sql("INSERT INTO pcx.apikey_usage VALUES ('" + old_key.id + "', '2026-01-01', 5, 0, now()), ('" +
      other.id +
      "', '2026-01-01', 5, 0, now());"
      "INSERT INTO public.api_usage_metrics (id, \"apiKeyId\", endpoint, method, \"statusCode\","
      " \"responseTime\") VALUES ('1', 'row-" +
      old_key.id + "', '/', 'GET', 200, 1)");
  db::Database second = connect();
  db::Listener listener{second, kChannel};
  EXPECT_THAT(deleted_ids({old_key.id, other.id, "0000000000"}, 90), ElementsAre(old_key.id));
  EXPECT_EQ(listener.wait(std::chrono::seconds{10})->payload, old_key.id);
  EXPECT_EQ(count("pcx.apikey"), 1);
  EXPECT_EQ(count("public.api_keys"), 1);
  EXPECT_EQ(count("pcx.apikey_usage"), 1);
  EXPECT_EQ(count("public.api_usage_metrics"), 1);
}

// Between the question and the answer.
TEST_F(ApikeyPruneOfADatabase, LooksAgainBeforeItDeletes) {
  const Token old_key = revoked(100);
  const auto ids = ended_ids(90);
  sql("UPDATE pcx.apikey SET revoked_at = NULL, revoked_by = NULL");
  EXPECT_THAT(deleted_ids(ids, 90), IsEmpty());
  EXPECT_EQ(count("pcx.apikey"), 1);
}

TEST_F(ApikeyPruneOfADatabase, KeepsARowThatHoldsSomethingElse) {
  const Token old_key = revoked(100);
  sql("UPDATE public.api_keys SET key = 'a key in plain'");
  db::Transaction tx = database().begin();
  const auto ended = find_ended(tx, before(90), now());
  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_FALSE(ended[0].is_deletable);
  tx.rollback();
  EXPECT_THAT(deleted_ids({old_key.id}, 90), IsEmpty());
  EXPECT_EQ(count("pcx.apikey"), 1);
  EXPECT_EQ(count("public.api_keys"), 1);
}

}  // namespace
}  // namespace pcx::apikey

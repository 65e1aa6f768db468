#include "apikey/prune.h"

#include <gmock/gmock.h>

#include "core/time.h"
#include "crypto/encoding.h"
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

TEST(ApikeyPrune, DoesNotKnowSinceWhenWhereTheRowDoesNotSay) {
  const Time past = at("2026-04-01T00:00:00Z");
  EXPECT_EQ(not_taken_since({.status = "inactive"}, std::nullopt, kNow), std::nullopt);
  EXPECT_EQ(not_taken_since({.status = "inactive", .expires_at = past}, std::nullopt, kNow), past);
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
    for (const EndedKey& each : find_ended(tx, span(days)).keys) ids.push_back(each.key.id);
    return ids;
  }
  std::vector<std::string> deleted_ids(const std::vector<std::string>& wanted, int days) {
    std::vector<std::string> ids;
    db::Transaction tx = database().begin();
    for (const EndedKey& each : delete_ended(tx, wanted, span(days)).keys) {
      ids.push_back(each.key.id);
    }
    tx.commit();
    return ids;
  }
  std::vector<EndedKey> ended(int days) {
    db::Transaction tx = database().begin();
    return find_ended(tx, span(days)).keys;
  }
  static std::chrono::milliseconds span(int days) { return std::chrono::hours{24 * days}; }
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
  const auto found = ended(90);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].kept, Kept::text);
  EXPECT_THAT(deleted_ids({old_key.id}, 90), IsEmpty());
  EXPECT_EQ(count("pcx.apikey"), 1);
  EXPECT_EQ(count("public.api_keys"), 1);
}

TEST_F(ApikeyPruneOfADatabase, NeverFindsAKeyThatIsTaken) {
  const Token good = insert();
  const Token in_grace = insert();
  sql("UPDATE public.api_keys SET \"expiresAt\" = now() + interval '1 minute', \"updatedAt\" = "
      "'2020-01-01'; UPDATE pcx.apikey SET replaced_by = 'x', grace_until = now() + interval '1 "
      "minute' WHERE id = '" +
      in_grace.id + "'");
  EXPECT_THAT(ended(0), IsEmpty());
}

TEST_F(ApikeyPruneOfADatabase, LeavesTheDigestBehind) {
  const Token old_key = revoked(100);
  deleted_ids({old_key.id}, 90);
  Hashers hashers{peppers()};
  const std::string digest = crypto::to_hex(hashers.hash(old_key.text.reveal_text()).hash);
  EXPECT_EQ(count("pcx.apikey_gone AS g JOIN pcx.data_key AS d ON d.id = g.pepper WHERE g.id = '" +
                  old_key.id + "' AND encode(g.hash, 'hex') = '" + digest + "'"),
            1);
}

// A table that was lost may come back from a backup, and its keys are good again then.
TEST_F(ApikeyPruneOfADatabase, DeletesAKeyWhoseRowIsGoneOnlyWhenItWasRevoked) {
  const Token rowless = insert({.owner = "42"});
  const Token good = insert();
  sql("DELETE FROM public.api_keys WHERE id = 'row-" + rowless.id + "'");
  const auto found = ended(90);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].key.id, rowless.id);
  EXPECT_EQ(found[0].key.owner, "42");
  EXPECT_FALSE(found[0].since);
  EXPECT_FALSE(found[0].has_row);
  EXPECT_EQ(found[0].kept, Kept::row);
  EXPECT_THAT(deleted_ids({rowless.id}, 90), IsEmpty());
  sql("UPDATE pcx.apikey SET revoked_at = now() - interval '80 days', revoked_by = 'ann' WHERE id "
      "= '" +
      rowless.id + "'");
  EXPECT_THAT(ended(90), IsEmpty());
  sql("UPDATE pcx.apikey SET revoked_at = now() - interval '91 days' WHERE id = '" + rowless.id +
      "'");
  EXPECT_THAT(deleted_ids({rowless.id, good.id}, 90), ElementsAre(rowless.id));
  EXPECT_EQ(count("pcx.apikey"), 1);
  EXPECT_EQ(count("pcx.apikey_gone"), 1);
}

TEST_F(ApikeyPruneOfADatabase, KeepsARowThatDoesNotSaySinceWhen) {
  for (const char* odd : {"infinity", "-infinity", "0044-03-15 BC", "12026-01-01", "1969-12-31"}) {
    insert();
    sql(std::string{"UPDATE public.api_keys SET status = 'inactive', \"createdAt\" = '"} + odd +
        "', \"updatedAt\" = '" + odd + "', \"lastUsedAt\" = '" + odd + "' WHERE status = 'active'");
  }
  const auto found = ended(90);
  ASSERT_THAT(found, SizeIs(5));
  for (const EndedKey& each : found) EXPECT_EQ(each.kept, Kept::time);
  EXPECT_THAT(deleted_ids({found[0].key.id, found[4].key.id}, 0), IsEmpty());
  EXPECT_EQ(count("pcx.apikey"), 5);
}

TEST_F(ApikeyPruneOfADatabase, DeletesCountsOfUsesThatAreOlderThanTwoYears) {
  const Token key = insert();
  sql("INSERT INTO pcx.apikey_usage SELECT '" + key.id +
      "', (clock_timestamp() AT TIME ZONE 'UTC')::date - make_interval(years => 2, days => n), 1 "
      "FROM generate_series(-3, 4) AS n");
  db::Transaction tx = database().begin();
  EXPECT_EQ(count_old_usage(tx), 4);
  EXPECT_EQ(delete_old_usage(tx), 4);
  EXPECT_EQ(count_old_usage(tx), 0);
  tx.commit();
  EXPECT_EQ(count("pcx.apikey_usage"), 4);
}

}  // namespace
}  // namespace pcx::apikey

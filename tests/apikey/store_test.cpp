#include "apikey/store.h"

#include <gmock/gmock.h>

#include "apikey/plain_key.h"
#include "crypto/encoding.h"
#include "db/listen.h"
#include "tests/apikey/fixture.h"
#include "tests/support/data.h"
#include "tests/support/errors.h"

namespace pcx::apikey {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ApikeyStore : public ApikeyFixture {
 protected:
  std::optional<Key> presented(std::string_view text, bool in_plain = true) {
    Hashers hashers{peppers()};
    db::Transaction tx = database().begin();
    return find_presented(tx, hashers.every_hash(text),
                          in_plain ? std::optional{std::string{text}} : std::nullopt);
  }
  Key one(const std::string& id) {
    db::Transaction tx = database().begin();
    return find_keys(tx, {id}).at(0);
  }
};

TEST_F(ApikeyStore, ReadsWhatWasWritten) {
  NewKey wanted{.kind = Kind::test,
                .name = "laboratory",
                .scopes = {"patients:read", "invoices:*"},
                .rate = 600,
                .expires_at = parse_rfc3339("2027-01-31T12:00:00.250Z"),
                .owner = "user-7",
                .tenant = "tenant-1",
                .cidrs = {"10.0.0.0/8", "2001:db8::/32"},
                .created_by = "ann@desk"};
  const Token token = insert(wanted);
  const auto found = presented(token.text.reveal_text());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, token.id);
  EXPECT_EQ(found->kind, Kind::test);
  EXPECT_EQ(found->name, "laboratory");
  EXPECT_THAT(found->scopes, ElementsAre("patients:read", "invoices:*"));
  EXPECT_EQ(found->rate, 600);
  EXPECT_EQ(found->expires_at, wanted.expires_at);
  EXPECT_EQ(found->owner, "user-7");
  EXPECT_EQ(found->tenant, "tenant-1");
  EXPECT_THAT(found->cidrs, ElementsAre("10.0.0.0/8", "2001:db8::/32"));
  EXPECT_EQ(found->created_by, "ann@desk");
  EXPECT_EQ(found->status, "active");
  EXPECT_FALSE(found->revoked || found->replaced || found->last_used_at);
  EXPECT_EQ(count("public.api_keys WHERE key = 'pcx:" + token.id + "'"), 1);
}

TEST_F(ApikeyStore, FindsAKeyUnderAPepperOfBefore) {
  const Token old_key = insert();
  make_pepper();
  const Token new_key = insert();
  EXPECT_EQ(presented(old_key.text.reveal_text())->id, old_key.id);
  EXPECT_EQ(presented(new_key.text.reveal_text())->id, new_key.id);
  EXPECT_NE(one(old_key.id).pepper, one(new_key.id).pepper);
}

TEST_F(ApikeyStore, FindsAKeyThatIsStillInPlainAndNeverWhatIsStored) {
  sql("INSERT INTO public.api_keys (id, name, key, \"updatedAt\") VALUES"
      " ('1', 'plain', 'a-legacy-key', now()), ('2', 'digest', 'sha256:00ff', now())");
  const auto found = presented("a-legacy-key");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, "");
  EXPECT_EQ(found->row_id, "1");
  EXPECT_EQ(found->kind, Kind::adopted);
  EXPECT_FALSE(presented("a-legacy-key", false));
  const Token token = insert();
  EXPECT_FALSE(presented(placeholder(token.id)));
  EXPECT_FALSE(presented(crypto::to_hex(one(token.id).hash)));
}

TEST_F(ApikeyStore, RevokesOnceAndTellsWhoeverListens) {
  const Token one_key = insert();
  const Token other = insert();
  db::Database second = connect();
  db::Listener listener{second, kChannel};
  db::Transaction tx = database().begin();
  EXPECT_THAT(revoke_keys(tx, {one_key.id, "0000000000"}, "ann", "leaked"),
              ElementsAre(one_key.id));
  tx.commit();
  const auto told = listener.wait(std::chrono::seconds{10});
  ASSERT_TRUE(told);
  EXPECT_EQ(told->payload, one_key.id);
  const Key key = one(one_key.id);
  ASSERT_TRUE(key.revoked);
  EXPECT_EQ(key.revoked->by, "ann");
  EXPECT_EQ(key.revoked->reason, "leaked");
  EXPECT_EQ(key.status, "revoked");
  EXPECT_EQ(one(other.id).status, "active");
  db::Transaction again = database().begin();
  EXPECT_THAT(revoke_keys(again, {one_key.id}, "ben", "again"), IsEmpty());
}

TEST_F(ApikeyStore, TellsOfManyWithOneWord) {
  db::Database second = connect();
  db::Listener listener{second, kChannel};
  db::Transaction tx = database().begin();
  tell_changes(tx, std::vector<std::string>(101, "0000000000"));
  tx.commit();
  const auto told = listener.wait(std::chrono::seconds{10});
  ASSERT_TRUE(told);
  EXPECT_EQ(told->payload, kToldAll);
}

TEST_F(ApikeyStore, ReplacesAKeyOnce) {
  const Token old_key = insert();
  const Token new_key = insert();
  db::Transaction tx = database().begin();
  const auto until = replace_key(tx, old_key.id, new_key.id, std::chrono::hours{1});
  tx.commit();
  ASSERT_TRUE(until);
  const Key key = one(old_key.id);
  ASSERT_TRUE(key.replaced);
  EXPECT_EQ(key.replaced->by, new_key.id);
  EXPECT_EQ(key.replaced->grace_until, *until);
  db::Transaction again = database().begin();
  EXPECT_FALSE(replace_key(again, old_key.id, new_key.id, std::chrono::hours{2}));
}

// An expiry of the application's own, which nobody checked.
TEST_F(ApikeyStore, ReadsEveryTimeThatAColumnHolds) {
  const Token token = insert();
  struct Case {
    const char* expires_at;
    Standing standing;
  };
  const Case cases[] = {{"infinity", Standing::good},      {"9999-12-31", Standing::good},
                        {"294276-12-31", Standing::good},  {"2261-12-31", Standing::good},
                        {"-infinity", Standing::expired},  {"0001-01-01 BC", Standing::expired},
                        {"1000-01-01", Standing::expired}, {"1970-01-01", Standing::expired}};
  for (const Case& each : cases) {
    sql(std::string{"UPDATE public.api_keys SET \"expiresAt\" = '"} + each.expires_at +
        "', \"lastUsedAt\" = '" + each.expires_at + "', \"createdAt\" = '" + each.expires_at + "'");
    const auto found = presented(token.text.reveal_text());
    ASSERT_TRUE(found) << each.expires_at;
    EXPECT_EQ(standing_of(*found, SystemClock{}.wall_now()), each.standing) << each.expires_at;
    EXPECT_EQ(one(token.id).expires_at, found->expires_at) << each.expires_at;
  }
  sql("UPDATE public.api_keys SET key = 'a-legacy-key'");
  sql("DELETE FROM pcx.apikey");
  EXPECT_TRUE(presented("a-legacy-key"));
}

// The server's words for plain_shape_of().
TEST_F(ApikeyStore, CountsRowsThatHoldAKeyInPlain) {
  std::vector<std::string> texts = {"",
                                    std::string(256, 'k'),
                                    std::string(257, 'k'),
                                    "pcx:0000000000",
                                    "pcx_live",
                                    "pcx_live_0",
                                    "pcx_test_"};
  const Document known = pcx::testing::data_json("stored-digests.json");
  for (const char* list : {"digests", "keys"}) {
    for (const Document& each : known.find(list)->items()) texts.push_back(*each.text());
  }
  sql("INSERT INTO public.api_keys (id, name, key, \"updatedAt\") VALUES ('1', 'p', '', now())");
  for (const std::string& text : texts) {
    database().query({"test.set", "UPDATE public.api_keys SET key = $1"}, {text});
    db::Transaction tx = database().begin();
    const bool is_key = plain_shape_of(text) == PlainShape::key && !text.starts_with("pcx:");
    EXPECT_EQ(count_plain_rows(tx), is_key ? 1 : 0) << text;
  }
}

TEST_F(ApikeyStore, SaysWhatIsMissing) {
  db::Database database = connect();
  db::Transaction tx = database.begin();
  require_tables(tx);
  tx.query({"test.drop", "DROP TABLE public.api_keys CASCADE"});
  const Error error = pcx::testing::error_of([&] { require_tables(tx); });
  EXPECT_EQ(error.reason(), "no_api_keys");
}

}  // namespace
}  // namespace pcx::apikey

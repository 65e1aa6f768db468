#include "apikey/store.h"

#include <gmock/gmock.h>

#include "apikey/plain_key.h"
#include "apikey/revoke.h"
#include "core/time.h"
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

  Interrupt interrupt_;
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
  EXPECT_EQ(standing_of(key, Time{}), Standing::revoked);
  EXPECT_FALSE(one(other.id).revoked);
  db::Transaction again = database().begin();
  EXPECT_THAT(revoke_keys(again, {one_key.id}, "ben", "again"), IsEmpty());
}

TEST_F(ApikeyStore, RevokesWhileSomebodyHasTheRowOfTheApplication) {
  const Token token = insert();
  db::Database application = connect();
  db::Transaction theirs = application.begin();
  theirs.query({"test.lock", "SELECT id FROM public.api_keys FOR UPDATE"});
  {
    db::Transaction tx = database().begin();
    EXPECT_THAT(revoke_keys(tx, {token.id}, "ann", "leaked"), ElementsAre(token.id));
    tx.commit();
  }
  EXPECT_EQ(standing_of(*presented(token.text.reveal_text()), Time{}), Standing::revoked);
  clock.sleeps.clear();
  const MarkTools tools{database(), clock, interrupt_};
  EXPECT_THAT(mark_revoked(tools, {token.id}), ElementsAre(token.id));
  EXPECT_EQ(one(token.id).status, "active");
  const std::size_t waits = clock.sleeps.size();
  EXPECT_GE(waits, 4u);
  theirs.rollback();
  EXPECT_THAT(mark_revoked(tools, {token.id}), IsEmpty());
  EXPECT_EQ(clock.sleeps.size(), waits);
  EXPECT_EQ(one(token.id).status, "revoked");
  EXPECT_EQ(
      count("public.api_keys WHERE \"updatedAt\" > now() AT TIME ZONE 'UTC' - interval '1 hour'"),
      1);
}

TEST_F(ApikeyStore, MarksNoKeyThatIsNotRevokedAndWaitsForNoTable) {
  const Token good = insert();
  const Token revoked = insert();
  sql("UPDATE pcx.apikey SET revoked_at = now(), revoked_by = 'ann' WHERE id = '" + revoked.id +
      "'");
  const MarkTools tools{database(), clock, interrupt_};
  db::Database application = connect();
  db::Transaction theirs = application.begin();
  theirs.query({"test.lock", "LOCK TABLE public.api_keys"});
  EXPECT_THAT(mark_revoked(tools, {good.id, revoked.id}), ElementsAre(good.id, revoked.id));
  theirs.rollback();
  EXPECT_THAT(mark_revoked(tools, {good.id, revoked.id}), IsEmpty());
  EXPECT_EQ(one(good.id).status, "active");
  EXPECT_EQ(one(revoked.id).status, "revoked");
}

TEST_F(ApikeyStore, SaysThatKeysAreRevokedWhenTheirStatusCannotBeSet) {
  const Token token = insert();
  sql("UPDATE pcx.apikey SET revoked_at = now(), revoked_by = 'ann'");
  sql("DROP TABLE public.api_keys CASCADE");
  const Error error = pcx::testing::error_of([&] {
    mark_revoked({database(), clock, interrupt_}, {token.id});
  });
  EXPECT_EQ(error.sqlstate(), "42P01");
  EXPECT_THAT(error.hint(), ::testing::HasSubstr("The keys are revoked"));
}

TEST_F(ApikeyStore, NamesWhoHasAKeyThatIsToBeChanged) {
  const Token token = insert();
  const Token other = insert();
  db::Database second = connect();
  db::Transaction theirs = second.begin();
  theirs.query({"test.name", "SET LOCAL application_name = 'nightly job'"});
  lock_keys(theirs, {token.id});
  const auto locked = [&](const std::string& id) {
    db::Transaction tx = database().begin();
    return lock_keys(tx, {id}, std::chrono::milliseconds{50}).size();
  };
  EXPECT_EQ(locked(other.id), 1u);
  const Error error = pcx::testing::error_of([&] { locked(token.id); });
  EXPECT_EQ(error.code(), ErrorCode::busy);
  const Error named = naming_holders(database(), error, {token.id});
  EXPECT_EQ(named.code(), ErrorCode::busy);
  EXPECT_EQ(named.reason(), "locked");
  EXPECT_THAT(named.what(), ::testing::HasSubstr("nightly job"));
  EXPECT_STREQ(naming_holders(database(), error, {other.id}).what(), error.what());
  theirs.query({"test.lock", "LOCK TABLE pcx.apikey"});
  EXPECT_THAT(naming_holders(database(), error, {token.id}).what(),
              ::testing::HasSubstr("a whole table"));
}

// Whatever others have written meanwhile is read once the lock is there.
TEST_F(ApikeyStore, ReadsKeysUnderTheirLock) {
  const Token token = insert();
  db::Database application = connect();
  db::Transaction theirs = application.begin();
  theirs.query({"test.change", "UPDATE public.api_keys SET permissions = '{patients:read}'"});
  const auto locked = [&] {
    db::Transaction tx = database().begin();
    return lock_keys(tx, {token.id}, std::chrono::milliseconds{50}).at(0).scopes;
  };
  EXPECT_EQ(pcx::testing::error_of([&] { locked(); }).sqlstate(), "55P03");
  theirs.commit();
  EXPECT_THAT(locked(), ElementsAre("patients:read"));
}

TEST_F(ApikeyStore, KnowsKeysWhoseRowIsGone) {
  const Token token = insert();
  sql("DELETE FROM public.api_keys");
  const Key key = one(token.id);
  EXPECT_EQ(key.name, "(row is gone)");
  EXPECT_EQ(key.status, "");
  EXPECT_THAT(key.scopes, IsEmpty());
  EXPECT_EQ(standing_of(key, Time{}), Standing::revoked);
  EXPECT_FALSE(presented(token.text.reveal_text()));
  db::Transaction tx = database().begin();
  EXPECT_THAT(revoke_keys(tx, {token.id}, "ann", ""), ElementsAre(token.id));
}

TEST_F(ApikeyStore, ReadsTheLaterOfBothLastUses) {
  const Token token = insert();
  const auto last_use = [&](const char* in_row, const char* counted) {
    sql(std::string{"UPDATE public.api_keys SET \"lastUsedAt\" = "} + in_row);
    sql("DELETE FROM pcx.apikey_usage");
    sql("INSERT INTO pcx.apikey_usage (key_id, day, last_used_at) VALUES ('" + token.id +
        "', '2026-01-01', '2026-01-01T08:00:00Z'), ('" + token.id + "', '2026-01-03', " + counted +
        "), ('" + token.id + "', '2026-01-04', NULL)");
    return to_rfc3339(one(token.id).last_used_at.value());
  };
  EXPECT_EQ(last_use("NULL", "NULL"), "2026-01-01T08:00:00.000Z");
  EXPECT_EQ(last_use("NULL", "'2026-01-03T09:00:00+01'"), "2026-01-03T08:00:00.000Z");
  EXPECT_EQ(last_use("'2026-01-03 08:00:01'", "'2026-01-03T08:00:00Z'"),
            "2026-01-03T08:00:01.000Z");
  EXPECT_EQ(last_use("'2026-01-02'", "'2026-01-03T08:00:00Z'"), "2026-01-03T08:00:00.000Z");
}

// What somebody wrote without pcx hides no key that a verifier takes.
TEST_F(ApikeyStore, FindsAPlainKeyBesideADigestUnderAnotherPepper) {
  const keyring::KeyId first = peppers().at(0).id;
  insert();
  const keyring::KeyId second = make_pepper();
  ASSERT_NE(first, second);
  Hashers hashers{peppers()};
  const auto hashes = hashers.every_hash("a-legacy-key");
  for (const PepperedHash& each : hashes) {
    sql("UPDATE pcx.apikey SET hash = '\\x" + crypto::to_hex(each.hash) +
        "', pepper = " + std::to_string(each.pepper == first ? second : first));
    sql("DELETE FROM public.api_keys WHERE id = 'plain'");
    EXPECT_FALSE(presented("a-legacy-key"));
    sql("INSERT INTO public.api_keys (id, name, key, \"updatedAt\") VALUES"
        " ('plain', 'plain', 'a-legacy-key', now())");
    ASSERT_TRUE(presented("a-legacy-key"));
    EXPECT_EQ(presented("a-legacy-key")->row_id, "plain");
  }
}

// A pepper that is active again when it is asked for a second time: nothing is inserted all the
// same, and half a key must not be committed.
TEST_F(ApikeyStore, InsertsAllOfAKeyOrThrows) {
  sql("CREATE FUNCTION public.lose() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'");
  sql("CREATE TRIGGER lose BEFORE INSERT ON pcx.apikey FOR EACH ROW EXECUTE FUNCTION "
      "public.lose()");
  EXPECT_EQ(pcx::testing::error_of([&] { insert(); }).reason(), "pepper_changed");
  EXPECT_EQ(count("public.api_keys"), 0);
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

#include "apikey/issue.h"

#include <gmock/gmock.h>

#include "tests/apikey/fixture.h"
#include "tests/support/errors.h"

namespace pcx::apikey {
namespace {

using ::testing::ElementsAre;

class ApikeyIssue : public ApikeyFixture {
 protected:
  IssueTools issue_tools() {
    hashers_.emplace(peppers());
    return {*hashers_, random, "ann"};
  }
  Token issue(const Wish& wish) {
    const IssueTools tools = issue_tools();
    db::Transaction tx = database().begin();
    Token token = issue_key(tx, wish, tools);
    tx.commit();
    return token;
  }
  Rotation rotate(const Key& old, std::chrono::milliseconds grace,
                  std::optional<Time> expires_at = std::nullopt) {
    const IssueTools tools = issue_tools();
    db::Transaction tx = database().begin();
    Rotation rotation = rotate_key(tx, old, grace, expires_at, now(), tools);
    tx.commit();
    return rotation;
  }
  Time now() { return SystemClock{}.wall_now(); }  // the server's, too
  Key one(const std::string& id) {
    db::Transaction tx = database().begin();
    return find_keys(tx, {id}).at(0);
  }

 private:
  std::optional<Hashers> hashers_;
};

TEST_F(ApikeyIssue, WritesRangesAsTheyAreMeantAndTimesByTheMillisecond) {
  const Time end = now() + std::chrono::hours{1} + std::chrono::nanoseconds{1999};
  const Token token =
      issue({.name = "a", .expires_at = end, .cidrs = {"10.1.2.3", "::ffff:10.0.0.0/104"}});
  const Key key = one(token.id);
  EXPECT_THAT(key.cidrs, ElementsAre("10.1.2.3/32", "10.0.0.0/8"));
  EXPECT_EQ(key.expires_at, std::chrono::floor<std::chrono::milliseconds>(end));
  EXPECT_EQ(key.created_by, "ann");
  EXPECT_EQ(key.row_id.size(), 36u);
}

TEST_F(ApikeyIssue, RotatesToAKeyThatMayDoTheSame) {
  const Token token = issue({.kind = Kind::test,
                             .name = "laboratory",
                             .scopes = {"patients:*"},
                             .rate = 7,
                             .owner = "42",
                             .tenant = "t",
                             .cidrs = {"10.0.0.0/8"}});
  const Time before = now();
  const Rotation rotation = rotate(one(token.id), std::chrono::hours{1});
  const Key old = one(token.id);
  const Key key = one(rotation.token.id);
  ASSERT_TRUE(old.replaced);
  EXPECT_EQ(old.replaced->by, key.id);
  EXPECT_EQ(old.replaced->grace_until, rotation.grace_until);
  EXPECT_GE(rotation.grace_until, before + std::chrono::hours{1});
  EXPECT_LE(rotation.grace_until, now() + std::chrono::hours{1});
  EXPECT_EQ(standing_of(old, now()), Standing::in_grace);
  EXPECT_EQ(key.kind, Kind::test);
  EXPECT_EQ(key.name, "laboratory");
  EXPECT_EQ(key.scopes, old.scopes);
  EXPECT_EQ(key.rate, 7);
  EXPECT_EQ(key.owner, "42");
  EXPECT_EQ(key.tenant, "t");
  EXPECT_EQ(key.cidrs, old.cidrs);
  EXPECT_FALSE(key.expires_at);
}

TEST_F(ApikeyIssue, RefusesTheOldKeyAtOnceWithoutGrace) {
  const Token token = issue({.name = "a"});
  const Rotation rotation = rotate(one(token.id), std::chrono::milliseconds{0});
  const Key old = one(token.id);
  ASSERT_TRUE(old.revoked);
  EXPECT_EQ(old.revoked->by, "ann");
  EXPECT_EQ(old.revoked->reason, "rotated");
  EXPECT_EQ(old.replaced->by, rotation.token.id);
  // A verifier whose clock is an hour late.
  EXPECT_EQ(standing_of(old, now() - std::chrono::hours{1}), Standing::revoked);
  EXPECT_EQ(standing_of(one(rotation.token.id), now()), Standing::good);
  const Error again = pcx::testing::error_of([&] { rotate(old, {}); });
  EXPECT_THAT(again.what(), ::testing::HasSubstr("was replaced by " + rotation.token.id));
  EXPECT_EQ(again.hint(), "Rotate that one: nothing was changed.");
}

// As no text is stored in clear that is a key: these stand in api_keys, or in the journal.
TEST_F(ApikeyIssue, RefusesWishesWithAKeyInThem) {
  const std::string key{issue({.name = "a"}).text.reveal_text()};
  const Wish wishes[] = {{.name = "key " + key + " of ann"},
                         {.name = "a", .owner = key},
                         {.name = "a", .tenant = key},
                         {.name = "a", .scopes = {key}}};
  for (const Wish& wish : wishes) {
    const Error error = pcx::testing::error_of([&] { require_valid(wish, now()); });
    EXPECT_EQ(error.reason(), "whole_key");
    EXPECT_THAT(std::string{error.what()} + error.hint(),
                ::testing::Not(::testing::HasSubstr(key.substr(20))));
  }
}

TEST_F(ApikeyIssue, GivesTheNewKeyNoLifeBeyondTheTimesThatItKnows) {
  struct Case {
    const char* created_at;
    const char* expires_at;
    bool ends;
  };
  const Case cases[] = {{"2026-01-01", "2261-12-31 23:59", false},
                        {"1971-01-01", "2261-12-31 23:59", false},
                        {"1000-01-01", "2027-12-31", true},
                        {"2200-01-01", "2100-12-31", true}};
  for (const Case& each : cases) {
    const Token token = issue({.name = "a"});
    sql(std::string{"UPDATE pcx.apikey SET created_at = '"} + each.created_at + "'");
    sql(std::string{"UPDATE public.api_keys SET \"expiresAt\" = '"} + each.expires_at + "'");
    const Rotation rotation = rotate(one(token.id), std::chrono::hours{1});
    EXPECT_EQ(rotation.expires_at.has_value(), each.ends) << each.created_at;
    EXPECT_EQ(one(rotation.token.id).expires_at, rotation.expires_at) << each.created_at;
    if (each.ends) {
      EXPECT_GT(*rotation.expires_at, now()) << each.created_at;
    }
    EXPECT_EQ(standing_of(one(rotation.token.id), now()), Standing::good) << each.created_at;
  }
}

TEST_F(ApikeyIssue, GivesTheNewKeyALifeOfTheSameLength) {
  const Token token = issue({.name = "a", .expires_at = now() + std::chrono::hours{24 * 90}});
  const Rotation same = rotate(one(token.id), std::chrono::hours{1});
  ASSERT_TRUE(same.expires_at);
  EXPECT_GT(*same.expires_at, now() + std::chrono::hours{24 * 90 - 1});
  EXPECT_LT(*same.expires_at, now() + std::chrono::hours{24 * 90 + 1});
  const Time wanted = std::chrono::floor<std::chrono::seconds>(now()) + std::chrono::hours{5};
  const Rotation other = rotate(one(same.token.id), std::chrono::hours{1}, wanted);
  EXPECT_EQ(one(other.token.id).expires_at, wanted);
}

TEST_F(ApikeyIssue, RotatesAKeyOnceAndOnlyWhenItIsTaken) {
  const Token token = issue({.name = "a"});
  const Key before = one(token.id);
  rotate(before, std::chrono::hours{1});
  EXPECT_EQ(pcx::testing::error_of([&] { rotate(one(token.id), {}); }).reason(), "not_taken");
  const std::int64_t keys = count("pcx.apikey");
  EXPECT_EQ(pcx::testing::error_of([&] { rotate(before, {}); }).reason(), "replaced_meanwhile");
  EXPECT_EQ(count("pcx.apikey"), keys);
  Key suspended = before;
  suspended.status = "suspended";
  EXPECT_EQ(pcx::testing::error_of([&] { rotate(suspended, {}); }).reason(), "not_taken");
}

TEST_F(ApikeyIssue, MakesALiveKeyOfAnAdoptedOne) {
  const Token token = issue({.name = "a"});
  sql("UPDATE pcx.apikey SET kind = 'adopted'");
  EXPECT_EQ(one(rotate(one(token.id), {}).token.id).kind, Kind::live);
}

}  // namespace
}  // namespace pcx::apikey

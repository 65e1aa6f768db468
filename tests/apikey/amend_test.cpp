#include "apikey/amend.h"

#include <gmock/gmock.h>

#include "tests/apikey/fixture.h"
#include "tests/support/errors.h"

namespace pcx::apikey {
namespace {

class ApikeyAmend : public ApikeyFixture {
 protected:
  Document amend(const std::string& id, const Amendment& amendment) {
    db::Transaction tx = database().begin();
    Document changes = amend_key(tx, id, amendment);
    tx.commit();
    return changes;
  }
  Key one(const std::string& id) {
    db::Transaction tx = database().begin();
    return find_keys(tx, {id}).at(0);
  }
};

TEST_F(ApikeyAmend, ChangesWhatIsNamedAndNothingElse) {
  const NewKey wish{.name = "laboratory",
                    .scopes = {"patients:read"},
                    .rate = 7,
                    .expires_at = parse_rfc3339("2199-01-31T00:00:00Z"),
                    .owner = "42",
                    .tenant = "t",
                    .cidrs = {"10.0.0.0/8"}};
  const Token token = insert(wish);
  EXPECT_TRUE(Amendment{}.is_empty());
  EXPECT_TRUE(amend(token.id, {}).members().empty());
  const Document changes = amend(token.id, {.owner = Replacing<std::string>{"43"}});
  ASSERT_EQ(changes.members().size(), 1u);
  EXPECT_EQ(changes.find("owner")->find("from")->text()[0], "42");
  EXPECT_EQ(changes.find("owner")->find("to")->text()[0], "43");
  const Key key = one(token.id);
  EXPECT_EQ(key.name, wish.name);
  EXPECT_EQ(key.scopes, wish.scopes);
  EXPECT_EQ(key.rate, wish.rate);
  EXPECT_EQ(key.expires_at, wish.expires_at);
  EXPECT_EQ(key.owner, "43");
  EXPECT_EQ(key.tenant, wish.tenant);
  EXPECT_EQ(key.cidrs, wish.cidrs);
}

TEST_F(ApikeyAmend, TakesAwayWhatIsNamed) {
  const Token token = insert({.rate = 7,
                              .expires_at = parse_rfc3339("2199-01-31T00:00:00Z"),
                              .owner = "42",
                              .tenant = "t"});
  amend(token.id, {.owner = Replacing<std::string>{},
                   .rate = Replacing<std::int64_t>{},
                   .expires_at = Replacing<Time>{}});
  const Key key = one(token.id);
  EXPECT_FALSE(key.owner || key.rate || key.expires_at);
  EXPECT_EQ(key.tenant, "t");
}

TEST_F(ApikeyAmend, ChangesNoKeyWhoseRowIsGone) {
  const Token token = insert();
  sql("DELETE FROM public.api_keys");
  const Error error =
      pcx::testing::error_of([&] { amend(token.id, {.owner = Replacing<std::string>{"43"}}); });
  EXPECT_EQ(error.reason(), "no_such_key");
}

}  // namespace
}  // namespace pcx::apikey

#include "apikey/leaks.h"

#include <gmock/gmock.h>

#include "core/time.h"
#include "tests/apikey/fixture.h"
#include "tests/apikey/keys.h"

namespace pcx::apikey {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::random_key;
using testing::with_checksum;

FoundKey found(std::string_view key, std::uint64_t line = 1, std::uint64_t column = 1) {
  return {.offset = 0, .line = line, .column = column, .key = Secret{key}};
}

std::vector<std::string> texts(const std::vector<LeakPlace>& places) {
  std::vector<std::string> all;
  for (const LeakPlace& place : places) all.push_back(to_string(place));
  return all;
}

TEST(ApikeyLeaks, PutTogetherWhatIsTheSameKey) {
  SeededRandom random{3};
  const std::string one = random_key(random);
  const std::string other = random_key(random);
  Leaks leaks;
  leaks.add("a", found(one, 3, 4));
  leaks.add("b", found(other));
  leaks.add("a", found(one, 9, 1));
  ASSERT_EQ(leaks.keys().size(), 2u);
  EXPECT_EQ(leaks.keys()[0].id, one.substr(9, 10));
  EXPECT_EQ(to_string(leaks.keys()[0].kind), one.substr(4, 4));
  EXPECT_FALSE(leaks.keys()[0].ours);
  EXPECT_THAT(texts(leaks.places()), ElementsAre("a:3:4", "b:1:1", "a:9:1"));
  EXPECT_THAT(leaks.places_by_key(10), ElementsAre(ElementsAre(0, 2), ElementsAre(1)));
  EXPECT_THAT(leaks.places_by_key(1), ElementsAre(ElementsAre(0), ElementsAre(1)));
  EXPECT_THAT(revocable(leaks, Time{}), IsEmpty());
}

TEST(ApikeyLeaks, AskOnceForAKey) {
  SeededRandom random{3};
  const std::string one = random_key(random);
  std::vector<std::string> asked;
  Leaks leaks{[&](std::string_view key) {
    asked.emplace_back(key);
    return std::nullopt;
  }};
  for (int i = 0; i < 5; ++i) leaks.add("a", found(one));
  EXPECT_THAT(asked, ElementsAre(one));
}

TEST(ApikeyLeaks, CountWhatIsBeyondTheLimitAndAskNobodyForIt) {
  SeededRandom random{3};
  int asked = 0;
  Leaks leaks{[&](std::string_view) {
                ++asked;
                return std::nullopt;
              },
              2};
  for (int i = 0; i < 5; ++i) leaks.add("a", found(random_key(random)));
  EXPECT_EQ(leaks.places().size(), 2u);
  EXPECT_EQ(leaks.left_out(), 3u);
  EXPECT_EQ(asked, 2);
}

TEST(ApikeyLeaks, AreRevocableWhereTheyAreOursAndTaken) {
  const Time now = *parse_rfc3339("2026-06-01T00:00:00Z");
  const Time past = *parse_rfc3339("2026-05-01T00:00:00Z");
  const std::vector<Key> stored = {
      {.id = "good000000", .status = "active"},
      {.id = "revoked000", .status = "active", .revoked = Revocation{past, "ann", ""}},
      {.id = "off0000000", .status = "inactive"},
      {.id = "expired000", .status = "active", .expires_at = past},
      {.id = "grace00000",
       .status = "active",
       .replaced = Replacement{"x", now + Time::duration{1}}},
      {.id = "ended00000", .status = "active", .replaced = Replacement{"x", now}}};
  std::size_t next = 0;
  Leaks leaks{[&](std::string_view) -> std::optional<Key> {
    return next < stored.size() ? std::optional{stored[next++]} : std::nullopt;
  }};
  SeededRandom random{3};
  for (int i = 0; i < 8; ++i) leaks.add("a", found(random_key(random)));
  EXPECT_THAT(revocable(leaks, now), ElementsAre("good000000", "grace00000"));
}

class ApikeyLeaksOfADatabase : public ApikeyFixture {};

// Anybody can make a text with somebody's id and a right checksum. It is not his key.
TEST_F(ApikeyLeaksOfADatabase, AreKnownByTheirDigestsNotByTheirIds) {
  const Token token = insert();
  const std::string made_up =
      with_checksum("pcx_live_" + token.id + "_" + testing::base62_text(random, 43));
  Hashers hashers{peppers()};
  Leaks leaks{[&](std::string_view key) {
    db::Transaction tx = database().begin();
    return find_presented(tx, hashers.every_hash(key), std::nullopt);
  }};
  leaks.add("a", found(made_up));
  EXPECT_EQ(leaks.keys()[0].id, token.id);
  EXPECT_FALSE(leaks.keys()[0].ours);
  EXPECT_THAT(revocable(leaks, clock.wall_now()), IsEmpty());
  leaks.add("a", found(token.text.reveal_text()));
  EXPECT_THAT(revocable(leaks, clock.wall_now()), ElementsAre(token.id));
}

}  // namespace
}  // namespace pcx::apikey

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
  Leaks leaks{false};
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
  EXPECT_THAT(revocable(leaks), IsEmpty());
}

TEST(ApikeyLeaks, AskOnceForAKeyAndKeepItNoLonger) {
  SeededRandom random{3};
  const std::string one = random_key(random);
  const std::string other = random_key(random);
  std::vector<std::string> asked;
  const auto ask = [&](std::string_view key) -> std::optional<Key> {
    asked.emplace_back(key);
    return key == one ? std::optional{Key{.id = "one"}} : std::nullopt;
  };
  Leaks leaks{true};
  for (int i = 0; i < 5; ++i) leaks.add("a", found(one));
  leaks.add("b", found(other));
  EXPECT_THAT(asked, IsEmpty());
  leaks.ask(ask);
  EXPECT_THAT(asked, ElementsAre(one, other));
  EXPECT_EQ(leaks.keys()[0].ours->id, "one");
  EXPECT_FALSE(leaks.keys()[1].ours);
  leaks.ask(ask);
  EXPECT_THAT(asked, ElementsAre(one, other));
}

// One key that floods a log does not hide the others.
TEST(ApikeyLeaks, TakeEveryKeyHoweverManyPlacesThereAre) {
  SeededRandom random{3};
  const std::string flood = random_key(random);
  Leaks leaks{true, {.keys = 100, .places = 10, .places_of_a_key = 2}};
  for (std::uint64_t i = 1; i <= 50; ++i) leaks.add("log", found(flood, i));
  const std::string late = random_key(random);
  for (std::uint64_t i = 1; i <= 3; ++i) leaks.add("late", found(late, i));
  ASSERT_EQ(leaks.keys().size(), 2u);
  EXPECT_EQ(leaks.keys()[0].places, 50u);
  EXPECT_EQ(leaks.keys()[1].places, 3u);
  EXPECT_EQ(leaks.places().size(), 12u);
  EXPECT_EQ(leaks.places_left_out(), 41u);
  EXPECT_EQ(leaks.keys_left_out(), 0u);
  EXPECT_THAT(leaks.places_by_key(20)[1], ElementsAre(10, 11));
  int asked = 0;
  leaks.ask([&](std::string_view) {
    ++asked;
    return std::nullopt;
  });
  EXPECT_EQ(asked, 2);
}

TEST(ApikeyLeaks, CountWhatIsBeyondTheLimitOfKeys) {
  SeededRandom random{3};
  const std::string first = random_key(random);
  Leaks leaks{false, {.keys = 2}};
  leaks.add("a", found(first));
  for (int i = 0; i < 4; ++i) leaks.add("a", found(random_key(random)));
  leaks.add("a", found(first));
  EXPECT_EQ(leaks.keys().size(), 2u);
  EXPECT_EQ(leaks.places().size(), 3u);
  EXPECT_EQ(leaks.keys_left_out(), 3u);
}

// What is only switched off today may be switched on tomorrow.
TEST(ApikeyLeaks, AreRevocableWhereTheyAreOursAndNotRevoked) {
  const Time past = *parse_rfc3339("2026-05-01T00:00:00Z");
  const std::vector<Key> stored = {
      {.id = "good000000", .status = "active"},
      {.id = "revoked000", .status = "active", .revoked = Revocation{past, "ann", ""}},
      {.id = "off0000000", .status = "inactive"},
      {.id = "expired000", .status = "active", .expires_at = past},
      {.id = "ended00000", .status = "active", .replaced = Replacement{"x", past}}};
  std::size_t next = 0;
  Leaks leaks{true};
  SeededRandom random{3};
  for (int i = 0; i < 7; ++i) leaks.add("a", found(random_key(random)));
  leaks.ask([&](std::string_view) -> std::optional<Key> {
    return next < stored.size() ? std::optional{stored[next++]} : std::nullopt;
  });
  EXPECT_THAT(revocable(leaks),
              ElementsAre("good000000", "off0000000", "expired000", "ended00000"));
}

class ApikeyLeaksOfADatabase : public ApikeyFixture {};

// Anybody can make a text with somebody's id and a right checksum. It is not his key.
TEST_F(ApikeyLeaksOfADatabase, AreKnownByTheirDigestsNotByTheirIds) {
  const Token token = insert();
  const std::string made_up =
      with_checksum("pcx_live_" + token.id + "_" + testing::base62_text(random, 43));
  Hashers hashers{peppers()};
  Leaks leaks{true};
  leaks.add("a", found(made_up));
  leaks.add("a", found(token.text.reveal_text()));
  leaks.ask([&](std::string_view key) {
    return find_presented(database(), hashers.every_hash(key), std::nullopt);
  });
  EXPECT_EQ(leaks.keys()[0].id, token.id);
  EXPECT_FALSE(leaks.keys()[0].ours);
  EXPECT_TRUE(leaks.keys()[1].ours);
  EXPECT_THAT(revocable(leaks), ElementsAre(token.id));
}

}  // namespace
}  // namespace pcx::apikey

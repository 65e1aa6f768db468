#include "alert/silence.h"

#include <gtest/gtest.h>

#include "alert/zone_files.h"
#include "core/time.h"
#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

using pcx::testing::error_of;
using std::chrono::hours;
using std::chrono::minutes;

const Time kBegin = parse_rfc3339("2026-11-30T12:00:00Z").value();

// --- matchers

TEST(SilenceMatcher, IsALabelASignAndAValue) {
  const struct {
    const char* text;
    Matcher matcher;
  } cases[] = {
      {"severity=warning", {"severity", MatchKind::equal, "warning"}},
      {"tenant!=north", {"tenant", MatchKind::not_equal, "north"}},
      {"alertname=~Low.*", {"alertname", MatchKind::matches, "Low.*"}},
      {"team!~a|b", {"team", MatchKind::matches_not, "a|b"}},
      {"tenant=", {"tenant", MatchKind::equal, ""}},
      {"query=a=b!=c", {"query", MatchKind::equal, "a=b!=c"}},
      {" tenant = north ward ", {"tenant", MatchKind::equal, "north ward"}},
      {"tenant=\"north\"", {"tenant", MatchKind::equal, "north"}},
      {R"(tenant=~" a\"\\\nb ")", {"tenant", MatchKind::matches, " a\"\\\nb "}},
      {"tenant=\"\"", {"tenant", MatchKind::equal, ""}},
      {"tenant=Z\xc3\xbcrich", {"tenant", MatchKind::equal, "Z\xc3\xbcrich"}},
  };
  for (const auto& c : cases) EXPECT_EQ(parse_matcher(c.text), c.matcher) << c.text;
}

TEST(SilenceMatcher, SaysWhatIsWrong) {
  const struct {
    std::string text;
    const char* message;
  } cases[] = {
      {"", "matcher '' has none of =, !=, =~ and !~"},
      {"tenant", "matcher 'tenant' has none of =, !=, =~ and !~"},
      {"tenant!north", "matcher 'tenant!north' has none of =, !=, =~ and !~"},
      {"=north", "matcher '=north' does not begin with the name of a label"},
      {"2nd=north", "matcher '2nd=north' does not begin with the name of a label"},
      {"a b=north", "matcher 'a b=north' does not begin with the name of a label"},
      {"a:b=north", "matcher 'a:b=north' does not begin with the name of a label"},
      {"tenant=\"north", "matcher 'tenant=\"north' has a quote that does not end it"},
      {"tenant=\"north\"x", "matcher 'tenant=\"north\"x' has a quote that does not end it"},
      {"tenant=\"a\\tb\"", "matcher 'tenant=\"a\\tb\"' has an unknown escape in its quotes"},
      {"tenant=\"a\\", "matcher 'tenant=\"a\\' has an unknown escape in its quotes"},
      {"tenant=\xff", "matcher 'tenant=\\xff' is no UTF-8 text"},
      {std::string("tenant=\0", 8), "matcher 'tenant=\\x00' is no UTF-8 text"},
  };
  for (const auto& c : cases) {
    const Error error = error_of([&] { parse_matcher(c.text); });
    EXPECT_EQ(error.code(), ErrorCode::data);
    EXPECT_STREQ(error.what(), c.message);
  }
  EXPECT_EQ(error_of([] { parse_matcher("tenant=~(north"); }).code(), ErrorCode::data);
}

// --- what they fit, and when

Silence silence(std::vector<Matcher> matchers) {
  return {.id = "s1", .matchers = std::move(matchers), .starts_at = kBegin, .created_by = "ada"};
}

TEST(Silence, FitsWhenAllOfItsMatchersDo) {
  const Silence one = silence({parse_matcher("alertname=~Low.*"), parse_matcher("tenant!=north")});
  EXPECT_TRUE(fits(one, {{"alertname", "LowStock"}, {"tenant", "south"}}));
  EXPECT_TRUE(fits(one, {{"alertname", "LowStock"}}));
  EXPECT_FALSE(fits(one, {{"alertname", "LowStock"}, {"tenant", "north"}}));
  EXPECT_FALSE(fits(one, {{"alertname", "VeryLowStock"}}));
}

TEST(Silence, IsActiveFromItsBeginToItsFirstEnd) {
  const ZoneFiles zones{kZoneFolder};
  Silence one = silence({parse_matcher("tenant=north")});
  EXPECT_FALSE(is_active(one, zones, kBegin - minutes{1}));
  EXPECT_TRUE(is_active(one, zones, kBegin));
  EXPECT_TRUE(is_active(one, zones, kBegin + hours{10'000}));
  one.ends_at = kBegin + hours{2};
  EXPECT_TRUE(is_active(one, zones, kBegin + hours{2} - minutes{1}));
  EXPECT_FALSE(is_active(one, zones, kBegin + hours{2}));
  one.expired_at = kBegin + hours{1};
  EXPECT_TRUE(is_active(one, zones, kBegin + hours{1} - minutes{1}));
  EXPECT_FALSE(is_active(one, zones, kBegin + hours{1}));
}

TEST(Silence, IsActiveOnlyInItsSchedule) {
  const ZoneFiles zones{kZoneFolder};
  Silence one = silence({parse_matcher("tenant=north")});
  one.schedule = parse_schedule("daily 13:00-14:00 Etc/UTC", "", {});
  EXPECT_FALSE(is_active(one, zones, kBegin));
  EXPECT_TRUE(is_active(one, zones, kBegin + hours{1}));
  EXPECT_FALSE(is_active(one, zones, kBegin + hours{2}));
  EXPECT_TRUE(is_active(one, zones, kBegin + hours{25}));
}

// --- ageing

Alert alert(Phase phase, const std::string& tenant = "north") {
  Alert one;
  one.labels = {{"alertname", "LowStock"}, {"tenant", tenant}};
  one.phase = phase;
  return one;
}

// One silence for tenant north after a run, as it is then.
Silence aged(const Silence& one, const std::vector<Alert>& alerts, Time now) {
  const auto changed = age_silences({one}, alerts, now);
  return changed.empty() ? one : changed.front();
}

TEST(Ageing, NotesWhatItFitted) {
  const Silence one = silence({parse_matcher("tenant=north")});
  const Time now = kBegin + minutes{5};
  EXPECT_EQ(aged(one, {alert(Phase::pending)}, now).fitted_at, now);
  EXPECT_EQ(aged(one, {alert(Phase::firing, "south"), alert(Phase::firing)}, now).fitted_at, now);
  EXPECT_TRUE(age_silences({one}, {alert(Phase::resolved)}, now).empty());
  EXPECT_TRUE(age_silences({one}, {alert(Phase::firing, "south")}, now).empty());
  EXPECT_TRUE(age_silences({one}, {alert(Phase::firing)}, kBegin - minutes{1}).empty());
}

TEST(Ageing, EndsOneAtItsTime) {
  Silence one = silence({parse_matcher("tenant=north")});
  one.ends_at = kBegin + hours{2};
  EXPECT_FALSE(aged(one, {alert(Phase::firing)}, kBegin + hours{2} - minutes{1}).expired_at);
  const Silence ended = aged(one, {alert(Phase::firing)}, kBegin + hours{3});
  EXPECT_EQ(ended.expired_at, one.ends_at);
  EXPECT_EQ(ended.expired_why, "its time was over");
  EXPECT_FALSE(ended.fitted_at);
  EXPECT_TRUE(age_silences({ended}, {alert(Phase::firing)}, kBegin + hours{4}).empty());
}

TEST(Ageing, EndsOneWhenWhatItWasForHasResolved) {
  Silence one = silence({parse_matcher("tenant=north")});
  one.until_resolved = true;
  EXPECT_FALSE(aged(one, {}, kBegin).expired_at) << "it had fitted none";
  one = aged(one, {alert(Phase::pending)}, kBegin + minutes{1});
  one = aged(one, {alert(Phase::firing)}, kBegin + minutes{2});
  EXPECT_FALSE(one.expired_at);
  one = aged(one, {alert(Phase::resolved), alert(Phase::firing, "south")}, kBegin + minutes{3});
  EXPECT_EQ(one.expired_at, kBegin + minutes{3});
  EXPECT_EQ(one.expired_why, "what it was for has resolved");
}

TEST(Ageing, EndsOneThatFitsNothingForLong) {
  Silence one = silence({parse_matcher("tenant=north")});
  one.idle = hours{1};
  EXPECT_EQ(aged(one, {}, kBegin + hours{1}).expired_at, kBegin + hours{1});
  EXPECT_FALSE(aged(one, {}, kBegin + minutes{59}).expired_at);
  one = aged(one, {alert(Phase::firing)}, kBegin + minutes{30});
  EXPECT_FALSE(aged(one, {}, kBegin + minutes{89}).expired_at);
  EXPECT_FALSE(aged(one, {alert(Phase::firing)}, kBegin + hours{5}).expired_at);
  const Silence ended = aged(one, {}, kBegin + hours{5});
  EXPECT_EQ(ended.expired_at, kBegin + minutes{90});
  EXPECT_EQ(ended.expired_why, "idle");
}

TEST(Ageing, TakesTheEndThatCameFirst) {
  Silence one = silence({parse_matcher("tenant=north")});
  one.fitted_at = kBegin;
  one.until_resolved = true;
  one.idle = hours{2};
  one.ends_at = kBegin + hours{3};
  EXPECT_EQ(aged(one, {}, kBegin + hours{1}).expired_why, "what it was for has resolved");
  EXPECT_EQ(aged(one, {}, kBegin + hours{4}).expired_why, "idle");
  one.ends_at = kBegin + hours{1};
  EXPECT_EQ(aged(one, {}, kBegin + hours{4}).expired_why, "its time was over");
}

TEST(Ageing, TellsOnlyOfWhatChangedInItsOrder) {
  std::vector<Silence> silences(3, silence({parse_matcher("tenant=north")}));
  silences[0].id = "z";
  silences[1].matchers = {parse_matcher("tenant=south")};
  silences[2].id = "a";
  const auto changed = age_silences(silences, {alert(Phase::firing)}, kBegin);
  ASSERT_EQ(changed.size(), 2u);
  EXPECT_EQ(changed[0].id, "z");
  EXPECT_EQ(changed[1].id, "a");
}

}  // namespace
}  // namespace pcx::alert

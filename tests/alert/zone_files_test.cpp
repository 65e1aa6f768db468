#include "alert/zone_files.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <gmock/gmock.h>

#include "core/error.h"
#include "core/file.h"
#include "core/random.h"
#include "core/text.h"
#include "core/time.h"
#include "db/database.h"
#include "tests/support/errors.h"
#include "tests/support/postgres.h"
#include "tests/support/temporary_folder.h"

namespace pcx::alert {
namespace {

namespace fs = std::filesystem;
using pcx::testing::error_of;
using pcx::testing::TemporaryFolder;
using ::testing::HasSubstr;

Time moment_at(std::int64_t seconds) { return Time{std::chrono::seconds{seconds}}; }
Time moment_at(const char* text) { return parse_rfc3339(text).value(); }

TEST(ZoneNames, LeaveNoFolder) {
  for (const char* name : {"UTC", "America/New_York", "America/Argentina/Buenos_Aires",
                           "Etc/GMT+12", "America/Port-au-Prince", "EST5EDT"}) {
    EXPECT_TRUE(is_zone_name(name)) << name;
  }
  for (const char* name :
       {"", "/", "/UTC", "UTC/", "America//New_York", "..", "../etc/passwd", "America/../UTC",
        "./UTC", "zone.tab", "New York", "Z\xc3\xbcrich", "localtime", "C:\\UTC"}) {
    EXPECT_FALSE(is_zone_name(name)) << name;
  }
  EXPECT_TRUE(is_zone_name(std::string(100, 'a')));
  EXPECT_FALSE(is_zone_name(std::string(101, 'a')));
  EXPECT_FALSE(is_zone_name(std::string("UTC\0", 4)));
}

TEST(ZoneFiles, RefuseWhatIsNoZone) {
  TemporaryFolder folder;
  folder.write("Text", "no zone at all");
  folder.write("Inner/UTC", "TZif");
  const ZoneFiles zones{folder.path()};
  const auto message = [&](const std::string& zone) {
    const Error error = error_of([&] { zones.utc_offset_s(zone, moment_at(std::int64_t{0})); });
    EXPECT_EQ(error.code(), ErrorCode::data) << zone;
    return std::string{error.what()};
  };
  EXPECT_EQ(message("Nowhere"), "time zone 'Nowhere' is unknown");
  EXPECT_EQ(message("Inner"), "time zone 'Inner' is unknown");
  EXPECT_EQ(message("Text/UTC"), "time zone 'Text/UTC' is unknown");
  EXPECT_EQ(message("../Text"), "time zone '../Text' is unknown");
  EXPECT_EQ(message("a\nb"), "time zone 'a\\nb' is unknown");
  EXPECT_EQ(message("Text"), "the file of time zone 'Text' is no compiled time zone");
  EXPECT_EQ(message("Inner/UTC"), "the file of time zone 'Inner/UTC' ends too early");
}

TEST(ZoneFiles, RefuseZonesThatCountLeapSeconds) {
  const ZoneFiles zones{kZoneFolder};
  const Error error =
      error_of([&] { zones.utc_offset_s("right/UTC", moment_at(std::int64_t{0})); });
  EXPECT_STREQ(error.what(), "the file of time zone 'right/UTC' counts leap seconds");
}

TEST(ZoneFiles, KnowLocalTime) {
  const ZoneFiles zones{kZoneFolder};
  const struct {
    const char* zone;
    const char* at;
    int offset_s;
  } cases[] = {
      {"UTC", "2026-07-01T00:00:00Z", 0},
      {"Etc/GMT+5", "2026-07-01T00:00:00Z", -18000},
      {"America/New_York", "2026-03-08T06:59:59.999Z", -18000},
      {"America/New_York", "2026-03-08T07:00:00Z", -14400},
      {"America/New_York", "2200-07-01T00:00:00Z", -14400},
      {"Asia/Kathmandu", "2026-07-01T00:00:00Z", 20700},
      {"Australia/Lord_Howe", "2026-04-04T14:59:59Z", 39600},
      {"Australia/Lord_Howe", "2026-04-04T15:00:00Z", 37800},
      {"Europe/Dublin", "2060-01-01T00:00:00Z", 0},
      {"Europe/Dublin", "2060-07-01T00:00:00Z", 3600},
      // Before anybody wrote down more than the sun's time.
      {"America/New_York", "1700-01-01T00:00:00Z", -17762},
      {"Pacific/Apia", "2011-12-30T09:59:59Z", -36000},
      {"Pacific/Apia", "2011-12-30T10:00:00Z", 50400},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(zones.utc_offset_s(c.zone, moment_at(c.at)), c.offset_s) << c.zone << " at " << c.at;
  }
}

// --- all of tzdata, compared with PostgreSQL, which reads the same files by its own code

std::vector<std::string> all_zones() {
  std::vector<std::string> names;
  for (auto entry = fs::recursive_directory_iterator{kZoneFolder};
       entry != fs::recursive_directory_iterator{}; ++entry) {
    const std::string name = entry->path().lexically_relative(kZoneFolder).string();
    // The same zones again, and those with leap seconds, which PostgreSQL has not, either.
    if (name == "posix" || name == "right") entry.disable_recursion_pending();
    if (!entry->is_regular_file() || !is_zone_name(name)) continue;
    if (read_file(entry->path()).starts_with("TZif")) names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

constexpr std::int64_t kYear_s = 31'556'952;
constexpr std::int64_t kWeek_s = 7 * 86'400;
constexpr std::int64_t kEnd_s = 131 * kYear_s;  // in the year 2101

// Random ones, most of them before the year 2040, and the seconds before and at each change.
std::vector<std::int64_t> instants_for(const ZoneFiles& zones, const std::string& zone,
                                       Random& random) {
  std::vector<std::int64_t> instants;
  for (int i = 0; i < 2000; ++i) {
    instants.push_back(static_cast<std::int64_t>(random.below(i < 1600 ? 70 * kYear_s : kEnd_s)));
  }
  const auto offset = [&](std::int64_t second) {
    return zones.utc_offset_s(zone, moment_at(second));
  };
  for (std::int64_t week = 0; week < 75 * kYear_s; week += kWeek_s) {
    std::int64_t before = week;
    std::int64_t after = week + kWeek_s;
    const int first = offset(before);
    if (first == offset(after)) continue;
    while (after - before > 1) {
      const std::int64_t middle = (before + after) / 2;
      (offset(middle) == first ? before : after) = middle;
    }
    instants.insert(instants.end(), {before, after});
  }
  return instants;
}

std::string texts_of(const std::vector<std::int64_t>& numbers) {
  std::string text;
  for (const std::int64_t number : numbers) text += std::to_string(number) + ",";
  text.pop_back();
  return text;
}

// PostgreSQL's offsets at `instants`, in their order. Its session is in the zone: AT TIME ZONE
// would take a name such as CET as the abbreviation, which knows no summer.
std::vector<std::string> ask(db::Database& database, const std::string& zone,
                             const std::vector<std::int64_t>& instants) {
  static const db::Statement kZone{"set_zone", "SELECT set_config('TimeZone', $1, false)"};
  static const db::Statement kOffsets{
      "zone_offsets",
      "SELECT string_agg(extract(epoch FROM i::timestamp - (i AT TIME ZONE 'UTC'))::int::text, ','"
      " ORDER BY n) AS offsets FROM (SELECT to_timestamp(s::bigint) AS i, n"
      " FROM unnest(string_to_array($1, ',')) WITH ORDINALITY AS u(s, n)) AS t"};
  database.query(kZone, {zone});
  const db::Result result = database.query(kOffsets, {texts_of(instants)});
  return split(result.one()["offsets"].as<std::string>(), ',');
}

// All of tzdata with PCX_ALERT_ZONES=all; else every eighth zone, and some that are peculiar.
std::vector<std::string> compared_zones() {
  const auto names = all_zones();
  EXPECT_GT(names.size(), 400u);
  const char* const wanted = std::getenv("PCX_ALERT_ZONES");
  if (wanted != nullptr && std::string_view{wanted} == "all") return names;
  std::vector<std::string> zones{"Africa/Casablanca", "America/Havana",      "America/Nuuk",
                                 "America/Santiago",  "Australia/Lord_Howe", "CET",
                                 "Europe/Dublin",     "Pacific/Apia"};
  for (std::size_t i = 0; i < names.size(); i += 8) zones.push_back(names[i]);
  return zones;
}

TEST(ZoneFiles, EqualPostgresqlInTzdata) {
  auto& server = pcx::testing::Postgres::shared();
  db::Database database{db::parse_target(server.url(server.fresh_database())), {}};
  const ZoneFiles zones{kZoneFolder};
  SeededRandom random{20261129};
  std::size_t compared = 0;
  const auto names = compared_zones();
  for (const std::string& zone : names) {
    const auto instants = instants_for(zones, zone, random);
    const auto answers = ask(database, zone, instants);
    ASSERT_EQ(answers.size(), instants.size()) << zone;
    for (std::size_t i = 0; i < instants.size(); ++i) {
      ASSERT_EQ(std::to_string(zones.utc_offset_s(zone, moment_at(instants[i]))), answers[i])
          << zone << " at " << to_rfc3339(moment_at(instants[i]));
    }
    compared += instants.size();
  }
  RecordProperty("zones", static_cast<int>(names.size()));
  RecordProperty("instants", static_cast<int>(compared));
}

}  // namespace
}  // namespace pcx::alert

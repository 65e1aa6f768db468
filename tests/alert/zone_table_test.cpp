#include "alert/zone_table.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "core/time.h"
#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

using pcx::testing::error_of;

// Numbers as files have them: big-endian.
std::string whole(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i) & 0xff);
  return text;
}

struct File {
  char version = '2';
  std::uint64_t leaps = 0;
  std::vector<std::int64_t> times = {1000, 2000};
  std::string types = std::string("\1\0", 2);
  std::vector<std::int32_t> offsets = {3600, 7200};
  std::string footer = "\nEST5EDT,M3.2.0,M11.1.0\n";

  std::string header(std::uint64_t changes, std::uint64_t local_types,
                     std::uint64_t letters) const {
    return std::string{"TZif"} + version + std::string(15, '\0') + whole(0, 4) + whole(0, 4) +
           whole(leaps, 4) + whole(changes, 4) + whole(local_types, 4) + whole(letters, 4);
  }

  std::string bytes() const {
    std::string text = header(0, 1, 1) + std::string(7 + leaps * 8, '\0');
    text += header(times.size(), offsets.size(), 4);
    for (const std::int64_t time : times) text += whole(static_cast<std::uint64_t>(time), 8);
    text += types;
    for (const std::int32_t offset : offsets) {
      text += whole(static_cast<std::uint32_t>(offset), 4) + std::string(2, '\0');
    }
    return text + std::string("ABC\0", 4) + std::string(leaps * 12, '\0') + footer;
  }
};

int offset_at(const std::string& bytes, std::int64_t second) {
  return ZoneTable::parse(bytes, "Test").utc_offset_s(Time{std::chrono::seconds{second}});
}

TEST(ZoneTable, TellsTheOffsetAfterTheLastChange) {
  const std::string bytes = File{}.bytes();
  EXPECT_EQ(offset_at(bytes, -5), 3600);
  EXPECT_EQ(offset_at(bytes, 999), 3600);
  EXPECT_EQ(offset_at(bytes, 1000), 7200);
  EXPECT_EQ(offset_at(bytes, 1999), 7200);
  EXPECT_EQ(offset_at(bytes, 2000), -18000);
}

TEST(ZoneTable, GoesOnAsItWasWithoutAFooter) {
  const std::string bytes = File{.footer = "\n\n"}.bytes();
  EXPECT_EQ(offset_at(bytes, 2000), 3600);
  EXPECT_EQ(offset_at(bytes, 4'000'000'000), 3600);
}

TEST(ZoneTable, RoundsToTheSecondBefore) {
  const ZoneTable table = ZoneTable::parse(File{.times = {-1, 2000}}.bytes(), "Test");
  EXPECT_EQ(table.utc_offset_s(Time{std::chrono::milliseconds{-1001}}), 3600);
  EXPECT_EQ(table.utc_offset_s(Time{std::chrono::milliseconds{-1}}), 7200);
}

struct Case {
  File file;
  const char* why;
};

TEST(ZoneTable, RefusesWhatIsNone) {
  const Case cases[] = {
      {{.version = '\0'}, "has no times of 64 bits"},
      {{.leaps = 1}, "counts leap seconds"},
      {{.times = {2000, 2000}}, "has times that do not rise"},
      {{.types = "\2\1"}, "has no type 2 of local time"},
      {{.times = {}, .types = "", .offsets = {}}, "has 0 types of local time"},
      {{.times = {}, .types = "", .offsets = std::vector<std::int32_t>(257)},
       "has 257 types of local time"},
      {{.offsets = {3600, 93600}}, "has local time that is 93600 s ahead of UTC"},
      {{.offsets = {-90000, 0}}, "has local time that is -90000 s ahead of UTC"},
      {{.footer = ""}, "has no footer"},
      {{.footer = "\n"}, "has no footer"},
      {{.footer = "\nUTC0"}, "has no footer"},
      {{.footer = "\nUTC0\n\n"}, "has no footer"},
      {{.footer = "\nUTC\x1b\n"}, "has the footer 'UTC\\x1b'"},
      {{.footer = "\nUTC0\n" + std::string(kZoneBytesMax, 'x')}, "has more than 262144 bytes"},
  };
  for (const Case& c : cases) {
    const Error error = error_of([&] { ZoneTable::parse(c.file.bytes(), "a\tb"); });
    EXPECT_EQ(error.code(), ErrorCode::data);
    EXPECT_EQ(error.what(), std::string{"the file of time zone 'a\\tb' "} + c.why);
  }
}

TEST(ZoneTable, RefusesEveryBeginningOfAFile) {
  const std::string bytes = File{}.bytes();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const Error error =
        error_of([&] { ZoneTable::parse(std::string_view{bytes}.substr(0, size), "Test"); });
    EXPECT_EQ(error.code(), ErrorCode::data) << size;
  }
}

TEST(ZoneTable, ReservesNothingForCountsThatCannotBe) {
  File file;
  std::string bytes = file.header(0, 1, 1) + std::string(7, '\0');
  bytes += file.header(0xffff'ffff, 1, 0xffff'ffff);
  const Error error = error_of([&] { ZoneTable::parse(bytes, "Test"); });
  EXPECT_STREQ(error.what(), "the file of time zone 'Test' ends too early");
}

// --- footers

TEST(ZoneRule, IsWhatPosixSays) {
  const struct {
    const char* rule;
    const char* at;
    int offset_s;
  } cases[] = {
      {"UTC0", "2026-07-01T00:00:00Z", 0},
      {"<+0530>-5:30", "2026-07-01T00:00:00Z", 19800},
      {"LMT0:01:15", "2026-07-01T00:00:00Z", -75},
      {"EST+5EDT,M3.2.0,M11.1.0", "2026-03-08T06:59:59Z", -18000},
      {"EST5EDT,M3.2.0,M11.1.0", "2026-03-08T07:00:00Z", -14400},
      {"EST5EDT,M3.2.0,M11.1.0", "2026-11-01T05:59:59Z", -14400},
      {"EST5EDT,M3.2.0,M11.1.0", "2026-11-01T06:00:00Z", -18000},
      {"EST5EDT4,M3.2.0/2:00:00,M11.1.0/2", "2026-03-08T07:00:00Z", -14400},
      // The south: summer over the end of the year.
      {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2026-01-01T00:00:00Z", 39600},
      {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2026-07-01T00:00:00Z", 37800},
      // Ireland: winter is what is set forward, by less than nothing.
      {"IST-1GMT0,M10.5.0,M3.5.0/1", "2026-01-01T00:00:00Z", 0},
      {"IST-1GMT0,M10.5.0,M3.5.0/1", "2026-03-29T01:00:00Z", 3600},
      // Times outside of their day (RFC 8536, 3.3.1).
      {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T00:59:59Z", -7200},
      {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T01:00:00Z", -3600},
      {"EST5EDT,0/0,J365/25", "2026-01-01T04:59:59Z", -14400},
      {"<+00>0<+01>,M1.1.1/-167,M6.1.0", "2025-12-29T01:00:00Z", 3600},
      {"<+00>0<+01>,M1.1.1/-167,M6.1.0", "2025-12-29T00:59:59Z", 0},
      // Summer all the year (RFC 8536, 3.3.1).
      {"XXX3EDT4,0/0,J365/23", "2026-01-01T02:59:59Z", -14400},
      {"XXX3EDT4,0/0,J365/23", "2026-01-01T03:00:00Z", -14400},
      {"XXX3EDT4,0/0,J365/23", "2026-07-01T00:00:00Z", -14400},
      // J60 is March 1, and 59 the 60th day.
      {"AAA0BBB,J60/0,J300", "2024-02-29T12:00:00Z", 0},
      {"AAA0BBB,J60/0,J300", "2024-03-01T00:00:00Z", 3600},
      {"AAA0BBB,J60/0,J300", "2026-03-01T00:00:00Z", 3600},
      {"AAA0BBB,59/0,J300", "2024-02-29T00:00:00Z", 3600},
      {"AAA0BBB,59/0,J300", "2026-02-28T12:00:00Z", 0},
      {"AAA0BBB,59/0,J300", "2026-03-01T00:00:00Z", 3600},
  };
  for (const auto& c : cases) {
    const auto rule = ZoneRule::parse(c.rule);
    ASSERT_TRUE(rule) << c.rule;
    EXPECT_EQ(rule->utc_offset_s(parse_rfc3339(c.at).value()), c.offset_s) << c.rule << " " << c.at;
  }
}

TEST(ZoneRule, IsNoneOtherwise) {
  for (const char* text : {"",
                           "UTC",
                           "U0",
                           "ab0",
                           "<>0",
                           "<+03",
                           "<+0>0",
                           "<+03>",
                           "0",
                           "UTC25",
                           "UTC0:60",
                           "UTC0:00:60",
                           "UTC0x",
                           "UTC-",
                           "EST5EDT",
                           "EST5EDT,",
                           "EST5EDT,M3.2.0",
                           "EST5EDT,M3.2.0,",
                           "EST5E,J1,J2",
                           "EST5EDT,M0.2.0,M11.1.0",
                           "EST5EDT,M13.2.0,M11.1.0",
                           "EST5EDT,M3.0.0,M11.1.0",
                           "EST5EDT,M3.6.0,M11.1.0",
                           "EST5EDT,M3.2.7,M11.1.0",
                           "EST5EDT,M3.2,M11.1.0",
                           "EST5EDT,J0,J365",
                           "EST5EDT,J1,J366",
                           "EST5EDT,0,366",
                           "EST5EDT,0,365/168",
                           "EST5EDT,0,1,2",
                           "EST5EDT,0/,1",
                           "EST99999999999EDT,0,1"}) {
    EXPECT_FALSE(ZoneRule::parse(text)) << text;
  }
}

}  // namespace
}  // namespace pcx::alert

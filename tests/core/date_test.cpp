#include "core/date.h"

#include <gtest/gtest.h>

namespace pcx {
namespace {

TEST(IsoDate, IsReadAsItIsWritten) {
  for (const char* text : {"2026-01-31", "2024-02-29", "0001-01-01", "9999-12-31"}) {
    const auto date = parse_iso_date(text);
    ASSERT_TRUE(date) << text;
    EXPECT_EQ(to_iso_date(*date), text);
  }
}

TEST(IsoDate, RefusesWhatNoCalendarHas) {
  for (const char* text : {"", "2026-02-29", "2026-1-31", "2026-13-01", "2026-00-10", "26-01-31",
                           "2026-01-31 ", "2026-01-31T00:00", "2026/01/31", "today"}) {
    EXPECT_FALSE(parse_iso_date(text)) << text;
  }
}

}  // namespace
}  // namespace pcx

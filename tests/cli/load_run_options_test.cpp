#include "cli/commands/load_run_options.h"

#include <gtest/gtest.h>

#include "core/time.h"

namespace pcx::cli {
namespace {

TEST(LoadPart, IsOneOfSoMany) {
  EXPECT_EQ(parse_part("0/1"), (load::Part{0, 1}));
  EXPECT_EQ(parse_part("2/16"), (load::Part{2, 16}));
  for (const char* text : {"", "1", "/", "1/", "/3", "3/3", "-1/3", "0/0", "0/-2", "1/3/5", "1 / 3",
                           "01/3", "0/10001", "0x1/3"}) {
    EXPECT_EQ(parse_part(text), std::nullopt) << text;
  }
}

TEST(LoadStart, IsRfc3339OrSeconds) {
  const auto text_of = [](const char* text) {
    const auto start = parse_start(text);
    return start ? to_rfc3339(*start) : "none";
  };
  EXPECT_EQ(text_of("2026-01-31T13:00:00.250+01:00"), "2026-01-31T12:00:00.250Z");
  EXPECT_EQ(text_of("1769860800"), "2026-01-31T12:00:00.000Z");
  EXPECT_EQ(text_of("0"), "1970-01-01T00:00:00.000Z");
  for (const char* text : {"", "soon", "-1", "1e9", "1769860800.5", "99999999999", "2026-01-31"}) {
    EXPECT_EQ(text_of(text), "none") << text;
  }
}

}  // namespace
}  // namespace pcx::cli

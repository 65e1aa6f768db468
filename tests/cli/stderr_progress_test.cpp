#include "cli/stderr_progress.h"

#include <functional>

#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"

namespace pcx::cli {
namespace {

using std::chrono::seconds;

Document figures() {
  Document figures = Document::object();
  figures.set("active", std::int64_t{7});
  return figures;
}

// What a run of 21 seconds writes, with a status each second.
std::string written(ProgressStyle style, SayStyle say, std::size_t columns = 80) {
  testing::FakeClock clock;
  ::testing::internal::CaptureStderr();
  {
    StderrProgress progress{style, say, columns, clock};
    for (int i = 0; i <= 21; ++i) {
      progress.status("7 active, second " + std::to_string(i), figures());
      progress.update("working", "", i, 0, "row");
      if (style == ProgressStyle::line && i == 1) break;
      clock.advance(seconds{1});
    }
  }
  return ::testing::internal::GetCapturedStderr();
}

TEST(ProgressStatus, RewritesALineOfTheTerminal) {
  const std::string text = written(ProgressStyle::line, SayStyle::text);
  EXPECT_TRUE(text.starts_with("\r\x1b[K7 active, second 0\r\x1b[K")) << text;
  EXPECT_TRUE(text.ends_with("\r\x1b[K")) << text;
  EXPECT_TRUE(
      written(ProgressStyle::line, SayStyle::text, 12).starts_with("\r\x1b[K7 active...\r"));
}

TEST(ProgressStatus, IsALineEveryTenSecondsElsewhere) {
  EXPECT_EQ(written(ProgressStyle::sparse, SayStyle::text),
            "pcx: 7 active, second 10\npcx: 7 active, second 20\n");
  EXPECT_EQ(written(ProgressStyle::sparse, SayStyle::none), "");
  const std::string json = written(ProgressStyle::sparse, SayStyle::json);
  EXPECT_NE(json.find(R"("7 active, second 10")"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("active":"7")"), std::string::npos) << json;
}

TEST(ProgressStatus, IsAnObjectForPrograms) {
  const std::string text = written(ProgressStyle::json, SayStyle::text);
  EXPECT_TRUE(text.starts_with("{\"progress\":{\"active\":7}}\n")) << text;
  EXPECT_EQ(written(ProgressStyle::none, SayStyle::text), "");
}

}  // namespace
}  // namespace pcx::cli

#include "core/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/json.h"
#include "core/time.h"

namespace pcx {
namespace {

using log::Format;
using log::Level;
using ::testing::internal::CaptureStderr;
using ::testing::internal::CaptureStdout;
using ::testing::internal::GetCapturedStderr;
using ::testing::internal::GetCapturedStdout;

template <typename Work>
std::string said(Work work) {
  CaptureStderr();
  work();
  return GetCapturedStderr();
}

void say_everything() {
  log::debug("d");
  log::info("i");
  log::warning("w");
  log::error("e");
}

class LogTest : public ::testing::Test {
 protected:
  ~LogTest() override { log::configure(Level::warning, Format::text); }
};

TEST_F(LogTest, ShowsNothingBelowWarningAtFirst) {
  CaptureStdout();
  EXPECT_EQ(said(say_everything), "pcx: warning: w\npcx: error: e\n");
  EXPECT_EQ(GetCapturedStdout(), "") << "results alone go there";
}

TEST_F(LogTest, ShowsWhatIsAskedFor) {
  log::configure(Level::info, Format::text);
  EXPECT_EQ(said(say_everything), "pcx: info: i\npcx: warning: w\npcx: error: e\n");
  log::configure(Level::debug, Format::text);
  EXPECT_THAT(said(say_everything), ::testing::StartsWith("pcx: debug: d\n"));
  log::configure(Level::error, Format::text);
  EXPECT_EQ(said(say_everything), "pcx: error: e\n");
}

TEST_F(LogTest, AddsFields) {
  EXPECT_EQ(said([] {
              log::warning("slow", {{"ms", "12"}, {"table", "pets"}});
            }),
            "pcx: warning: slow ms=12 table=pets\n");
}

TEST_F(LogTest, TakesSecretsOut) {
  const auto work = [] {
    log::error("cannot reach postgresql://app:hunter2@db/pc",
               {{"url", "redis://:hunter2@cache"}, {"password", "hunter2"}});
  };
  EXPECT_EQ(said(work),
            "pcx: error: cannot reach postgresql://app:***@db/pc url=redis://:***@cache "
            "password=***\n");
  log::configure(Level::warning, Format::json);
  EXPECT_THAT(said(work), ::testing::Not(::testing::HasSubstr("hunter2")));
}

TEST_F(LogTest, KeepsOneLineAndDisarmsIt) {
  EXPECT_EQ(said([] {
              log::warning("a\nb\x1b[31m", {{"k", "\xc2\x9b\r"}});
            }),
            "pcx: warning: a\\nb\\x1b[31m k=\\x9b\\r\n");
}

TEST_F(LogTest, WritesJsonLines) {
  log::configure(Level::info, Format::json);
  const std::string lines = said([] {
    log::info("say \"hi\"\n", {{"key", "v\\\xe2\x80\xae"}});
    log::warning("again");
  });
  const auto end = lines.find('\n');
  ASSERT_EQ(lines.find('\n', end + 1), lines.size() - 1) << "two lines";
  const Document line = parse_json(lines.substr(0, end), "line");
  EXPECT_TRUE(parse_rfc3339(*line.find("time")->text()));
  EXPECT_EQ(*line.find("level")->text(), "info");
  EXPECT_EQ(*line.find("message")->text(), "say \"hi\"\\n");
  EXPECT_EQ(*line.find("key")->text(), "v\\\\u{202e}");
  EXPECT_EQ(*parse_json(lines.substr(end + 1), "line").find("level")->text(), "warning");
}

}  // namespace
}  // namespace pcx

#include "kpi/push_textfile.h"

#include <sys/stat.h>
#include <thread>

#include <gmock/gmock.h>

#include "core/error.h"
#include "core/file.h"
#include "core/time.h"
#include "kpi/exposition.h"
#include "tests/kpi/sample_report.h"
#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

namespace pcx::kpi {
namespace {

using ::testing::EndsWith;
using testing::error_of;
using ::testing::HasSubstr;

class PushTextfile : public ::testing::Test {
 protected:
  PushTextfile() {
    report_.runtime = {*parse_rfc3339("2026-03-09T04:10:00Z"), "", std::chrono::milliseconds{42}};
  }

  testing::TemporaryFolder folder_;
  const std::filesystem::path path_ = folder_.path() / "pcx_kpi.prom";
  Report report_ = sample_report();
};

TEST_F(PushTextfile, WritesAllTenantsForEverybodyToRead) {
  const mode_t before = ::umask(077);
  const Outcome outcome = push_textfile(report_, path_);
  ::umask(before);
  const std::string content = read_file(path_);
  EXPECT_EQ(content, exposition(report_, TextFormat::prometheus));
  EXPECT_THAT(content, HasSubstr("\npcx_kpi_last_success_timestamp_seconds 1773029400\n"));
  EXPECT_EQ(std::filesystem::status(path_).permissions(), std::filesystem::perms{0644});
  EXPECT_EQ(outcome.bodies, 1);
  EXPECT_EQ(outcome.points, 14);
}

TEST_F(PushTextfile, LeavesNothingElseBeside) {
  push_textfile(report_, path_);
  push_textfile(report_, path_);
  const std::filesystem::directory_iterator entries{folder_.path()};
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
}

TEST_F(PushTextfile, IsWholeWheneverItIsRead) {
  push_textfile(report_, path_);
  const std::string before = read_file(path_);
  report_.days[1].results[5].value.digits = "12";
  const std::string after = exposition(report_, TextFormat::prometheus);
  std::thread writer{[&] {
    for (int i = 0; i < 50; ++i) push_textfile(report_, path_);
  }};
  for (int i = 0; i < 1'000; ++i) {
    const std::string seen = read_file(path_);
    EXPECT_TRUE(seen == before || seen == after);
  }
  writer.join();
}

TEST_F(PushTextfile, RefusesNamesThatTheCollectorPassesOver) {
  for (const char* name : {"pcx_kpi", "pcx_kpi.txt", "pcx_kpi.prom.tmp", ".prom"}) {
    const Error error = error_of([&] { push_textfile(report_, folder_.path() / name); });
    EXPECT_EQ(error.code(), ErrorCode::usage) << name;
    EXPECT_THAT(error.what(), EndsWith(": the name does not end with .prom"));
  }
}

TEST_F(PushTextfile, LeavesTheOldFileWhenItCannotWrite) {
  push_textfile(report_, path_);
  report_.days.push_back(report_.days[0]);
  const std::string before = read_file(path_);
  EXPECT_EQ(error_of([&] { push_textfile(report_, path_); }).code(), ErrorCode::usage);
  EXPECT_EQ(read_file(path_), before);
  report_.days.pop_back();
  EXPECT_EQ(error_of([&] { push_textfile(report_, folder_.path() / "no" / "x.prom"); }).code(),
            ErrorCode::cannot_create);
}

TEST_F(PushTextfile, NeedsTheTimeOfItsRun) {
  report_.runtime.reset();
  EXPECT_EQ(error_of([&] { push_textfile(report_, path_); }).code(), ErrorCode::internal);
}

}  // namespace
}  // namespace pcx::kpi

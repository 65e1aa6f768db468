#include "cli/commands/load_reports.h"

#include <gmock/gmock.h>

#include "cli/commands/load_tools.h"
#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

namespace pcx::cli {
namespace {

using load::Grade;

const Time kNow{std::chrono::milliseconds{1'769'860'801'000}};

TEST(ReportForm, IsToldByTheExtension) {
  EXPECT_EQ(form_of("a/report.html").name, "html");
  EXPECT_EQ(form_of("junit.xml").name, "junit");
  EXPECT_EQ(form_of("run.1.hlog").name, "hlog");
  EXPECT_EQ(form_of("run.txt").name, "text");
  EXPECT_EQ(form_of("run.pcxr").extension, ".pcxr");
  for (const char* file : {"run.json", "run", "run.log", ".html", "/dev/stdout"}) {
    EXPECT_EQ(form_of(file).name, "json") << file;
  }
}

TEST(ReportFiles, AreFoundOutBefore) {
  const testing::TemporaryFolder folder;
  const std::string path = folder.path().string();
  const auto files = report_files({path + "/a.html", path}, kNow);
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[0].form->name, "html");
  EXPECT_EQ(files[1].path, folder.path() / "artillery_report_20260131_120001.json");
  EXPECT_EQ(files[1].form->name, "json");
  EXPECT_EQ(testing::error_of([&] {
              report_files({path + "/a", path + "/a"}, kNow);
            }).code(),
            ErrorCode::usage);
  EXPECT_EQ(testing::error_of([&] { report_files({path + "/none/a"}, kNow); }).code(),
            ErrorCode::cannot_create);
}

TEST(ReportFiles, AreWrittenAsFarAsItGoes) {
  const testing::TemporaryFolder folder;
  const auto files = report_files(
      {(folder.path() / "a.json").string(), (folder.path() / "b.json").string()}, kNow);
  std::filesystem::create_directory(folder.path() / "a.json");
  const auto failure = write_reports(files, load::Result{});
  ASSERT_TRUE(failure);
  EXPECT_TRUE(std::filesystem::is_regular_file(folder.path() / "b.json"));
}

load::Result result_of(Grade grade, std::int64_t responses, bool is_met = true) {
  load::Result result;
  result.counters["http.responses"] = responses;
  result.verdict.grade = grade;
  result.judged = {{.what = "a", .is_met = is_met, .is_strict = true},
                   {.what = "b", .is_met = false, .is_strict = false}};
  return result;
}

TEST(FindingOfALoadTest, IsTheWorstThatWasFound) {
  EXPECT_EQ(finding_of(result_of(Grade::valid, 5)), Finding::ok);
  EXPECT_EQ(finding_of(result_of(Grade::valid, 5, false)), Finding::warning);
  EXPECT_EQ(finding_of(result_of(Grade::degraded, 5)), Finding::warning);
  EXPECT_EQ(finding_of(result_of(Grade::invalid, 5)), Finding::unknown);
  EXPECT_EQ(finding_of(result_of(Grade::invalid, 5, false)), Finding::unknown);
  EXPECT_EQ(finding_of(result_of(Grade::invalid, 0)), Finding::warning);
  EXPECT_EQ(finding_of(result_of(Grade::valid, 0)), Finding::warning);
}

}  // namespace
}  // namespace pcx::cli

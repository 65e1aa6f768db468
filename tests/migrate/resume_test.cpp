// Where a run in steps goes on.
#include "migrate/resume.h"

#include <gmock/gmock.h>

#include "migrate/statement.h"
#include "tests/support/errors.h"

namespace pcx::migrate {
namespace {

using pcx::testing::error_of;
using ::testing::HasSubstr;

constexpr const char* kSql =
    "SET work_mem = 1;\nVACUUM a;\nINSERT INTO a VALUES (1);\nVACUUM b;\nVACUUM c;";

Migration migration_of(const std::string& sql) {
  return {.name = "001", .up = {.text = sql, .file = "001.sql"}};
}

std::vector<Step> steps_of(const std::string& sql) {
  return split_steps({sql, "001.sql"}, analyse(sql));
}

// The first `count` journaled steps of kSql; the last one in flight, or not.
std::vector<StepRecord> records(std::size_t count, bool last_in_flight) {
  std::vector<StepRecord> known;
  const auto steps = steps_of(kSql);
  for (std::size_t i = 1; i <= count; ++i) {
    const bool in_flight = last_in_flight && i == count;
    known.push_back({.number = static_cast<int>(i) + 1,
                     .kind = steps[i].kind,
                     .hash = steps[i].hash,
                     .facts = {.relation = static_cast<std::int64_t>(i)},
                     .finished = !in_flight});
  }
  return known;
}

Resume resume_of(const std::string& sql, const std::vector<StepRecord>& known) {
  return find_resume(migration_of(sql), steps_of(sql), known);
}

TEST(Resume, BeginsWhereNothingIsDone) {
  const Resume resume = resume_of(kSql, {});
  EXPECT_EQ(resume.next, 0U);
  EXPECT_FALSE(resume.in_flight);
}

TEST(Resume, GoesOnBehindWhatIsDone) {
  EXPECT_EQ(resume_of(kSql, records(2, false)).next, 3U);
  EXPECT_EQ(resume_of(kSql, records(4, false)).next, 5U);
}

TEST(Resume, StopsAtAStepInFlight) {
  const Resume resume = resume_of(kSql, records(3, true));
  EXPECT_EQ(resume.next, 3U);
  ASSERT_TRUE(resume.in_flight);
  EXPECT_EQ(resume.in_flight->relation, 3);
}

TEST(Resume, TakesACorrectedRest) {
  const std::string corrected =
      "SET work_mem = 2;\nVACUUM a;\nINSERT INTO a VALUES (1);\nSELECT 1;";
  EXPECT_EQ(resume_of(corrected, records(2, false)).next, 3U);
}

TEST(Resume, RefusesAnotherFileWhereStepsAreDone) {
  const std::string edited = "SET work_mem = 1;\nVACUUM a;\nINSERT INTO a VALUES (2);\nVACUUM b;";
  const Error done = error_of([&] { resume_of(edited, records(2, false)); });
  EXPECT_EQ(done.reason(), "edited");
  EXPECT_EQ(to_string(done.location()), "001.sql:3:1");
  EXPECT_THAT(done.what(), HasSubstr("step 3 of migration 001 (INSERT INTO) is done"));

  const Error begun = error_of([&] { resume_of("SELECT 1; VACUUM x;", records(1, true)); });
  EXPECT_THAT(begun.what(), HasSubstr("(VACUUM) was begun"));

  const Error gone = error_of([&] { resume_of("SELECT 1;", records(2, false)); });
  EXPECT_EQ(to_string(gone.location()), "001.sql");
}

}  // namespace
}  // namespace pcx::migrate

// pcx and Prisma's own schema engine work on one database in turn, and neither has a complaint:
// every scenario of scenarios.txt, with the engine of Prisma 6 and with that of Prisma 7.
#include <map>
#include <memory>

#include <gtest/gtest.h>

#include "tests/interchange/stage.h"
#include "tests/support/paths.h"

namespace pcx::interchange {

// gtest finds it beside the type.
void PrintTo(const Scenario& scenario, std::ostream* out) { *out << scenario.name; }

namespace {

std::filesystem::path table_file() {
  return testing::source_folder() / "tests/interchange/scenarios.txt";
}

const Table& table() {
  static const Table all = read_table(table_file());
  return all;
}

PrismaEngine& engine_of(int major) {
  static std::map<int, std::unique_ptr<PrismaEngine>> engines;
  auto& engine = engines[major];
  if (!engine) engine = std::make_unique<PrismaEngine>(major);
  return *engine;
}

void expect_settled(Stage& stage) {
  EXPECT_EQ(stage.perform({.verb = "prisma", .words = "up"}), "nothing");
  EXPECT_EQ(stage.perform({.verb = "prisma", .words = "status"}), "in order");
  // Other than Prisma's it refuses what its status would list.
  EXPECT_EQ(stage.perform({.verb = "pcx", .words = "up"}), "nothing");
}

// "prisma6" is Prisma where it is version 6.
bool is_for(const Step& step, int major) {
  return !step.verb.starts_with("prisma") || step.verb == "prisma" ||
         step.verb == "prisma" + std::to_string(major);
}

class Interchange : public ::testing::TestWithParam<std::tuple<int, Scenario>> {};

TEST_P(Interchange, IsAsTheTableSays) {
  const auto& [major, scenario] = GetParam();
  Stage stage{testing::Postgres::shared(), engine_of(major), major, table().exits};
  for (const Step& step : scenario.steps) {
    if (!is_for(step, major)) continue;
    SCOPED_TRACE(table_file().string() + ":" + std::to_string(step.line) + ": " + step.text);
    ASSERT_EQ(stage.perform(step), step.answer) << stage.last_words();
  }
  SCOPED_TRACE(table_file().string() + ":" + std::to_string(scenario.line) + ": at the end");
  if (scenario.is_settled) expect_settled(stage);
  EXPECT_EQ(stage.rows(), scenario.rows);
  EXPECT_EQ(stage.dump(), stage.reference_dump());
}

INSTANTIATE_TEST_SUITE_P(Scenarios, Interchange,
                         ::testing::Combine(::testing::Values(6, 7),
                                            ::testing::ValuesIn(table().scenarios)),
                         [](const auto& each) {
                           return "prisma" + std::to_string(std::get<0>(each.param)) + "_" +
                                  std::get<1>(each.param).name;
                         });

}  // namespace
}  // namespace pcx::interchange

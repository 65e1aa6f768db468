#include "core/environment.h"

#include <cstdlib>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pcx {
namespace {

using ::testing::ElementsAre;

TEST(SystemEnvironment, TellsEmptyFromUnset) {
  ::setenv("PCX_ENVIRONMENT_TEST_B", "", 1);
  ::setenv("PCX_ENVIRONMENT_TEST_A", "x=y", 1);
  ::unsetenv("PCX_ENVIRONMENT_TEST_C");
  const SystemEnvironment environment;
  EXPECT_EQ(environment.get("PCX_ENVIRONMENT_TEST_A"), "x=y");
  EXPECT_EQ(environment.get("PCX_ENVIRONMENT_TEST_B"), "");
  EXPECT_EQ(environment.get("PCX_ENVIRONMENT_TEST_C"), std::nullopt);
  EXPECT_THAT(environment.names_with_prefix("PCX_ENVIRONMENT_TEST_"),
              ElementsAre("PCX_ENVIRONMENT_TEST_A", "PCX_ENVIRONMENT_TEST_B"));
}

TEST(SystemEnvironment, MayBeMissing) {
  char** before = environ;
  environ = nullptr;
  const auto names = SystemEnvironment{}.names_with_prefix("");
  environ = before;
  EXPECT_THAT(names, ElementsAre());
}

TEST(MapEnvironment, AnswersFromItsValues) {
  const MapEnvironment environment{{{"PCX_B", "2"}, {"PCX_A", ""}, {"PD", "3"}, {"PC", "4"}}};
  EXPECT_EQ(environment.get("PCX_B"), "2");
  EXPECT_EQ(environment.get("PCX_A"), "");
  EXPECT_EQ(environment.get("PCX"), std::nullopt);
  EXPECT_THAT(environment.names_with_prefix("PCX_"), ElementsAre("PCX_A", "PCX_B"));
  EXPECT_THAT(environment.names_with_prefix("X"), ElementsAre());
}

}  // namespace
}  // namespace pcx

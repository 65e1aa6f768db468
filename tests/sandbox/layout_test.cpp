#include "sandbox/layout.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

namespace pcx::sandbox {
namespace {

struct DefaultCase {
  const char* what;
  std::map<std::string, std::string, std::less<>> variables;
  const char* folder;  // nullptr: none
};

class DefaultLayout : public ::testing::TestWithParam<DefaultCase> {};

TEST_P(DefaultLayout, FollowsTheXdgSpecification) {
  const auto layout = default_layout(MapEnvironment{GetParam().variables});
  ASSERT_EQ(layout.has_value(), GetParam().folder != nullptr) << GetParam().what;
  if (!layout) return;
  EXPECT_EQ(layout->folder, GetParam().folder) << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    Cases, DefaultLayout,
    ::testing::Values(
        DefaultCase{"state home", {{"XDG_STATE_HOME", "/s"}, {"HOME", "/h"}}, "/s/pcx/sandbox"},
        DefaultCase{"home", {{"HOME", "/h/"}}, "/h/.local/state/pcx/sandbox"},
        DefaultCase{
            "empty", {{"XDG_STATE_HOME", ""}, {"HOME", "/h"}}, "/h/.local/state/pcx/sandbox"},
        DefaultCase{
            "relative", {{"XDG_STATE_HOME", "s"}, {"HOME", "/h"}}, "/h/.local/state/pcx/sandbox"},
        DefaultCase{"nothing", {}, nullptr}, DefaultCase{"no home", {{"HOME", ""}}, nullptr}));

TEST(FindLayout, TakesTheFolderThatIsNamed) {
  const MapEnvironment environment{{{"HOME", "/h"}}};
  EXPECT_EQ(find_layout("/a/b/../c/", environment).folder, "/a/c");
  EXPECT_EQ(find_layout("x", environment).folder, std::filesystem::current_path() / "x");
}

TEST(FindLayout, TakesTheDefaultOtherwise) {
  const MapEnvironment environment{{{"HOME", "/h"}}};
  EXPECT_EQ(find_layout(std::nullopt, environment).folder, "/h/.local/state/pcx/sandbox");
}

TEST(FindLayout, SaysWhatToDoWithoutAHome) {
  try {
    find_layout(std::nullopt, MapEnvironment{{}});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::config);
    EXPECT_NE(error.hint().find("--dir"), std::string::npos);
  }
}

class RefusedFolder : public ::testing::TestWithParam<std::string> {};

TEST_P(RefusedFolder, IsAUsageError) {
  try {
    find_layout(GetParam(), MapEnvironment{{}});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, RefusedFolder,
                         ::testing::Values("", "/a\nb", "/a\x1b[31m", "/a\x7f"));

TEST(RequireOutside, RefusesTheFolderItselfAndWhatLiesInIt) {
  const pcx::testing::TemporaryFolder base;
  const Layout layout{base.path() / "real" / "sandbox"};
  std::filesystem::create_directories(layout.folder);
  std::filesystem::create_directory_symlink(layout.folder, base.path() / "link");
  for (const char* inside : {"real/sandbox", "real/sandbox/", "real/sandbox/a/b", "link",
                             "link/new", "real/other/../sandbox/a"}) {
    const Error error =
        pcx::testing::error_of([&] { require_outside(layout, base.path() / inside); });
    EXPECT_EQ(error.code(), ErrorCode::conflict) << inside;
    EXPECT_EQ(error.reason(), "sandbox_folder") << inside;
  }
  for (const char* outside : {"real", "real/sandbox2", "real/sandbo", "real/sandbox/../x", "x"}) {
    EXPECT_NO_THROW(require_outside(layout, base.path() / outside)) << outside;
  }
}

TEST(Layout, NamesEveryFileOfTheFolder) {
  const Layout layout{"/s"};
  EXPECT_EQ(layout.state_file(), "/s/sandbox.json");
  EXPECT_EQ(layout.lock_file(), "/s/lock");
  EXPECT_EQ(layout.key_file(), "/s/field_encryption_key");
  EXPECT_EQ(layout.password_file(), "/s/password");
  EXPECT_EQ(layout.config_file(), "/s/config.yaml");
  EXPECT_EQ(layout.data_folder(), "/s/data");
}

}  // namespace
}  // namespace pcx::sandbox

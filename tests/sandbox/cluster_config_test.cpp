#include "sandbox/cluster_config.h"

#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/file.h"
#include "core/yaml.h"
#include "tests/support/temporary_folder.h"

namespace pcx::sandbox {
namespace {

using pcx::testing::TemporaryFolder;
using ::testing::HasSubstr;

const ConfigSeed kSeed{
    .tenants = {{"00000000-0000-0000-0000-000000000001", "Clinic \"A\": north", "Europe/Berlin"},
                {"2", "Clinic B", "America/New_York"}},
    .default_time_zone = "UTC"};

State sample_state() {
  State state;
  state.id = "0123456789ab";
  state.socket_folder = "/tmp/pcx-0-0123456789ab";
  return state;
}

TEST(ConfigText, IsYamlWithEveryTenant) {
  const YamlNode root = parse_yaml(config_text("postgresql://x", kSeed), "config.yaml");
  EXPECT_EQ(root.find("database")->find("url")->text, "postgresql://x");
  EXPECT_EQ(root.find("default_time_zone")->text, "UTC");
  const YamlNode* tenants = root.find("tenants");
  ASSERT_EQ(tenants->members.size(), 2U);
  EXPECT_EQ(tenants->members[0].first, "00000000-0000-0000-0000-000000000001");
  EXPECT_EQ(tenants->members[0].second.find("name")->text, "Clinic \"A\": north");
  EXPECT_EQ(tenants->members[1].second.find("time_zone")->text, "America/New_York");
}

TEST(ConfigText, HasNoEmptyMapOfTenants) {
  const YamlNode root = parse_yaml(config_text("x", {}), "config.yaml");
  EXPECT_EQ(root.find("tenants"), nullptr);
}

TEST(RandomText, IsLettersAndDigitsAndNeverTheSame) {
  SystemRandom random;
  const Secret text = random_text(random, 48);
  EXPECT_THAT(std::string{text.reveal_text()}, ::testing::MatchesRegex("[A-Za-z0-9]{48}"));
  EXPECT_NE(text.reveal_text(), random_text(random, 48).reveal_text());
}

class PrivateFiles : public ::testing::Test {
 protected:
  void write() { write_private_files(layout_, state_, kSeed, random_); }
  TemporaryFolder folder_;
  Layout layout_{folder_.path()};
  State state_ = sample_state();
  SystemRandom random_;
};

TEST_F(PrivateFiles, AreForTheirOwnerOnly) {
  write();
  for (const auto& file : {layout_.key_file(), layout_.password_file(), layout_.config_file()}) {
    struct stat status {};
    ASSERT_EQ(::stat(file.c_str(), &status), 0) << file;
    EXPECT_EQ(status.st_mode & 07777, 0600U) << file;
  }
  EXPECT_GE(read_file(layout_.key_file()).size(), 32U);
}

TEST_F(PrivateFiles, StayAsTheyAre) {
  write();
  const std::string key = read_file(layout_.key_file());
  folder_.write("config.yaml", "# mine\n");
  write();
  EXPECT_EQ(read_file(layout_.key_file()), key);
  EXPECT_EQ(read_file(layout_.config_file()), "# mine\n");
}

TEST_F(PrivateFiles, AreNotReplacedWhenRowsMayDependOnThem) {
  write();
  state_.ready = true;
  std::filesystem::remove(layout_.key_file());
  try {
    write();
    FAIL() << "a new key was made";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_THAT(error.what(), HasSubstr("field_encryption_key is gone"));
  }
  EXPECT_FALSE(std::filesystem::exists(layout_.key_file()));
}

TEST_F(PrivateFiles, FollowTheSocketAndKeepTheOperatorsEdits) {
  write();
  const std::string text = read_file(layout_.config_file()) + "kpi:\n  mine: 1\n";
  folder_.write("config.yaml", text);
  State moved = state_;
  moved.socket_folder = "/tmp/pcx-0-ffffffffffff";
  replace_url(layout_, url_of(state_), url_of(moved));
  const std::string after = read_file(layout_.config_file());
  EXPECT_THAT(after, HasSubstr(url_of(moved)));
  EXPECT_THAT(after, HasSubstr("mine: 1"));
  EXPECT_EQ(after.size(), text.size());
}

TEST_F(PrivateFiles, KeepAnUrlOfTheOperator) {
  folder_.write("config.yaml", "database:\n  url: postgresql://elsewhere/x\n");
  replace_url(layout_, url_of(state_), "postgresql://new");
  EXPECT_THAT(read_file(layout_.config_file()), HasSubstr("postgresql://elsewhere/x"));
}

struct Word {
  const char* text;
  const char* quoted;
};

class ShellQuoted : public ::testing::TestWithParam<Word> {};

TEST_P(ShellQuoted, IsOneWord) { EXPECT_EQ(shell_quoted(GetParam().text), GetParam().quoted); }

INSTANTIATE_TEST_SUITE_P(Words, ShellQuoted,
                         ::testing::Values(Word{"", "''"}, Word{"a b", "'a b'"},
                                           Word{"$(x)`y`\"", "'$(x)`y`\"'"},
                                           Word{"it's", "'it'\\''s'"}));

TEST(ExportLines, QuoteAFolderOfAnyName) {
  const std::string lines = export_lines({"/it's $HOME"}, sample_state());
  EXPECT_EQ(lines,
            "export PCX_DATABASE_URL='postgresql://postgres@localhost:5432/"
            "purple_cross?host=/tmp/pcx-0-0123456789ab'\n"
            "export PCX_CONFIG='/it'\\''s $HOME/config.yaml'\n"
            "export FIELD_ENCRYPTION_KEY_FILE='/it'\\''s $HOME/field_encryption_key'\n");
}

}  // namespace
}  // namespace pcx::sandbox

#include "cli/report.h"

#include <gtest/gtest.h>

#include "cli/exit_code.h"
#include "cli/terminal.h"

namespace pcx::cli {
namespace {

Error full_error() {
  Error error{ErrorCode::conflict, "migration 001 changed", "Undo the edit."};
  error.at({"m/001.sql", 3, 7}).because("edited").with_sqlstate("42P01").with_detail("one\ntwo");
  return error;
}

TEST(ErrorText, ShowsPlaceDetailAndHint) {
  EXPECT_EQ(error_text(full_error(), false),
            "pcx: error: m/001.sql:3:7: migration 001 changed\n"
            "pcx: detail: one\n"
            "pcx: detail: two\n"
            "pcx: hint: Undo the edit.\n");
}

TEST(ErrorText, ColoursTheWordErrorOnly) {
  EXPECT_EQ(error_text(Error{ErrorCode::io, "x"}, true), "pcx: \x1b[1;31merror:\x1b[0m x\n");
}

TEST(ErrorText, LetsNoDataSteerTheTerminal) {
  EXPECT_EQ(error_text(Error{ErrorCode::io, "a\x1b[2J\nb"}, false), "pcx: error: a\\x1b[2J\\nb\n");
}

TEST(ErrorText, TakesSecretsOut) {
  const Error error{ErrorCode::unreachable, "no answer from postgresql://u:hunter2@db/x"};
  EXPECT_EQ(error_text(error, false).find("hunter2"), std::string::npos);
  EXPECT_EQ(error_json(error, 69).find("hunter2"), std::string::npos);
}

TEST(ErrorJson, HasEveryMemberThatHasAValue) {
  EXPECT_EQ(error_json(full_error(), 79),
            "{\"error\":{\"code\":\"conflict\",\"message\":\"migration 001 changed\","
            "\"detail\":\"one\\ntwo\",\"hint\":\"Undo the edit.\",\"reason\":\"edited\","
            "\"sqlstate\":\"42P01\",\"location\":{\"file\":\"m/001.sql\",\"line\":3,\"column\":7},"
            "\"exit\":79}}\n");
  EXPECT_EQ(error_json(Error{ErrorCode::busy, "locked"}, 75),
            "{\"error\":{\"code\":\"busy\",\"message\":\"locked\",\"exit\":75}}\n");
}

struct StyleCase {
  std::vector<std::string> words;
  std::map<std::string, std::string, std::less<>> environment;
  bool json;
};

class ReadsErrorStyle : public ::testing::TestWithParam<StyleCase> {};

TEST_P(ReadsErrorStyle, FromTheWordsAlone) {
  const MapEnvironment environment{GetParam().environment};
  EXPECT_EQ(error_style(GetParam().words, environment).json, GetParam().json);
}

INSTANTIATE_TEST_SUITE_P(
    ErrorStyle, ReadsErrorStyle,
    ::testing::Values(StyleCase{{}, {}, false}, StyleCase{{"-o", "json"}, {}, true},
                      StyleCase{{"-ojson"}, {}, true}, StyleCase{{"--format=ndjson"}, {}, true},
                      StyleCase{{"--format", "json", "--bogus"}, {}, true},
                      StyleCase{{"--log-format=json"}, {}, true},
                      StyleCase{{}, {{"PCX_LOG_FORMAT", "json"}}, true},
                      StyleCase{{"--", "-o", "json"}, {}, false},
                      StyleCase{{"-o", "csv"}, {{"PCX_FORMAT", "json"}}, false},
                      StyleCase{{}, {{"PCX_FORMAT", "json"}}, true}));

struct ColorCase {
  std::string choice;
  bool is_terminal;
  std::map<std::string, std::string, std::less<>> environment;
  bool color;
};

class DecidesColor : public ::testing::TestWithParam<ColorCase> {};

TEST_P(DecidesColor, InTheOrderOfTheStandards) {
  const auto& given = GetParam();
  EXPECT_EQ(use_color(given.choice, given.is_terminal, MapEnvironment{given.environment}),
            given.color);
}

INSTANTIATE_TEST_SUITE_P(
    UseColor, DecidesColor,
    ::testing::Values(ColorCase{"auto", true, {{"TERM", "xterm"}}, true},
                      ColorCase{"auto", false, {{"TERM", "xterm"}}, false},
                      ColorCase{"auto", true, {{"TERM", "dumb"}}, false},
                      ColorCase{"auto", true, {}, false},
                      ColorCase{"auto", true, {{"TERM", "xterm"}, {"NO_COLOR", "1"}}, false},
                      ColorCase{"auto", true, {{"TERM", "xterm"}, {"NO_COLOR", ""}}, true},
                      ColorCase{"auto", false, {{"CLICOLOR_FORCE", "1"}}, true},
                      ColorCase{"auto", false, {{"CLICOLOR_FORCE", "0"}}, false},
                      ColorCase{"auto", false, {{"CLICOLOR_FORCE", "1"}, {"NO_COLOR", "1"}}, false},
                      ColorCase{"auto", true, {{"TERM", "xterm"}, {"CLICOLOR", "0"}}, false},
                      ColorCase{"always", false, {{"NO_COLOR", "1"}}, true},
                      ColorCase{"never", true, {{"CLICOLOR_FORCE", "1"}}, false}));

TEST(ExitCode, HasATextForEveryNumberItGives) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::terminated); ++code) {
    EXPECT_FALSE(exit_text(exit_code(static_cast<ErrorCode>(code))).empty()) << code;
  }
  EXPECT_TRUE(exit_text(42).empty());
}

}  // namespace
}  // namespace pcx::cli

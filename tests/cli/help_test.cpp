#include "cli/help.h"

#include <algorithm>
#include <fstream>
#include <sys/wait.h>

#include <gmock/gmock.h>

#include "cli/exit_code.h"
#include "cli/man.h"
#include "cli/render/width.h"
#include "cli/stderr_progress.h"
#include "cli/table.h"
#include "cli/topics.h"
#include "cli/wrap.h"
#include "core/text.h"
#include "tests/support/temporary_folder.h"

namespace pcx::cli {
namespace {

using ::testing::HasSubstr;

std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0;
  for (const std::string& line : split(text, '\n')) {
    widest = std::max(widest, display_width(line));
  }
  return widest;
}

TEST(Help, StaysWithinItsColumns) {
  for (const std::size_t columns : {60, 80, 100}) {
    for (const Topic& topic : topics()) {
      EXPECT_LE(widest_line(topic_text(topic, columns)), std::max<std::size_t>(columns, 80))
          << topic.name;
    }
    for (const Cmd& command : commands()) {
      for (const std::string& line : split(help_text(command, columns), '\n')) {
        if (line.starts_with("  $ ")) continue;  // an example is never broken
        EXPECT_LE(display_width(line), 100u) << line;
      }
    }
  }
}

TEST(Help, NamesEveryOptionOfACommand) {
  for (const Cmd& command : commands()) {
    const std::string text = help_text(command, 100);
    for (const Opt* option : listed_options(command)) {
      EXPECT_THAT(text, HasSubstr(std::string{option->name})) << command.path;
    }
  }
}

// 1, as for every finding, so that a script may ask of any command whether there is something to
// do. A monitoring plugin answers as ever.
TEST(Help, TellsTheExitCodeOfEveryDryRun) {
  int dry_runs = 0;
  for (const Cmd& command : commands()) {
    const auto is_dry_run = [](const Opt& option) { return option.name == "--dry-run"; };
    if (std::none_of(command.options.begin(), command.options.end(), is_dry_run)) continue;
    if (command.is_plugin) continue;
    ++dry_runs;
    EXPECT_THAT(
        command.exits,
        ::testing::Contains(::testing::AllOf(
            ::testing::Field(&ExitNote::code, 1),
            ::testing::Field(&ExitNote::meaning, ::testing::StartsWith("with --dry-run:")))))
        << command.path;
  }
  EXPECT_GE(dry_runs, 5);
}

// Whoever asks such a command has to know that 3 is no answer.
TEST(Help, TellsWhichErrorsAreNoAnswer) {
  int questions = 0;
  for (const Cmd& command : commands()) {
    if (!command.unknown_on_error) continue;
    ++questions;
    EXPECT_THAT(command.exits, ::testing::Contains(::testing::Field(&ExitNote::code, 3)))
        << command.path;
  }
  EXPECT_GE(questions, 1);
}

TEST(ExitStatus, IsUnknownForAQuestionThatWasNotAnswered) {
  const Cmd question{.path = "q", .summary = "", .unknown_on_error = true};
  const Cmd other{.path = "o", .summary = ""};
  for (const ErrorCode code : {ErrorCode::unreachable, ErrorCode::internal, ErrorCode::permission,
                               ErrorCode::not_found, ErrorCode::interrupted, ErrorCode::declined}) {
    EXPECT_EQ(exit_status(&question, code), 3);
    EXPECT_EQ(exit_status(&other, code), exit_code(code));
    EXPECT_EQ(exit_status(nullptr, code), exit_code(code));
  }
  EXPECT_EQ(exit_status(&question, ErrorCode::usage), 64);
}

TEST(Help, IsFreeOfEscapeCodes) {
  EXPECT_EQ(help_text(root_command(), 80).find('\x1b'), std::string::npos);
}

TEST(UsageLine, ShowsWhatIsRequired) {
  const Cmd command{.path = "x y",
                    .summary = "",
                    .options = {{.name = "--to", .metavar = "NAME", .help = "", .required = true}},
                    .arguments = {{.name = "A", .help = ""},
                                  {.name = "B", .help = "", .required = false, .repeated = true}},
                    .run = [](Context&, const Values&) { return Outcome{}; }};
  EXPECT_EQ(usage_line(command), "pcx x y --to NAME A [B...] [options]");
}

TEST(Wrap, FillsParagraphsAndKeepsExamples) {
  EXPECT_EQ(wrap("aa bb cc", 5), "aa bb\ncc\n");
  EXPECT_EQ(wrap("aa bb cc", 7, 2), "  aa bb\n  cc\n");
  EXPECT_EQ(wrap("aa bb", 4, 2, false), "aa\n  bb\n");
  EXPECT_EQ(wrap("aa\n\n  b:\n    c\n\ndd", 80), "aa\n\n  b:\n    c\n\ndd\n");
  EXPECT_EQ(wrap("", 80), "");
  EXPECT_EQ(wrap("averylongword", 5), "averylongword\n");
}

TEST(MdocEscaped, LetsNoTextBeARequest) {
  EXPECT_EQ(mdoc_escaped(".Sh X\n'b"), "\\&.Sh X\n\\&\\(aqb");
  EXPECT_EQ(mdoc_escaped("a\\b-c\"~^`"), "a\\eb\\-c\\(dq\\(ti\\(ha\\(ga");
}

TEST(ManPages, AreCleanForMandoc) {
  const testing::TemporaryFolder folder;
  for (const ManPage& page : man_pages()) folder.write(page.file, page.text);
  const std::string command = "mandoc -Tlint -W warning '" + folder.path().string() + "'/*.1 >'" +
                              folder.path().string() + "/lint'";
  const int status = std::system(command.c_str());
  std::ifstream lint{folder.path() / "lint"};
  const std::string complaints{std::istreambuf_iterator<char>{lint}, {}};
  EXPECT_EQ(WEXITSTATUS(status), 0) << complaints;
}

TEST(ManPages, AreOneForEveryCommandAndOneForPcx) {
  std::size_t leaves = 0;
  for (const Cmd& command : commands()) leaves += !is_group(command) && !command.hidden ? 1 : 0;
  EXPECT_EQ(man_pages().size(), leaves + 1);
}

TEST(ProgressText, CountsAndEscapes) {
  EXPECT_EQ(progress_line("applying", "x\n", 3, 12, "file"), "applying 3 of 12 files: x\\n");
  EXPECT_EQ(progress_line("reading", "", 1, 0, "row"), "reading 1 row");
  EXPECT_EQ(progress_json("reading", "t", 1, 0, "row"),
            "{\"progress\":{\"activity\":\"reading\",\"what\":\"t\",\"done\":1,\"unit\":\"row\"}}");
  EXPECT_EQ(progress_json("reading", "t", 1, 2, "row"),
            "{\"progress\":{\"activity\":\"reading\",\"what\":\"t\",\"done\":1,\"total\":2,"
            "\"unit\":\"row\"}}");
}

}  // namespace
}  // namespace pcx::cli

#include "cli/parse.h"

#include <gmock/gmock.h>

#include "cli/table.h"
#include "core/error.h"

namespace pcx::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> given(const Parsed& parsed) {
  std::vector<std::string> texts;
  for (const Given& option : parsed.options) {
    texts.push_back(std::string{option.option->name} + "=" + option.text);
  }
  return texts;
}

TEST(Parse, FindsTheCommandBehindOptionsWithValues) {
  const auto parsed = parse({"--format", "json", "config", "-q", "show", "database.url"});
  EXPECT_EQ(parsed.command->path, "config show");
  EXPECT_THAT(given(parsed), ElementsAre("--format=json", "--quiet="));
  EXPECT_THAT(parsed.arguments, ElementsAre("database.url"));
}

TEST(Parse, LetsACommandsLettersCountBehindIt) {
  EXPECT_THAT(given(parse({"-v", "load", "check", "a.yml"})), ElementsAre("--verbose="));
  EXPECT_THAT(given(parse({"load", "check", "-v", "{}", "a.yml"})), ElementsAre("--variables={}"));
  EXPECT_THAT(given(parse({"load", "run", "-o", "a.json", "--format", "json", "a.yml"})),
              ElementsAre("--output=a.json", "--format=json"));
}

TEST(Parse, TakesAWordThatIsACommandElsewhereForAnArgument) {
  const auto parsed = parse({"help", "config", "show"});
  EXPECT_EQ(parsed.command->path, "help");
  EXPECT_THAT(parsed.arguments, ElementsAre("config", "show"));
}

TEST(Parse, KeepsBracketsCommasAndBlanksInValues) {
  EXPECT_THAT(given(parse({"version", "--output", "[a,b] c"})), ElementsAre("--output=[a,b] c"));
}

TEST(Parse, KeepsAnEmptyValue) {
  EXPECT_THAT(given(parse({"version", "--output="})), ElementsAre("--output="));
  EXPECT_THAT(given(parse({"version", "--output", ""})), ElementsAre("--output="));
}

TEST(Parse, TakesAValueThatStartsWithADash) {
  EXPECT_THAT(given(parse({"version", "--output", "-x"})), ElementsAre("--output=-x"));
}

TEST(Parse, EndsOptionsAtTwoDashes) {
  const auto parsed = parse({"help", "--", "--format", "-q", "--"});
  EXPECT_THAT(parsed.options, IsEmpty());
  EXPECT_THAT(parsed.arguments, ElementsAre("--format", "-q", "--"));
}

TEST(Parse, ForgivesEverythingWhenAskedForHelp) {
  const auto parsed = parse({"config", "show", "--bogus", "-h"});
  EXPECT_EQ(parsed.asked, Asked::help);
  EXPECT_EQ(parsed.command->path, "config show");
}

TEST(Parse, TakesHelpForAValueWhereOneIsNeeded) {
  EXPECT_EQ(parse({"version", "--output=--help"}).asked, Asked::run);
}

TEST(Parse, AsksForHelpWithoutWords) { EXPECT_EQ(parse({}).asked, Asked::help); }

TEST(Parse, HandsForeignWordsToCompletionUntouched) {
  const auto parsed = parse({"__complete", "config", "--help", "--form"});
  EXPECT_EQ(parsed.asked, Asked::run);
  EXPECT_THAT(parsed.arguments, ElementsAre("config", "--help", "--form"));
}

struct Mistake {
  std::vector<std::string> words;
  std::string message;
  std::string hint;
};

class RefusesWords : public ::testing::TestWithParam<Mistake> {};

TEST_P(RefusesWords, WithAMessageAndAHint) {
  try {
    parse(GetParam().words);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    EXPECT_EQ(error.what(), GetParam().message);
    EXPECT_THAT(error.hint(), HasSubstr(GetParam().hint));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Parse, RefusesWords,
    ::testing::Values(
        Mistake{{"confg"}, "unknown command 'confg'", "Did you mean 'config'?"},
        Mistake{{"comp"}, "unknown command 'comp'", "Did you mean 'completion'?"},
        Mistake{{""}, "unknown command ''", "Run 'pcx --help'"},
        Mistake{{"config", "sho"}, "unknown command 'config sho'", "Did you mean 'show'?"},
        Mistake{{"version", "--outptu", "x"}, "unknown option '--outptu'", "'--output'"},
        Mistake{{"version", "-Z"}, "unknown option '-Z'", "Run 'pcx version --help'"},
        Mistake{{"version", "--form=x"}, "unknown option '--form'", "'--format'"},
        Mistake{{"version", "--output"}, "option --output needs a value: FILE", "--output=VALUE"},
        Mistake{{"version", "--output", "--"}, "option --output needs a value: FILE", ""},
        Mistake{{"version", "-o", "-q"}, "option -o needs a value: FORMAT", ""},
        Mistake{{"version", "--quiet=1"}, "option --quiet takes no value", ""},
        Mistake{{"version", "-ojson", "--format=csv"}, "option --format was given twice", "once"}));

TEST(Table, KeepsEveryPromiseOfItsHeader) {
  for (const Cmd& command : commands()) {
    SCOPED_TRACE(command.path);
    EXPECT_FALSE(command.summary.ends_with('.'));
    if (!is_group(command) && !command.hidden) {
      EXPECT_FALSE(command.examples.empty());
    }
    const auto options = options_of(command);
    for (const Opt& option : command.options) {
      SCOPED_TRACE(option.name);
      EXPECT_TRUE(option.name.starts_with("--"));
      EXPECT_FALSE(option.help.empty());
      EXPECT_FALSE(option.help.ends_with('.'));
      EXPECT_EQ(option.type == Type::flag, option.metavar.empty());
      EXPECT_EQ(find_option(options, option.name), &option);
    }
  }
}

// "pcx migrate up --to X" to words, as far as examples go: quotes, and pipes end the command.
std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"' || c == '\'') {
      quoted = !quoted;
    } else if (c == '|' && !quoted) {
      break;
    } else if (c == ' ' && !quoted) {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  std::erase(words, "");
  return words;
}

TEST(Table, HasExamplesThatParse) {
  int parsed = 0;
  for (const Cmd& command : commands()) {
    for (const Example& example : command.examples) {
      if (!example.command.starts_with("pcx ")) continue;
      SCOPED_TRACE(example.command);
      auto words = words_of(example.command);
      words.erase(words.begin());
      EXPECT_EQ(parse(words).command->path, command.path);
      ++parsed;
    }
  }
  EXPECT_GT(parsed, 5);
}

}  // namespace
}  // namespace pcx::cli

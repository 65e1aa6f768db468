#include "cli/commands/apikey_tools.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "core/random.h"
#include "tests/support/errors.h"

namespace pcx::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A terminal that went away.
class LostTerminal final : public Prompt {
 public:
  bool available() override { return true; }
  std::optional<std::string> ask(std::string_view) override { return std::nullopt; }
  Secret ask_secret(std::string_view) override { return {}; }
  bool has_terminal() override { return true; }
  void show_secret(std::string_view, const Secret&) override {
    throw Error{ErrorCode::io, "cannot write to the terminal: Input/output error"};
  }
};

TEST(ApikeyTools, NamesAKeyThatWasMadeAndCouldNotBeShown) {
  SystemRandom random;
  const apikey::Token token = apikey::generate_token(apikey::Kind::live, random);
  LostTerminal terminal;
  const Error error = testing::error_of([&] { show_made_key(terminal, token); });
  EXPECT_EQ(error.code(), ErrorCode::io);
  EXPECT_EQ(error.reason(), "not_shown");
  EXPECT_EQ(error.what(), "key " + token.id +
                              " was made, and could not be shown: cannot write to "
                              "the terminal: Input/output error");
  EXPECT_THAT(error.hint(), HasSubstr("pcx apikey revoke " + token.id));
  const std::string secret{token.text.reveal_text().substr(20)};
  EXPECT_THAT(error.what() + error.hint(), Not(HasSubstr(secret)));
}

TEST(ApikeyTools, NamesAKeyWhoseCommitIsInDoubt) {
  const auto lost = [](const char* reason) {
    return testing::error_of([&] {
      commit_unseen("0123456789", [&] {
        throw Error{ErrorCode::unreachable, "lost", "Wait."}.because(reason);
      });
    });
  };
  EXPECT_EQ(lost("in_doubt").reason(), "in_doubt");
  EXPECT_THAT(lost("in_doubt").hint(), HasSubstr("'pcx apikey revoke 0123456789'"));
  EXPECT_EQ(lost("other").hint(), "Wait.");
}

TEST(ApikeyTools, RepeatsNothingThatMayBeAKey) {
  EXPECT_EQ(require_key_id("0123456789"), "0123456789");
  EXPECT_STREQ(testing::error_of([] { require_key_id("seven-8-9!"); }).what(),
               "'seven-8-9!' is no id of an API key");
  const Error error = testing::error_of([] { require_key_id("sk-0123456789"); });
  EXPECT_STREQ(error.what(), "13 bytes are no id of an API key");
}

}  // namespace
}  // namespace pcx::cli

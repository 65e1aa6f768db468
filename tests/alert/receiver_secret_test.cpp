#include "alert/receiver_secret.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

namespace pcx::alert {
namespace {

using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::Not;

class ReceiverSecret : public ::testing::Test {
 protected:
  ReceiverSecret() { config.place = {"config.yaml", 3, 5}; }

  testing::TemporaryFolder folder;
  ReceiverConfig config{.name = "pd"};
  MapEnvironment environment{{{"KEY", " k3y\n"}, {"EMPTY", ""}, {"TWO", "two words"}}};
};

TEST_F(ReceiverSecret, ComesFromAFileOrElseFromAVariable) {
  config.secret_variable = "KEY";
  EXPECT_EQ(need_secret(config, environment, "routing key").reveal_text(), "k3y");
  config.secret_file = folder.write("key", "\tfrom-file \r\n", 0600);
  EXPECT_EQ(need_secret(config, environment, "routing key").reveal_text(), "from-file");
}

TEST_F(ReceiverSecret, MayBeMissingWhereNoneIsNamed) {
  EXPECT_FALSE(find_secret(config, environment, "key"));
  const Error error = error_of([&] { need_secret(config, environment, "routing key"); });
  EXPECT_EQ(error.code(), ErrorCode::config);
  EXPECT_STREQ(error.what(), "receiver pd: there is no routing key");
  EXPECT_EQ(error.location().line, 3);
}

TEST_F(ReceiverSecret, MayHaveBlanksWhereAHeaderMay) {
  config.secret_variable = "TWO";
  EXPECT_EQ(find_secret(config, environment, "credentials", true)->reveal_text(), "two words");
}

TEST_F(ReceiverSecret, SaysWhyItCannotBeHad) {
  const auto message_with = [&](const std::filesystem::path& file, const char* variable) {
    config.secret_file = file;
    config.secret_variable = variable;
    const Error error = error_of([&] { need_secret(config, environment, "routing key"); });
    EXPECT_EQ(error.code(), ErrorCode::config);
    EXPECT_THAT(error.what() + error.hint(), Not(HasSubstr("s3cret")));
    return std::string{error.what()};
  };
  EXPECT_EQ(message_with("", "NONE"), "receiver pd: the routing key is not there: NONE is not set");
  EXPECT_EQ(message_with("", "EMPTY"),
            "receiver pd: the routing key is not there: EMPTY is not set");
  EXPECT_EQ(message_with("", "TWO"),
            "receiver pd: the routing key in TWO has white space or control characters inside");
  EXPECT_THAT(message_with(folder.path() / "none", ""),
              HasSubstr("the routing key cannot be read"));
  EXPECT_THAT(message_with(folder.write("open", "s3cret", 0644), ""),
              HasSubstr("the routing key cannot be read"));
  EXPECT_THAT(message_with(folder.write("blank", " \n", 0600), ""), HasSubstr("blank is empty"));
  EXPECT_THAT(message_with(folder.write("lines", "s3cret\nmore", 0600), ""),
              HasSubstr("lines has white space or control characters inside"));
}

TEST(SecretParts, AreAllThatATokenMayBe) {
  EXPECT_THAT(
      secret_parts("https://hooks.example.org/services/T00/SecretSecretSecret?k=TokenTokenToken"),
      ElementsAre("https://hooks.example.org/services/T00/SecretSecretSecret?k=TokenTokenToken",
                  "/services/T00/SecretSecretSecret?k=TokenTokenToken", "SecretSecretSecret",
                  "TokenTokenToken"));
  EXPECT_THAT(secret_parts("https://example.org"), ElementsAre("https://example.org"));
  EXPECT_THAT(secret_parts("https://example.org/"), ElementsAre("https://example.org/"));
  EXPECT_THAT(secret_parts(""), ElementsAre(""));
}

}  // namespace
}  // namespace pcx::alert

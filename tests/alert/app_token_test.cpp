#include "alert/app_token.h"

#include <gmock/gmock.h>

#include "core/time.h"
#include "tests/alert/app_rig.h"

namespace pcx::alert {
namespace {

using namespace std::chrono_literals;
using testing::error_of;
using ::testing::HasSubstr;

const Time kNow = *parse_rfc3339("2026-01-15T12:00:00Z");

TEST(AppToken, SaysWhenItExpires) { EXPECT_EQ(expiry_of(token_until(kNow)), kNow); }

TEST(AppToken, SaysNothingWhereItIsNone) {
  const auto with = [](const std::string& claims) {
    return "e30." + crypto::to_base64url(crypto::bytes_of(claims)) + ".c2ln";
  };
  const std::vector<std::string> none{"",
                                      "opaque",
                                      "e30.e30",
                                      "a.%%%.c",
                                      with("not json"),
                                      with("[1]"),
                                      with("{}"),
                                      with(R"({"exp":"1768478400"})"),
                                      with(R"({"exp":1768478400.5})"),
                                      with(R"({"exp":-1})"),
                                      with(R"({"exp":99999999999999})")};
  for (const std::string& token : none) EXPECT_EQ(expiry_of(token), std::nullopt) << token;
  EXPECT_EQ(expiry_of(with(R"({"exp":1768478400})")), kNow);
}

TEST(AppToken, IsKeptForItsAccount) {
  const testing::TemporaryFolder folder;
  const auto file = folder.path() / "token";
  EXPECT_EQ(read_token(file, "account", kNow), std::nullopt);
  keep_token(file, "account", {.text = Secret{"abc"}, .expires_at = kNow + 15min});
  const auto kept = read_token(file, "account", kNow);
  ASSERT_TRUE(kept.has_value());
  EXPECT_EQ(kept->text.reveal_text(), "abc");
  EXPECT_EQ(kept->expires_at, kNow + 15min);
  EXPECT_EQ(read_token(file, "another", kNow), std::nullopt);
  EXPECT_EQ(read_token(file, "account", kNow + 14min + 30s), std::nullopt);
  EXPECT_TRUE(read_token(file, "account", kNow + 14min + 29s).has_value());
}

TEST(AppToken, IsNotKeptWithoutAnEnd) {
  const testing::TemporaryFolder folder;
  keep_token(folder.path() / "token", "account", {.text = Secret{"abc"}, .expires_at = {}});
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "token"));
}

TEST(AppToken, IsNotReadWhereOthersMay) {
  const testing::TemporaryFolder folder;
  const auto file = folder.write("token", "{}", 0644);
  EXPECT_EQ(error_of([&] { read_token(file, "account", kNow); }).code(), ErrorCode::permission);
}

TEST(AppToken, IsNoneWhereTheFileIsSomethingElse) {
  const testing::TemporaryFolder folder;
  for (const char* text : {"", "abc", "[]", "{\"token\":\"abc\"}"}) {
    const auto file = folder.write("token", text, 0600);
    EXPECT_EQ(read_token(file, "account", kNow), std::nullopt) << text;
  }
}

TEST(AppCredentials, AreTwoLines) {
  const testing::TemporaryFolder folder;
  for (const char* text :
       {"a@b.example\nsecret", "a@b.example\nsecret\n", " a@b.example \r\nsecret\r\n"}) {
    const Credentials read = read_credentials(folder.write("credentials", text, 0600));
    EXPECT_EQ(read.email, "a@b.example") << text;
    EXPECT_EQ(read.password.reveal_text(), "secret") << text;
  }
  const Credentials blanks =
      read_credentials(folder.write("credentials", "a@b.example\n s \n", 0600));
  EXPECT_EQ(blanks.password.reveal_text(), " s ");
}

TEST(AppCredentials, AreNothingElse) {
  const testing::TemporaryFolder folder;
  for (const char* text : {"", "a@b.example", "a@b.example\n", "\nsecret\n", "a\nb\nc\n"}) {
    const auto file = folder.write("credentials", text, 0600);
    const Error error = error_of([&] { read_credentials(file); });
    EXPECT_EQ(error.code(), ErrorCode::config) << text;
    EXPECT_THAT(error.what(), HasSubstr("is not an e-mail and a password")) << text;
  }
}

}  // namespace
}  // namespace pcx::alert

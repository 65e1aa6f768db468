#include "http/answer_words.h"

#include <gtest/gtest.h>

namespace pcx::http {
namespace {

struct Words {
  std::string body;
  std::string words;
};

TEST(WordsOf, AreOneLineWithoutSecrets) {
  std::vector<SecretHeader> secrets;
  secrets.push_back({"Api-Key", Secret{std::string_view{"NRAL-7"}}});
  secrets.push_back({"X-Empty", Secret{}});
  const Words cases[] = {
      {"", ""},
      {"  pushed metrics must not have timestamps\n", "pushed metrics must not have timestamps"},
      {R"({"code": 3, "message": "bad name"})", "bad name"},
      {R"({"error": "no key"})", "no key"},
      {R"({"error": {"code": 1}})", R"({"error": {"code": 1}})"},
      {R"({"status": "invalid event", "message": "Event object is invalid",)"
       R"( "errors": ["no NRAL-7", "no key", 3]})",
       "Event object is invalid; no ***; no key"},
      {R"("start time must be before end time")", "start time must be before end time"},
      {"{broken", "{broken"},
      {"\"broken", "\"broken"},
      {"key NRAL-7 (NRAL-7) is wrong", "key *** (***) is wrong"},
      {R"({"message": "password=hunter2 NRAL-7"})", "password=*** ***"},
      {"\x1b[31mred\xff", "\\x1b[31mred\\xff"},
      {std::string(300, 'x'), std::string(200, 'x') + "..."},
  };
  for (const Words& each : cases) {
    EXPECT_EQ(words_of({.status = 400, .body = each.body}, secrets), each.words) << each.body;
  }
}

TEST(WordsOf, LeaveOutSecretsThatWereNoHeaders) {
  const std::string_view secrets[] = {"https://hooks.example.org/T1/B2/s3", ""};
  EXPECT_EQ(phrase_of("no such hook: https://hooks.example.org/T1/B2/s3\n", secrets),
            "no such hook: ***");
}

}  // namespace
}  // namespace pcx::http

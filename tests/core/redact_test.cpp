#include "core/redact.h"

#include <gtest/gtest.h>

namespace pcx {
namespace {

struct Text {
  const char* name;
  const char* text;
  const char* shown;
};

class Redact : public ::testing::TestWithParam<Text> {};

TEST_P(Redact, TakesOutTheSecret) { EXPECT_EQ(redact(GetParam().text), GetParam().shown); }

INSTANTIATE_TEST_SUITE_P(
    Texts, Redact,
    ::testing::Values(
        Text{"Nothing", "cannot connect to db1: timeout = 5 s",
             "cannot connect to db1: timeout = 5 s"},
        Text{"Empty", "", ""},
        Text{"Url", "postgresql://app:s3cret@db:5432/pc?sslmode=require",
             "postgresql://app:***@db:5432/pc?sslmode=require"},
        Text{"UrlWithoutUser", "redis://:s3cret@cache/0", "redis://:***@cache/0"},
        Text{"UrlWithoutPassword", "postgresql://app@db:5432/pc", "postgresql://app@db:5432/pc"},
        Text{"UrlWithPort", "see http://host:80/a@b:c", "see http://host:80/a@b:c"},
        Text{"UrlWithRawPassword", "postgres://app:p@ss/w?rd@db/pc", "postgres://app:***@db/pc"},
        Text{"UrlWithQuotes", "postgres://app:a'b\"c`d<e>f@db/pc", "postgres://app:***@db/pc"},
        Text{"UrlWithQuotesInside", "url postgres://app:a'b<c@db/pc x",
             "url postgres://app:***@db/pc x"},
        Text{"UrlWithSpaces", "postgres://app:two words\n3@db/pc", "postgres://app:***@db/pc"},
        Text{"UrlWithRawUser", "postgres://a@b:s3cret@db/pc", "postgres://a@b:***@db/pc"},
        Text{"HttpUrlWithQuotes", "redis://:a'b\"c<d>@cache/0", "redis://:***@cache/0"},
        Text{"Sql", "CREATE ROLE x PASSWORD 'it''s' LOGIN", "CREATE ROLE x PASSWORD *** LOGIN"},
        Text{"SqlOnTwoLines", "ALTER ROLE x encrypted password\n  E'a\\'b'; SELECT 1",
             "ALTER ROLE x encrypted password\n  E***; SELECT 1"},
        Text{"SqlOptions", "OPTIONS (user 'u', password'p')", "OPTIONS (user 'u', password***)"},
        Text{"SqlUnclosed", "PASSWORD 'abc", "PASSWORD ***"},
        Text{"SqlWithout", "PASSWORD NULL, password e, 'password' 'x', a_password 'y', password",
             "PASSWORD NULL, password e, 'password' 'x', a_password 'y', password"},
        Text{"UrlInQuotes", "\"http://u:p@h/\" and 'http://v:q@h/'",
             "\"http://u:***@h/\" and 'http://v:***@h/'"},
        Text{"UrlQuery", "postgresql://db/pc?user=u&password=s3cret&connect_timeout=5",
             "postgresql://db/pc?user=u&password=***&connect_timeout=5"},
        Text{"UrlQueryOfApis",
             "http://h/a?key=AIza&page=2&code=4/0A#x&X-Amz-Signature=ab&JSESSIONID=7",
             "http://h/a?key=***&page=2&code=***#x&X-Amz-Signature=***&JSESSIONID=***"},
        Text{"NoUrlQuery", "key=1 code=404 sig=x auth=y", "key=1 code=404 sig=x auth=y"},
        Text{"UrlQueryInJson", "{\"url\":\"postgres://db?password=x\",\"b\":1}",
             "{\"url\":\"postgres://db?password=***\",\"b\":1}"},
        Text{"Conninfo", "host=db password=a&b user=u", "host=db password=*** user=u"},
        Text{"ConninfoQuoted", "password='it\\'s x' host=db", "password=*** host=db"},
        Text{"ConninfoEscaped", "password=a\\ b host=db", "password=*** host=db"},
        Text{"ConninfoSpaces", "password = abc host=db", "password = *** host=db"},
        Text{"Unclosed", "password='abc host=db", "password=***"},
        Text{"TrailingEscape", "password=abc\\", "password=***"},
        Text{"AtTheEnd", "password=", "password="},
        Text{"Variable", "PGPASSWORD=x ENCRYPTION_KEY=0011 HOME=/root",
             "PGPASSWORD=*** ENCRYPTION_KEY=*** HOME=/root"},
        Text{"PublicSetting", "password_encryption=md5 token_count=5",
             "password_encryption=md5 token_count=5"},
        Text{"Json", "{\"routing_key\": \"abc\", \"a\": 1}", "{\"routing_key\": ***, \"a\": 1}"},
        Text{"JsonNumber", "{\"token\":123,\"a\":1}", "{\"token\":***,\"a\":1}"},
        Text{"Prose", "fatal: password: wrong", "fatal: password: wrong"},
        Text{"Header", "GET /\r\nAuthorization: Basic dTpw\r\nAccept: */*",
             "GET /\r\nAuthorization: ***\r\nAccept: */*"},
        Text{"Bearer", "sent bearer eyJh.eyJz.c2ln== twice", "sent bearer *** twice"},
        Text{"BearerAtTheEnd", "bearer ", "bearer "},
        Text{"BearerInAWord", "forbearer x", "forbearer x"},
        Text{"ApiKey", "key pcx_live_0123456789_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW.",
             "key pcx_live_0123456789_***."},
        Text{"NoApiKey", "pcx_live_0123456789_short pcx_test pcx_a_b pcx_core_tests_long",
             "pcx_live_0123456789_short pcx_test pcx_a_b pcx_core_tests_long"},
        Text{"Overlapping", "password=http://u:p@h token=Bearer abc",
             "password=*** token=*** ***"}),
    [](const auto& chosen) { return std::string{chosen.param.name}; });

TEST(NamesSecret, LooksAtTheEndOfTheName) {
  for (const char* name : {"password", "PGPASSWORD", "db.password", "api-key", "API_KEY",
                           "routingKey", "clientSecret", "Set-Cookie"}) {
    EXPECT_TRUE(names_secret(name)) << name;
  }
  for (const char* name : {"", "user", "key", "password_encryption", "secrets_file", "tokens"}) {
    EXPECT_FALSE(names_secret(name)) << name;
  }
}

// The application's own known answers for redact_deep are in vectors_test.cpp.
TEST(RedactDeep, MasksHalfOfAnEmoji) {
  const Document shown = redact_deep(Document::object().set("email", "\xf0\x9f\x90\x8e@b.c"));
  EXPECT_EQ(*shown.find("email")->text(), "\xef\xbf\xbd***@b.c");
}

TEST(RedactDeep, RefusesAnEmailWithoutDomain) {
  const Document shown =
      redact_deep(Document::object().set("email", "a@").set("phone", Document{}));
  EXPECT_EQ(*shown.find("email")->text(), "[REDACTED]");
  EXPECT_EQ(*shown.find("phone")->text(), "[REDACTED]");
}

}  // namespace
}  // namespace pcx

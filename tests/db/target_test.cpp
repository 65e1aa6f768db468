#include "db/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/db/fixture.h"

namespace pcx::db {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;

TEST(ParseTarget, TakesPrismasUrlApart) {
  const Target target = parse_target(
      "postgresql://app:p%40ss%3Aw%2Ford@db.example:5433/purple?schema=vet&connection_limit=10"
      "&pool_timeout=20&pgbouncer=true&connect_timeout=15&sslmode=require");
  EXPECT_THAT(target.keywords, Contains(Pair("host", "db.example")));
  EXPECT_THAT(target.keywords, Contains(Pair("port", "5433")));
  EXPECT_THAT(target.keywords, Contains(Pair("user", "app")));
  EXPECT_THAT(target.keywords, Contains(Pair("dbname", "purple")));
  EXPECT_THAT(target.keywords, Contains(Pair("connect_timeout", "15")));
  EXPECT_THAT(target.keywords, Contains(Pair("sslmode", "require")));
  EXPECT_THAT(target.keywords, Not(Contains(Key("password"))));
  EXPECT_EQ(target.password.reveal_text(), "p@ss:w/ord");
  EXPECT_EQ(target.schema, "vet");
  EXPECT_TRUE(target.expects_pooler);
  EXPECT_THAT(target.ignored_parameters, ElementsAre("connection_limit", "pool_timeout"));
  EXPECT_EQ(describe(target), "postgresql://app@db.example:5433/purple");
}

TEST(ParseTarget, AcceptsKeywords) {
  const Target target = parse_target("host=/run/pg dbname='my db' user=u password='a b'");
  EXPECT_EQ(describe(target), "/run/pg my db");
  EXPECT_EQ(target.password.reveal_text(), "a b");
  EXPECT_EQ(target.schema, "public");
}

TEST(ParseTarget, LeavesEverythingToLibpqWhenEmpty) {
  const Target target = parse_target("");
  EXPECT_THAT(target.keywords, IsEmpty());
  EXPECT_EQ(describe(target), "the default server");
}

TEST(ParseTarget, AcceptsASocketFolderAsHost) {
  EXPECT_EQ(describe(parse_target("postgres://u@localhost/db?host=/var/run/postgresql")),
            "/var/run/postgresql db");
  EXPECT_EQ(describe(parse_target("postgresql://[::1]:5432/db")), "postgresql://[::1]:5432/db");
}

TEST(ParseTarget, TurnsStrictIntoFullVerification) {
  const Target target =
      parse_target("postgresql://h/db?sslmode=require&sslaccept=strict&sslcert=%2Fetc%2Fca.pem");
  EXPECT_THAT(target.keywords, Contains(Pair("sslmode", "verify-full")));
  EXPECT_THAT(target.keywords, Contains(Pair("sslrootcert", "/etc/ca.pem")));
  EXPECT_THAT(target.keywords, Not(Contains(Key("sslcert"))));
  EXPECT_THAT(parse_target("postgresql://h/db?sslaccept=strict").keywords,
              Contains(Pair("sslrootcert", "/etc/ssl/certs/ca-certificates.crt")));
}

TEST(ParseTarget, VerifiesNothingForAcceptInvalidCerts) {
  const Target target = parse_target(
      "postgresql://h/db?sslmode=require&sslaccept=accept_invalid_certs&sslcert=ca.pem"
      "&sslidentity=client.p12&sslpassword=hidden");
  EXPECT_THAT(target.keywords, Contains(Pair("sslmode", "require")));
  EXPECT_THAT(target.keywords, Not(Contains(Key("sslrootcert"))));
  EXPECT_THAT(target.ignored_parameters, ElementsAre("sslcert", "sslidentity", "sslpassword"));
  EXPECT_TRUE(target.key_password.empty());
}

TEST(ParseTarget, KeepsLibpqsOwnCertificates) {
  const Target target =
      parse_target("postgresql://h/db?sslcert=c.pem&sslkey=k.pem&sslpassword=hidden");
  EXPECT_THAT(target.keywords, Contains(Pair("sslcert", "c.pem")));
  EXPECT_THAT(target.keywords, Not(Contains(Key("sslpassword"))));
  EXPECT_EQ(target.key_password.reveal_text(), "hidden");
}

TEST(ParseTarget, NamesAnUnknownParameter) {
  const Error error = error_of([] { parse_target("postgresql://u:secret@h/db?shcema=x"); });
  EXPECT_EQ(error.code(), ErrorCode::usage);
  EXPECT_STREQ(error.what(), "unknown parameter \"shcema\" in the database URL");
}

class ParseTargetRefuses : public ::testing::TestWithParam<std::string> {};

TEST_P(ParseTargetRefuses, WithoutRepeatingTheText) {
  const Error error = error_of([] { parse_target(GetParam()); });
  EXPECT_EQ(error.code(), ErrorCode::usage);
  for (const char* piece : {"secret", "word", "cret"}) {
    EXPECT_THAT(error.what(), Not(HasSubstr(piece))) << GetParam();
    EXPECT_THAT(error.hint().substr(0, 20), Not(HasSubstr(piece)));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Texts, ParseTargetRefuses,
    ::testing::Values(
        "secret", "host=h secret word", "postgresql://u:se?cret=1@h/db",
        "postgresql://u:secret@[::1/db", "postgresql://u:secret%zz@h/db",
        "postgresql://u:secret@h/db?schema", "postgresql://u:secret@h/db?=x",
        "postgresql://u:secret@h/db?schema=", "postgresql://u:secret@h/db?schema=%0",
        "postgresql://u:secret@h/db?schema=%zz", "password=x secret=y",
        "postgresql://u:secret@h/db?schema=%00", "postgresql://u:secret@h/db?pgbouncer=perhaps",
        "postgresql://u:secret@h/db?sslaccept=perhaps", "postgresql://u:secret/word@h/db",
        "host=h port=1,cret", "port=65536", "postgresql://u@h/db?sslmode=secret",
        // Pieces of a bare password where libpq sees host, port and database.
        "postgres://u:se@cret@h/db", "postgres://u:secret@word@cret@h:5432/db",
        "postgres://u:1/cret@h/db", "postgres://u:1?user=cret@h/db",
        "postgres://u:se@secret/word@h/db", "postgres://u/x:secret@h/db",
        "postgres://u:p#x@secret@h/db", "postgres://u@secret@h/db",
        "host=h dbname=postgresql://u:secret@h/db", std::string{"host=h\0password=secret", 22}));

TEST(ParseTarget, SaysHowToEscapeABarePassword) {
  const Error error = error_of([] { parse_target("postgres://u:se@cret@h/db"); });
  EXPECT_STREQ(error.what(),
               "the database URL is ambiguous: an @, / or ? in it is not percent-encoded");
  EXPECT_THAT(error.hint(), HasSubstr("@ is %40"));
}

TEST(ParseTarget, ReadsTheCharactersThatNeedNoEscape) {
  EXPECT_EQ(parse_target("postgres://u:p#a:b@h/db").password.reveal_text(), "p#a:b");
  EXPECT_THAT(parse_target("postgres://h/db?user=ann@practice").keywords,
              Contains(Pair("user", "ann@practice")));
  EXPECT_EQ(describe(parse_target("postgres://u:p@h1:1,h2:2/db")), "postgresql://u@h1,h2:1,2/db");
}

TEST(ParseTarget, NoticesEverySecret) {
  for (const char* text :
       {"postgres://u:p@h/db", "postgres://h/db?password=p", "postgres://h/db?sslpassword=p",
        "postgres://h/db?sslidentity=i&sslpassword=p",
        "postgres://u:p@h/db?password=", "host=h password=p", "host=h sslpassword=p"}) {
    EXPECT_TRUE(parse_target(text).holds_secret) << text;
  }
  for (const char* text : {"postgres://u:@h/db", "postgres://u@h/db?sslpassword=", "password=''"}) {
    EXPECT_FALSE(parse_target(text).holds_secret) << text;
  }
}

TEST(ParseTarget, DecodesHexDigitsOfBothCases) {
  EXPECT_EQ(parse_target("postgresql://h/db?schema=a%2Fb%2fc%C3%A9").schema, "a/b/c\xc3\xa9");
  EXPECT_FALSE(parse_target("postgresql://h/db?pgbouncer=false").expects_pooler);
}

}  // namespace
}  // namespace pcx::db

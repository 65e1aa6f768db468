#include "db/shown_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pcx::db {
namespace {

using ::testing::HasSubstr;

// As Prisma 5 writes it.
const std::string kPrismas =
    "A migration failed to apply. New migrations cannot be applied before the error is recovered "
    "from.\n\nMigration name: 20250103000000_visit\n\nDatabase error code: 23505\n\n"
    "Database error:\nERROR: duplicate key value violates unique constraint \"one_email\"\n"
    "DETAIL: Key (email)=(ann@example.com) already exists.\nHINT: Ask \x1b[1mher\x1b[0m.\n\n"
    "DbError { severity: \"ERROR\", detail: Some(\"Key (email)=(ann@example.com) already "
    "exists.\") }\n\n   0: sql_schema_connector::apply_migration::apply_script\n";

TEST(ShownLog, ShowsTheErrorWithoutItsValues) {
  EXPECT_EQ(shown_log(kPrismas),
            "ERROR: duplicate key value violates unique constraint \"one_email\"\n"
            "Key (email) already exists.\nthe values are left out here; the server's log has them\n"
            "HINT: Ask \x1b[1mher\x1b[0m.\n"
            "(6 more lines in column logs of its row in _prisma_migrations)");
}

struct Log {
  const char* text;
  const char* shown;
};

class ShownLogs : public ::testing::TestWithParam<Log> {};

TEST_P(ShownLogs, OfEveryShape) { EXPECT_EQ(shown_log(GetParam().text), GetParam().shown); }

INSTANTIATE_TEST_SUITE_P(
    Texts, ShownLogs,
    ::testing::Values(
        Log{"", ""}, Log{"\n\n", ""}, Log{"ERROR: it broke", "ERROR: it broke"},
        Log{"ERROR: invalid: \"Rex\"\nSTATEMENT: x",
            "ERROR: invalid: \"***\"\nthe values are left out here; the server's log has them\n(1 "
            "more line in column logs of its row in "
            "_prisma_migrations)"},
        Log{"Database error:", "(1 more line in column logs of its row in _prisma_migrations)"},
        Log{"Database error code: 22P02\n\nDatabase error:\nERROR: no \"x\"\n\nPosition:\nSELECT "
            "'secret'",
            "ERROR: no \"x\"\n(4 more lines in column logs of its row in _prisma_migrations)"},
        Log{"Database error code: P0001\n\nDatabase error:\nERROR: first\nsecond",
            "ERROR: first\nsecond\n(2 more lines in column logs of its row in "
            "_prisma_migrations)"}));

TEST(ShownLog, IsBounded) {
  const std::string shown = shown_log(std::string(100'000, 'x'));
  EXPECT_LT(shown.size(), 500u);
  EXPECT_THAT(shown, HasSubstr("more bytes"));
  std::string lines = "Database error:\n";
  for (int i = 0; i < 10'000; ++i) lines += "line\n";
  EXPECT_LT(shown_log(lines).size(), 2'000u);
}

}  // namespace
}  // namespace pcx::db

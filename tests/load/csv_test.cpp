#include "load/csv.h"

#include <gtest/gtest.h>

#include "tests/support/errors.h"

namespace pcx::load {
namespace {

// Each row as JSON, in lines.
std::string rows(std::string_view text, const CsvOptions& options = {}) {
  std::string all;
  for (const CsvRow& row : read_csv(text, "f.csv", options)) {
    for (const Value& field : row.fields) {
      field.append_json(all);
      all += '|';
    }
    all += '\n';
  }
  return all;
}

TEST(Csv, ReadsRowsAndNumbers) {
  EXPECT_EQ(rows("a,1\nb,2\n"), "\"a\"|1|\n\"b\"|2|\n");
  EXPECT_EQ(rows("a\r\nb\rc"), "\"a\"|\n\"b\"|\n\"c\"|\n");
  EXPECT_EQ(rows("007,1.50,-2e3,+4, 5\n"), "7|1.5|-2000|4|5|\n");
  EXPECT_EQ(rows("0x10,1e,1_000,,-,Infinity"),
            "\"0x10\"|\"1e\"|\"1_000\"|\"\"|\"-\"|\"Infinity\"|\n");
  EXPECT_EQ(rows("\xef\xbb\xbf"
                 "a,b"),
            "\"a\"|\"b\"|\n");
  EXPECT_EQ(rows(""), "");
}

TEST(Csv, ReadsQuotes) {
  EXPECT_EQ(rows("\"a,\"\"b\"\"\",\"line\nline\",\"\"\nx,y,z"),
            "\"a,\\\"b\\\"\"|\"line\\nline\"|\"\"|\n\"x\"|\"y\"|\"z\"|\n");
  EXPECT_EQ(rows("\"7\""), "7|\n");
  EXPECT_EQ(rows("'a;b';c", {.delimiter = ";", .quote = '\''}), "\"a;b\"|\"c\"|\n");
  EXPECT_EQ(rows("\"a\\\"b\"", {.escape = '\\'}), "\"a\\\"b\"|\n");
  EXPECT_EQ(rows("a\"b", {.quote = '\0'}), "\"a\\\"b\"|\n");
}

TEST(Csv, KnowsItsOptions) {
  EXPECT_EQ(rows("h1,h2\na,b\n", {.from_line = 2}), "\"a\"|\"b\"|\n");
  EXPECT_EQ(rows("007", {.cast = false}), "\"007\"|\n");
  EXPECT_EQ(rows("a\n\n\nb\n"), "\"a\"|\n\"b\"|\n");
  EXPECT_EQ(rows("a\n\nb\n", {.skip_empty_lines = false}), "\"a\"|\n\"\"|\n\"b\"|\n");
  EXPECT_EQ(rows("a||b", {.delimiter = "||"}), "\"a\"|\"b\"|\n");
  EXPECT_EQ(rows(" a , \"b\" ,c", {.trim = true}), "\"a\"|\"b\"|\"c\"|\n");
  EXPECT_EQ(rows("#x\na", {.comment = "#"}), "\"a\"|\n");
  EXPECT_EQ(rows("a\nb,c", {.same_width = false}), "\"a\"|\n\"b\"|\"c\"|\n");
}

TEST(Csv, KnowsWhereRowsBegin) {
  const auto all = read_csv("\n\"a\nb\"\n\nc\n", "f.csv");
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].line, 2);
  EXPECT_EQ(all[1].line, 5);
}

struct WrongCsv {
  const char* text;
  const char* place;
  const char* message;
};

class CsvRefuses : public ::testing::TestWithParam<WrongCsv> {};

TEST_P(CsvRefuses, WithThePlace) {
  const Error error = pcx::testing::error_of([] { read_csv(GetParam().text, "f.csv"); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_EQ(to_string(error.location()), GetParam().place);
  EXPECT_STREQ(error.what(), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, CsvRefuses,
    ::testing::Values(WrongCsv{"a,b\nc\n", "f.csv:2:1", "1 field in this row, 2 in the first one"},
                      WrongCsv{"a,\"b\nc", "f.csv:1:3", "a quote that is not closed"},
                      WrongCsv{"a\nb\"c", "f.csv:2:2", "a quote in the middle of a field"},
                      WrongCsv{"\"a\"b", "f.csv:1:4",
                               "something follows the closing quote of a field"}));

}  // namespace
}  // namespace pcx::load

#include "db/binary_copy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/db/fixture.h"

namespace pcx::db {
namespace {

using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;

class BinaryCopyTest : public testing::DatabaseFixture {};

std::string text(const BinaryField& field) {
  return field ? std::string{binary_text(field)} : "NULL";
}

TEST_F(BinaryCopyTest, VisitsEveryRowAsBytes) {
  Database database = connect();
  Transaction tx = database.begin();
  std::vector<std::string> seen;
  const auto rows = copy_out_binary(
      tx,
      Query{"test.rows"}.sql("SELECT n::int8, n::int4, n::int2, repeat('x', n), NULL "
                             "FROM generate_series(0, 2) AS s (n)"),
      [&](BinaryRow row) {
        seen.push_back(std::to_string(binary_int8(row[0])) + std::to_string(binary_int4(row[1])) +
                       std::to_string(binary_int2(row[2])) + text(row[3]) + text(row[4]));
      });
  EXPECT_EQ(rows, 3);
  EXPECT_THAT(seen, ElementsAre("000NULL", "111xNULL", "222xxNULL"));
}

TEST_F(BinaryCopyTest, ReadsNegativeNumbers) {
  Database database = connect();
  Transaction tx = database.begin();
  copy_out_binary(tx, Query{"test.row"}.sql("SELECT -5::int8, -6::int4, -7::int2"),
                  [&](BinaryRow row) {
                    EXPECT_EQ(binary_int8(row[0]), -5);
                    EXPECT_EQ(binary_int4(row[1]), -6);
                    EXPECT_EQ(binary_int2(row[2]), -7);
                    EXPECT_EQ(error_of([&] { binary_int8(row[1]); }).code(), ErrorCode::data);
                  });
}

TEST_F(BinaryCopyTest, HasNoRowsOfAnEmptyTable) {
  Database database = connect();
  Transaction tx = database.begin();
  EXPECT_EQ(copy_out_binary(tx, Query{"test.none"}.sql("SELECT 1 WHERE false"),
                            [](BinaryRow) { FAIL(); }),
            0);
}

TEST_F(BinaryCopyTest, LeavesAUsableSessionWhenTheVisitorThrows) {
  Database database = connect();
  {
    Transaction tx = database.begin();
    const Error error = error_of([&] {
      copy_out_binary(tx, Query{"test.many"}.sql("SELECT generate_series(1, 3000000)"),
                      [](BinaryRow) {
                        throw Error{ErrorCode::io, "disk full"};
                      });
    });
    EXPECT_EQ(error.code(), ErrorCode::io);
  }
  EXPECT_EQ(database.query({"test.one", "SELECT 1 AS n"}).one()["n"].as<int>(), 1);
}

TEST_F(BinaryCopyTest, ReportsAnErrorInTheMiddleOfTheRows) {
  Database database = connect();
  Transaction tx = database.begin();
  std::int64_t seen = 0;
  const Error error = error_of([&] {
    copy_out_binary(tx,
                    Query{"test.bad"}.sql("SELECT 1 / (100 - n) FROM generate_series(1, 200) AS n"),
                    [&](BinaryRow) { ++seen; });
  });
  EXPECT_STREQ(error.what(), "test.bad: division by zero");
  EXPECT_EQ(seen, 99);
}

// Two rows, ('ab', NULL) and (''), as PostgreSQL sends them.
const std::string kRows = std::string{"PGCOPY\n\xff\r\n\0", 11} + std::string(8, '\0') +
                          std::string{
                              "\0\2"
                              "\0\0\0\2"
                              "ab"
                              "\xff\xff\xff\xff",
                              12} +
                          std::string{
                              "\0\1"
                              "\0\0\0\0",
                              6} +
                          "\xff\xff";

std::vector<std::string> read_in_pieces(const std::string& bytes, std::size_t size) {
  std::vector<std::string> seen;
  BinaryCopyReader reader{[&](BinaryRow row) {
    std::string line;
    for (const BinaryField& field : row) line += text(field) + ";";
    seen.push_back(line);
  }};
  for (std::size_t at = 0; at < bytes.size(); at += size) reader.feed(bytes.substr(at, size));
  reader.finish();
  return seen;
}

TEST(BinaryCopyReaderTest, TakesPiecesOfAnyLength) {
  for (std::size_t size = 1; size <= kRows.size(); ++size) {
    EXPECT_THAT(read_in_pieces(kRows, size), ElementsAre("ab;NULL;", ";")) << size;
  }
}

TEST(BinaryCopyReaderTest, RefusesWhatIsNoCopy) {
  const auto message_of = [](const std::string& bytes) {
    return std::string{error_of([&] { read_in_pieces(bytes, bytes.size()); }).what()};
  };
  EXPECT_THAT(message_of("PGCOPX" + kRows.substr(6)), HasSubstr("no signature"));
  EXPECT_THAT(message_of(kRows.substr(0, kRows.size() - 2)), HasSubstr("no end"));
  EXPECT_THAT(message_of(kRows.substr(0, kRows.size() - 1)), HasSubstr("no end"));
  EXPECT_THAT(message_of(kRows + "xx"), HasSubstr("something behind its end"));
  std::string extended = kRows;
  extended[18] = '\1';
  EXPECT_THAT(message_of(extended), HasSubstr("extension"));
  std::string negative = kRows;
  negative[34] = '\xfe';  // the length of the second field
  EXPECT_THAT(message_of(negative.replace(27, 4, "\xff\xff\xff\xfe")), HasSubstr("negative"));
}

}  // namespace
}  // namespace pcx::db

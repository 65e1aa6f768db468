#include "db/param.h"

#include <limits>

#include <gtest/gtest.h>

#include "tests/db/fixture.h"

namespace pcx::db {
namespace {

class ParamTest : public testing::DatabaseFixture {};

TEST_F(ParamTest, ArrivesAsItsType) {
  const std::vector<std::byte> bytes{std::byte{0}, std::byte{0xff}, std::byte{'\\'}};
  const std::vector<std::string> texts{"", "a,b", "{}", "NULL", "\"q\" \\", "\xf0\x9f\x90\x8e"};
  Database database = connect();
  const auto rows = database.query(
      {"test.echo",
       "SELECT $1::bool AS b, $2::bigint AS i, $3::float8 AS d, $4::text AS t, $5::bytea AS raw, "
       "$6::text[] AS texts, $7::text IS NULL AS is_null, $8::int AS maybe, "
       "octet_length($5::bytea) AS length"},
      {true, std::int64_t{-9'223'372'036'854'775'807}, 0.1, "it's", std::span{bytes}, texts,
       nullptr, std::optional<int>{7}});
  const Row row = rows.one();
  EXPECT_EQ(row["b"].as<bool>(), true);
  EXPECT_EQ(row["i"].as<std::int64_t>(), -9'223'372'036'854'775'807);
  EXPECT_EQ(row["d"].as<double>(), 0.1);
  EXPECT_EQ(row["t"].as<std::string>(), "it's");
  EXPECT_EQ(row["raw"].as<std::string>(), "\\x00ff5c");
  EXPECT_EQ(row["length"].as<int>(), 3);
  EXPECT_EQ(row["texts"].as<std::vector<std::string>>(), texts);
  EXPECT_TRUE(row["is_null"].as<bool>());
  EXPECT_EQ(row["maybe"].as<int>(), 7);
}

TEST_F(ParamTest, KeepsEveryDouble) {
  Database database = connect();
  for (const double value : {0.0, -1e-308, 1.7976931348623157e308, 123456.789,
                             std::numeric_limits<double>::infinity()}) {
    const auto rows = database.query({"test.echo", "SELECT $1::float8 AS d"}, {value});
    EXPECT_EQ(rows.one()["d"].as<double>(), value);
  }
}

TEST_F(ParamTest, IsRefusedWithANulByte) {
  Database database = connect();
  const Error error = testing::error_of([&] {
    database.query({"test.echo", "SELECT $1::text"}, {std::string{"a\0b", 3}});
  });
  EXPECT_STREQ(error.what(), "test.echo: a text holds a NUL byte");
}

TEST(Param, IsNullWhenTheOptionalIsEmpty) {
  EXPECT_EQ(Param{std::optional<std::string>{}}.text(), std::nullopt);
  EXPECT_EQ(Param{nullptr}.text(), std::nullopt);
  EXPECT_EQ(Param{std::vector<std::string>{}}.text(), "{}");
}

}  // namespace
}  // namespace pcx::db

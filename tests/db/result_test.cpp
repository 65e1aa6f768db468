#include "db/result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/db/fixture.h"

namespace pcx::db {
namespace {

using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;

class ResultTest : public testing::DatabaseFixture {
 protected:
  Result ask(std::string_view sql) {
    if (!database_) database_.emplace(connect());
    return database_->query({"test.ask", sql});
  }

 private:
  std::optional<Database> database_;
};

TEST_F(ResultTest, OutlivesItsDatabase) {
  std::optional<Result> rows;
  {
    Database database = connect();
    rows = database.query({"test.ask", "SELECT 'kept' AS text"});
  }
  EXPECT_EQ(rows->one()["text"].as<std::string_view>(), "kept");
}

TEST_F(ResultTest, VisitsItsRowsInOrder) {
  std::vector<int> seen;
  for (const Row row : ask("SELECT n FROM generate_series(1, 3) AS n")) {
    seen.push_back(row["n"].as<int>());
  }
  EXPECT_THAT(seen, ElementsAre(1, 2, 3));
}

TEST_F(ResultTest, NamesItsColumns) {
  const auto rows = ask("SELECT 1 AS \"One\", 2 AS two");
  EXPECT_THAT(rows.column_names(), ElementsAre("One", "two"));
  EXPECT_EQ(rows.one()["One"].as<int>(), 1);
  EXPECT_EQ(rows.one()[1].as<int>(), 2);
  EXPECT_EQ(rows.one().size(), 2u);
}

TEST_F(ResultTest, CountsAffectedRows) {
  ask("CREATE TABLE public.t AS SELECT n FROM generate_series(1, 4) AS n");
  EXPECT_EQ(ask("DELETE FROM public.t WHERE n > 1").affected_rows(), 3);
}

TEST_F(ResultTest, TellsNullFromEmpty) {
  const auto rows = ask("SELECT NULL::text AS nothing, '' AS empty");
  EXPECT_EQ(nullable<std::string>(rows.one()["nothing"]), std::nullopt);
  EXPECT_EQ(nullable<std::string>(rows.one()["empty"]), "");
  EXPECT_STREQ(error_of([&] { rows.one()["nothing"].as<std::string>(); }).what(),
               "column \"nothing\" is NULL");
}

TEST_F(ResultTest, RefusesWhatIsNotThere) {
  const auto rows = ask("SELECT n FROM generate_series(1, 2) AS n");
  EXPECT_STREQ(error_of([&] { rows.one(); }).what(), "expected one row, got 2");
  EXPECT_STREQ(error_of([&] { rows[0]["m"]; }).what(), "no column \"m\" in the result");
  EXPECT_STREQ(error_of([&] { rows[0][1]; }).what(), "no column number 1 in the result");
}

template <typename T>
T read_as(const char* text) {
  return Field{text, "c"}.as<T>();
}

TEST(Field, ReadsItsTypesOnly) {
  EXPECT_EQ(read_as<bool>("f"), false);
  EXPECT_EQ(read_as<double>("-Infinity"), -std::numeric_limits<double>::infinity());
  EXPECT_THROW(read_as<bool>("true"), Error);
  EXPECT_THROW(read_as<int>("2147483648"), Error);
  EXPECT_THROW(read_as<int>("1.5"), Error);
  EXPECT_THROW(read_as<int>(""), Error);
  EXPECT_THROW(read_as<double>("1,5"), Error);
}

TEST(Field, ReadsTextArrays) {
  EXPECT_THAT(read_as<std::vector<std::string>>("{}"), ElementsAre());
  EXPECT_THAT(read_as<std::vector<std::string>>(R"({a,"b,\"c\" \\","",null})"),
              ElementsAre("a", "b,\"c\" \\", "", "null"));
}

class FieldRefuses : public ::testing::TestWithParam<const char*> {};

TEST_P(FieldRefuses, WhatIsNoPlainTextArray) {
  EXPECT_THROW(read_as<std::vector<std::string>>(GetParam()), Error);
}

INSTANTIATE_TEST_SUITE_P(Arrays, FieldRefuses,
                         ::testing::Values("", "a", "{", "{a", "{a,}", "{{a},{b}}", "{NULL}",
                                           "{\"a}", "{a}x", "{\"a\"b}", "[0:0]={a}", "{\"a\\"));

}  // namespace
}  // namespace pcx::db

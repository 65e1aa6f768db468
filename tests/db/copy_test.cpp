#include "db/copy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/script.h"
#include "tests/db/fixture.h"

namespace pcx::db {
namespace {

using testing::error_of;
using ::testing::HasSubstr;

class CopyTest : public testing::DatabaseFixture {
 protected:
  void SetUp() override {
    database_.emplace(connect());
    run_script(*database_, "CREATE TABLE public.\"odd \"\"t\" (id bigint, \"Text\" text)", "");
  }
  Database& database() { return *database_; }
  CopyIn copy_into(Transaction& tx) { return CopyIn{tx, "public", "odd \"t", {"id", "Text"}}; }
  std::int64_t count() {
    return database()
        .query({"test.count", "SELECT count(*) AS n FROM public.\"odd \"\"t\""})
        .one()["n"]
        .as<std::int64_t>();
  }

 private:
  std::optional<Database> database_;
};

constexpr Statement kAll{
    "test.all", "-- everything\nSELECT id, \"Text\" FROM public.\"odd \"\"t\" ORDER BY id;\n"};

TEST_F(CopyTest, ReadsBackEveryAwkwardText) {
  const std::vector<std::optional<std::string>> texts = {
      "plain",        "",
      std::nullopt,   "\\N",
      "\\",           "a\tb\nc\rd\\te",
      "'\"quotes\"'", "\\.",
      "\b\f\v",       "\xf0\x9f\x90\x8e \xe6\x97\xa5\xe6\x9c\xac",
      "trailing\\"};
  Transaction tx = database().begin();
  CopyIn copy = copy_into(tx);
  std::int64_t id = 0;
  for (const auto& text : texts) {
    copy.field(++id);
    if (text) copy.field(*text);
    if (!text) copy.field_null();
    copy.end_row();
  }
  EXPECT_EQ(copy.finish(), static_cast<std::int64_t>(texts.size()));

  std::vector<std::optional<std::string>> seen;
  copy_out(tx, kAll, [&](const CopyRow& row) {
    ASSERT_EQ(row.size(), 2u);
    seen.push_back(row[1] ? std::optional{std::string{*row[1]}} : std::nullopt);
  });
  EXPECT_EQ(seen, texts);
  const auto rows = tx.query(kAll);  // and as ordinary rows: the escaping is not only symmetric
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(nullable<std::string>(rows[i]["Text"]), texts[i]);
  }
}

TEST_F(CopyTest, StreamsMoreThanOnePiece) {
  Transaction tx = database().begin();
  CopyIn copy = copy_into(tx);
  for (int i = 0; i < 5000; ++i) copy.raw("1\tsome text that makes the row a bit longer\n");
  EXPECT_EQ(copy.finish(), 5000);
  tx.commit();
  EXPECT_EQ(count(), 5000);
}

TEST_F(CopyTest, TellsWhichRowIsWrong) {
  Transaction tx = database().begin();
  CopyIn copy = copy_into(tx);
  copy.raw("1\ta\nx\tb\n");
  const Error error = error_of([&] { copy.finish(); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_STREQ(error.what(), "copy into odd \"t: invalid input syntax for type bigint: \"***\"");
  EXPECT_THAT(error.detail(), HasSubstr("line 2, column id"));
}

TEST_F(CopyTest, EndsEarlyWhenTheServerRefusesInTheMiddle) {
  Transaction tx = database().begin();
  CopyIn copy = copy_into(tx);
  const std::string piece(100'000, 'y');
  const Error error = error_of([&] {
    for (int i = 0; i < 10'000; ++i) copy.raw(piece + "\n");  // a gigabyte, were it all sent
    copy.finish();
  });
  EXPECT_EQ(error.sqlstate(), "22P02");
  EXPECT_FALSE(tx.is_open());
}

TEST_F(CopyTest, StoresNothingWithoutFinish) {
  {
    Transaction tx = database().begin();
    {
      CopyIn copy = copy_into(tx);
      copy.raw("1\ta\n");
    }
    EXPECT_EQ(error_of([&] { tx.commit(); }).reason(), "transaction_over");
  }
  EXPECT_EQ(count(), 0);
}

TEST_F(CopyTest, NamesATableThatIsNotThere) {
  Transaction tx = database().begin();
  const Error error = error_of([&] { CopyIn(tx, "public", "nix", {}); });
  EXPECT_STREQ(error.what(), "copy into nix: relation \"public.nix\" does not exist");
}

TEST_F(CopyTest, LeavesAUsableSessionWhenTheVisitorThrows) {
  {
    Transaction tx = database().begin();
    const Error error = error_of([&] {
      copy_out(tx, {"test.many", "SELECT generate_series(1, 3000000)"}, [](const CopyRow&) {
        throw Error{ErrorCode::io, "disk full"};
      });
    });
    EXPECT_EQ(error.code(), ErrorCode::io);
    EXPECT_FALSE(tx.is_open());
  }
  EXPECT_EQ(count(), 0);
}

TEST_F(CopyTest, ReportsAnErrorInTheMiddleOfTheRows) {
  Transaction tx = database().begin();
  std::int64_t seen = 0;
  const Error error = error_of([&] {
    copy_out(tx, {"test.bad", "SELECT 1 / (100 - n) FROM generate_series(1, 200) AS n"},
             [&](const CopyRow&) { ++seen; });
  });
  EXPECT_STREQ(error.what(), "test.bad: division by zero");
  EXPECT_EQ(seen, 99);
}

}  // namespace
}  // namespace pcx::db

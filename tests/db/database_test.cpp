#include "db/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "db/query.h"
#include "tests/db/fixture.h"

namespace pcx::db {
namespace {

using ::testing::HasSubstr;

class DatabaseTest : public testing::DatabaseFixture {};

constexpr Statement kOne{"test.one", "SELECT 1 AS one"};

TEST_F(DatabaseTest, AnswersAQuestion) {
  Database database = connect();
  EXPECT_EQ(database.query(kOne).one()["one"].as<int>(), 1);
  EXPECT_EQ(database.path(), Path::direct);
  EXPECT_GE(database.server_version(), 140000);
}

TEST_F(DatabaseTest, KeepsWhatWasCommittedOnly) {
  Database database = connect();
  database.query({"test.make", "CREATE TABLE public.t (n int)"});
  {
    Transaction tx = database.begin();
    tx.query({"test.insert", "INSERT INTO public.t VALUES ($1)"}, {1});
    tx.commit();
  }
  {
    Transaction tx = database.begin();
    tx.query({"test.insert", "INSERT INTO public.t VALUES ($1)"}, {2});
  }
  const auto sum = database.query({"test.sum", "SELECT sum(n)::int AS sum FROM public.t"});
  EXPECT_EQ(sum.one()["sum"].as<int>(), 1);
}

TEST_F(DatabaseTest, TellsEveryFieldOfAnError) {
  Database database = connect();
  database.query({"test.make", "CREATE TABLE public.t (n int CONSTRAINT only_once UNIQUE)"});
  database.query({"test.insert", "INSERT INTO public.t VALUES (7)"});
  try {
    database.query({"test.insert", "INSERT INTO public.t VALUES (7)"});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::data);
    EXPECT_EQ(error.sqlstate(), "23505");
    EXPECT_STREQ(error.what(),
                 "test.insert: duplicate key value violates unique constraint \"only_once\"");
    EXPECT_THAT(error.detail(), HasSubstr("Key (n)=(7) already exists."));
    EXPECT_THAT(error.detail(),
                HasSubstr("constraint \"only_once\", table \"t\", schema \"public\""));
  }
}

}  // namespace
}  // namespace pcx::db

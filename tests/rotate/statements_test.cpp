#include "rotate/statements.h"

#include <gmock/gmock.h>

#include "db/bulk_statement.h"
#include "rotate/write_statement.h"
#include "tests/rotate/fixture.h"

namespace pcx::rotate {
namespace {

using ::testing::ElementsAre;

// Of one table with everything that a statement has to cope with.
class Statements : public RotateFixture {
 protected:
  void SetUp() override {
    sql(R"(CREATE TABLE public."T ""x" ("Id'1" uuid, tenant int, v text, short varchar(80),
             whole jsonb, doc jsonb, kind text, row text, PRIMARY KEY (tenant, "Id'1"));
           INSERT INTO public."T ""x" VALUES
             ('8f14e45f-ceea-467f-a8f0-7c6b2b1c9a01', 1, 'old', '', '"old"',
              '{"m''1": "old", "m2": "old", "rest": [1]}', 'T', '5'),
             ('8f14e45f-ceea-467f-a8f0-7c6b2b1c9a02', 2, NULL, 'new:x', NULL, '{"m''1": "old"}',
              'U', '6'))");
    fields::Field free = field("T \"x", "v");
    free.bind = fields::Bind::column;
    fields::Field second = field("T \"x", "short");
    second.bind = fields::Bind::column;
    fields::Field third = field("T \"x", "whole");
    third.bind = fields::Bind::column;
    target_ = heaps({free, second, third, copy(field("T \"x", "doc", "m'1"), "T"),
                     copy(field("T \"x", "doc", "m2"), "T")})
                  .at(0)
                  .target;
  }

  Target target_;
};

TEST_F(Statements, ReadWhatIsPending) {
  const auto rows = read_rows(target_, database().query(pages_query(target_, {0, 1}, "new:")));
  ASSERT_EQ(rows.size(), 1u);  // the other one has nothing that is not done, or no copy
  EXPECT_THAT(rows[0].key, ElementsAre("1", "8f14e45f-ceea-467f-a8f0-7c6b2b1c9a01"));
  EXPECT_EQ(rows[0].block, 0u);
  EXPECT_THAT(rows[0].old, ElementsAre("old", "", "old", "old", "old"));
  EXPECT_THAT(rows[0].bound_to, ElementsAre("*", "*", "*", "5", "5"));
  EXPECT_EQ(read_rows(target_, database().query(pages_query(target_, {0, 1}, ""))).size(), 2u);
  EXPECT_EQ(read_rows(target_, database().query(pages_query(target_, {1, 9}, ""))).size(), 0u);
  EXPECT_EQ(read_rows(target_, database().query(rows_query(target_, {rows[0].key}, "new:"))).size(),
            1u);
}

// As a session has it whose triggers shall find what they name.
TEST_F(Statements, MeanTheServersOwnFunctionsAndOperators) {
  sql(R"(CREATE TABLE public.n (id varchar PRIMARY KEY, v text);
         INSERT INTO public.n VALUES ('a', 'old');
         CREATE FUNCTION public.unnest(text[]) RETURNS SETOF text LANGUAGE sql AS
           'SELECT NULL::text WHERE false';
         CREATE FUNCTION public.never(varchar, varchar) RETURNS bool LANGUAGE sql AS
           'SELECT false';
         CREATE OPERATOR public.= (LEFTARG = varchar, RIGHTARG = varchar,
                                   FUNCTION = public.never);
         SET search_path TO pg_catalog, public)");
  ASSERT_TRUE(
      database().query({"test.hijack", "SELECT id = id FROM public.n WHERE id = id"}).empty());
  const Target target = heaps({field("n", "v")}).at(0).target;
  EXPECT_EQ(database().query(rows_query(target, {{"a"}}, "new:")).size(), 1u);
}

TEST_F(Statements, WriteWhatIsStillAsItWasRead) {
  const auto rows = read_rows(target_, database().query(pages_query(target_, {0, 1}, "new:")));
  WriteArrays arrays{target_};
  arrays.add(rows[0], {"new:1", std::nullopt, "new:3", "new:\"4\"", std::nullopt});
  db::BulkStatement statement{database(), write_query(target_)};
  EXPECT_EQ(statement.run(arrays.arrays()), 1);
  const db::Result written = database().query(
      {"test.read",
       R"(SELECT v, short, whole::text, doc::text FROM public."T ""x" WHERE tenant = 1)"});
  const db::Row row = written.one();
  EXPECT_EQ(row[0].as<std::string>(), "new:1");
  EXPECT_EQ(row[1].as<std::string>(), "");
  EXPECT_EQ(row[2].as<std::string>(), "\"new:3\"");
  EXPECT_EQ(row[3].as<std::string>(), R"({"m2": "old", "m'1": "new:\"4\"", "rest": [1]})");
  // A second time it is not what was read any more.
  EXPECT_EQ(statement.run(arrays.arrays()), 0);
}

// What is in a row that is no copy belongs to somebody else, whatever else the row has.
TEST_F(Statements, LeaveAloneWhatDoesNotMatch) {
  sql(R"(CREATE TYPE public.kind AS ENUM ('A', 'B');
         CREATE TABLE public.log (id int PRIMARY KEY, kind public.kind, row text, doc jsonb);
         INSERT INTO public.log VALUES (1, 'A', '1', '{"m1": "old", "m2": "not its own"}'),
                                       (2, 'B', '2', '{"m1": "not its own", "m2": "old"}'),
                                       (3, NULL, '3', '{"m1": "not its own"}'))");
  const Target target =
      heaps({copy(field("log", "doc", "m1"), "A"), copy(field("log", "doc", "m2"), "B")})
          .at(0)
          .target;
  const auto rows = read_rows(target, database().query(pages_query(target, {0, 1}, "new:")));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_THAT(rows[0].old, ElementsAre("old", std::nullopt));
  EXPECT_THAT(rows[1].old, ElementsAre(std::nullopt, "old"));
  WriteArrays arrays{target};
  arrays.add(rows[0], {"new:1", std::nullopt});
  arrays.add(rows[1], {std::nullopt, "new:2"});
  db::BulkStatement statement{database(), write_query(target)};
  EXPECT_EQ(statement.run(arrays.arrays()), 2);
  EXPECT_EQ(read_rows(target, database().query(pages_query(target, {0, 1}, "new:"))).size(), 0u);
  const db::Result left = database().query(
      {"test.read", "SELECT count(*) AS n FROM public.log WHERE doc::text LIKE '%not its own%'"});
  EXPECT_EQ(left.one()["n"].as<std::int64_t>(), 3);
}

// What was sealed for one row is not written as a copy of another.
TEST_F(Statements, LeaveAloneACopyThatIsOfAnotherRowByNow) {
  const auto rows = read_rows(target_, database().query(pages_query(target_, {0, 1}, "new:")));
  WriteArrays arrays{target_};
  arrays.add(rows[0], {"new:1", "new:2", "new:3", "new:4", "new:5"});
  db::BulkStatement statement{database(), write_query(target_)};
  for (const char* row : {"'6'", "NULL"}) {
    sql(std::string{R"(UPDATE public."T ""x" SET row = )"} + row + " WHERE tenant = 1");
    EXPECT_EQ(statement.run(arrays.arrays()), 0) << row;
  }
  sql(R"(UPDATE public."T ""x" SET row = '5' WHERE tenant = 1)");
  EXPECT_EQ(statement.run(arrays.arrays()), 1);
}

}  // namespace
}  // namespace pcx::rotate

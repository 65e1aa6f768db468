// What a statement that stands alone does to the catalog.
#include "migrate/operation.h"

#include <gtest/gtest.h>

namespace pcx::migrate {
namespace {

using Kind = Operation::Kind;

struct Case {
  const char* sql;
  Operation expected;
};

class OperationOf : public ::testing::TestWithParam<Case> {};

TEST_P(OperationOf, IsReadFromItsText) {
  const Operation read = operation_of(GetParam().sql);
  const Operation& expected = GetParam().expected;
  EXPECT_EQ(read.kind, expected.kind);
  EXPECT_EQ(read.schema, expected.schema);
  EXPECT_EQ(read.name, expected.name);
  EXPECT_EQ(read.table_schema, expected.table_schema);
  EXPECT_EQ(read.table, expected.table);
  EXPECT_EQ(is_knowable(read), expected.kind != Kind::unknowable);
}

INSTANTIATE_TEST_SUITE_P(
    Statements, OperationOf,
    ::testing::Values(
        Case{"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"I x\" ON s.\"T\" (a)",
             {Kind::create_index, "", "I x", "s", "T"}},
        Case{"CREATE INDEX CONCURRENTLY ON t (a)", {Kind::create_index, "", "", "", "t"}},
        Case{"DROP INDEX CONCURRENTLY IF EXISTS s.i", {Kind::drop_index, "s", "i", "", ""}},
        Case{"DROP INDEX CONCURRENTLY i", {Kind::drop_index, "", "i", "", ""}},
        Case{"DROP INDEX CONCURRENTLY i, j", {}},
        Case{"REINDEX INDEX CONCURRENTLY s.i", {Kind::reindex_index, "s", "i", "", ""}},
        Case{"REINDEX (CONCURRENTLY) TABLE s.t", {Kind::reindex_table, "", "", "s", "t"}},
        Case{"REINDEX SCHEMA CONCURRENTLY s", {Kind::repeatable, "", "", "", ""}},
        Case{"REINDEX DATABASE d", {Kind::repeatable, "", "", "", ""}},
        Case{"ALTER TABLE s.p DETACH PARTITION s2.c CONCURRENTLY",
             {Kind::detach_partition, "s2", "c", "s", "p"}},
        Case{"CREATE DATABASE d", {Kind::create_database, "", "d", "", ""}},
        Case{"DROP DATABASE IF EXISTS d", {Kind::drop_database, "", "d", "", ""}},
        Case{"CREATE TABLESPACE x LOCATION '/x'", {Kind::create_tablespace, "", "x", "", ""}},
        Case{"DROP TABLESPACE x", {Kind::drop_tablespace, "", "x", "", ""}},
        Case{"VACUUM FULL t", {Kind::repeatable, "", "", "", ""}},
        Case{"CLUSTER", {Kind::repeatable, "", "", "", ""}},
        Case{"ALTER SYSTEM SET work_mem = 1", {Kind::repeatable, "", "", "", ""}},
        Case{"ALTER DATABASE d SET TABLESPACE x", {Kind::repeatable, "", "", "", ""}},
        Case{"COMMIT PREPARED 'x'", {}}, Case{"CALL p()", {}}, Case{"DO $$ BEGIN END $$", {}},
        Case{"CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p", {}}, Case{"REPACK t", {}}));

}  // namespace
}  // namespace pcx::migrate

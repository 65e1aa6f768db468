#include "db/sql_literals.h"

#include <gtest/gtest.h>

namespace pcx::db {
namespace {

struct Sql {
  const char* name;
  const char* text;
  const char* masked;
};

class MaskLiterals : public ::testing::TestWithParam<Sql> {};

TEST_P(MaskLiterals, LeavesNoValue) {
  EXPECT_EQ(mask_literals(GetParam().text), GetParam().masked);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, MaskLiterals,
    ::testing::Values(
        Sql{"Nothing", "SELECT a.b$c, $1, 5 - 2 / 3 FROM t", "SELECT a.b$c, $1, 5 - 2 / 3 FROM t"},
        Sql{"Empty", "", ""},
        Sql{"String", "CREATE ROLE x PASSWORD 'rex'", "CREATE ROLE x PASSWORD '***'"},
        Sql{"Doubled", "SELECT 'it''s', 1", "SELECT '***''***', 1"},
        Sql{"Lines", "SELECT 'a\nb\nc',\n1", "SELECT '***\n\n',\n1"},
        Sql{"Escapes", "SELECT E'it\\'s', e'\\\\' x", "SELECT E'***', e'***' x"},
        Sql{"NoEscapes", "SELECT 'a\\b', some'\\'x'y", "SELECT '***', some'***"},
        Sql{"Prefixes", "SELECT B'1', U&'d', N'n'", "SELECT B'***', U&'***', N'***'"},
        Sql{"Dollars", "DO $$ it's $$, $a_1$ $$ $b$ $a_1$ x", "DO $$***$$, $a_1$***$a_1$ x"},
        Sql{"Name", "SELECT \"it's\", 'a' AS \"a\"\"'b\"", "SELECT \"it's\", '***' AS \"a\"\"'b\""},
        Sql{"Comment", "-- don't\nSELECT 'a' -- 'b", "-- don't\nSELECT '***' -- 'b"},
        Sql{"Nested", "/* it's /* no */ */ 'a' /* open '", "/* it's /* no */ */ '***' /* open '"},
        Sql{"OpenString", "SELECT 'secret", "SELECT '***"},
        Sql{"OpenEscape", "SELECT E'secret\\", "SELECT E'***"},
        Sql{"OpenDollars", "SELECT $x$secret$y$", "SELECT $x$***"},
        Sql{"OpenName", "SELECT \"name", "SELECT \"name"}, Sql{"Dollar", "a $", "a $"}),
    [](const auto& chosen) { return std::string{chosen.param.name}; });

}  // namespace
}  // namespace pcx::db

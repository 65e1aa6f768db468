#include "kpi/sql_outline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pcx::kpi {
namespace {

using ::testing::ElementsAreArray;

std::string fault_of(std::string_view sql) {
  const auto fault = outline_sql(sql).fault;
  return fault ? fault->phrase + " at " + std::to_string(fault->offset) : "";
}

TEST(OutlineSql, FindsNoFaultInWhatIsQuotedOrCommented) {
  for (const char* sql : {"",
                          "SELECT 1",
                          "';'",
                          "';'';'",
                          "\";\"\";\"",
                          "$$;'\"$$",
                          "$a$;$$;$b$;$a$",
                          "-- ;'\"(",
                          "/* ; /* ' */ ; */ 1",
                          "-- ;\n1",
                          "-- ;\r1",
                          "E'\\';'",
                          "e'a\\\\'",
                          "E''';'",
                          "'\\' || ')'",
                          "B'1' || X'2;' || N';'",
                          "U&'\\0027;'",
                          "a$1",
                          "a$b$",
                          "\xc3\xa9$1",
                          "(a[1], (b))",
                          "E'a'\n '\\';'",
                          "E'a' -- it's\n ';\\''",
                          "E'a'--x\n--y\n';'",
                          "xe'\\' || ''",
                          "'-- ' || '/*'",
                          "\"e\"'\\'",
                          "$\xc3\xa9$;$\xc3\xa9$",
                          "1 - -1 / 2 * 3",
                          "a $ b"}) {
    EXPECT_EQ(fault_of(sql), "") << sql;
  }
}

struct Faulty {
  const char* sql;
  const char* fault;
};

TEST(OutlineSql, FindsTheFirstFault) {
  const Faulty table[] = {
      {"SELECT 1;", "a semicolon outside of quotes and comments at 8"},
      {"';' ;", "a semicolon outside of quotes and comments at 4"},
      {"'\\';", "a semicolon outside of quotes and comments at 3"},
      {"xE'\\';", "a semicolon outside of quotes and comments at 5"},
      {"E'\\\\';", "a semicolon outside of quotes and comments at 5"},
      {"'a'\n'b\\';", "a semicolon outside of quotes and comments at 8"},
      {"E'a' 'b\\';", "a semicolon outside of quotes and comments at 9"},
      {"$a$ $$ $a$;", "a semicolon outside of quotes and comments at 10"},
      {"a$b$;$b$", "a semicolon outside of quotes and comments at 4"},
      {"/* /* */ */;", "a semicolon outside of quotes and comments at 11"},
      {"--\n;", "a semicolon outside of quotes and comments at 3"},
      {"--\r;", "a semicolon outside of quotes and comments at 3"},
      {"1 = 'a", "a text in '...' that does not end at 4"},
      {"'a''", "a text in '...' that does not end at 0"},
      {"E'\\'", "a text in '...' that does not end at 1"},
      {"E'a'\n'\\'", "a text in '...' that does not end at 1"},
      {"E'\\", "a text in '...' that does not end at 1"},
      {"a \"b", "a name in \"...\" that does not end at 2"},
      {"\"b\"\"", "a name in \"...\" that does not end at 0"},
      {"$$ $a$", "a text in $...$ that does not end at 0"},
      {"1 /* /* */", "a comment that does not end at 2"},
      {"/*/", "a comment that does not end at 0"},
      {"a = $1", "a parameter $1 at 4"},
      {"1$23", "a parameter $23 at 1"},
      {"$1234567890123456", "a parameter $12345678901 at 0"},
      {"a.u&\"b\"", "a name in U&\"...\" at 2"},
      {"((a)", "a ( that nothing closes at 0"},
      {"a[1", "a [ that nothing closes at 1"},
      {"a)", "a ) that closes nothing at 1"},
      {"(a])", "a ] that closes a ( at 2"},
      {"'(' )", "a ) that closes nothing at 4"},
  };
  for (const Faulty& row : table) EXPECT_EQ(fault_of(row.sql), row.fault) << row.sql;
}

std::vector<std::string> names_of(std::string_view sql) {
  std::vector<std::string> names;
  for (const SqlName& name : outline_sql(sql).names) names.push_back(name.text);
  return names;
}

TEST(OutlineSql, NamesWhatMayBeATable) {
  EXPECT_THAT(names_of("SELECT A.b, \"C\"\"d\" . e FROM f -- g\n JOIN /* h */ \xc3\x9c$1"),
              ElementsAreArray({"select", "a", "C\"d", "from", "f", "join", "\xc3\x9c$1"}));
  EXPECT_THAT(names_of("x AS y, z as \"w\", AS/**/v u"),
              ElementsAreArray({"x", "as", "z", "as", "as", "u"}));
  EXPECT_THAT(names_of("'a' E'b' $c$d$c$ 1e5 1.f N'g'"), ElementsAreArray({"e5", "f", "n"}));
  EXPECT_THAT(names_of("a. b c .d"), ElementsAreArray({"a", "c"}));
}

TEST(OutlineSql, SaysWhereANameStands) {
  const auto names = outline_sql("-- \xc3\xa9\n from \"b\"").names;
  ASSERT_EQ(names.size(), 2u);
  EXPECT_EQ(names[0].offset, 7u);
  EXPECT_FALSE(names[0].is_quoted);
  EXPECT_EQ(names[1].offset, 12u);
  EXPECT_TRUE(names[1].is_quoted);
}

TEST(OutlineSql, FindsCommentsCommasAndTheStart) {
  const SqlOutline outline = outline_sql(" /* , */ f(a, b)[1, 2], ',' --");
  EXPECT_EQ(outline.comment, 1u);
  EXPECT_EQ(outline.start, 9u);
  EXPECT_EQ(outline.comma, 22u);
  const SqlOutline nothing = outline_sql(" -- \n ");
  EXPECT_EQ(nothing.start, std::nullopt);
  EXPECT_EQ(nothing.comma, std::nullopt);
  EXPECT_EQ(outline_sql("a").comment, std::nullopt);
}

}  // namespace
}  // namespace pcx::kpi

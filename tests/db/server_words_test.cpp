#include "db/server_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pcx::db::wire {
namespace {

using ::testing::EndsWith;
using ::testing::SizeIs;

const std::string kLeftOut = "the values are left out here; the server's log has them";

struct Message {
  const char* sqlstate;
  const char* text;
  const char* shown;
  std::size_t position = 0;
};

class ShownMessage : public ::testing::TestWithParam<Message> {};

TEST_P(ShownMessage, ShowsNoValue) {
  EXPECT_EQ(shown_message({.sqlstate = GetParam().sqlstate,
                           .message = GetParam().text,
                           .position = GetParam().position}),
            GetParam().shown);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, ShownMessage,
    ::testing::Values(
        Message{"42P01", "relation \"a\" does not exist", "relation \"a\" does not exist"},
        Message{"42601", "syntax error at or near \";\"", "syntax error at or near \";\"", 8},
        Message{"42601", "syntax error at or near \"$1\"", "syntax error at or near \"$1\"", 8},
        Message{"42601", "syntax error at or near \"'rex'\"", "syntax error at or near \"***\"", 8},
        Message{"42601", "unterminated quoted string at or near \"'rex;\nSELECT 1\n\"",
                "unterminated quoted string at or near \"***\"", 8},
        Message{"42601", "unterminated dollar-quoted string at or near \"$$ rex\"",
                "unterminated dollar-quoted string at or near \"***\"", 8},
        Message{"42601", "Syntaxfehler bei \u00bb'rex'\u00ab", "Syntaxfehler bei \u00bb***\"", 8},
        Message{"42601", "syntax error in tsquery: \"Rex is ill\"",
                "syntax error in tsquery: \"***\""},
        Message{"22P02", "invalid input syntax for type integer: \"Rex \"the\" dog\"",
                "invalid input syntax for type integer: \"***\""},
        Message{"22P02", "ung\u00fcltige Eingabesyntax f\u00fcr Typ integer: \u00bbRex\u00ab",
                "ung\u00fcltige Eingabesyntax f\u00fcr Typ integer: \u00bb***\u00ab"},
        Message{"22012", "division by zero", "division by zero"},
        Message{"22001", "an unclosed \"Rex", "an unclosed \"***"}));

TEST(ShownMessage, KeepsWhatTheScriptItselfSays) {
  EXPECT_EQ(shown_message({.sqlstate = "22P02", .message = "invalid: \"x\"", .position = 8}),
            "invalid: \"x\"");
  EXPECT_EQ(shown_message({.sqlstate = "42601",
                           .message = "syntax error at or near \"nix\"",
                           .internal_query = "nix",
                           .internal_position = 1}),
            "syntax error at or near \"nix\"");
  EXPECT_EQ(shown_message({.sqlstate = "22000",
                           .message = "no \"x\"",
                           .context = "PL/pgSQL function f() line 2 at RAISE"}),
            "no \"x\"");
}

struct Detail {
  const char* sqlstate;
  const char* text;
  const char* shown;  // before the sentence about the log, when a value is left out
};

class ShownDetail : public ::testing::TestWithParam<Detail> {};

TEST_P(ShownDetail, NamesColumnsWithoutValues) {
  const std::string shown =
      shown_detail({.sqlstate = GetParam().sqlstate, .detail = GetParam().text});
  const std::string before = GetParam().shown;
  EXPECT_EQ(shown, before.empty() ? kLeftOut : before + "\n" + kLeftOut);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, ShownDetail,
    ::testing::Values(Detail{"23505", "Key (email)=(ann@b.c) already exists.",
                             "Key (email) already exists."},
                      Detail{"23505", "Key (lower(email), n)=(a)=(b, 1) is duplicated.",
                             "Key (lower(email), n) is duplicated."},
                      Detail{"23503", "Key (owner)=(9 (nine)) is not present in table \"owner\".",
                             "Key (owner) is not present in table \"owner\"."},
                      Detail{"23P01", "Key (r)=([1,3)) conflicts with existing key (r)=([2,4)).",
                             "Key (r) conflicts with another row."},
                      Detail{"23505", "Schl\u00fcssel \u00bb(id)=(1)\u00ab existiert bereits.",
                             "Schl\u00fcssel \u00bb(id)\u00ab existiert bereits."},
                      Detail{"23502", "Failing row contains (1, null, Rex).", ""},
                      Detail{"23514", "Partition key of the failing row contains (a) = (5).", ""},
                      Detail{"44000", "Failing row contains (1, Rex).", ""},
                      Detail{"2200M", "line 1: Start tag expected, '<' not found\nRex\n^", ""},
                      Detail{"P0002", "parameters: who = 'Rex'", ""},
                      Detail{"P0003", "parameters: who = 'Rex'", ""}));

TEST(ShownDetail, KeepsOtherDetails) {
  EXPECT_EQ(shown_detail({.sqlstate = "2BP01", .detail = "view b depends on table a"}),
            "view b depends on table a");
  EXPECT_EQ(shown_detail({.sqlstate = "22P02", .detail = "Token \"Rex\" is invalid."}),
            "Token \"***\" is invalid.\n" + kLeftOut);
  EXPECT_EQ(shown_detail({.sqlstate = "22P02", .message = "invalid: \"Rex\""}), kLeftOut);
  EXPECT_EQ(shown_detail({.sqlstate = "22P02", .message = "invalid: \"x\"", .position = 8}), "");
  EXPECT_EQ(shown_detail({.sqlstate = "22003", .detail = "less than 10^3"}), "less than 10^3");
  EXPECT_EQ(shown_detail({.sqlstate = "23514",
                          .detail = "shelf 3",
                          .context = "PL/pgSQL function f() line 2 at RAISE\nSQL statement \"x\""}),
            "shelf 3");
  EXPECT_EQ(shown_detail({.sqlstate = "23505"}), "");
}

struct Context {
  const char* text;
  const char* shown;
};

class ShownContextLine : public ::testing::TestWithParam<Context> {};

TEST_P(ShownContextLine, ShowsNoValue) {
  EXPECT_EQ(shown_context({.context = GetParam().text}), GetParam().shown);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, ShownContextLine,
    ::testing::Values(
        Context{"SQL statement \"CREATE ROLE x PASSWORD 'rex'\"\n"
                "PL/pgSQL function f(integer) line 2 at EXECUTE",
                "SQL statement \"CREATE ROLE x PASSWORD '***'\"\n"
                "PL/pgSQL function f(integer) line 2 at EXECUTE"},
        Context{"SQL expression \"a = 'rex'\"", "SQL expression \"a = '***'\""},
        Context{"COPY t, line 2, column id: \"rex\"", "COPY t, line 2, column id"},
        Context{"JSON data, line 1: {\"name\":rex", "JSON data, line 1"},
        Context{"while updating tuple (0,1) in relation \"a\"",
                "while updating tuple (0,1) in relation \"a\""},
        Context{"unnamed portal with parameters: $1 = 'rex'",
                "(1 more line of context in the server's log)"},
        // A quotation mark at the end of a line is not the statement's.
        Context{"SQL statement \"INSERT INTO \"t\"\nVALUES (rex)\n,('dog')\"",
                "SQL statement \"INSERT INTO \"t\"\n(2 more lines of context in the server's log)"},
        Context{"SQL statement \"", "SQL statement \"\""}));

TEST(ShownContext, HasALimit) {
  const std::string many(5'000, '\n');
  EXPECT_THAT(shown_context({.context = "SQL statement \"SELECT" + many + "1\""}),
              EndsWith("... (4998 more lines)"));
  const std::string one =
      shown_context({.context = "PL/pgSQL function " + std::string(5'000, 'x')});
  EXPECT_THAT(one, EndsWith("... (4618 more bytes)"));
  EXPECT_THAT(one, SizeIs(::testing::Lt(500)));
  std::string deep;
  for (int i = 0; i < 30; ++i) deep += "PL/pgSQL function f() line 1 at PERFORM\n";
  EXPECT_THAT(shown_context({.context = deep}),
              EndsWith("PERFORM\n(10 more lines of context in the server's log)"));
  EXPECT_THAT(shown_hint({.hint = std::string(399, 'x') + "\u00e9\u00e9"}),
              EndsWith("x... (4 more bytes)"));
}

TEST(ShownInnerQuery, ShowsTheLineAndItsNeighbours) {
  EXPECT_EQ(shown_inner_query({.internal_query = "a\nb\n'x'\nnix\nc\nd", .internal_position = 10}),
            "in the inner query, line 4, column 2: '***'\nnix\nc");
  EXPECT_EQ(shown_inner_query({.internal_query = "nix"}),
            "in the inner query, line 1, column 1: nix");
  EXPECT_EQ(shown_inner_query({}), "");
}

}  // namespace
}  // namespace pcx::db::wire

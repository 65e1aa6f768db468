#include "audit/expression.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "tests/support/errors.h"

namespace pcx::audit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Term term_of(std::string_view text) {
  Expression expression = parse_expression(text);
  EXPECT_EQ(expression.kind, Expression::Kind::term) << text;
  return expression.term;
}

std::vector<std::string> pieces_of(std::string_view text) {
  return term_of(text).values.at(0).pieces;
}

TEST(Expression, NothingHoldsForEverything) {
  EXPECT_TRUE(parse_expression("").is_empty());
  EXPECT_TRUE(parse_expression(" \t\r\n ").is_empty());
}

TEST(Expression, ATermHasAFieldAndValues) {
  const Term term = term_of("user:u1,u2");
  EXPECT_EQ(term.field, Field::user);
  EXPECT_EQ(term.op, Operator::match);
  EXPECT_THAT(term.values, ElementsAre(Value{{"u1"}}, Value{{"u2"}}));
}

TEST(Expression, StarsCutAValueIntoPieces) {
  EXPECT_THAT(pieces_of("action:Patient.*"), ElementsAre("Patient.", ""));
  EXPECT_THAT(pieces_of("action:*.up*e"), ElementsAre("", ".up", "e"));
  EXPECT_THAT(pieces_of("action:*"), ElementsAre("", ""));
  EXPECT_THAT(pieces_of("action:100%_\\"), ElementsAre("100%_\\"));
}

TEST(Expression, QuotesTakeStarsAndBlanksAsTheyAre) {
  EXPECT_THAT(pieces_of(R"(user:"a * (b), \"c\" \\")"), ElementsAre(R"(a * (b), "c" \)"));
  EXPECT_THAT(pieces_of(R"(agent:"Mozilla 5"*)"), ElementsAre("Mozilla 5", ""));
  EXPECT_THAT(pieces_of(R"(user:"")"), ElementsAre(""));
  EXPECT_THAT(term_of(R"(user:"a,b",c)").values, ElementsAre(Value{{"a,b"}}, Value{{"c"}}));
}

TEST(Expression, TextWithoutAFieldIsFreeText) {
  EXPECT_EQ(term_of("Rex").field, Field::text);
  EXPECT_EQ(term_of("Rex").values.at(0).text(), "Rex");
  EXPECT_EQ(term_of(R"("user:x OR")").values.at(0).text(), "user:x OR");
  EXPECT_EQ(term_of("@home.example").values.at(0).text(), "@home.example");
  EXPECT_EQ(term_of("ORANGE").values.at(0).text(), "ORANGE");
}

TEST(Expression, EveryFieldIsKnownByEachOfItsNames) {
  for (const FieldName& name : kFieldNames) {
    const bool has_path = name.field == Field::changes || name.field == Field::metadata;
    const std::string value = name.field == Field::source    ? "app"
                              : name.field == Field::op      ? "delete"
                              : name.field == Field::success ? "true"
                              : name.field == Field::ip      ? "10.0.0.1"
                                                             : "2026-01-31";
    EXPECT_EQ(term_of(std::string{name.name} + (has_path ? ".x:" : ":") + value).field, name.field)
        << name.name;
  }
}

TEST(Expression, OrBindsLessThanAnd) {
  EXPECT_EQ(parse_expression("a b OR c"), parse_expression("(a AND b) OR (c)"));
  EXPECT_EQ(parse_expression("a b OR c").kind, Expression::Kind::any);
  EXPECT_EQ(parse_expression("a (b OR c)").kind, Expression::Kind::all);
  EXPECT_THAT(parse_expression("a OR b OR c").parts, SizeIs(3));
}

TEST(Expression, MinusAndNotNegateOnePart) {
  const Expression expression = parse_expression("-user:u1 a");
  ASSERT_EQ(expression.kind, Expression::Kind::all);
  EXPECT_EQ(expression.parts.at(0).kind, Expression::Kind::none);
  EXPECT_EQ(parse_expression("NOT (a OR b)"), parse_expression("-(a OR b)"));
  EXPECT_EQ(parse_expression("--a").parts.at(0).kind, Expression::Kind::none);
  EXPECT_EQ(term_of("since:-7d").moment->ago, std::chrono::hours{7 * 24});
}

TEST(Expression, ComparisonsHaveTheirOperators) {
  EXPECT_EQ(term_of("changes.total>100").op, Operator::above);
  EXPECT_EQ(term_of("changes.total>=100").op, Operator::at_least);
  EXPECT_EQ(term_of("changes.total<100").op, Operator::below);
  EXPECT_EQ(term_of("user<=m").op, Operator::at_most);
  EXPECT_THAT(term_of("changes.address.city:Berlin").path, ElementsAre("address", "city"));
}

TEST(Expression, NetworksAreRead) {
  EXPECT_EQ(term_of("ip:10.0.0.0/8").networks.at(0), (Network{true, "10.0.0.0/8"}));
  EXPECT_EQ(term_of("ip:::ffff:10.1.2.3").networks.at(0), (Network{true, "10.1.2.3/32"}));
  EXPECT_EQ(term_of("ip:2001:DB8::/32").networks.at(0), (Network{false, "2001:db8::/32"}));
  EXPECT_EQ(term_of("ip:10.0.*").networks.at(0), std::nullopt);
}

TEST(Expression, TimesAreRead) {
  using Kind = Moment::Kind;
  EXPECT_EQ(term_of("since:2026-01-31T10:00:00Z").moment->kind, Kind::instant);
  EXPECT_EQ(term_of("since:2026-01-31T10:00:00+01:00").moment->kind, Kind::instant);
  EXPECT_EQ(term_of("since:2026-01-31T10:00").moment->kind, Kind::local);
  EXPECT_EQ(term_of("until:2026-01-31").moment->kind, Kind::day);
  EXPECT_EQ(term_of("until:today").moment->kind, Kind::today);
  EXPECT_EQ(term_of("until:yesterday").moment->days, -1);
}

struct Wrong {
  std::string text;
  int column;
  std::string message;
};

std::string nested(std::size_t depth) {
  return std::string(depth, '(') + "a" + std::string(depth, ')');
}

std::string many(std::size_t count, const std::string& what) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += what;
  return text;
}

const std::vector<Wrong>& wrong_expressions() {
  static const std::vector<Wrong> all = {
      {"action:Patient.* usr:u1", 18, R"(unknown field "usr" (did you mean "user"?))"},
      {"xyzzy:1", 1, R"(unknown field "xyzzy")"},
      {"http://x", 1, R"(unknown field "http")"},
      {"user.name:1", 1, R"(unknown field "user.name")"},
      {"user:", 6, "a value is missing"},
      {"user: u1", 6, "a value is missing"},
      {"user:a,", 8, "a value is missing"},
      {"user:,a", 6, "a value is missing"},
      {"ä user:\"x", 8, "the quote is not closed"},
      {R"(user:"a\n")", 8, "a backslash in quotes"},
      {"(a OR b", 1, R"("(" is not closed)"},
      {"a)", 2, "\")\" closes nothing"},
      {"()", 2, "a term is missing before \")\""},
      {"a OR", 5, "a term is missing at the end"},
      {"OR a", 1, "a term is missing before OR"},
      {"a AND AND b", 7, "a term is missing before AND"},
      {"a , b", 3, R"(a term is missing before ",")"},
      {"-", 2, "a term is missing at the end"},
      {"changes:x", 1, "changes needs a path"},
      {"changes.:x", 1, R"(an empty name in "changes.")"},
      {"changes..a:x", 1, "an empty name"},
      {"metadata.a.b.c.d.e.f.g.h.i:x", 1, "a path of more than 8 names"},
      {"since:soon", 7, R"("soon" is no time)"},
      {"since:2026-02-30", 7, "is no time"},
      {"since:2026-01-31T25:00", 7, "is no time"},
      {"since:1600-01-01", 7, "is no time"},
      {"since:-7w", 7, "is no time"},
      {"since:2026-*", 7, "since takes no * here"},
      {"since:today,yesterday", 7, "since takes one value here"},
      {"since>today", 6, R"(since takes ":" only)"},
      {"ip:10.0.0.1/8", 4, "is no address or range"},
      {"ip:fe80::1%eth0", 4, "is no address or range"},
      {"ip:10.0.0.256", 4, "is no address or range"},
      {"ip>10.0.0.1", 3, R"(ip takes ":" only)"},
      {"source:both", 8, R"(source is app or trigger, not "both")"},
      {"op:upsert", 4, "op is insert or update or delete or truncate"},
      {"success:maybe", 9, "success is true or false"},
      {"user>a,b", 6, "user takes one value here"},
      {"user>a*", 6, "user takes no * here"},
      {"record>5", 7, R"(record takes ":" only)"},
      {"a\xff", 2, "not UTF-8"},
      {std::string{"a\0b", 3}, 2, "a NUL byte"},
      {nested(kExpressionDepthMax + 2), 34, "nested deeper than 32"},
      {many(40, "-") + "a", 34, "nested deeper than 32"},
      {many(kExpressionTermsMax + 1, "a "), 401, "more than 200 terms"},
      {"user:" + many(1001, "a,") + "a", 2006, "more than 1000 values"},
      {std::string(kExpressionBytesMax + 1, 'a'), 8193, "longer than 8192 bytes"},
  };
  return all;
}

TEST(Expression, SaysWhereItIsWrong) {
  for (const Wrong& wrong : wrong_expressions()) {
    const Error error = testing::error_of([&] { parse_expression(wrong.text); });
    EXPECT_EQ(error.code(), ErrorCode::usage) << wrong.text;
    EXPECT_EQ(error.reason(), "expression") << wrong.text;
    EXPECT_EQ(error.location().file, "expression");
    EXPECT_EQ(error.location().line, 1) << wrong.text;
    EXPECT_EQ(error.location().column, wrong.column) << wrong.text.substr(0, 60);
    EXPECT_THAT(error.what(), HasSubstr(wrong.message)) << wrong.text.substr(0, 60);
  }
}

TEST(Expression, WhatIsWrongMayStandInAnotherLine) {
  const Error error = testing::error_of([] { parse_expression("user:a\n usr:b"); });
  EXPECT_EQ(error.location().line, 2);
  EXPECT_EQ(error.location().column, 2);
}

TEST(Expression, MessagesHoldNoControlCharacters) {
  const Error error = testing::error_of([] { parse_expression("\x1b[31m:x"); });
  EXPECT_THAT(error.what(), HasSubstr("\\x1b[31m"));
}

TEST(Expression, UpToItsLimitsItIsRead) {
  EXPECT_EQ(parse_expression(nested(kExpressionDepthMax)).kind, Expression::Kind::term);
  EXPECT_THAT(parse_expression(many(kExpressionTermsMax, "a ")).parts, SizeIs(200));
}

TEST(Expression, OptionsTakeBlanksAndNameThemselves) {
  const Expression expression = parse_option("--user", Field::user, "Dr. (A) B,c*");
  EXPECT_THAT(expression.term.values, ElementsAre(Value{{"Dr. (A) B"}}, Value{{"c", ""}}));
  const Error error = testing::error_of([] { parse_option("--since", Field::since, "tomorrow"); });
  EXPECT_EQ(error.location().file, "--since");
}

TEST(Expression, BothOfTwoAreOneConjunction) {
  const Expression whole = both(parse_expression("a b"), parse_expression("user:c"));
  EXPECT_THAT(whole.parts, SizeIs(3));
  EXPECT_EQ(both({}, {}), Expression{});
  EXPECT_THAT(both(parse_expression("a OR b"), {}).parts, SizeIs(1));
}

TEST(Expression, WhatIsDemandedStandsAtTheTop) {
  EXPECT_THAT(demanded(parse_expression("a (b c) -d (e OR f)")), SizeIs(3));
  EXPECT_THAT(demanded(parse_expression("-a")), IsEmpty());
}

TEST(Expression, TheCanonicalTextTellsTreesApart) {
  const std::vector<std::string> texts = {"",
                                          "a",
                                          "-a",
                                          "a b",
                                          "a OR b",
                                          "user:a",
                                          "user:a,b",
                                          "user:a*",
                                          "user:\"a*\"",
                                          "user:\"a,b\"",
                                          "user:a user:b",
                                          "id:a",
                                          "user>a",
                                          "user>=a",
                                          "user<a",
                                          "user<=a",
                                          "changes.a:b",
                                          "changes.a.b:c",
                                          "changes.ab:c",
                                          "since:-1d",
                                          "since:-2d",
                                          "until:-1d",
                                          "-(a b)",
                                          "a (b OR c)",
                                          "(a b) OR c"};
  for (const auto& left : texts) {
    for (const auto& right : texts) {
      EXPECT_EQ(canonical(parse_expression(left)) == canonical(parse_expression(right)),
                left == right)
          << left << " / " << right;
    }
  }
}

}  // namespace
}  // namespace pcx::audit

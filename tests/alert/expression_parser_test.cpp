#include "alert/expression_parser.h"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "alert/expression.h"
#include "tests/alert/expression_series.h"
#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr int kColumn = 11;

Error fault_of(const std::string& text) {
  return testing::error_of([&] { parse_tree(text, {"rules.yml", 7, kColumn}); });
}

std::string value_of(const std::string& text) {
  return written(Expression::parse(text, {}).evaluate(TextSeries{""}, minute(0)));
}

Matcher matcher_of(const std::string& text) {
  return parse_tree(text, {}).selector.matchers.list().at(0);
}

TEST(ExpressionNumbers, AreGos) {
  const std::vector<std::pair<std::string, std::string>> numbers = {
      {"0", "0"},
      {"1.5", "1.5"},
      {".5", "0.5"},
      {"1.", "1"},
      {"1e3", "1000"},
      {"1.5E-1", "0.15"},
      {"5.e3", "5000"},
      {"0x1f", "31"},
      {"0X1F", "31"},
      {"0x1e5", "485"},
      {"010", "8"},
      {"08", "8"},
      {"010.5", "10.5"},
      {"00", "0"},
      {"Inf", "inf"},
      {"inf", "inf"},
      {"-INF", "-inf"},
      {"nan", "nan"},
      {"1e308", "1e+308"},
      {"5e-324", "5e-324"},
      {"+3", "3"},
      {"--3", "3"},
      {"-+-+3", "3"},
      {"9223372036854775807", "9.223372036854776e+18"},
      {"18446744073709551616", "1.8446744073709552e+19"}};
  for (const auto& [text, value] : numbers) EXPECT_EQ(value_of(text), value) << text;
}

TEST(ExpressionOperators, BindAsInPrometheus) {
  const std::vector<std::pair<std::string, std::string>> sums = {{"1 + 2 * 3", "7"},
                                                                 {"(1 + 2) * 3", "9"},
                                                                 {"2 ^ 3 ^ 2", "512"},
                                                                 {"(2 ^ 3) ^ 2", "64"},
                                                                 {"-2 ^ 2", "-4"},
                                                                 {"(-2) ^ 2", "4"},
                                                                 {"2 ^ -1", "0.5"},
                                                                 {"2 ^ -2 ^ 2", "0.0625"},
                                                                 {"2 ^ -1 * 4", "2"},
                                                                 {"-2 * 3", "-6"},
                                                                 {"2 * -3 * 4", "-24"},
                                                                 {"10 - 4 - 3", "3"},
                                                                 {"100 / 10 / 5", "2"},
                                                                 {"7 % 4 * 2", "6"},
                                                                 {"1 + -1", "0"},
                                                                 {"1 == bool 1 == bool 0", "0"},
                                                                 {"2 > bool 1 + 1", "0"},
                                                                 {"1 + 1 > bool 1", "1"},
                                                                 {"1 <= bool 1 != bool 1", "0"},
                                                                 {"3 - 2 # minus two\n + 1", "2"},
                                                                 {"1\t+\r\n1", "2"}};
  for (const auto& [text, value] : sums) EXPECT_EQ(value_of(text), value) << text;
}

TEST(ExpressionOperators, PutAndBeforeOr) {
  const Node first = parse_tree("a or b and c", {});
  EXPECT_EQ(first.op, Operator::logical_or);
  EXPECT_EQ(first.parts[1].op, Operator::logical_and);
  const Node chain = parse_tree("a and b unless c", {});
  EXPECT_EQ(chain.op, Operator::unless);
  EXPECT_EQ(parse_tree("a unless b and c", {}).op, Operator::logical_and);
  EXPECT_EQ(parse_tree("a or b unless c", {}).op, Operator::logical_or);
  EXPECT_EQ(parse_tree("a UNLESS b", {}).op, Operator::unless);
  EXPECT_EQ(parse_tree("a > 1 and b < 2", {}).op, Operator::logical_and);
}

TEST(ExpressionSelectors, HaveMatchersAndOffsets) {
  const Node node = parse_tree(
      "pcx_x:1h { tenant = \"north\" , op!=\"a\", a=~'x.*', b!~`y` , } OFFSET 1h30m", {});
  ASSERT_EQ(node.kind, NodeKind::selector);
  EXPECT_EQ(node.selector.name, "pcx_x:1h");
  EXPECT_EQ(node.selector.offset, std::chrono::minutes{90});
  const std::vector<Matcher> expected = {{"tenant", MatchKind::equal, "north"},
                                         {"op", MatchKind::not_equal, "a"},
                                         {"a", MatchKind::matches, "x.*"},
                                         {"b", MatchKind::matches_not, "y"}};
  EXPECT_EQ(node.selector.matchers.list(), expected);
  EXPECT_THAT(parse_tree("x{}", {}).selector.matchers.list(), SizeIs(0));
}

TEST(ExpressionSelectors, TakeKeywordsForLabels) {
  for (const char* word : {"by", "sum", "offset", "bool", "and", "inf", "on", "without"}) {
    EXPECT_EQ(matcher_of(fmt::format("x{{{}=\"1\"}}", word)).label, word);
  }
  const Node node = parse_tree("SUM BY (sum, By, on,bool , offset,and,) (x)", {});
  EXPECT_EQ(node.by, (LabelNames{"sum", "By", "on", "bool", "offset", "and"}));
}

TEST(ExpressionSelectors, TakeWordsOfFunctionsForMetrics) {
  for (const char* word : {"abs", "ABS", "absent", "rate", "start", "end", "infinity", "time"}) {
    EXPECT_EQ(parse_tree(word, {}).selector.name, word);
  }
}

TEST(ExpressionSelectors, BindOffsetsToTheSelectorBeforeThem) {
  const Node sum = parse_tree("x + y offset 1d", {});
  EXPECT_EQ(sum.parts[0].selector.offset.count(), 0);
  EXPECT_EQ(sum.parts[1].selector.offset, std::chrono::hours{24});
  EXPECT_EQ(parse_tree("-x offset 1d", {}).parts[0].selector.offset, std::chrono::hours{24});
  EXPECT_EQ(parse_tree("x offset 1d ^ 2", {}).parts[0].selector.offset, std::chrono::hours{24});
}

TEST(ExpressionStrings, HaveGosEscapes) {
  const std::vector<std::pair<std::string, std::string>> strings = {
      {R"("a b")", "a b"},
      {R"('it\'s')", "it's"},
      {R"("a\"b")", "a\"b"},
      {R"('"')", "\""},
      {R"(`a\n"'`)", "a\\n\"'"},
      {"`a\nb`", "a\nb"},
      {R"("\a\b\f\n\r\t\v\\")", "\a\b\f\n\r\t\v\\"},
      {R"("\x41\101")", "AA"},
      {R"("\xc3\xa9")", "\xc3\xa9"},
      {R"("\u00e9\U0001f600\u20ac")", "\xc3\xa9\xf0\x9f\x98\x80\xe2\x82\xac"},
      {"\"\xc3\xa9\"", "\xc3\xa9"},
      {R"("# no comment")", "# no comment"},
      {R"("")", ""}};
  for (const auto& [text, value] : strings) {
    EXPECT_EQ(matcher_of("x{a=" + text + "}").value, value) << text;
  }
}

TEST(ExpressionAggregations, HaveTheirLabelsBeforeOrAfter) {
  for (const char* text : {"sum by (a,b) (x)", "sum(x) by (b, a)", "Sum BY(a,b,)(x)"}) {
    const Node node = parse_tree(text, {});
    EXPECT_EQ(node.kind, NodeKind::aggregation) << text;
    EXPECT_EQ(node.by, (LabelNames{"a", "b"})) << text;
  }
  EXPECT_TRUE(parse_tree("count by () (x)", {}).by.empty());
}

struct Wrong {
  std::string text;
  int offset;  // characters before the place
  std::string phrase;
};

void expect_refused(const std::vector<Wrong>& table) {
  for (const Wrong& wrong : table) {
    const Error error = fault_of(wrong.text);
    EXPECT_EQ(error.code(), ErrorCode::data) << wrong.text;
    EXPECT_THAT(error.what(), HasSubstr(wrong.phrase)) << wrong.text;
    EXPECT_EQ(error.location().file, "rules.yml") << wrong.text;
    EXPECT_EQ(error.location().line, 7) << wrong.text;
    EXPECT_EQ(error.location().column, kColumn + wrong.offset) << wrong.text << error.what();
  }
}

TEST(ExpressionRefusals, NameWhatIsNotEvaluated) {
  expect_refused({
      {"rate(x[5m]) > 1", 0, "rate() is not among what pcx evaluates"},
      {"1 + histogram_quantile(0.9, x)", 4, "histogram_quantile() is not among"},
      {"ABS(x)", 0, "ABS() is not among"},
      {"vector(1)", 0, "vector() is not among"},
      {"x[5m]", 1, "a range or subquery ([...]) is not among"},
      {"(x)[5m:1m]", 3, "a range or subquery ([...]) is not among"},
      {"sum(x[5m])", 5, "a range or subquery ([...]) is not among"},
      {"x @ 1609746000", 2, "@ is not among"},
      {"x @ start()", 2, "@ is not among"},
      {"a + on (b) c", 4, "on is not among"},
      {"a > bool ignoring(b) c", 9, "ignoring is not among"},
      {"a / on (b) group_left c", 4, "on is not among"},
      {"a and on () b", 6, "on is not among"},
      {"sum without (b) (a)", 4, "without is not among"},
      {"sum(a) without (b)", 7, "without is not among"},
      {"a atan2 b", 2, "atan2 is not among"},
      {"topk(5, x)", 0, "topk() is not among"},
      {"topk by (a) (5, x)", 0, "topk is not among"},
      {"QUANTILE(0.9, x)", 0, "quantile() is not among"},
      {"group(x)", 0, "group() is not among"},
      {"\"text\"", 0, "a string by itself is not among"},
      {"{__name__=\"x\"}", 0, "a selector without a metric's name is not among"},
      {"1 + {a=\"x\"}", 4, "a selector without a metric's name is not among"},
      {"x offset -5m", 9, "a negative offset is not among"},
  });
  EXPECT_THAT(fault_of("rate(x[5m])").hint(), HasSubstr("sum, avg, min, max, count"));
}

TEST(ExpressionRefusals, SayWhatIsMissing) {
  expect_refused({
      {"", 0, "an expression is missing"},
      {" # nothing", 0, "an expression is missing"},
      {"1 +", 3, "an operand is missing before the end"},
      {"* 2", 0, "an operand is missing before \"*\""},
      {"a and", 5, "an operand is missing before the end"},
      {"and b", 0, "an operand is missing before \"and\""},
      {"bool", 0, "an operand is missing before \"bool\""},
      {"a == bool == 1", 10, "an operand is missing before \"==\""},
      {"a b", 2, "an operator is missing before \"b\""},
      {"1 2", 2, "an operator is missing before \"2\""},
      {"a bool 1", 2, "an operator is missing before \"bool\""},
      {"a = 1", 2, "an operator is missing before \"=\""},
      {"a =~ \"b\"", 2, "\"=~\" stands between braces only"},
      {"a, b", 1, "an operator is missing before \",\""},
      {"5m", 0, "an operand is missing before \"5m\""},
      {"(a", 0, "\"(\" is not closed"},
      {"(a b)", 3, "an operator or \")\" is missing before \"b\""},
      {"()", 1, "an operand is missing before \")\""},
      {"a)", 1, "\")\" closes nothing"},
      {"a{", 1, "\"{\" is not closed"},
      {"a{b", 1, "\"{\" is not closed"},
      {"a{b=\"c\"", 1, "\"{\" is not closed"},
      {"a{,}", 2, "a label is missing before \",\""},
      {"a{b=\"c\",,}", 8, "a label is missing before \",\""},
      {"a{b=c}", 4, "a string is missing before \"c\""},
      {"a{b}", 3, "=, !=, =~ or !~ is missing before \"}\""},
      {"a{b==\"c\"}", 4, "a string is missing before \"=\""},
      {"a{b=\"c\" d=\"e\"}", 8, "\",\" or \"}\" is missing before \"d\""},
      {"a{1=\"2\"}", 2, "\"1\" is not expected between braces"},
      {"a{b:c=\"d\"}", 3, "\":\" is not expected between braces"},
      {"a{b=\"c\"} {d=\"e\"}", 9, "an operator is missing before \"{\""},
      {"sum", 3, "\"(\" is missing behind sum"},
      {"sum > 5", 4, "\"(\" is missing behind sum"},
      {"sum by x (a)", 7, "\"(\" is missing before \"x\""},
      {"sum by (,) (a)", 8, "a label is missing before \",\""},
      {"sum by (a b) (c)", 10, "\",\" or \")\" is missing before \"b\""},
      {"sum by (without) (a)", 8, "a label is missing before \"without\""},
      {"sum by (inf) (a)", 8, "a label is missing before \"inf\""},
      {"sum by (a:b) (c)", 8, "a label is missing before \"a:b\""},
      {"sum by (a) (b) by (c)", 15, "an operator is missing before \"by\""},
      {"sum()", 4, "sum() needs an argument"},
      {"abs()", 4, "abs() needs an argument"},
      {"sum(a, b)", 5, "more than one argument"},
      {"abs(a,)", 5, "more than one argument"},
      {"a offset", 8, "a duration is missing before the end"},
      {"a offset 5", 9, "a duration is missing before \"5\""},
      {"a offset 0", 9, "a duration is missing before \"0\""},
      {"a offset b", 9, "a duration is missing before \"b\""},
      {"a offset +5m", 9, "a duration is missing before \"+\""},
      {"a offset 0s", 9, "\"0s\" is no duration"},
      {"a offset 1m1h", 9, "\"1m1h\" is no duration"},
      {"a offset 1.5h", 9, "\"1.5h\" is no duration"},
      {"a offset 5M", 9, "\"5M\" is no duration"},
      {"a offset 300y", 9, "\"300y\" is no duration"},
      {"a offset 1d offset 1d", 12, "a second offset"},
      {"(a) offset 5m", 4, "offset stands behind a selector only"},
      {"sum(a) offset 5m", 7, "offset stands behind a selector only"},
      {"1 offset 5m", 2, "offset stands behind a selector only"},
  });
  EXPECT_EQ(fault_of("a = 1").hint(), "Two equal signs compare: ==.");
}

TEST(ExpressionRefusals, TellTypesApart) {
  expect_refused({
      {"1 and 2", 2, "and stands between vectors"},
      {"a or 2", 2, "or stands between vectors"},
      {"2 unless a", 2, "unless stands between vectors"},
      {"1 > 2", 2, "two numbers are compared without bool"},
      {"a > (1 == 1)", 7, "two numbers are compared without bool"},
      {"a + bool b", 4, "bool stands behind comparisons, not behind \"+\""},
      {"a and bool b", 6, "bool stands behind comparisons, not behind \"and\""},
      {"sum(1)", 4, "sum() takes a vector, not a number"},
      {"abs(1 + 2)", 4, "abs() takes a vector, not a number"},
      {"absent(-1)", 7, "absent() takes a vector, not a number"},
      {"a{__name__=\"a\"}", 2, "the metric's name is there already"},
  });
  EXPECT_EQ(fault_of("1 > 2").hint(), "Write \"> bool\", which answers 1 or 0.");
}

TEST(ExpressionRefusals, AreOfCharactersNumbersAndStrings) {
  expect_refused({
      {"a ; b", 2, "\";\" is not expected here"},
      {"\xc3\xa9", 0, "\"\xc3\xa9\" is not expected here"},
      {"a ! b", 2, "\"!\" is not expected here"},
      {".", 0, "\".\" is not expected here"},
      {"1e", 0, "1e is no number"},
      {"0x", 0, "0x is no number"},
      {"0x1.8", 0, "0x1.8 is no number"},
      {"1e999", 0, "1e999 is no number"},
      {"1e-999", 0, "1e-999 is no number"},
      {"0x8000000000000000", 0, "0x8000000000000000 is no number"},
      {"1_000", 0, "an operand is missing before \"1_000\""},
      {"1..2", 2, "an operator is missing before \".2\""},
      {"a{b=\"c", 4, "the quote is not closed"},
      {"a{b=`c", 4, "the quote is not closed"},
      {"a{b=\"c\\", 6, "an escape that is none"},
      {"a{b=\"\\'\"}", 5, "an escape that is none"},
      {"a{b='\\\"'}", 5, "an escape that is none"},
      {"a{b=\"\\q\"}", 5, "an escape that is none"},
      {"a{b=\"\\x4\"}", 7, "needs 2 digits"},
      {"a{b=\"\\8\"}", 5, "an escape that is none"},
      {"a{b=\"\\777\"}", 6, "needs 3 digits"},
      {"a{b=\"\\ud800\"}", 7, "needs 4 digits of a character"},
      {"a{b=\"\\U00110000\"}", 7, "needs 8 digits of a character"},
      {"a{b=\"\\x00\"}", 5, "a NUL character"},
      {"a{b=\"\\xff\"}", 4, "a string that is not UTF-8"},
      {"a{b=\"\xef\xbf\xbd\"}", 5, "U+FFFD in a string"},
      {"a{b=~\"[\"}", 5, "is no pattern: missing ]"},
      {"a{c=\"\", b!~\"(\"}", 11, "is no pattern: missing )"},
      {"a + \xff", 4, "not UTF-8"},
      {std::string{"a + \0", 5}, 4, "a NUL character"},
  });
}

TEST(ExpressionLimits, HoldForBytesAndDepth) {
  const std::string largest = "1" + std::string(kExpressionBytesMax - 1, ' ');
  EXPECT_EQ(value_of(largest), "1");
  EXPECT_THAT(fault_of(largest + " ").what(), HasSubstr("more than 16384 bytes"));

  const auto nested = [](std::size_t depth, char open, const std::string& close) {
    std::string text = std::string(depth, open) + "1";
    for (std::size_t i = 0; i < depth; ++i) text += close;
    return text;
  };
  EXPECT_EQ(value_of(nested(kExpressionDepthMax - 1, '(', ")")), "1");
  EXPECT_THAT(fault_of(nested(kExpressionDepthMax, '(', ")")).what(), HasSubstr("deeper than 100"));
  EXPECT_EQ(value_of(nested(kExpressionDepthMax - 2, '-', "")), "1");
  EXPECT_THAT(fault_of(nested(kExpressionDepthMax, '-', "")).what(), HasSubstr("deeper than 100"));

  std::string chain = "1";
  for (std::size_t i = 1; i < kExpressionDepthMax; ++i) chain += "+1";
  EXPECT_EQ(value_of(chain), "100");
  EXPECT_THAT(fault_of(chain + "+1").what(), HasSubstr("deeper than 100"));
  EXPECT_THAT(fault_of(std::string(8000, '(')).what(), HasSubstr("deeper than 100"));
}

TEST(ExpressionPlaces, GoOverTheLinesOfABlock) {
  const auto place_of = [](const Location& begin) {
    return to_string(testing::error_of([&] {
                       parse_tree("x{a=\"\xc3\xa9\"}\n  # so\n  > rate(y)", begin);
                     }).location());
  };
  EXPECT_EQ(place_of({"rules.yml", 7, 9}), "rules.yml:9:13");
  EXPECT_EQ(place_of({"--expr", 1, 1}), "--expr:3:5");
  EXPECT_EQ(place_of({"rules.yml", 7, 0}), "rules.yml:9");
  EXPECT_EQ(place_of({"rules.yml", 0, 0}), "rules.yml");
}

TEST(ExpressionPlaces, CountCharactersNotBytes) {
  EXPECT_EQ(fault_of("x{a=\"\xf0\x9f\x98\x80\xc3\xa9\"} > = 1").location().column, kColumn + 12);
}

TEST(ExpressionMessages, ShowNoControlCharacters) {
  EXPECT_THAT(fault_of("a \x1b[31m").what(), HasSubstr("\\x1b"));
  EXPECT_LT(std::string{fault_of("a " + std::string(5000, 'b')).what()}.size(), 100u);
}

}  // namespace
}  // namespace pcx::alert

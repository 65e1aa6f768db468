#include "alert/template.h"

#include <gtest/gtest.h>

#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

const Labels kLabels{{"tenant", "north"}, {"n", "12"}, {"name", "d'\xc3\xa9t\xc3\xa9 low-stock_a"}};

std::string rendered(const char* text, double value = 12) {
  return Template::parse(text, {"f", 1, 1}).render(kLabels, value);
}

struct Row {
  const char* text;
  const char* rendered;
  double value = 12;
};

void expect_rows(std::initializer_list<Row> rows) {
  for (const Row& row : rows) EXPECT_EQ(rendered(row.text, row.value), row.rendered) << row.text;
}

TEST(Template, LeavesTextAsItIs) {
  expect_rows({{"", ""}, {"a } }} { b", "a } }} { b"}, {"100 %", "100 %"}, {"\n x \n", "\n x \n"}});
}

TEST(Template, HasValueAndLabels) {
  expect_rows({{"{{ $value }} items", "12 items"},
               {"{{$value}}", "12"},
               {"{{ .Value }} {{ .Labels.tenant }}", "12 north"},
               {"{{ $labels.tenant }}/{{ $labels.nobody }}/", "north//"},
               {"{{\n$value\n}}", "12"}});
}

TEST(Template, TrimsWhereAsked) {
  expect_rows({{"a \n {{- $value -}} \t b", "a12b"},
               {"a {{ $value -}} b", "a 12b"},
               {"a {{- $value }} b", "a12 b"},
               {"{{- $value -}}  {{- $value -}}", "1212"}});
}

TEST(Template, CallsAndPipes) {
  expect_rows({{"{{ humanize $value }}", "1.234M", 1234000},
               {"{{ $value | humanize }}", "1.234M", 1234000},
               {"{{$value|humanize|toUpper|toLower}}", "1.234m", 1234000},
               {"{{ printf \"%.1f\" $value }}", "12.0"},
               {"{{ $value | printf \"%s: %.1f\" $labels.tenant }}", "north: 12.0"},
               {"{{ printf `%s=%s` (humanize $value) ($labels.n) }}", "12=12"},
               {"{{ \"{{\" }} {{ `}}` }} {{ \"a\\n\\t\\\"\\\\\" }}", "{{ }} a\n\t\"\\"},
               {"{{ $labels.n | humanize1024 }}", "12"}});
}

TEST(Template, ChangesCaseOfWords) {
  expect_rows({{"{{ title $labels.name }}", "D'\xc3\x89t\xc3\xa9 Low-Stock_a"},
               {"{{ toUpper $labels.name }}", "D'\xc3\x89T\xc3\x89 LOW-STOCK_A"},
               {"{{ toLower `\xce\x86\xd0\x96\xc5\xbd\xe6\x97\xa5` }}",
                "\xce\xac\xd0\xb6\xc5\xbe\xe6\x97\xa5"}});
}

struct Wrong {
  const char* text;
  const char* message;
  const char* place;
  const char* hint = "";
};

constexpr const char* kKnown =
    "pcx knows $value, $labels.NAME, texts in quotes, functions and pipes.";

TEST(Template, RefusesWhatItDoesNotHave) {
  for (const Wrong& row : {
           Wrong{"a {{ $value", "template has a {{ without }}", "f:3:7"},
           Wrong{"a\nbc {{ $value", "template has a {{ without }}", "f:4:4"},
           Wrong{"{{ }}", "template has an action that says nothing", "f:3:8"},
           Wrong{"{{ $value | }}", "template has an action that says nothing", "f:3:17"},
           Wrong{"{{ $labels }}", "template has labels as a whole", "f:3:8",
                 "Name one, as in $labels.tenant."},
           Wrong{"{{ $labels.__name__ }}",
                 "template has the label __name__, which samples do not have here", "f:3:8",
                 "Write the metric's name itself."},
           Wrong{"{{ $labels. }}", "template has labels without the name of one", "f:3:8"},
           Wrong{"{{ $labels.a.b }}", "unexpected \".b\" in a template", "f:3:17", kKnown},
           Wrong{"{{ $values }}", "unexpected \"$values\" in a template", "f:3:8", kKnown},
           Wrong{"{{ /* why */ }}", "unexpected \"/*\" in a template", "f:3:8", kKnown},
           Wrong{"{{ $x := 1 }}", "unexpected \"$x\" in a template", "f:3:8", kKnown},
           Wrong{"{{ humanise $value }}", "\"humanise\" is no function of templates here", "f:3:8",
                 "Did you mean \"humanize\"?"},
           Wrong{"{{ if $value }}", "\"if\" is no function of templates here", "f:3:8",
                 "Known here: printf, humanize, humanize1024, humanizeDuration, "
                 "humanizePercentage, humanizeTimestamp, title, toUpper, toLower."},
           Wrong{"{{ humanize }}", "humanize takes one argument, and has 0", "f:3:8"},
           Wrong{"{{ humanize $value $value }}", "humanize takes one argument, and has 2", "f:3:8"},
           Wrong{"{{ title $value }}", "title takes a text, and has a number", "f:3:8",
                 "Make it one first, for example with printf \"%.2f\"."},
           Wrong{"{{ $value | $value }}", "what stands behind | in a template must be a function",
                 "f:3:17"},
           Wrong{"{{ $value $value }}", "what has arguments in a template must be a function",
                 "f:3:8"},
           Wrong{"{{ ($value }}", "template has a ( without )", "f:3:8"},
           Wrong{"{{ \"a }}", "template has a text without its second quote", "f:3:8"},
           Wrong{"{{ `a }}", "template has a text without its second `", "f:3:8"},
           Wrong{"{{ \"\\x41\" }}", "template has a \\ before something that it does not escape",
                 "f:3:9", "Known here: \\n, \\r, \\t, \\\\ and \\\"."},
           Wrong{"{{ printf $value }}", "printf needs a format in quotes as its first argument",
                 "f:3:8"},
           Wrong{"{{ \"%s\" | printf }}", "printf needs a format in quotes as its first argument",
                 "f:3:15"},
           Wrong{"{{ printf \"%.2f\" }}", "printf has more verbs than arguments", "f:3:8"},
           Wrong{"{{ printf \"x\" $value }}", "printf has more arguments than verbs", "f:3:8"},
           Wrong{"{{ printf \"%s\" $value }}", "%s of printf does not suit a number", "f:3:8",
                 "Numbers are for %f, %e, %g and %v."},
           Wrong{"{{ printf \"%f\" $labels.n }}", "%f of printf does not suit a text", "f:3:8",
                 "Texts are for %s and %v."},
           Wrong{"{{ printf \"%f\"$value }}", "unexpected \"$value\" in a template", "f:3:19",
                 kKnown},
       }) {
    SCOPED_TRACE(row.text);
    const Error error = pcx::testing::error_of([&] { Template::parse(row.text, {"f", 3, 5}); });
    EXPECT_EQ(error.code(), ErrorCode::data);
    EXPECT_STREQ(error.what(), row.message);
    EXPECT_EQ(to_string(error.location()), row.place);
    EXPECT_EQ(error.hint(), row.hint);
  }
}

TEST(Template, RefusesVerbsThatItDoesNotHave) {
  for (const auto& [format, fault] : {
           std::pair{"%d", "has %d, which is for whole numbers; there are none in templates"},
           std::pair{"%q", "has \"q\" in a verb"},
           std::pair{"%*f", "has \"*\" in a verb"},
           std::pair{"%[1]f", "has \"[\" in a verb"},
           std::pair{"%#v", "has \"#\" in a verb"},
           std::pair{"a%", "ends in the middle of a verb"},
           std::pair{"%05s", "has a flag of numbers at %s"},
           std::pair{"%1001f", "has a width or precision above 1000"},
           std::pair{"%.99999999999f", "has a width or precision above 1000"},
       }) {
    const std::string text = std::string{"{{ printf \""} + format + "\" $value }}";
    const Error error = pcx::testing::error_of([&] { Template::parse(text, {"f", 1, 1}); });
    EXPECT_EQ(error.what(), std::string{"the format of printf "} + fault) << format;
  }
}

TEST(Template, HasLimits) {
  const std::string deep = "{{ " + std::string(21, '(') + "$value" + std::string(21, ')') + " }}";
  const std::string less = "{{ " + std::string(20, '(') + "$value" + std::string(20, ')') + " }}";
  EXPECT_EQ(rendered(less.c_str()), "12");
  EXPECT_STREQ(pcx::testing::error_of([&] { Template::parse(deep, {}); }).what(),
               "template has more than 20 parentheses in each other");
  const std::string longest(kTemplateBytesMax, 'x');
  EXPECT_EQ(rendered(longest.c_str()), longest);
  EXPECT_STREQ(pcx::testing::error_of([&] { Template::parse(longest + "x", {}); }).what(),
               "template is longer than 16384 bytes");
}

TEST(Template, FailsForTextsThatAreNoNumbers) {
  const auto message_of = [](const char* text, double value) {
    const Template made = Template::parse(text, {"f", 1, 1});
    return std::string{pcx::testing::error_of([&] { made.render(kLabels, value); }).what()};
  };
  EXPECT_EQ(message_of("{{ humanize $labels.tenant }}", 1), "\"north\" is no number");
  EXPECT_EQ(message_of("{{ humanize $labels.nobody }}", 1), "\"\" is no number");
  EXPECT_EQ(message_of("{{ humanizeTimestamp $value }}", 1e10),
            "1e+10 is no instant that can be written");
}

TEST(Template, KnowsWhetherItUsesTheValue) {
  EXPECT_TRUE(Template::parse("a {{ printf `%s` (humanize $value) }}", {}).uses_value());
  EXPECT_FALSE(Template::parse("a {{ $labels.tenant | title }}", {}).uses_value());
  EXPECT_TRUE(is_template("{{ $value }}"));
  EXPECT_FALSE(is_template("$value"));
}

}  // namespace
}  // namespace pcx::alert

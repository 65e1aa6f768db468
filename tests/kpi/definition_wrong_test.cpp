// One thing wrong in a file of definitions: what is said, and where.
#include <gtest/gtest.h>

#include "core/text.h"
#include "kpi/definition.h"
#include "tests/kpi/sample_definitions.h"
#include "tests/support/errors.h"

namespace pcx::kpi {
namespace {

struct Wrong {
  const char* from;  // in the sample, see changed_sample()
  std::string to;
  const char* message;
  const char* place;
  const char* hint = "";
};

std::string repeated(const char* text, std::size_t count) {
  std::string made;
  for (std::size_t i = 0; i < count; ++i) made += text;
  return made;
}

Error error_of(std::string_view text) {
  return testing::error_of([&] {
    Catalog catalog;
    read_definitions(catalog, text, "f");
  });
}

void expect_wrong(const Wrong& row, const std::string& text) {
  SCOPED_TRACE(row.message);
  const Error error = error_of(text);
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_STREQ(error.what(), row.message);
  EXPECT_EQ(to_string(error.location()), row.place);
  EXPECT_EQ(error.hint(), row.hint);
}

void expect_wrong(std::initializer_list<Wrong> rows) {
  for (const Wrong& row : rows) expect_wrong(row, changed_sample(row.from, row.to));
}

constexpr const char* kNames =
    "Names are lower-case letters, digits and _, a letter first, 63 bytes at most.";

TEST(WrongDefinitions, OfKeys) {
  expect_wrong({
      {"kpis:\n", "kpi:\n", "unknown key \"kpi\" of the file", "f:23:1", "Did you mean \"kpis\"?"},
      {"title: Visits", "titel: Visits", "unknown key \"titel\" of KPI visits", "f:25:5",
       "Did you mean \"title\"?"},
      {"    index: CREATE", "    \"\\e[1m\": CREATE", "unknown key \"\\x1b[1m\" of source visits",
       "f:22:5", "Known here: help, rows, tables, sql, index."},
      {"    title: Visits\n", "", "KPI visits has no title", "f:24:3"},
      {"    title: Visits\n", "    title:\n", "title of KPI visits has no value", "f:25:5"},
      {"    rows: state\n", "", "source rooms has no rows", "f:2:3"},
      {"    kind: count\n", "    kind: count\n    kind: money\n", "key \"kind\" occurs twice",
       "f:28:5", "The first one is in line 27; remove one of them."},
      {"  wait:\n", "  wait: 5\n  more:\n", "KPI wait is not a map", "f:41:9"},
      {"wide: true", "wide: yes", "wide of KPI visits cannot be \"yes\"", "f:35:11",
       "Known here: false, true."},
  });
}

TEST(WrongDefinitions, OfWholeFiles) {
  expect_wrong({"", "", "the file is not a map", "f:1:1"}, "- a\n");
  expect_wrong({"", "", "sources is not a map", "f:1:10"}, "sources: [a]\n");
  expect_wrong({"", "", "kpis is not a map", "f:1:7"}, "kpis: a\n");
  expect_wrong({"", "", "kpis of the file has no value", "f:1:1"}, "kpis:\n");
  expect_wrong({"", "", "not UTF-8", "f:1:3"}, "# \xff");
  expect_wrong({"", "", "longer than 1048576 bytes", "f"},
               std::string(kDefinitionFileBytesMax + 1, '#'));
}

TEST(WrongDefinitions, OfNames) {
  const std::string long_name(64, 'a');
  const std::string shown = "a KPI cannot be named \"" + std::string(60, 'a') + "...\"";
  expect_wrong({
      {"  wait:\n", "  Wait:\n", "a KPI cannot be named \"Wait\"", "f:41:3", kNames},
      {"  wait:\n", "  1st:\n", "a KPI cannot be named \"1st\"", "f:41:3", kNames},
      {"  wait:\n", "  '':\n", "a KPI cannot be named \"\"", "f:41:3", kNames},
      {"  wait:\n", "  " + long_name + ":\n", shown.c_str(), "f:41:3", kNames},
      {"  rooms:\n", "  the-rooms:\n", "a source cannot be named \"the-rooms\"", "f:2:3", kNames},
      {"  rooms:\n", "  bounds:\n", "a source cannot be named \"bounds\"", "f:2:3",
       "SQL of sources sees pcx's own windows, bounds and moment by these names."},
      {"guide: appointmentsToday", "guide: appointments_today",
       "guide of KPI visits cannot be \"appointments_today\"", "f:26:12",
       "Names in the guide's JSON are letters and digits, a lower-case letter first."},
      {"by: status", "by: Status", "by of KPI visits cannot be \"Status\"", "f:33:9", kNames},
      {"by: status", "by: tenant", "by of KPI visits cannot be \"tenant\"", "f:33:9",
       "That label has a meaning of its own. Name the column otherwise with AS."},
      {"by: status", "by: le", "by of KPI visits cannot be \"le\"", "f:33:9",
       "That label has a meaning of its own. Name the column otherwise with AS."},
  });
}

TEST(WrongDefinitions, OfNamesInNewRelic) {
  const char* hint =
      "Write Custom/ and segments of letters, digits, blanks, _, . and -, divided by /: "
      "Custom/Revenue/Daily.";
  const std::string row = "    new_relic: Custom/Appointments/Created today";
  for (const char* name : {"Revenue", "Custom", "Custom/", "Custom//x", "Custom/ x",
                           "Custom/x[usd]", "custom/x", "Component/x", "Custom/\xc3\xa9"}) {
    const std::string message = std::string{"new_relic of KPI visits cannot be \""} + name + "\"";
    expect_wrong({{row.c_str(), "    new_relic: \"" + std::string{name} + "\"", message.c_str(),
                   "f:36:16", hint}});
  }
  expect_wrong({{row.c_str(), "    new_relic: Custom/" + std::string(248, 'x'),
                 "new_relic of KPI visits is longer than 254 characters", "f:36:270"}});
}

TEST(WrongDefinitions, OfChoicesAndLimits) {
  const std::string word(61, 'x');
  expect_wrong({
      {"kind: count", "kind: cuont", "kind of KPI visits cannot be \"cuont\"", "f:27:11",
       "Did you mean \"count\"?"},
      {"better: more", "better: high", "better of KPI visits cannot be \"high\"", "f:29:13",
       "Known here: more, fewer, neither."},
      {"empty: none", "empty: 0", "empty of KPI visits cannot be \"0\"", "f:34:12",
       "Known here: zero, none."},
      {"rows: state", "rows: [state]", "rows of source rooms is not a text", "f:4:11"},
      {"title: Visits", "title: " + word, "title of KPI visits is longer than 60 characters",
       "f:25:72"},
      {"title: Visits", "title: ' '", "title of KPI visits is empty", "f:25:12"},
      {"title: Visits", "title: |\n      Visits\n      today",
       "title of KPI visits has more than one line", "f:26:13",
       "Write it in one line, or fold it with >-."},
      {"title: Visits",
       "title: a\xe2\x80\xae"
       "b",
       "title of KPI visits has a control character", "f:25:13"},
      {"help: how long they wait", "help: \"a\\0\"", "help of KPI wait has a control character",
       "f:49:11"},
      {"help: how long they wait", "help: " + std::string(4001, 'x'),
       "help of KPI wait is longer than 4000 bytes", "f:49:11"},
      {"unit: lab test", "unit: Visit", "unit of KPI visits cannot be \"Visit\"", "f:28:11",
       "Write a noun in the singular, in lower-case letters: appointment."},
      {"unit: lab test", "unit: lab  test", "unit of KPI visits cannot be \"lab  test\"", "f:28:11",
       "Write a noun in the singular, in lower-case letters: appointment."},
      {"    unit: lab test\n", "", "KPI visits has no unit", "f:24:3"},
      {"kind: duration", "kind: duration\n    unit: second", "unit of KPI wait has no meaning",
       "f:44:11", "Only counts have one, and its kind is duration."},
  });
}

TEST(WrongDefinitions, OfTables) {
  const char* from = "tables: [treatment_rooms]";
  const char* hint = "Names of tables are letters, digits and _, without a schema.";
  const std::string many = repeated("t, ", kTablesMax + 1);
  expect_wrong({
      {from, "tables: rooms_of", "tables of source rooms is not a list", "f:5:13",
       "Write it so: [appointments, payments]."},
      {from, "tables: []", "tables of source rooms is empty", "f:5:13"},
      {from, "tables: [a, public.b]",
       "tables of source rooms has \"public.b\", which is no name of a table", "f:5:17", hint},
      {from, "tables: [[a]]", "tables of source rooms has \"\", which is no name of a table",
       "f:5:14", hint},
      {from, "tables: [a, b, a]", "tables of source rooms has a twice", "f:5:20"},
      {from, "tables: [windows]", "tables of source rooms has windows, which is pcx's own",
       "f:5:14"},
      {from, "tables: [" + many + "]", "tables of source rooms has more than 50 names", "f:5:13"},
      {from, "tables: [rooms]", "source rooms is named as a table of source rooms", "f:2:3",
       "Name the source otherwise."},
      {from, "tables: [visits]",
       "source rooms reads table visits, and there is a source of that name", "f:2:3",
       "The source is at f:9:3; name it otherwise."},
      {"[appointments, Staff]", "[rooms]", "source rooms is named as a table of source visits",
       "f:2:3", "Name the source otherwise."},
  });
}

TEST(WrongDefinitions, OfSqlOfSources) {
  const char* from = "      FROM treatment_rooms r\n";
  expect_wrong({
      {from, "      FROM r;\n",
       "sql of source rooms has a semicolon outside of quotes and comments", "f:8:13"},
      {from, "\n\n       FROM '\xc3\xa9' || $2\n", "sql of source rooms has a parameter $2",
       "f:10:20"},
      {from, "      FROM (r\n", "sql of source rooms has a ( that nothing closes", "f:8:12"},
      {from, "      /* FROM r\n", "sql of source rooms has a comment that does not end", "f:8:7"},
      {from, "      FROM rooms\n", "sql of source rooms names itself", "f:8:12",
       "Where a column or an alias is meant, name the source otherwise."},
      {from, "      FROM x, \"visits\"\n", "sql of source rooms names visits, which comes later",
       "f:8:15", "Move visits above it; where a column is meant, name the source otherwise."},
      {"      SELECT r.\"tenantId\"", "      -- SELECT\n      \"SELECT\" r.\"tenantId\"",
       "sql of source rooms does not begin with SELECT, WITH or VALUES", "f:8:7"},
      {"      SELECT r.\"tenantId\"", "      DELETE",
       "sql of source rooms does not begin with SELECT, WITH or VALUES", "f:7:7"},
      {"index: CREATE INDEX", "index: DROP INDEX",
       "index of source visits does not begin with CREATE INDEX", "f:22:12"},
      {"index: CREATE INDEX", "index: CREATE INDEX x; DROP",
       "index of source visits has a semicolon outside of quotes and comments", "f:22:26"},
      {from, std::string(kSqlBytesMax, ' ') + from,
       "sql of source rooms is longer than 65536 bytes", "f:7:7"},
  });
}

// Where it is not exactly known: in folded values, and in those with escapes.
TEST(WrongDefinitions, OfSqlInOtherStyles) {
  const std::string sources = "sources:\n  a: {help: H, rows: day, tables: [t], sql: ";
  const char* message = "sql of source a has a semicolon outside of quotes and comments";
  expect_wrong({"", "", "sql of source a is empty", "f:2:45"}, sources + "' '}\n");
  expect_wrong({"", "", "sql of source a has no value", "f:2:40"}, sources + "}\n");
  expect_wrong({"", "", message, "f:2:53"}, sources + "SELECT 1;}\n");
  expect_wrong({"", "", message, "f:2:54"}, sources + "'SELECT 1;'}\n");
  expect_wrong({"", "", message, "f:2:45"}, sources + "\"SELECT \\x31;\"}\n");
  expect_wrong({"", "", message, "f:2:45"}, sources + "SELECT\n    1;}\n");
  expect_wrong({"", "", "sql of source a is longer than 65536 bytes", "f:2:45"},
               sources + "SELECT 1" + std::string(kSqlBytesMax, '1') + "}\n");
  const std::string block =
      "sources:\r\n  a:\r\n    help: H\r\n    rows: day\r\n    tables: [t]\r\n";
  expect_wrong({"", "", message, "f:8:13"}, block + "    sql: |\r\n\r\n      SELECT;\r\n");
}

TEST(WrongDefinitions, OfExpressions) {
  const char* from = "value: count(*)";
  expect_wrong({
      {from, "value: ''", "value of KPI visits is empty", "f:31:12"},
      {from, "value: count(*);",
       "value of KPI visits has a semicolon outside of quotes and comments", "f:31:20"},
      {from, "value: count(*))", "value of KPI visits has a ) that closes nothing", "f:31:20"},
      {from, "value: count(*) -- all", "value of KPI visits has a comment", "f:31:21",
       "Write it behind a # of YAML."},
      {from, "value: count(/**/*)", "value of KPI visits has a comment", "f:31:18",
       "Write it behind a # of YAML."},
      {from, "value: count(*), sum(a)", "value of KPI visits has a comma outside of brackets",
       "f:31:20", "Write a single expression."},
      {from, "value: |\n      count(\n      *)", "value of KPI visits has more than one line",
       "f:32:13", "Write it in one line, or fold it with >-."},
      {"sample: count(wait)", "sample: count('a)",
       "sample of KPI visits has a text in '...' that does not end", "f:32:19"},
      {from, "value: " + std::string(4001, '1'),
       "value of KPI visits is longer than 4000 characters", "f:31:4012"},
      {"from: visits\n    value: c", "from: vists\n    value: c",
       "from of KPI visits is \"vists\", and there is no such source", "f:30:11",
       "Did you mean \"visits\"?"},
  });
}

TEST(WrongDefinitions, OfMetrics) {
  const char* kind = "kind: duration";
  const char* hint = "promtool check metrics would complain. Choose another name.";
  const char* other = "Choose another name.";
  const auto of_kind = [&](const char* name, const char* as) {
    std::string text = changed_sample("  wait:\n", std::string{"  "} + name + ":\n");
    return text.replace(text.find(kind), std::string_view{kind}.size(), as);
  };
  const auto count = "kind: count\n    unit: x";
  expect_wrong({"", "", "metric pcx_kpi_a_total of KPI a_total ends in _total", "f:41:3", hint},
               of_kind("a_total", count));
  expect_wrong(
      {"", "", "metric pcx_kpi_d_ratio of KPI d has the abbreviated unit _d", "f:41:3", hint},
      of_kind("d", "kind: ratio"));
  expect_wrong(
      {"", "",
       "metric pcx_kpi_visits_by_status of KPI visits_by_status can be that of KPI visits, too",
       "f:41:3", other},
      of_kind("visits_by_status", count));
  expect_wrong({"", "", "metric pcx_kpi_error of KPI error is one of pcx's own", "f:41:3", other},
               of_kind("error", count));
  expect_wrong(
      {"", "",
       "metric pcx_kpi_collect_duration_seconds of KPI collect_duration is one of pcx's own",
       "f:41:3", other},
      of_kind("collect_duration", kind));
  expect_wrong({{"by: status", "by: hours",
                 "metric pcx_kpi_visits_by_hours of KPI visits has hours instead of seconds",
                 "f:24:3", hint}});
}

TEST(WrongDefinitions, OfMetricsThatMeetInACurrency) {
  const std::string kpi =
      ": {title: T, kind: money, better: more, from: rooms, value: sum(1), help: H}\n";
  const std::string text = std::string{kSampleDefinitions} + "  paid" + kpi + "  paid_eur" + kpi;
  expect_wrong({"", "", "metric pcx_kpi_paid_eur of KPI paid_eur can be that of KPI paid, too",
                "f:51:3", "Choose another name."},
               text);
}

TEST(WrongDefinitions, OfNamesThatOthersHave) {
  const std::string kpi =
      ": {title: T, kind: ratio, better: more, from: rooms, value: avg(1), help: H";
  const std::string text = std::string{kSampleDefinitions} + "  new" + kpi;
  expect_wrong({"", "", "guide of KPI new is that of KPI visits, too", "f:50:90"},
               text + ", guide: appointmentsToday}\n");
  expect_wrong({"", "", "KPI wait and KPI new are both Custom/wait in New Relic", "f:50:3",
                "Give one of them another new_relic."},
               text + ", new_relic: Custom/wait}\n");
}

TEST(WrongDefinitions, OfASecondFile) {
  Catalog catalog;
  read_definitions(catalog, kSampleDefinitions, "first");
  const std::string source = ": {help: H, rows: day, tables: [t], sql: SELECT 1}\n";
  const auto wrong = [&](const std::string& text) {
    return testing::error_of([&] { read_definitions(catalog, text, "second"); });
  };
  const Error again = wrong("sources:\n  rooms" + source);
  EXPECT_STREQ(again.what(), "source rooms is there already");
  EXPECT_EQ(again.hint(), "The first one is at first:2:3; name this one otherwise.");
  EXPECT_EQ(to_string(again.location()), "second:2:3");
  const Error kpi = wrong("kpis:\n  wait: {}\n");
  EXPECT_STREQ(kpi.what(), "KPI wait is there already");
  EXPECT_EQ(kpi.hint(), "The first one is at first:41:3; name this one otherwise.");
  EXPECT_STREQ(wrong("sources:\n  appointments" + source).what(),
               "source appointments is named as a table of source visits");
  EXPECT_STREQ(
      wrong("sources:\n  x: {help: H, rows: day, tables: [rooms], sql: SELECT 1}\n").what(),
      "source x reads table rooms, and there is a source of that name");
}

TEST(WrongDefinitions, OfTooMany) {
  std::string text = "sources:\n  a: {help: H, rows: day, tables: [t], sql: SELECT 1}\nkpis:\n";
  for (std::size_t i = 0; i <= kDefinitionsMax; ++i) {
    text += "  k" + std::to_string(i) +
            ": {title: T, kind: ratio, better: more, from: a, value: avg(1), help: H}\n";
  }
  expect_wrong({"", "", "more than 1000 KPIs", "f:1004:3"}, text);
  text = "sources:\n";
  for (std::size_t i = 0; i <= kSourcesMax; ++i) {
    text += "  s" + std::to_string(i) + ": {help: H, rows: day, tables: [t], sql: SELECT 1}\n";
  }
  expect_wrong({"", "", "more than 200 sources", "f:202:3"}, text);
}

}  // namespace
}  // namespace pcx::kpi

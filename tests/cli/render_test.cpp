#include "cli/render/render.h"

#include <gtest/gtest.h>

#include "cli/render/width.h"
#include "core/error.h"

namespace pcx::cli {
namespace {

// One row for each thing that goes wrong in a table.
View pets() {
  return {.columns = {{"name", "NAME"}, {"weight_kg", "WEIGHT (KG)"}, {"seen_at", "SEEN"}},
          .rows = {{std::string{"Bello"}, Decimal{"31.50"}, Time{std::chrono::milliseconds{1}}},
                   {std::string{"日本"}, std::int64_t{4}, Cell{}},
                   {std::string{"👩‍👩‍👧 ❤️"}, 0.25, Cell{}},
                   {std::string{"\x1b[2J\n"}, Cell{}, Cell{}}},
          .summary = "4 pets."};
}

TEST(RenderText, LinesUpAndEscapes) {
  EXPECT_EQ(render_text(pets(), false),
            "NAME       WEIGHT (KG)  SEEN\n"
            "Bello            31.50  1970-01-01T00:00:00.001Z\n"
            "日本                 4\n"
            "👩‍👩‍👧 ❤️             0.25\n"
            "\\x1b[2J\\n\n"
            "\n"
            "4 pets.\n");
}

TEST(RenderText, ShowsOnlyTheSentenceWithoutRows) {
  EXPECT_EQ(render_text(View{.columns = {{"a", "A"}}, .rows = {}, .summary = "Nothing."}, false),
            "Nothing.\n");
  EXPECT_EQ(render_text(View{}, false), "");
}

TEST(RenderText, ColoursTheHeadingOnly) {
  const View view{.columns = {{"a", "A"}}, .rows = {{std::string{"x"}}}, .summary = {}};
  EXPECT_EQ(render_text(view, true), "\x1b[1mA\x1b[0m\nx\n");
}

TEST(RenderText, NeverCutsOff) {
  const std::string long_text(5'000, 'x');
  const View view{.columns = {{"a", "A"}}, .rows = {{long_text}}, .summary = {}};
  EXPECT_EQ(render_text(view, false), "A\n" + long_text + "\n");
}

Document clinic() {
  Document pet = Document::object();
  pet.set("name", "=Bello");
  pet.set("tags", Document::array());
  Document whole = Document::object();
  whole.set("id", 7);
  whole.set("pets", Document::Array{pet, Document{"stray"}});
  whole.set("closed", Document{});
  return whole;
}

TEST(RenderText, IndentsATree) {
  EXPECT_EQ(render_text(Tree{clinic(), "One clinic."}),
            "id: 7\n"
            "pets:\n"
            "  -\n"
            "    name: =Bello\n"
            "    tags: (none)\n"
            "  - stray\n"
            "closed:\n"
            "\n"
            "One clinic.\n");
}

TEST(RenderJson, NamesTheSchemaAndKeepsTypes) {
  EXPECT_EQ(render(View{.columns = {{"a", "A"}, {"b", "B"}},
                        .rows = {{Cell{}, Decimal{"1.50"}}},
                        .summary = "unseen"},
                   {.format = Format::json, .schema = "pcx.x/v1"}),
            "{\n  \"schema\": \"pcx.x/v1\",\n  \"data\": [\n    {\n      \"a\": null,\n"
            "      \"b\": 1.50\n    }\n  ]\n}\n");
}

TEST(RenderNdjson, WritesAnObjectALine) {
  EXPECT_EQ(render(pets(), {.format = Format::ndjson}).substr(0, 78),
            "{\"name\":\"Bello\",\"weight_kg\":31.50,\"seen_at\":\"1970-01-01T00:00:00.001Z\"}\n"
            "{\"name");
  EXPECT_EQ(render(Tree{Document{Document::Array{Document{1}, Document{2}}}, {}},
                   {.format = Format::ndjson}),
            "1\n2\n");
}

struct CsvCase {
  Cell cell;
  std::string field;
};

class WritesCsvField : public ::testing::TestWithParam<CsvCase> {};

TEST_P(WritesCsvField, QuotedAndGuarded) {
  const View view{.columns = {{"a", "A"}}, .rows = {{GetParam().cell}}, .summary = {}};
  EXPECT_EQ(render(view, {.format = Format::csv}), "a\r\n" + GetParam().field + "\r\n");
}

INSTANTIATE_TEST_SUITE_P(
    RenderCsv, WritesCsvField,
    ::testing::Values(CsvCase{std::string{"plain"}, "plain"}, CsvCase{Cell{}, ""},
                      CsvCase{std::string{"a,b"}, "\"a,b\""},
                      CsvCase{std::string{"say \"hi\""}, "\"say \"\"hi\"\"\""},
                      CsvCase{std::string{"two\nlines"}, "\"two\nlines\""},
                      CsvCase{std::string{"\n=1"}, "\"'\n=1\""},
                      CsvCase{std::string{"\uff1d1+1"}, "'\uff1d1+1"},
                      CsvCase{std::string{"\uff20SUM"}, "'\uff20SUM"},
                      CsvCase{std::string{"=1+1"}, "'=1+1"}, CsvCase{std::string{"+49"}, "'+49"},
                      CsvCase{std::string{"-1"}, "'-1"}, CsvCase{std::string{"@x"}, "'@x"},
                      CsvCase{std::string{"\tx"}, "'\tx"}, CsvCase{std::string{"\rx"}, "\"'\rx\""},
                      CsvCase{std::int64_t{-1}, "-1"}, CsvCase{Decimal{"-1.5"}, "-1.5"},
                      CsvCase{-2.5, "-2.5"}, CsvCase{true, "true"}));

TEST(RenderCsv, FlattensATree) {
  EXPECT_EQ(render(Tree{clinic(), {}}, {.format = Format::csv}),
            "key,value\r\nid,7\r\npets[0].name,'=Bello\r\npets[0].tags,\r\npets[1],stray\r\n"
            "closed,\r\n");
}

TEST(Render, LeavesPlainTextAlone) {
  for (const Format format : {Format::text, Format::json, Format::ndjson, Format::csv}) {
    EXPECT_EQ(render(PlainText{"a\x1b"}, {.format = format}), "a\x1b");
  }
}

TEST(Render, ShowsTheDocumentOfATextToPrograms) {
  const PlainText plain{"export A=1\n", Document::object().set("A", "1")};
  EXPECT_EQ(render(plain, {.format = Format::text}), "export A=1\n");
  EXPECT_EQ(render(plain, {.format = Format::ndjson}), "{\"A\":\"1\"}\n");
  EXPECT_EQ(render(plain, {.format = Format::csv}), "key,value\r\nA,1\r\n");
}

TEST(FormatNamed, TakesAnotherWordForABug) {
  EXPECT_EQ(format_named("csv"), Format::csv);
  EXPECT_THROW(format_named("xml"), Error);
}

struct WidthCase {
  const char* text;
  std::size_t columns;
};

class CountsColumns : public ::testing::TestWithParam<WidthCase> {};

TEST_P(CountsColumns, ByGraphemeClusters) {
  EXPECT_EQ(display_width(GetParam().text), GetParam().columns) << GetParam().text;
}

// One grapheme cluster takes the columns of its widest character.
INSTANTIATE_TEST_SUITE_P(DisplayWidth, CountsColumns,
                         ::testing::Values(WidthCase{"", 0}, WidthCase{"abc", 3}, WidthCase{"é", 1},
                                           WidthCase{"e\u0301", 1}, WidthCase{"日本", 4},
                                           WidthCase{"ｱ", 1}, WidthCase{"－", 2},
                                           WidthCase{"👩‍👩‍👧", 2},
                                           WidthCase{"👍🏽", 2}, WidthCase{"❤️", 2},
                                           WidthCase{"🇩🇪", 2}, WidthCase{"🇩🇪🇫🇷", 4},
                                           WidthCase{"a\xff"
                                                     "b",
                                                     3}));

TEST(Shortened, CutsBetweenClusters) {
  EXPECT_EQ(shortened("abcdef", 6), "abcdef");
  EXPECT_EQ(shortened("abcdefg", 6), "abc...");
  EXPECT_EQ(shortened("日本日本", 6), "日...");
  EXPECT_EQ(shortened("👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", 5),
            "👩‍👩‍👧...");
}

}  // namespace
}  // namespace pcx::cli

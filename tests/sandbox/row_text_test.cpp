#include "sandbox/row_text.h"

#include <gtest/gtest.h>

#include "tests/support/errors.h"

namespace pcx::sandbox {
namespace {

using namespace std::chrono_literals;

struct MemorySink final : RowSink {
  void write(const SampleTable&, std::string_view rows) override { text += rows; }
  std::string text;
};

constexpr SampleTable kTable{"things", "a, b"};
constexpr Instant kInstant =
    std::chrono::sys_days{std::chrono::year{2024} / 2 / 29} + 7h + 8min + 9s + 5ms;

// One row of two fields: what `write` adds, and NULL.
template <typename Write>
std::string field(Write&& write) {
  MemorySink sink;
  RowText row{kTable, sink};
  write(row);
  row.null().end();
  row.flush();
  EXPECT_TRUE(sink.text.ends_with("\t\\N\n")) << sink.text;
  return sink.text.substr(0, sink.text.size() - 4);
}

TEST(RowText, EscapesTexts) {
  EXPECT_EQ(field([](RowText& row) { row.text("a\tb\\c\nd\re"); }), "a\\tb\\\\c\\nd\\re");
}

TEST(RowText, WritesEveryKindOfValue) {
  EXPECT_EQ(field([](RowText& row) { row.plain("x"); }), "x");
  EXPECT_EQ(field([](RowText& row) { row.joined("Visit", ".create"); }), "Visit.create");
  EXPECT_EQ(field([](RowText& row) { row.number(-7); }), "-7");
  EXPECT_EQ(field([](RowText& row) { row.flag(true); }), "t");
  EXPECT_EQ(field([](RowText& row) { row.time(kInstant); }), "2024-02-29 07:08:09.005");
  EXPECT_EQ(field([](RowText& row) { row.time(std::optional<Instant>{}); }), "\\N");
  EXPECT_EQ(field([](RowText& row) { row.text_or_null(std::nullopt); }), "\\N");
  EXPECT_EQ(field([](RowText& row) { row.text_or_null("a"); }), "a");
  EXPECT_EQ(field([](RowText& row) { row.list({"a", "b"}); }), "{a,b}");
  EXPECT_EQ(field([](RowText& row) { row.list({}); }), "{}");
  EXPECT_EQ(field([](RowText& row) { row.tenant(Tenant::none); }), "\\N");
  EXPECT_EQ(field([](RowText& row) { row.tenant(Tenant::second); }),
            "00000000-0000-0000-0000-000000000002");
  EXPECT_EQ(field([](RowText& row) {
              row.id({0x0123456789abcdef, 0xfedcba9876543210});
            }),
            "01234567-89ab-cdef-fedc-ba9876543210");
}

struct Amount {
  Cents cents;
  const char* text;
};
class WritesCents : public ::testing::TestWithParam<Amount> {};
TEST_P(WritesCents, AsJavaScriptDoes) {
  EXPECT_EQ(field([](RowText& row) { row.cents(GetParam().cents); }), GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(RowText, WritesCents,
                         ::testing::Values(Amount{10835, "108.35"}, Amount{10830, "108.3"},
                                           Amount{10800, "108"}, Amount{5, "0.05"},
                                           Amount{50, "0.5"}, Amount{0, "0"}, Amount{-5, "-0.05"},
                                           Amount{-1250, "-12.5"}));

TEST(JsonText, EscapesForJsonAndForCopy) {
  const std::string text = field(
      [](RowText& row) { row.object([](JsonText& json) { json.text("k", "\"\\\n\r\t🐾"); }); });
  EXPECT_EQ(text, R"({"k":"\\"\\\\\\n\\r\\t🐾"})");
}

TEST(JsonText, WritesEveryKindOfMember) {
  const std::string text = field([](RowText& row) {
    row.object([](JsonText& json) {
      json.number("n", 3).cents("c", 1250).flag("f", false).null("z").raw("r", "[1]");
      json.time("t", kInstant).object("o", [](JsonText& inner) { inner.number("n", 1); });
      json.id("i", {0, 1});
    });
  });
  EXPECT_EQ(text, R"({"n":3,"c":12.5,"f":false,"z":null,"r":[1],"t":"2024-02-29T07:08:09.005Z",)"
                  R"("o":{"n":1},"i":"00000000-0000-0000-0000-000000000001"})");
}

TEST(RowText, RefusesARowWithTooFewFields) {
  MemorySink sink;
  RowText row{kTable, sink};
  row.number(1);
  EXPECT_STREQ(testing::error_of([&] { row.end(); }).what(),
               "a sample row of things has 1 fields instead of 2");
}

TEST(RowText, HandsOverBeforeMemoryGrows) {
  MemorySink sink;
  RowText row{kTable, sink};
  const std::string kilobyte(1024, 'x');
  for (int i = 0; i < 256; ++i) row.plain(kilobyte).number(i).end();
  EXPECT_GT(sink.text.size(), 256U * 1024);
  EXPECT_EQ(row.row_count(), 256);
}

TEST(SampleRows, CountsAllTables) {
  MemorySink sink;
  SampleRows rows{sink};
  rows.row(TableId::policy_acknowledgments)
      .null()
      .null()
      .null()
      .null()
      .null()
      .null()
      .null()
      .null()
      .end();
  rows.flush();
  EXPECT_EQ(rows.row_count(), 1);
  EXPECT_EQ(rows.tables().size(), 72U);
  EXPECT_EQ(sink.text, "\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\n");
}

}  // namespace
}  // namespace pcx::sandbox

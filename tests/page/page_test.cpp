#include "page/page.h"

#include <gmock/gmock.h>

#include "page/style.h"

namespace pcx::page {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

TEST(Page, EscapesAndCutsTexts) {
  EXPECT_EQ(paragraph("a <b>"), "<p>a &lt;b&gt;</p>\n");
  EXPECT_EQ(aside("1 & 2"), "<p class=\"soft\">1 &amp; 2</p>\n");
  EXPECT_EQ(shown(std::string(400, 'a')), std::string(300, 'a') + "\xe2\x80\xa6");
}

TEST(Page, LoadsNothingAndRunsNothing) {
  EXPECT_EQ(document("a &amp; b", "p { margin: 0; }", "<p>x</p>\n"),
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
            "'unsafe-inline'\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            "<title>a &amp; b</title>\n<style>p { margin: 0; }</style>\n</head>\n<body>\n<main>\n"
            "<p>x</p>\n</main>\n</body>\n</html>\n");
  EXPECT_EQ(base_style().find("url("), std::string::npos);
  EXPECT_EQ(table_style().find("url("), std::string::npos);
}

TEST(Page, HasNoEmptySections) {
  EXPECT_EQ(section("id", "Title", ""), "");
  EXPECT_EQ(section("id", "Title", "<p>x</p>\n"),
            "<section id=\"id\">\n<h2>Title</h2>\n<p>x</p>\n</section>\n");
}

TEST(Page, CountsWhatIsTooMuch) {
  EXPECT_EQ(paragraphs({"a", "b"}), "<p>a</p>\n<p>b</p>\n");
  EXPECT_THAT(paragraphs(std::vector<std::string>(1202, "a")),
              EndsWith("<p>a</p>\n<p class=\"soft\">and 1,002 more</p>\n"));
}

TEST(Table, HasHeadsForColumnsAndRows) {
  Table table{"things", {{"thing", true}, {"count"}, {"state", true}}};
  EXPECT_EQ(table.finish(), "") << "no rows";
  table.row("<one>").number("1,000").words("met", "met");
  EXPECT_EQ(
      table.finish(),
      "<div class=\"wide\" role=\"region\" aria-label=\"things\" tabindex=\"0\">\n<table>\n"
      "<thead>\n<tr><th scope=\"col\" class=\"text\">thing</th><th scope=\"col\">count</th>"
      "<th scope=\"col\" class=\"text\">state</th></tr>\n</thead>\n<tbody>\n"
      "<tr><th scope=\"row\">&lt;one&gt;</th><td>1,000</td><td class=\"text met\">met</td></tr>\n"
      "</tbody>\n</table>\n</div>\n");
}

TEST(Table, PartsKinds) {
  Table table{"things", {{"thing", true}, {"codes", true}}};
  table.row("one").kinds({{"200", "1,976"}, {"<>", "2"}});
  table.row("none").kinds({});
  EXPECT_THAT(table.finish(), HasSubstr("<td class=\"text kinds\"><span>200: 1,976</span> "
                                        "<span>&lt;&gt;: 2</span></td>"));
  EXPECT_THAT(table.finish(), HasSubstr("<td class=\"text kinds\"></td>"));
}

TEST(Table, EscapesItsTitles) {
  Table table{"things", {{"a < b"}}};
  EXPECT_THAT(table.row("one").finish(), HasSubstr("<th scope=\"col\">a &lt; b</th>"));
}

TEST(Table, ShowsAsManyRowsAsAreAskedFor) {
  Table table{"things", {{"thing", true}}};
  table.row("one").row("two");
  EXPECT_THAT(table.finish(1), EndsWith("<p class=\"soft\">and 1 more</p>\n"));
  EXPECT_THAT(table.finish(2), ::testing::Not(HasSubstr("more")));
}

TEST(Table, SaysHowManyRowsAndKindsAreLeftOut) {
  Table table{"things", {{"thing", true}, {"codes", true}}};
  for (int i = 0; i < 203; ++i) {
    table.row("one").kinds(std::vector<Labelled>(50, {"a kind with a name", "1"}));
  }
  const std::string html = table.finish();
  EXPECT_THAT(html, EndsWith("<p class=\"soft\">and 3 more</p>\n"));
  EXPECT_THAT(html, HasSubstr(" <span>and 43 more</span></td>"));
}

}  // namespace
}  // namespace pcx::page

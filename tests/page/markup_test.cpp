#include "page/markup.h"

#include <gtest/gtest.h>

namespace pcx::page {
namespace {

TEST(Markup, EscapesWhatMeansSomething) {
  EXPECT_EQ(escape_markup("<a b=\"c\" d='e'>&amp;"),
            "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;");
  EXPECT_EQ(escape_markup("kůň 🐴\n\t"), "kůň 🐴\n\t");
}

TEST(Markup, ReplacesWhatIsNoCharacter) {
  EXPECT_EQ(escape_markup(std::string{"a\0b\x1b\x7f", 5}),
            "a\xef\xbf\xbd"
            "b\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(escape_markup("\xff\xc3"), "\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(escape_markup("\xef\xbf\xbe"), "\xef\xbf\xbd") << "U+FFFE";
}

TEST(Markup, CutsBetweenCharacters) {
  EXPECT_EQ(escape_markup("kůň", 5), "kůň");
  EXPECT_EQ(escape_markup("kůň", 4), "ků…");
  EXPECT_EQ(escape_markup("kůň", 2), "k…");
  EXPECT_EQ(escape_markup("<<<", 7), "&lt;…");
  EXPECT_EQ(escape_markup("", 0), "");
}

}  // namespace
}  // namespace pcx::page

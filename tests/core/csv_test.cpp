#include "core/csv.h"

#include <gtest/gtest.h>

namespace pcx {
namespace {

TEST(Csv, QuotesWhatWouldEndACellOrALine) {
  EXPECT_EQ(csv_quoted("plain text"), "plain text");
  EXPECT_EQ(csv_quoted("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_quoted("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(csv_quoted("a\r\nb"), "\"a\r\nb\"");
  EXPECT_EQ(csv_quoted(""), "");
}

TEST(Csv, DisarmsFormulas) {
  EXPECT_EQ(csv_text("=1+1"), "'=1+1");
  EXPECT_EQ(csv_text("-1,5"), "\"'-1,5\"");
  EXPECT_EQ(csv_text("1=1"), "1=1");
}

}  // namespace
}  // namespace pcx

#include "core/ascii.h"

#include <gtest/gtest.h>

namespace pcx {
namespace {

TEST(ToLowerAscii, ChangesLettersOfAsciiOnly) {
  EXPECT_EQ(to_lower_ascii("AZaz@[`{09-\xC3\x84"), "azaz@[`{09-\xC3\x84");
  EXPECT_EQ(to_lower_ascii(""), "");
}

}  // namespace
}  // namespace pcx

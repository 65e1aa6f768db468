#include "crypto/parts.h"

#include <gtest/gtest.h>

namespace pcx::crypto {
namespace {

TEST(Parts, AreWrittenBehindTheirLengths) {
  std::string text = "pcx";
  append_part(text, "");
  append_part(text, "ab");
  append_part(text, std::string(258, 'x'));
  EXPECT_EQ(text, std::string("pcx\0\0\0\0\0\0\0\2ab\0\0\1\2", 17) + std::string(258, 'x'));
}

}  // namespace
}  // namespace pcx::crypto

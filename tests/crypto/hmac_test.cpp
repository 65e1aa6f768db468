#include "crypto/hmac.h"

#include <gtest/gtest.h>

#include "tests/crypto/vectors.h"

namespace pcx::crypto {
namespace {

struct Known {
  std::string key;
  std::string message;
  const char* tag;
};

class HmacOf : public ::testing::TestWithParam<Known> {};

TEST_P(HmacOf, IsTheKnownAnswer) {
  EXPECT_EQ(to_hex(hmac_sha256(Secret{GetParam().key}, GetParam().message)), GetParam().tag);
}

// RFC 4231, test cases 1 to 4, 6 and 7 (5 is truncated, which pcx does not do).
INSTANTIATE_TEST_SUITE_P(
    Rfc4231, HmacOf,
    ::testing::Values(
        Known{std::string(20, '\x0b'), "Hi There",
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        Known{"Jefe", "what do ya want for nothing?",
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        Known{std::string(20, '\xaa'), std::string(50, '\xdd'),
              "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        Known{unhex("0102030405060708090a0b0c0d0e0f10111213141516171819"), std::string(50, '\xcd'),
              "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        Known{std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        Known{std::string(131, '\xaa'),
              "This is a test using a larger than block-size key and a larger than block-size "
              "data. The key needs to be hashed before being used by the HMAC algorithm.",
              "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"}));

TEST(Hmac, AgreesWithWycheproof) {
  int full = 0;
  int truncated = 0;
  for_each_wycheproof("hmac_sha256_test.json", [&](const Document& group, const Document& test) {
    HmacSha256 mac{Secret{hex_at(test, "key")}};
    const std::string tag = hex_at(test, "tag");
    const bool accepted = mac.verify(hex_at(test, "msg"), bytes_of(tag));
    if (number_at(group, "tagSize") == 256) {
      ++full;
      EXPECT_EQ(accepted, is_valid(test)) << number_at(test, "tcId");
    } else {
      ++truncated;
      EXPECT_FALSE(accepted) << "a short tag passed: " << number_at(test, "tcId");
    }
  });
  EXPECT_EQ(full, 87);
  EXPECT_EQ(truncated, 87);
}

TEST(Hmac, TakesAnEmptyKeyAndAnEmptyMessage) {
  EXPECT_EQ(to_hex(hmac_sha256(Secret{}, "")),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Hmac, IsReusedForManyMessages) {
  HmacSha256 mac{Secret{std::string_view{"key"}}};
  const HmacTag first = mac.tag("one");
  EXPECT_NE(mac.tag("two"), first);
  mac.update("o");
  mac.update("ne");
  EXPECT_EQ(mac.finish(), first);
}

}  // namespace
}  // namespace pcx::crypto

#include "audit/mask.h"

#include <string>

#include <gtest/gtest.h>

namespace pcx::audit {
namespace {

const std::string kData = "0123456789abcdefghijABCDEF-_+/==";
const std::string kDigest(64, 'a');

TEST(Mask, CiphertextsBecomeTheIdOfTheirKey) {
  EXPECT_EQ(masked("enc:v2:4:" + kData), "‹encrypted 4›");
  EXPECT_EQ(masked("enc:v1:" + kData + ":" + kData + ":" + kData), "‹encrypted v1›");
  EXPECT_EQ(masked("{\"a\": \"enc:v2:12:" + kData + "\", \"b\": 1}"),
            "{\"a\": \"‹encrypted 12›\", \"b\": 1}");
  EXPECT_EQ(masked("x enc:v2:4:" + kData + " y enc:v2:5:" + kData + "."),
            "x ‹encrypted 4› y ‹encrypted 5›.");
}

TEST(Mask, DigestsOfCapturedColumnsDoToo) {
  EXPECT_EQ(masked("hmac:v2:4:" + kDigest), "‹encrypted 4›");
  EXPECT_EQ(masked("hmac:v1:" + kDigest), "‹encrypted v1›");
  EXPECT_EQ(masked("hmac::" + kDigest), "‹digest›");
}

TEST(Mask, HoweverOftenTheyWereEscaped) {
  EXPECT_EQ(masked("enc:v2:4:0123456789ab&#x2F;cdef&amp;amp;#x2F;ghij&#x3D; end"),
            "‹encrypted 4› end");
  EXPECT_EQ(masked("[\"{\\\"a\\\":\\\"enc:v2:4:" + kData + "\\\"}\"]"),
            "[\"{\\\"a\\\":\\\"‹encrypted 4›\\\"}\"]");
}

TEST(Mask, WhatIsLeftOfOneThatWasCutCountsToo) {
  EXPECT_EQ(masked("enc:v2:4:0123456789abcdef"), "‹encrypted 4›");
}

TEST(Mask, ProseStaysAsItIs) {
  for (const char* const text :
       {"", ":", "::::", "enc:", "enc:v1:", "enc:v2:4:short", "enc:v3:0123456789abcdefghij",
        "enc:v2::0123456789abcdefghij", "enc:v2:12345678901:0123456789abcdefghij", "hmac:x",
        "hmac::short", "hmac:v2:4:0123456789ABCDEFGHIJ", "a time: 10:30:00"}) {
    EXPECT_EQ(masked(text), text);
  }
}

}  // namespace
}  // namespace pcx::audit

#include "crypto/sealed_shape.h"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

namespace pcx::crypto {
namespace {

using namespace std::string_literals;

struct Case {
  std::string what;
  std::string text;
};

const std::string kNonce = "AAECAwQFBgcICQoL";
const std::string kTag = "drhTN8JOqNj+5mPPO/g6Og==";
const std::string kData = "+BBI7a5bmwYz00mCl18/53oRnCs=";
const std::string kV1 = "enc:v1:" + kNonce + ":" + kTag + ":" + kData;
const std::string kV2 = "enc:v2:7:" + std::string(38, 'a');
const std::string kIv = "000102030405060708090a0b0c0d0e0f";
const std::string kGuideTag = "ca7e6c12f8f9fc9c3c692e20b424f1f2";

std::string guide(const std::string& iv = kIv, const std::string& tag = kGuideTag,
                  const std::string& data = "b6e4") {
  return R"({"encrypted":")" + data + R"(","iv":")" + iv + R"(","tag":")" + tag + "\"}";
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

TEST(SealedShape, IsFoundInWhatHoldsAValue) {
  const Case cases[] = {
      {"v1 alone", kV1},
      {"v1 of the empty text", "enc:v1:" + kNonce + ":" + kTag + ":"},
      {"v1, escaped", replaced(kV1, "/", "&#x2F;")},
      {"v1, escaped twice", replaced(kV1, "/", "&amp;#x2F;")},
      {"v1, escaped four times", replaced(kV1, "/", "&amp;amp;amp;#x2F;")},
      {"v1 in the other alphabet", replaced(replaced(kV1, "/", "_"), "+", "-")},
      {"v1 without padding", replaced(kV1, "=", "")},
      {"v1, its data cut", kV1.substr(0, 50)},
      {"v1 with words behind", kV1 + " \xe2\x80\x94 recheck in May"},
      {"v1 with words before", "see " + kV1},
      {"v1 behind a blank", " " + kV1},
      {"v1 in JSON", R"({"set":")" + kV1 + "\"}"},
      {"v1 in lines", "1\n2\n" + kV1 + "\n4"},
      {"v1 behind beginnings", "enc enc:v enc:v1: enc:v1:enc:v1:x " + kV1},
      {"v1 behind bytes", "\0\xff"s + kV1},
      {"v2 alone", kV2},
      {"v2 of a large key", "enc:v2:2147483647:" + std::string(60, '_')},
      {"v2 in words", "(" + kV2 + ")"},
      {"guide's alone", guide()},
      {"guide's of the empty text", guide(kIv, kGuideTag, "")},
      {"guide's as jsonb has it",
       R"({"iv": ")" + kIv + R"(", "tag": ")" + kGuideTag + R"(", "encrypted": "b6e4"})"},
      {"guide's in lines", replaced(replaced(guide(), ":", " :\n\t"), ",", ",\r\n")},
      {"guide's in capitals", guide("000102030405060708090A0B0C0D0E0F")},
      {"guide's, escaped", replaced(guide(), "\"", "&quot;")},
      {"guide's, escaped twice", replaced(guide(), "\"", "&amp;quot;")},
      {"guide's in JSON as a text", R"({"set":")" + replaced(guide(), "\"", "\\\"") + "\"}"},
      {"guide's in words", "was " + guide() + " before"},
      {"guide's behind one that is none", guide("00") + guide()},
  };
  for (const Case& one : cases) EXPECT_TRUE(holds_sealed_value(one.text)) << one.what;
}

TEST(SealedShape, IsNotFoundInOtherTexts) {
  const Case cases[] = {
      {"nothing", ""},
      {"less than a beginning", "en"},
      {"prose", "encountered an encrypted file, frequency unknown"},
      {"prose about the format", "enc:v1:looks-like-ciphertext"},
      {"prefixes", "enc:v1: and enc:v2:7: are what values begin with"},
      {"v1 without a data part", "enc:v1:" + kNonce + ":" + kTag},
      {"v1, its nonce cut", "enc:v1:" + kNonce.substr(1) + ":" + kTag + ":" + kData},
      {"v1, its nonce too long", "enc:v1:A" + kNonce + ":" + kTag + ":" + kData},
      {"v1, its tag cut", "enc:v1:" + kNonce + ":" + kTag.substr(1) + ":" + kData},
      {"v1, its tag too long", "enc:v1:" + kNonce + ":A" + kTag + ":" + kData},
      {"v1 with three paddings", "enc:v1:" + kNonce + ":" + kTag + "=:" + kData},
      {"v1 with a blank in its nonce", "enc:v1:AAECAwQF BgcICQo:" + kTag + ":" + kData},
      {"v1 with another entity", replaced(kV1, "/", "&#x27;")},
      {"v1 with half an entity", replaced(kV1, "/", "&#x2F")},
      {"v1 in capitals", replaced(kV1, "enc:", "ENC:")},
      {"another version", replaced(kV1, "enc:v1:", "enc:v3:")},
      {"v2 too short", "enc:v2:7:" + std::string(37, 'a')},
      {"v2 in the other alphabet", "enc:v2:7:" + std::string(37, 'a') + "/"},
      {"v2 without an id", "enc:v2::" + std::string(38, 'a')},
      {"v2 with an id that begins with 0", "enc:v2:07:" + std::string(38, 'a')},
      {"v2 with an id of 11 digits", "enc:v2:12345678901:" + std::string(38, 'a')},
      {"guide's without a tag", R"({"encrypted":"b6e4","iv":")" + kIv + "\"}"},
      {"guide's without an iv", R"({"encrypted":"b6e4","tag":")" + kGuideTag + "\"}"},
      {"guide's with a short iv", guide(kIv.substr(2))},
      {"guide's with a short tag", guide(kIv, kGuideTag.substr(2))},
      {"guide's with an odd number of digits", guide(kIv, kGuideTag, "b6e")},
      {"guide's with another text", guide(kIv, kGuideTag, "b6x4")},
      {"guide's with a number", replaced(guide(), "\"b6e4\"", "12")},
      {"guide's without a colon", replaced(guide(), ":", "=")},
      {"guide's without quotes", replaced(guide(), "\"", "")},
      {"guide's, cut behind its name", R"({"encrypted)"},
      {"a name that ends so", replaced(guide(), "encrypted", "unencrypted")},
  };
  for (const Case& one : cases) EXPECT_FALSE(holds_sealed_value(one.text)) << one.what;
}

// Beginnings over and over must not be looked at over and over.
TEST(SealedShape, TakesTimeInProportionToTheText) {
  const std::string pieces[] = {"enc",
                                "enc:v1:",
                                "enc:v1:" + kNonce + ":" + kTag,
                                "enc:v1:&amp;amp;",
                                "&amp;",
                                R"("encrypted":"00")",
                                R"("encrypted":"00","iv":"00")",
                                R"("encrypted"    )",
                                "    :",
                                ":",
                                R"("iv" : )",
                                R"("encrypted\\\)"};
  for (const std::string& piece : pieces) {
    std::string text = "enc:v1:";
    while (text.size() < 4'000'000) text += piece;
    const auto began = std::chrono::steady_clock::now();
    EXPECT_FALSE(holds_sealed_value(text)) << piece;
    // A second look at all of it for each piece would take an hour.
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{5}) << piece;
  }
}

}  // namespace
}  // namespace pcx::crypto

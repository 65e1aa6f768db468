#include "load/decoder.h"

#include <gmock/gmock.h>

#include "core/random.h"
#include "load/encoder.h"

namespace pcx::load {
namespace {

using State = Decoder::State;

constexpr std::size_t kPlenty = 1'000'000;

struct Decoded {
  State state = State::fine;
  bool is_complete = false;
  std::string text;
};

Decoded decode(std::string_view encoding, std::string_view bytes, std::size_t step = kPlenty,
               std::size_t max = kPlenty) {
  Decoder decoder;
  EXPECT_TRUE(decoder.begin(encoding)) << encoding;
  Decoded decoded;
  for (std::size_t at = 0; at < bytes.size() && decoded.state == State::fine; at += step) {
    decoded.state = decoder.put(bytes.substr(at, step), decoded.text, max);
  }
  decoded.is_complete = decoder.is_complete();
  return decoded;
}

std::string from_hex(std::string_view digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string{digits.substr(i, 2)}, nullptr, 16));
  }
  return bytes;
}

// What does not compress well, of any length.
std::string noise(std::size_t bytes) {
  SeededRandom random{7};
  std::string text;
  while (text.size() < bytes) text += static_cast<char>(random.below(256));
  return text;
}

class Decoders : public ::testing::TestWithParam<const char*> {};

TEST_P(Decoders, UndoWhatWasDone) {
  // Also lengths at which a piece of output is just full.
  for (const std::size_t bytes :
       {std::size_t{1}, std::size_t{100}, std::size_t{16'383}, std::size_t{16'384},
        std::size_t{16'385}, std::size_t{32'768}, std::size_t{65'536}, std::size_t{200'000}}) {
    for (const std::string& text : {noise(bytes), std::string(bytes, 'a')}) {
      const std::string encoded = encode(GetParam(), text);
      for (const std::size_t step : {kPlenty, std::size_t{1'000}}) {
        const Decoded decoded = decode(GetParam(), encoded, step);
        EXPECT_EQ(decoded.state, State::fine) << bytes;
        EXPECT_TRUE(decoded.is_complete) << bytes;
        EXPECT_TRUE(decoded.text == text) << bytes;
      }
    }
  }
}

TEST_P(Decoders, TakeBytesOneByOne) {
  const Decoded decoded = decode(GetParam(), encode(GetParam(), noise(3'000)), 1);
  EXPECT_TRUE(decoded.is_complete);
  EXPECT_TRUE(decoded.text == noise(3'000));
}

TEST_P(Decoders, KnowWhatWasCutOff) {
  const std::string encoded = encode(GetParam(), noise(1'000));
  for (const std::size_t missing : {std::size_t{1}, std::size_t{5}, encoded.size() - 1}) {
    const Decoded decoded = decode(GetParam(), encoded.substr(0, encoded.size() - missing));
    EXPECT_EQ(decoded.state, State::fine) << missing;
    EXPECT_FALSE(decoded.is_complete) << missing;
  }
}

TEST_P(Decoders, TakeNothingForNothing) {
  const Decoded decoded = decode(GetParam(), "");
  EXPECT_TRUE(decoded.is_complete);
  EXPECT_EQ(decode(GetParam(), encode(GetParam(), "")).text, "");
  EXPECT_TRUE(decode(GetParam(), encode(GetParam(), "")).is_complete);
}

TEST_P(Decoders, RefuseWhatIsNotEncodedSo) {
  EXPECT_EQ(decode(GetParam(), "<html><body>502 Bad Gateway</body></html>").state, State::broken);
}

TEST_P(Decoders, StopAtTheLimit) {
  const std::string encoded = encode(GetParam(), std::string(300'000, 'a'));
  const Decoded decoded = decode(GetParam(), encoded, kPlenty, 100'000);
  EXPECT_EQ(decoded.state, State::too_large);
  EXPECT_LE(decoded.text.size(), 100'000u);
  EXPECT_EQ(decode(GetParam(), encoded, kPlenty, 300'000).state, State::fine);
  EXPECT_EQ(decode(GetParam(), encoded, kPlenty, 299'999).state, State::too_large);
}

INSTANTIATE_TEST_SUITE_P(Encodings, Decoders, ::testing::Values("gzip", "deflate", "br", "zstd"));

TEST(DecoderKnows, WhatOthersHaveMade) {
  // Node.js: zlib.brotliCompressSync() and zlib.deflateRawSync() of the text.
  constexpr const char* kBrotli =
      "1b0707888c946ee622d083a5ba905e13148d807c430b830d387048206f24bf41a715ce66c7e34485a560239c4aab"
      "3f4c0a0c";
  constexpr const char* kRaw =
      "2bc94855282ccd4cce56482aca2fcf5348cbaf50c82acd2d2856c82f4b2d5228c94855c849acaa5448c94fd703f3"
      "46158f2a1e553caa7854f1a8e261a41800";
  std::string text;
  for (int i = 0; i < 40; ++i) text += "the quick brown fox jumps over the lazy dog. ";
  EXPECT_EQ(decode("br", from_hex(kBrotli)).text, text);
  EXPECT_TRUE(decode("br", from_hex(kBrotli), 1).is_complete);
  EXPECT_EQ(decode("deflate", from_hex(kRaw)).text, text);
  EXPECT_TRUE(decode("deflate", from_hex(kRaw), 1).is_complete);
}

TEST(DecoderKnows, SeveralInARow) {
  const std::string twice = encode("zstd", encode("gzip", noise(40'000)));
  for (const std::size_t step : {kPlenty, std::size_t{100}}) {
    const Decoded decoded = decode("gzip, zstd", twice, step);
    EXPECT_EQ(decoded.state, State::fine);
    EXPECT_TRUE(decoded.is_complete);
    EXPECT_TRUE(decoded.text == noise(40'000));
  }
  const std::string other = encode("gzip", encode("zstd", noise(40'000)));
  EXPECT_TRUE(decode("zstd,gzip", other).text == noise(40'000));
  EXPECT_TRUE(decode("zstd,gzip", other).is_complete);
  EXPECT_FALSE(decode("gzip, zstd", twice.substr(0, twice.size() - 1)).is_complete);
}

TEST(DecoderKnows, MembersOfAGzip) {
  const std::string two = encode("gzip", "one ") + encode("gzip", "two");
  for (const std::size_t step : {kPlenty, std::size_t{1}}) {
    EXPECT_EQ(decode("gzip", two, step).text, "one two");
    EXPECT_TRUE(decode("gzip", two, step).is_complete);
  }
}

TEST(DecoderKnows, BombsWithinBombs) {
  std::string bomb(10'000'000, '\0');
  for (const char* encoding : {"gzip", "gzip"}) bomb = encode(encoding, bomb);
  EXPECT_EQ(decode("gzip, gzip", bomb).state, State::too_large);
}

// Empty members: nothing comes out, however many there are.
TEST(DecoderKnows, BombsThatAreEmpty) {
  const std::string empty = encode("gzip", "");
  std::string members;
  while (members.size() <= std::size_t{32} * 1024 * 1024) members += empty;
  const std::string bomb = encode("gzip", members);
  EXPECT_LT(bomb.size(), std::size_t{200'000});
  const Decoded decoded = decode("gzip, gzip", bomb, 1'000);
  EXPECT_EQ(decoded.state, State::too_large);
  EXPECT_EQ(decoded.text, "");
}

// As Node.js, which browsers and Artillery agree with.
TEST(DecoderKnows, WhatIsBehindTheEnd) {
  for (const std::size_t step : {kPlenty, std::size_t{1}}) {
    const std::string padded = encode("gzip", "text") + std::string(20, '\0');
    EXPECT_EQ(decode("gzip", padded + "rest", step).text, "text");
    EXPECT_EQ(decode("gzip", padded + "rest", step).state, State::fine);
    EXPECT_TRUE(decode("gzip", padded + "rest", step).is_complete);
    EXPECT_EQ(decode("gzip", encode("gzip", "text") + "rest", step).state, State::broken);
    for (const char* encoding : {"deflate", "br"}) {
      const Decoded decoded = decode(encoding, encode(encoding, "text") + "rest", step);
      EXPECT_EQ(decoded.state, State::fine) << encoding;
      EXPECT_EQ(decoded.text, "text") << encoding;
      EXPECT_TRUE(decoded.is_complete) << encoding;
    }
  }
}

TEST(DecoderKnows, ItsNames) {
  const auto begins = [](const char* encoding) { return Decoder{}.begin(encoding); };
  for (const char* known : {"", " ", "identity", "gzip", "X-GZIP", " br ", "gzip,br",
                            "deflate,zstd", "identity, gzip", "gzip,gzip"}) {
    EXPECT_TRUE(begins(known)) << known;
  }
  for (const char* unknown :
       {"rar", "gzip;q=1", "gzip br", "compress", "gzip,,br,?", "gzip,gzip,gzip"}) {
    EXPECT_FALSE(begins(unknown)) << unknown;
  }
  Decoder decoder;
  EXPECT_TRUE(decoder.begin("identity"));
  EXPECT_FALSE(decoder.is_needed());
  EXPECT_TRUE(decoder.begin("br"));
  EXPECT_TRUE(decoder.is_needed());
}

TEST(DecoderKnows, HowToBeginAnew) {
  Decoder decoder;
  std::string text;
  ASSERT_TRUE(decoder.begin("gzip"));
  EXPECT_EQ(decoder.put("no gzip at all", text, kPlenty), State::broken);
  ASSERT_TRUE(decoder.begin("zstd"));
  EXPECT_EQ(decoder.put(encode("zstd", "text"), text, kPlenty), State::fine);
  EXPECT_EQ(text, "text");
  ASSERT_FALSE(decoder.begin("gzip, rar"));
  EXPECT_FALSE(decoder.is_needed());
  ASSERT_TRUE(decoder.begin(""));
  EXPECT_EQ(decoder.put("as it is", text, kPlenty), State::fine);
  EXPECT_EQ(text, "textas it is");
  EXPECT_EQ(decoder.put("too long", text, text.size() + 7), State::too_large);
}

}  // namespace
}  // namespace pcx::load

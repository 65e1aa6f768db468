#include "core/crc32.h"

#include <numeric>
#include <string>

#include <gtest/gtest.h>

#include "core/random.h"

namespace pcx {
namespace {

// Made with Python's zlib.crc32(); "123456789" is the check value of every catalogue of CRCs.
TEST(Crc32, GivesTheKnownAnswers) {
  std::string all(256, '\0');
  std::iota(all.begin(), all.end(), '\0');
  EXPECT_EQ(crc32(""), 0u);
  EXPECT_EQ(crc32("a"), 0xe8b7be43);
  EXPECT_EQ(crc32("abc"), 0x352441c2);
  EXPECT_EQ(crc32("123456789"), 0xcbf43926);
  EXPECT_EQ(crc32("The quick brown fox jumps over the lazy dog"), 0x414fa339u);
  EXPECT_EQ(crc32(std::string(32, '\0')), 0x190a55adu);
  EXPECT_EQ(crc32(std::string(32, '\xff')), 0xff6cab0b);
  EXPECT_EQ(crc32(all), 0x29058c73u);
}

// The definition, bit by bit.
std::uint32_t defined(std::string_view bytes) {
  std::uint32_t sum = 0xFFFFFFFF;
  for (const char c : bytes) {
    sum ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1) ^ ((sum & 1) != 0 ? 0xEDB88320 : 0);
  }
  return ~sum;
}

TEST(Crc32, IsTheDefinitionAtEveryLengthAndAlignment) {
  SeededRandom random{32};
  std::string bytes(100, '\0');
  random.fill(std::as_writable_bytes(std::span{bytes.data(), bytes.size()}));
  for (std::size_t begin = 0; begin < 9; ++begin) {
    for (std::size_t size = 0; size <= bytes.size() - begin; ++size) {
      const auto part = std::string_view{bytes}.substr(begin, size);
      EXPECT_EQ(crc32(part), defined(part)) << begin << "+" << size;
    }
  }
}

}  // namespace
}  // namespace pcx

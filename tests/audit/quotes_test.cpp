#include "audit/quotes.h"

#include <cstddef>
#include <string>

#include <gtest/gtest.h>

namespace pcx::audit {
namespace {

constexpr std::size_t kLengthMax = 26;  // three words, and some

std::string without_doubles(const std::string& text) {
  std::string made;
  for (std::size_t i = 0; i < text.size(); ++i) {
    made += text[i];
    if (text[i] == '"') ++i;
  }
  return made;
}

TEST(Quotes, AreFoundAtEveryPlaceFromEveryPlace) {
  for (std::size_t length = 0; length <= kLengthMax; ++length) {
    for (std::size_t at = 0; at <= length; ++at) {
      std::string text(length, '\xa2');  // a quote but for the highest bit
      if (at < length) text[at] = '"';
      for (std::size_t from = 0; from <= length; ++from) {
        EXPECT_EQ(find_quote(text, from), text.find('"', from)) << length << ' ' << at;
      }
    }
  }
}

TEST(Quotes, OfNeighboursOfTheirsAreNone) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text(kLengthMax, static_cast<char>(byte));
    EXPECT_EQ(find_quote(text, 0) == 0, byte == '"') << byte;
    EXPECT_FALSE(has_odd_quotes(text)) << byte;
    EXPECT_EQ(has_odd_quotes(text + '"' + text), byte != '"' || kLengthMax % 2 == 0) << byte;
  }
}

TEST(Quotes, AreOddOrNotWhereverTheyAre) {
  for (std::size_t one = 0; one < kLengthMax; ++one) {
    for (std::size_t other = 0; other < kLengthMax; ++other) {
      std::string text(kLengthMax, 'a');
      text[one] = text[other] = '"';
      EXPECT_EQ(has_odd_quotes(text), one == other) << one << ' ' << other;
    }
  }
}

TEST(Quotes, OfWhichTwoStandForOneAreCopiedOnce) {
  for (std::size_t one = 0; one < kLengthMax; ++one) {
    for (std::size_t other = one; other < kLengthMax; ++other) {
      std::string text = "abcdefghijklmnopqrstuvwxyz";
      text.insert(other, "\"\"");
      text.insert(one, "\"\"");
      std::string copy(text.size(), '\0');
      copy.resize(copy_unquoted(copy.data(), text));
      EXPECT_EQ(copy, without_doubles(text)) << one << ' ' << other;
    }
  }
}

}  // namespace
}  // namespace pcx::audit

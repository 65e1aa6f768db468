#include "apikey/token.h"

#include <array>
#include <numeric>
#include <set>
#include <string>
#include <sys/mman.h>
#include <type_traits>

#include <gtest/gtest.h>

#include "tests/support/fixed_random.h"

namespace pcx::apikey {
namespace {

constexpr std::string_view kBase62 =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr const char* kKnown =
    "pcx_live_0123456789_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq2OYnnY";

// The name of the fault, or "" for a key.
std::string fault_of(std::string_view text) {
  const auto parsed = parse_token(text);
  const auto* const fault = std::get_if<TokenFault>(&parsed);
  return fault == nullptr ? "" : to_string(*fault);
}

std::string checksum(std::string_view text) {
  const auto digits = token_checksum(text);
  return {digits.begin(), digits.end()};
}

std::string with_checksum(const std::string& text) { return text + checksum(text); }

static_assert(noexcept(parse_token("")) && noexcept(stored_shape_of("")));
static_assert(std::is_trivially_copyable_v<ParsedToken>);  // nothing in it is of its own

TEST(TokenChecksum, GivesTheKnownAnswers) {
  EXPECT_EQ(checksum("zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ"), "0mLq17");  // of a token of GitHub's
  EXPECT_EQ(checksum(""), "000000");
  // Made with Python: zlib.crc32() and int arithmetic.
  EXPECT_EQ(checksum(std::string_view{kKnown}.substr(0, 63)), "2OYnnY");
  EXPECT_EQ(checksum("pcx_live_0123456789_" + std::string(43, 'A')), "2koefy");
  EXPECT_EQ(checksum("pcx_live_zzzzzzzzzz_" + std::string(43, 'z')), "4X87cA");
  EXPECT_EQ(checksum("pcx_live_0000000519_" + std::string(43, '0')), "00lgLc");
}

std::string counted_up(std::size_t count) {
  std::string bytes(count, '\0');
  std::iota(bytes.begin(), bytes.end(), '\0');
  return bytes;
}

TEST(GenerateToken, GivesTheKnownAnswer) {
  pcx::testing::FixedRandom random{counted_up(64)};
  const Token live = generate_token(Kind::live, random);
  EXPECT_EQ(live.text.reveal_text(), kKnown);
  EXPECT_EQ(live.id, "0123456789");
  EXPECT_EQ(live.kind, Kind::live);

  pcx::testing::FixedRandom same{counted_up(64)};
  const Token test = generate_token(Kind::test, same);
  EXPECT_EQ(test.text.reveal_text(),
            "pcx_test_0123456789_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq4R8MqF");
  EXPECT_EQ(test.kind, Kind::test);
}

// Six bits say 64 things, and two of them are no digit.
TEST(GenerateToken, DrawsAgainWhatIsNoDigit) {
  pcx::testing::FixedRandom random{"\x3e\x3f\x7e\x7f\xbe\xbf\xfe\xff" + counted_up(56)};
  EXPECT_EQ(generate_token(Kind::live, random).text.reveal_text(), kKnown);

  pcx::testing::FixedRandom two_blocks{std::string(60, '\xff') + counted_up(68)};
  EXPECT_EQ(generate_token(Kind::live, two_blocks).text.reveal_text(), kKnown);
}

TEST(GenerateToken, MakesKeysThatParseAndAreAllDifferent) {
  SystemRandom random;
  std::set<std::string> ids;
  for (int i = 0; i < 100'000; ++i) {
    const auto kind = i % 2 == 0 ? Kind::live : Kind::test;
    const Token token = generate_token(kind, random);
    const std::string_view text = token.text.reveal_text();
    const auto parsed = parse_token(text);
    const auto* const found = std::get_if<ParsedToken>(&parsed);
    ASSERT_NE(found, nullptr) << fault_of(text);
    ASSERT_EQ(found->kind, kind);
    ASSERT_EQ(found->id, token.id);
    ASSERT_EQ(found->id.data(), text.data() + 9);
    ASSERT_FALSE(looks_like_stored(text));
    ids.insert(token.id);
  }
  EXPECT_EQ(ids.size(), 100'000u);
}

// Pearson's statistic of how often each of 62 digits came, against all alike: 61 on average for
// fair ones, and above 101 once in a thousand times.
double chi_square(const std::array<std::size_t, 62>& counts) {
  const auto total = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
  const double expected = static_cast<double>(total) / 62;
  double sum = 0;
  for (const std::size_t count : counts) {
    const double difference = static_cast<double>(count) - expected;
    sum += difference * difference / expected;
  }
  return sum;
}

TEST(GenerateToken, DrawsAllDigitsAlike) {
  SeededRandom random{62};
  std::array<std::size_t, 62> of_secrets{}, of_ids{}, of_last_digits{}, biased{};
  const auto count = [](auto& counts, char digit) { ++counts[kBase62.find(digit)]; };
  for (int i = 0; i < 20'000; ++i) {
    const Token token = generate_token(Kind::live, random);
    const std::string_view secret = token.text.reveal_text().substr(20, 43);
    for (const char digit : token.id) count(of_ids, digit);
    for (const char digit : secret) count(of_secrets, digit);
    count(of_last_digits, secret.back());
    for (int j = 0; j < 43; ++j) ++biased[random.below(256) % 62];  // what a modulo would do
  }
  EXPECT_LT(chi_square(of_secrets), 101);
  EXPECT_LT(chi_square(of_ids), 101);
  EXPECT_LT(chi_square(of_last_digits), 101);
  EXPECT_GT(chi_square(of_secrets), 25);
  EXPECT_GT(chi_square(biased), 1'000);
}

TEST(ParseToken, RefusesEveryChangedCharacter) {
  SeededRandom random{1};
  for (int i = 0; i < 20; ++i) {
    const Token token = generate_token(Kind::live, random);
    const std::string text{token.text.reveal_text()};
    for (std::size_t at = 0; at < text.size(); ++at) {
      std::string other = text;
      for (int c = 0; c < 256; ++c) {
        other[at] = static_cast<char>(c);
        ASSERT_EQ(fault_of(other).empty(), other == text) << at << ' ' << c;
      }
    }
  }
}

TEST(ParseToken, RefusesExchangedNeighboursAndOneMoreOrLess) {
  SeededRandom random{2};
  for (int i = 0; i < 200; ++i) {
    const Token token = generate_token(Kind::test, random);
    const std::string text{token.text.reveal_text()};
    for (std::size_t at = 0; at < text.size(); ++at) {
      std::string shorter = text, longer = text, exchanged = text;
      EXPECT_NE(fault_of(shorter.erase(at, 1)), "") << at;
      EXPECT_NE(fault_of(longer.insert(at, 1, text[at])), "") << at;
      if (at == 0 || text[at] == text[at - 1]) continue;
      std::swap(exchanged[at - 1], exchanged[at]);
      EXPECT_NE(fault_of(exchanged), "") << at;
    }
  }
}

TEST(ParseToken, NamesWhatIsWrong) {
  const std::string known = kKnown;
  const std::string body = known.substr(0, 63);
  struct Case {
    std::string text;
    const char* fault;
  };
  const Case cases[] = {
      {known, ""},
      {"", "wrong prefix"},
      {"pcx", "wrong prefix"},
      {"pcx:0123456789", "wrong prefix"},
      {" " + known, "wrong prefix"},
      {"PCX_live_" + known.substr(9), "wrong prefix"},
      {"pcx_Live_" + known.substr(9), "wrong prefix"},
      {with_checksum("pcx_prod_" + body.substr(9)), "wrong prefix"},
      {with_checksum("pcx-live-" + body.substr(9)), "wrong prefix"},
      {"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", "wrong prefix"},
      {std::string(256, 'a'), "wrong prefix"},
      {"pcx_live_", "wrong length"},
      {"pcx_test_", "wrong length"},
      {known.substr(0, 68), "wrong length"},
      {known + "0", "wrong length"},
      {known + "\n", "wrong length"},
      {known + std::string(1, '\0'), "wrong length"},
      {known + std::string(256 - 69, 'a'), "wrong length"},
      {known + std::string(257 - 69, 'a'), "too long"},
      {std::string(257, 'a'), "too long"},
      {with_checksum(body.substr(0, 19) + "-" + body.substr(20)), "wrong alphabet"},
      {with_checksum(body.substr(0, 18) + "_" + body.substr(19)), "wrong alphabet"},
      {with_checksum(body.substr(0, 62) + "_"), "wrong alphabet"},
      {with_checksum(body.substr(0, 62) + std::string(1, '\0')), "wrong alphabet"},
      {with_checksum(body.substr(0, 61) + "\xc3\xa9"), "wrong alphabet"},
      {body + "2OYnn ", "wrong alphabet"},
      {body + "2OYnn\n", "wrong alphabet"},
      {body + "2OYnnX", "bad checksum"},
      {body + "000000", "bad checksum"},
      {body + "zzzzzz", "bad checksum"},  // above 2^32
      {body + "2oynny", "bad checksum"},  // small letters
      {body + "YnnYO2", "bad checksum"},  // the lowest digit first
      {"pcx_test_" + known.substr(9), "bad checksum"},
      {body + checksum(body.substr(9)), "bad checksum"},  // without the prefix
  };
  for (const Case& one : cases) EXPECT_EQ(fault_of(one.text), one.fault) << one.text;
}

// The second page may not be read: whoever looks at more than the length ends there.
TEST(ParseToken, DoesNotLookAtWhatIsTooLong) {
  constexpr std::size_t size = 1 << 20;
  void* const pages = ::mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(pages, MAP_FAILED);
  EXPECT_EQ(fault_of({static_cast<const char*>(pages), size}), "too long");
  EXPECT_EQ(fault_of({static_cast<const char*>(pages), 257}), "too long");
  ::munmap(pages, size);
}

TEST(StoredShape, IsToldFromKeys) {
  const std::string hash(64, 'a');
  struct Case {
    std::string text;
    StoredShape shape;
  };
  const Case cases[] = {
      {"pcx:0123456789", StoredShape::placeholder},
      {"pcx:", StoredShape::placeholder},
      {"pcx:0123456789 ", StoredShape::placeholder},
      {hash, StoredShape::digits},
      {std::string(64, 'F'), StoredShape::digits},
      {std::string(64, '0'), StoredShape::digits},
      {"\\x" + hash, StoredShape::digest},
      {"\\x" + hash.substr(1), StoredShape::digest},
      {"sha256:" + hash, StoredShape::digest},
      {"sha256:", StoredShape::digest},
      {"SHA256:x", StoredShape::digest},
      {"sha512:x", StoredShape::digest},
      {"", StoredShape::none},
      {"pcx", StoredShape::none},
      {"pcx_live_", StoredShape::none},
      {kKnown, StoredShape::none},
      {hash.substr(1), StoredShape::none},
      {hash + "a", StoredShape::none},
      {hash.substr(1) + "g", StoredShape::none},
      {"\\x" + hash.substr(1) + "g", StoredShape::none},
      {"sha256", StoredShape::none},
      {"sha3:x", StoredShape::none},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(stored_shape_of(one.text), one.shape) << one.text;
    EXPECT_EQ(looks_like_stored(one.text), one.shape != StoredShape::none) << one.text;
  }
}

TEST(TokenWords, AreThese) {
  EXPECT_STREQ(to_string(Kind::live), "live");
  EXPECT_STREQ(to_string(Kind::test), "test");
  EXPECT_STREQ(to_string(Kind::adopted), "adopted");
  EXPECT_EQ(kind_of("test"), Kind::test);
  EXPECT_EQ(kind_of("adopted"), Kind::adopted);
  EXPECT_EQ(kind_of("dead"), std::nullopt);
  EXPECT_STREQ(to_string(static_cast<Kind>(9)), "unknown");
  EXPECT_STREQ(to_string(static_cast<TokenFault>(9)), "unknown");
}

}  // namespace
}  // namespace pcx::apikey

#include "apikey/scan.h"

#include <gmock/gmock.h>

#include "core/text.h"
#include "tests/apikey/keys.h"

namespace pcx::apikey {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::near_miss;
using testing::Place;
using testing::plainly_found;
using testing::random_key;

constexpr std::size_t kBlockSizes[] = {1, 2, 31, 67, 68, 69, 70, 100, 137, 1000};

// Which search, by its name: the parameter of the tests, so that they say what failed.
class Scan : public ::testing::TestWithParam<PrefixSearch> {
 protected:
  std::vector<Place> found_in(const std::vector<std::string_view>& blocks) const {
    std::vector<Place> places;
    Scanner scanner{[&](FoundKey found) {
                      places.push_back({found.offset, std::string{found.key.reveal_text()}});
                    },
                    GetParam()};
    for (const std::string_view block : blocks) scanner.put(block);
    return places;
  }

  std::vector<Place> found_in_blocks_of(std::size_t size, std::string_view text) const {
    std::vector<std::string_view> blocks;
    for (; text.size() > size; text.remove_prefix(size)) blocks.push_back(text.substr(0, size));
    blocks.push_back(text);
    return found_in(blocks);
  }

  SeededRandom random_{7};
};

INSTANTIATE_TEST_SUITE_P(Each, Scan, ::testing::ValuesIn(prefix_searches()),
                         [](const auto& search) { return search.param.name; });

TEST_P(Scan, FindsNothingInNothing) {
  EXPECT_THAT(found_in({}), IsEmpty());
  EXPECT_THAT(found_in({"", "", ""}), IsEmpty());
  EXPECT_THAT(found_in({"pcx_"}), IsEmpty());
}

TEST_P(Scan, FindsAKeyAtTheBeginningAtTheEndAndAlone) {
  const std::string key = random_key(random_);
  EXPECT_THAT(found_in({key}), ElementsAre(Place{0, key}));
  EXPECT_THAT(found_in({key + " and more"}), ElementsAre(Place{0, key}));
  EXPECT_THAT(found_in({"before " + key}), ElementsAre(Place{7, key}));
}

// Every place of the key within and across blocks of every small size; the search's own steps of 16
// and 32 places are in it.
TEST_P(Scan, FindsAKeyAcrossEveryBorderOnce) {
  const std::string key = random_key(random_);
  for (std::size_t before = 0; before < 150; ++before) {
    const std::string text = std::string(before, '_') + key + std::string(before % 7, 'x');
    for (const std::size_t size : kBlockSizes) {
      ASSERT_THAT(found_in_blocks_of(size, text), ElementsAre(Place{before, key}))
          << before << " bytes before, blocks of " << size;
    }
  }
}

TEST_P(Scan, FindsAKeyWhereverTheTextIsCutInThree) {
  const std::string key = random_key(random_);
  const std::string_view text = key;
  for (std::size_t first = 0; first <= text.size(); ++first) {
    for (std::size_t second = first; second <= text.size(); ++second) {
      ASSERT_THAT(found_in({text.substr(0, first), text.substr(first, second - first), "",
                            text.substr(second)}),
                  ElementsAre(Place{0, key}))
          << first << " " << second;
    }
  }
}

// The scanner works through a large block in pieces.
TEST_P(Scan, FindsAKeyAcrossThePiecesOfALargeBlock) {
  const std::string key = random_key(random_);
  std::string text(3 * 16 * 1024 + 500, '.');
  std::vector<Place> planted;
  for (std::size_t piece = 1; piece <= 3; ++piece) {
    const std::size_t at = piece * 16 * 1024 - piece * 23;
    text.replace(at, key.size(), key);
    planted.push_back({at, key});
  }
  EXPECT_EQ(found_in({text}), planted);
  EXPECT_EQ(found_in({std::string_view{text}.substr(0, 40'000), text.substr(40'000)}), planted);
}

TEST_P(Scan, FindsKeysBehindTheirOwnPrefix) {
  const std::string key = random_key(random_);
  EXPECT_THAT(found_in({"pcx_" + key}), ElementsAre(Place{4, key}));
  EXPECT_THAT(found_in({"pcx_live_" + key}), ElementsAre(Place{9, key}));
  EXPECT_THAT(found_in({"pcx_live_0123456789_" + key}), ElementsAre(Place{20, key}));
  EXPECT_THAT(found_in({key.substr(0, 60) + key}), ElementsAre(Place{60, key}));
  EXPECT_THAT(found_in({key + key}), ElementsAre(Place{0, key}, Place{69, key}));
}

// Two keys share three bytes at most; checksums that end so are rare, so one is searched for.
TEST_P(Scan, FindsBothOfTwoKeysThatOverlap) {
  std::string first = random_key(random_);
  while (!first.ends_with('p')) first = random_key(random_);
  const std::string second = random_key(random_);
  EXPECT_THAT(found_in({first + second.substr(1)}),
              ElementsAre(Place{0, first}, Place{68, second}));
  EXPECT_THAT(found_in_blocks_of(1, first + second.substr(1)),
              ElementsAre(Place{0, first}, Place{68, second}));
}

// Leaks are embedded: what stands around a key does not matter.
TEST_P(Scan, FindsKeysInAnySurroundings) {
  const std::string key = random_key(random_);
  for (int byte = 0; byte < 256; ++byte) {
    const std::string around(1, static_cast<char>(byte));
    ASSERT_THAT(found_in({around + key + around}), ElementsAre(Place{1, key})) << byte;
  }
}

TEST_P(Scan, PassesOverNearMisses) {
  const std::string key = random_key(random_);
  for (std::size_t i = 0; i < key.size(); ++i) {
    for (const char other : {'a', 'Z', '0', '_', '-', '\0', '\x80'}) {
      std::string miss = key;
      if (miss[i] == other) continue;
      miss[i] = other;
      ASSERT_THAT(found_in({miss}), IsEmpty()) << "byte " << i << " is " << other;
    }
    ASSERT_THAT(found_in({key.substr(0, i) + key.substr(i + 1)}), IsEmpty()) << i << " left out";
    if (i == 0) continue;  // in front of a key anything may stand
    ASSERT_THAT(found_in({key.substr(0, i) + "0" + key.substr(i)}), IsEmpty()) << i << " put in";
  }
}

// A checksum that fits does not make a key of another shape.
TEST_P(Scan, PassesOverOtherPrefixesLengthsAndAlphabets) {
  const std::string id = "0123456789", secret(43, 'q');
  const auto checked = [](const std::string& text) { return testing::with_checksum(text); };
  EXPECT_EQ(found_in({checked("pcx_live_" + id + "_" + secret)}).size(), 1u);
  EXPECT_THAT(found_in({checked("pcx_prod_" + id + "_" + secret)}), IsEmpty());
  EXPECT_THAT(found_in({checked("pcy_live_" + id + "_" + secret)}), IsEmpty());
  EXPECT_THAT(found_in({checked("PCX_LIVE_" + id + "_" + secret)}), IsEmpty());
  EXPECT_THAT(found_in({checked("pcx_live_" + id + "a_" + secret.substr(1))}), IsEmpty());
  EXPECT_THAT(found_in({checked("pcx_live_01234-6789_" + secret)}), IsEmpty());
  EXPECT_THAT(found_in({checked("pcx_live_" + id + "_" + std::string(42, 'q') + "+")}), IsEmpty());
  EXPECT_THAT(found_in({checked("pcx_live_" + id + "_" + std::string(42, 'q') + "_")}), IsEmpty());
}

TEST_P(Scan, TakesTheDigitsOfBase62AndNoOtherByte) {
  const std::string body = random_key(random_).substr(0, 63);
  for (const std::size_t place : {9u, 18u, 20u, 40u, 62u}) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = body;
      text[place] = static_cast<char>(byte);
      const bool is_digit = testing::kBase62.find(text[place]) != std::string_view::npos;
      ASSERT_EQ(found_in({testing::with_checksum(text)}).size(), is_digit ? 1u : 0u)
          << "byte " << byte << " at " << place;
    }
  }
}

// Texts that are made of pieces of keys, in blocks of random sizes, beside the plain way.
TEST_P(Scan, FindsWhatThePlainWayFinds) {
  std::size_t keys = 0;
  for (int round = 0; round < 60; ++round) {
    std::string text;
    while (text.size() < 2000) {
      const std::string key = random_key(random_);
      switch (random_.below(6)) {
        case 0: text += key; break;
        case 1: text += near_miss(random_); break;
        case 2: text += key.substr(0, random_.below(key.size())); break;
        case 3: text += key.substr(random_.below(key.size())); break;
        case 4: text += testing::base62_text(random_, random_.below(40)); break;
        default: text += static_cast<char>(random_.below(256));
      }
    }
    const std::vector<Place> plain = plainly_found(text);
    keys += plain.size();
    ASSERT_EQ(found_in({text}), plain);
    std::vector<std::string_view> blocks;
    for (std::string_view rest = text; !rest.empty();) {
      blocks.push_back(rest.substr(0, random_.below(200)));
      rest.remove_prefix(blocks.back().size());
    }
    ASSERT_EQ(found_in(blocks), plain);
    ASSERT_EQ(found_in_blocks_of(1, text), plain);
  }
  EXPECT_GT(keys, 500u);
}

TEST_P(Scan, TellsLineAndColumnHoweverTheTextIsCut) {
  const std::string key = random_key(random_);
  std::string text =
      key + "\n\npůda \xf0\x9f\x90\xb4 " + key + key + "\r\n" + std::string(300, 'a');
  text += "\nñÿ" + std::string(40'000, 'b') + key + "\n";
  for (const std::size_t size : {std::size_t{1}, std::size_t{50}, std::size_t{70}, text.size()}) {
    std::vector<LineColumn> places;
    Scanner scanner{
        [&](const FoundKey& found) {
          places.push_back({static_cast<int>(found.line), static_cast<int>(found.column)});
        },
        GetParam()};
    for (std::size_t at = 0; at < text.size(); at += size) scanner.put(text.substr(at, size));
    std::vector<LineColumn> expected;
    for (const Place& place : plainly_found(text)) {
      expected.push_back(line_column_at(text, place.offset));
    }
    ASSERT_EQ(expected.size(), 4u);
    ASSERT_EQ(places.size(), expected.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
      EXPECT_EQ(places[i].line, expected[i].line) << i << ", blocks of " << size;
      EXPECT_EQ(places[i].column, expected[i].column) << i << ", blocks of " << size;
    }
    EXPECT_EQ(scanner.bytes(), text.size());
  }
}

TEST_P(Scan, CandidatesAreTheSameAsThoseOfThePortableSearch) {
  const PrefixSearch portable = prefix_searches().back();
  ASSERT_STREQ(portable.name, "portable");
  for (int round = 0; round < 20; ++round) {
    std::string text;
    for (int i = 0; i < 3000; ++i) text += "pcx___"[random_.below(6)];
    const std::size_t end = text.size() - kLookahead - random_.below(40);
    for (std::size_t from = 0; from < end;) {
      const std::size_t next = GetParam().next(text.data(), from, end);
      ASSERT_EQ(next, portable.next(text.data(), from, end)) << from;
      from = next + 1;
    }
  }
}

// The caller may keep what was found, and stop by throwing.
TEST(Scanner, HandsOverKeysAndLetsExceptionsThrough) {
  SeededRandom random{3};
  const std::string key = random_key(random);
  std::vector<Secret> kept;
  Scanner keeping{[&](FoundKey found) { kept.push_back(std::move(found.key)); }};
  keeping.put(key + key);
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].reveal_text(), key);
  Scanner stopping{[](const FoundKey&) { throw std::runtime_error{"enough"}; }};
  EXPECT_THROW(stopping.put(key), std::runtime_error);
}

}  // namespace
}  // namespace pcx::apikey

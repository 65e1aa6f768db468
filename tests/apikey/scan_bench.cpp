// pcx_scan_bench text|misses PASSES [SEARCH]: scans a block of 256 MB, PASSES times at shifting
// offsets, on one thread. Prints "search gigabytes_per_second bytes planted found misses false".
// pcx_scan_bench text|misses write FILE: the block as a file. pcx_scan_bench file FILE: scans it as
// `pcx apikey scan` does, and prints "walk gigabytes_per_second bytes found".
//
// text: log lines, JSON, source code, prose and base64, with 1,000 keys and 100,000 texts that are
// a key but for their checksum; misses: nothing but those. The time is that of Scanner::put, with
// what the callback does to compare each key with what was planted. Not run by ctest;
// scripts/bench/apikey runs it.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "apikey/scan.h"
#include "apikey/walk.h"
#include "core/error.h"
#include "tests/apikey/keys.h"

namespace pcx::apikey {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::size_t kBlockBytes = std::size_t{256} * 1024 * 1024;
constexpr std::size_t kReadBytes = std::size_t{256} * 1024;  // as a file comes
constexpr std::size_t kKeys = 1'000;
constexpr std::size_t kMisses = 100'000;

struct Block {
  std::string text;
  std::vector<std::size_t> keys;  // where each begins, ascending
  std::size_t misses = 0;
};

const std::vector<std::string>& words() {
  static const std::vector<std::string> all = {
      "the",     "patient",  "was",    "seen",    "for",   "a",        "vaccination", "pcx",
      "live",    "_id",      "max_id", "index_",  "value", "api_key",  "pcx_",        "pcx_live_",
      "std::",   "const",    "return", "http://", "200",   "GET",      "/api/v1",     "x_offset",
      "invoice", "prefix_x", "next_",  "box_",    "null",  "created_", "žluťoučký",   "kůň",
  };
  return all;
}

// Half a kilobyte of one of five kinds.
std::string some_text(SeededRandom& random) {
  std::string text;
  const std::uint64_t kind = random.below(5);
  while (text.size() < 512) {
    const std::string& word = words()[random.below(words().size())];
    switch (kind) {
      case 0:
        text += fmt::format("2026-11-28T17:{:02}:{:02}.{:03}Z INFO {} request_id={:016x}\n",
                            random.below(60), random.below(60), random.below(1000), word,
                            random.next());
        break;
      case 1:
        text += fmt::format("{{\"{}\":{},\"x\":\"{}\"}},", word, random.below(10'000), word);
        break;
      case 2: text += fmt::format("  auto {}_x = {}({});\n", word, word, random.below(100)); break;
      case 3: text += testing::base62_text(random, 64) + "\n"; break;
      default: text += word + (random.below(12) == 0 ? ".\n" : " ");
    }
  }
  return text;
}

// Text of the sandbox's own pieces, drawn again and again from a few thousand.
void fill(Block& block, SeededRandom& random) {
  std::vector<std::string> pieces(4'000);
  for (std::string& piece : pieces) piece = some_text(random);
  block.text.reserve(kBlockBytes + pieces[0].size() * 2);
  while (block.text.size() < kBlockBytes) block.text += pieces[random.below(pieces.size())];
  block.text.resize(kBlockBytes);
}

// Keys and misses, spread evenly with a random distance, each in a slot of its own.
void plant(Block& block, SeededRandom& random) {
  const std::size_t slots = kKeys + kMisses, slot_bytes = kBlockBytes / slots;
  for (std::size_t slot = 0; slot < slots; ++slot) {
    const bool is_key = slot % (slots / kKeys) == 0 && block.keys.size() < kKeys;
    const std::string text = is_key ? testing::random_key(random) : testing::near_miss(random);
    const std::size_t at = slot * slot_bytes + random.below(slot_bytes - text.size());
    block.text.replace(at, text.size(), text);
    if (is_key)
      block.keys.push_back(at);
    else
      ++block.misses;
  }
}

Block text_block() {
  SeededRandom random{20261128};
  Block block;
  fill(block, random);
  plant(block, random);
  return block;
}

Block misses_block() {
  SeededRandom random{20261129};
  Block block;
  std::vector<std::string> some(10'000);
  for (std::string& miss : some) miss = testing::near_miss(random);
  block.text.reserve(kBlockBytes + kTokenBytes);
  for (; block.text.size() + kTokenBytes < kBlockBytes; ++block.misses) {
    block.text += some[random.below(some.size())];
  }
  return block;
}

// What was found, beside what was planted. The text of a pass begins at `shift` of the block.
class Tally {
 public:
  explicit Tally(const Block& block) : block_(block) {}

  void take(const FoundKey& found, std::size_t shift) {
    const std::size_t at = (found.offset + shift) % block_.text.size();
    const bool is_planted = std::binary_search(block_.keys.begin(), block_.keys.end(), at) &&
                            block_.text.compare(at, kTokenBytes, found.key.reveal_text()) == 0;
    ++(is_planted ? found_ : false_);
  }
  std::uint64_t found() const { return found_; }
  std::uint64_t wrong() const { return false_; }

 private:
  const Block& block_;
  std::uint64_t found_ = 0;
  std::uint64_t false_ = 0;
};

// Every pass begins a block's third and a bit further on, but not within a key.
std::size_t shift_of(const Block& block, std::size_t pass) {
  const std::size_t size = block.text.size();
  std::size_t shift = pass * (size / 3 + 1'000'003) % size;
  for (const std::size_t key : block.keys) {
    if (key < shift && shift < key + kTokenBytes) shift = key + kTokenBytes;
  }
  return shift % size;
}

void put(Scanner& scanner, std::string_view text) {
  for (std::size_t at = 0; at < text.size(); at += kReadBytes) {
    scanner.put(text.substr(at, kReadBytes));
  }
}

void scan_block(const Block& block, std::size_t passes, const PrefixSearch& search) {
  Tally tally{block};
  Seconds took{};
  for (std::size_t pass = 0; pass < passes; ++pass) {
    const std::size_t shift = shift_of(block, pass);
    Scanner scanner{[&](const FoundKey& found) { tally.take(found, shift); }, search};
    const std::string_view text = block.text;
    const auto began = Clock::now();
    put(scanner, text.substr(shift));
    put(scanner, text.substr(0, shift));
    took += Clock::now() - began;
  }
  const std::size_t bytes = passes * block.text.size();
  fmt::print("{} {:.3f} {} {} {} {} {}\n", search.name,
             static_cast<double>(bytes) / 1e9 / took.count(), bytes, passes * block.keys.size(),
             tally.found(), passes * block.misses, tally.wrong());
}

void scan_file(const char* path) {
  std::uint64_t unread = 0;
  const ScanEvents events{
      .found = [](const std::filesystem::path&, const FoundKey&) {},
      .unread = [&](const std::filesystem::path&, const std::string&) { ++unread; }};
  const auto began = Clock::now();
  const ScanTotals totals = scan_path(path, events);
  const Seconds took = Clock::now() - began;
  if (unread > 0) throw Error{ErrorCode::io, "the file could not be read"};
  fmt::print("walk {:.3f} {} {}\n", static_cast<double>(totals.bytes) / 1e9 / took.count(),
             totals.bytes, totals.keys);
}

int run(const std::vector<std::string>& words_given) {
  const auto given = [&](std::size_t i) {
    return i < words_given.size() ? words_given[i] : std::string{};
  };
  if (given(0) == "file") return scan_file(given(1).c_str()), EXIT_SUCCESS;
  const Block block = given(0) == "misses" ? misses_block() : text_block();
  if (given(1) == "write") {
    std::ofstream{given(2), std::ios::binary} << block.text;
    return EXIT_SUCCESS;
  }
  for (const PrefixSearch& search : prefix_searches()) {
    if (!given(2).empty() && given(2) != search.name) continue;
    scan_block(block, std::strtoul(given(1).c_str(), nullptr, 10), search);
  }
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace pcx::apikey

int main(int argc, char** argv) {
  try {
    return pcx::apikey::run({argv + 1, argv + argc});
  } catch (const pcx::Error& error) {
    fmt::print(stderr, "pcx_scan_bench: {}\n", error.what());
    return 70;
  }
}

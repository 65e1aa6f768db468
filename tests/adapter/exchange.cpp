// Values for the module of lib/keyring/adapter, and its values for pcx: both must read the other's,
// and judge damaged ones alike. exchange.mjs is the other side and has the same keys.
//
// usage: adapter_exchange seal FILE COUNT SEED   COUNT values of each format, as many damaged ones
//        adapter_exchange open FILE              opens them; exit code 1 when one differs
//
// A file is records one after another; a record is seven parts, each behind its length in 4 bytes,
// the highest first: verdict, format, table, column, row, plaintext, value.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>

#include <fmt/format.h>

#include "core/file.h"
#include "core/random.h"
#include "crypto/enc_v1.h"
#include "crypto/enc_v2.h"
#include "crypto/guide_envelope.h"
#include "crypto/parts.h"
#include "crypto/random_bytes.h"

namespace pcx::crypto {
namespace {

constexpr std::size_t kFileBytesMax = std::size_t{1} << 30;
const std::array<Column, 2> kColumns{Column{"medical_records", "diagnosis"}, {"clients", "phone"}};

struct Record {
  std::string verdict;
  std::string format;  // "v1", "json", "v2"
  Column column;
  std::string row;
  std::string plaintext;
  std::string value;
};

// The keys 1, 2 and 3.
class Ciphers {
 public:
  std::string seal(const Record& record, Random& random) {
    if (record.format == "v1") return v1_.seal(record.plaintext, random);
    if (record.format == "json") return json_.seal(record.plaintext, random);
    return v2_of(record.column).seal(record.row, record.plaintext, random);
  }

  // As a column is read in which every format may stand.
  Opened open(const Record& record) {
    if (EncV2::claims(record.value)) return v2_of(record.column).open(record.row, record.value);
    if (v1_.claims(record.value)) return v1_.open(record.value);
    return json_.open(record.value);
  }

 private:
  EncV2& v2_of(const Column& column) {
    return column.table == kColumns[0].table ? diagnosis_ : phone_;
  }

  EncV1 v1_{EncV1::FromKey{Secret{std::string(kAeadKeyBytes, '\x11')}}};
  GuideEnvelope json_{Secret{std::string(2 * kAeadKeyBytes, '2')}};
  EncV2 diagnosis_{Secret{std::string(kAeadKeyBytes, '\x33')}, 3, kColumns[0]};
  EncV2 phone_{Secret{std::string(kAeadKeyBytes, '\x33')}, 3, kColumns[1]};
};

// --- what is sealed

void append_utf8(std::string& text, unsigned code) {
  if (code < 0x80) {
    text += static_cast<char>(code);
    return;
  }
  const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  constexpr unsigned kFirst[] = {0, 0xc0, 0xe0, 0xf0};
  text += static_cast<char>(kFirst[more] | code >> 6 * more);
  for (int i = more - 1; i >= 0; --i) text += static_cast<char>(0x80 | (code >> 6 * i & 0x3f));
}

// One of the first `limit` code points that is no surrogate.
unsigned code_point(Random& random, unsigned limit) {
  const auto code = static_cast<unsigned>(random.below(limit));
  return code >= 0xd800 && code < 0xe000 ? code - 0x800 : code;
}

// Empty, ASCII, control characters and Latin-1, all of Unicode, and bytes that are mostly no text;
// one in 500 is long.
std::string some_text(Random& random) {
  constexpr unsigned kLimits[] = {0x80, 0x100, 0x3000, 0x110000};
  std::size_t length = random.below(random.below(10) == 0 ? 400 : 60);
  if (random.below(500) == 0) length = random.below(20'000);
  const std::uint64_t kind = random.below(5);
  std::string text;
  for (std::size_t i = 0; i < length; ++i) {
    if (kind == 4) {
      text += static_cast<char>(random.below(256));
    } else {
      append_utf8(text, code_point(random, kLimits[kind]));
    }
  }
  return text;
}

// --- how values are damaged

constexpr std::string_view kCharacters = "AZaz09+/-_=:.\"{}, \t\n\\fF";

std::size_t place_in(Random& random, std::string_view value) {
  return static_cast<std::size_t>(random.below(value.size() + 1));
}

std::string some_character(Random& random) {
  if (random.below(16) == 0) return "ä";
  return std::string{kCharacters[static_cast<std::size_t>(random.below(kCharacters.size()))]};
}

// Where a part ends: tags are cut there.
std::size_t part_end(Random& random, std::string_view value) {
  const std::size_t end = value.find_first_of(":\"", place_in(random, value));
  return end == std::string_view::npos ? value.size() : end;
}

void damage(std::string& value, Random& random) {
  const std::size_t at = place_in(random, value);
  switch (random.below(7)) {
    case 0: value.insert(at, some_character(random)); break;
    case 1: value.erase(at, 1 + random.below(4)); break;
    case 2: value.replace(at, at < value.size() ? 1 : 0, some_character(random)); break;
    case 3: value.resize(at); break;
    case 4: value += value.substr(at); break;
    case 5: {
      const std::size_t end = part_end(random, value);
      const std::size_t cut = std::min<std::size_t>(end, 1 + random.below(24));
      value.erase(end - cut, cut);
      break;
    }
    default: value.insert(part_end(random, value), some_character(random)); break;
  }
}

// --- files

void append_record(std::string& bytes, const Record& record) {
  for (const std::string& part :
       {record.verdict, record.format, record.column.table, record.column.column, record.row,
        record.plaintext, record.value}) {
    append_part(bytes, part);
  }
}

std::string take_part(std::string_view& bytes) {
  if (bytes.size() < 4) throw std::runtime_error{"the file ends within a record"};
  std::size_t size = 0;
  for (int i = 0; i < 4; ++i) size = size << 8 | static_cast<unsigned char>(bytes[i]);
  if (bytes.size() - 4 < size) throw std::runtime_error{"the file ends within a part"};
  std::string part{bytes.substr(4, size)};
  bytes.remove_prefix(4 + size);
  return part;
}

Record take_record(std::string_view& bytes) {
  Record record;
  for (std::string* part : {&record.verdict, &record.format, &record.column.table,
                            &record.column.column, &record.row, &record.plaintext, &record.value}) {
    *part = take_part(bytes);
  }
  return record;
}

// --- the two commands

Record sealed_record(Ciphers& ciphers, const char* format, Random& random) {
  Record record{.verdict = to_string(Verdict::authentic),
                .format = format,
                .column = kColumns[static_cast<std::size_t>(random.below(kColumns.size()))],
                .row = uuid_v4(random),
                .plaintext = some_text(random),
                .value = {}};
  record.value = ciphers.seal(record, random);
  return record;
}

// Still a record, with what pcx says of it; one in eight is only in the wrong place.
Record damaged_record(Ciphers& ciphers, Record record, Random& random) {
  if (random.below(8) == 0) {
    record.row = uuid_v4(random);
  } else {
    damage(record.value, random);
  }
  const Opened opened = ciphers.open(record);
  record.verdict = to_string(opened.verdict);
  record.plaintext = opened.plaintext.reveal_text();
  return record;
}

void seal_all(const std::string& path, std::uint64_t count, std::uint64_t seed) {
  SeededRandom random{seed};
  Ciphers ciphers;
  std::string bytes;
  for (std::uint64_t i = 0; i < count; ++i) {
    for (const char* format : {"v1", "json", "v2"}) {
      const Record record = sealed_record(ciphers, format, random);
      append_record(bytes, record);
      append_record(bytes, damaged_record(ciphers, record, random));
    }
  }
  write_file_atomically(path, bytes);
}

bool is_same(Ciphers& ciphers, const Record& record) {
  const Opened opened = ciphers.open(record);
  return to_string(opened.verdict) == record.verdict &&
         opened.plaintext.reveal_text() == record.plaintext;
}

int open_all(const std::string& path) {
  const std::string file = read_file(path, kFileBytesMax);
  Ciphers ciphers;
  std::map<std::string, int> counts;
  int different = 0;
  for (std::string_view bytes = file; !bytes.empty();) {
    const Record record = take_record(bytes);
    ++counts[record.format];
    if (is_same(ciphers, record)) continue;
    if (++different <= 5) fmt::print("differs: {} {}\n", record.format, record.value);
  }
  fmt::print("pcx opened the module's: {} v1, {} json, {} v2; {} mismatches\n", counts["v1"],
             counts["json"], counts["v2"], different);
  return different == 0 && !counts.empty() ? EXIT_SUCCESS : EXIT_FAILURE;
}

int run(const std::vector<std::string>& words) {
  if (words.size() == 4 && words[0] == "seal") {
    seal_all(words[1], std::stoull(words[2]), std::stoull(words[3]));
    return EXIT_SUCCESS;
  }
  if (words.size() == 2 && words[0] == "open") return open_all(words[1]);
  fmt::print(stderr, "usage: adapter_exchange seal FILE COUNT SEED | open FILE\n");
  return 64;
}

}  // namespace
}  // namespace pcx::crypto

int main(int argc, char** argv) {
  try {
    return pcx::crypto::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    fmt::print(stderr, "adapter_exchange: {}\n", error.what());
    return EXIT_FAILURE;
  }
}

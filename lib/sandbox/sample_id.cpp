#include "sandbox/sample_id.h"

namespace pcx::sandbox {

namespace {

// RFC 9562, section 5.4: version 4 in the 13th hex digit, variant 10 in the 17th.
SampleId as_version_4(std::uint64_t high, std::uint64_t low) {
  return {(high & ~std::uint64_t{0xf000}) | 0x4000,
          (low & (~std::uint64_t{0} >> 2)) | (1ull << 63)};
}

}  // namespace

SampleId sample_id(std::uint64_t salt, std::uint64_t kind, std::uint64_t number) {
  const std::uint64_t high = mixed(mixed(salt + kind * 0x9e3779b97f4a7c15) + number);
  return as_version_4(high, mixed(high ^ number ^ (kind << 56)));
}

SampleId sample_id(SeededRandom& dice) {
  const std::uint64_t high = dice.next();
  return as_version_4(high, dice.next());
}

void append_id(std::string& out, const SampleId& id) {
  constexpr char kHex[] = "0123456789abcdef";
  char text[36];
  int at = 0;
  for (int digit = 0; digit < 32; ++digit) {
    if (digit == 8 || digit == 12 || digit == 16 || digit == 20) text[at++] = '-';
    const std::uint64_t word = digit < 16 ? id.high : id.low;
    text[at++] = kHex[(word >> (60 - 4 * (digit & 15))) & 15];
  }
  out.append(text, sizeof text);
}

}  // namespace pcx::sandbox

// Identifiers of sample rows: version 4 UUIDs that follow from the seed, so that any row's id can
// be named without keeping the row.
#pragma once

#include <cstdint>
#include <string>

#include "core/random.h"

namespace pcx::sandbox {

struct SampleId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
};

// splitmix64's finaliser (Steele, Lea, Flood 2014, doi.org/10.1145/2660193.2660195): a bijection,
// so different inputs stay different.
constexpr std::uint64_t mixed(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

// The id of row `number` of kind `kind`. Equal arguments give equal ids.
SampleId sample_id(std::uint64_t salt, std::uint64_t kind, std::uint64_t number);
// The next id of a sequence of draws.
SampleId sample_id(SeededRandom& dice);

// Appends 36 lower-case characters (RFC 9562, section 4).
void append_id(std::string& out, const SampleId& id);

}  // namespace pcx::sandbox

// Texts that stand in api_keys.key in plain: which of them are keys, and how good they are. Pure.
#pragma once

#include <string_view>

namespace pcx::apikey {

// What a verifier takes from the column (may_be_in_plain()) can be adopted, and nothing else: a
// digest of the rest would be a key that was none before, or never one.
enum class PlainShape {
  key,
  empty,
  too_long,  // above kPresentedBytesMax
  digest,    // somebody stores digests already (StoredShape::digest)
  of_pcx,    // begins as a key of pcx, be it one or not: those are never in plain
};

PlainShape plain_shape_of(std::string_view text) noexcept;
// "is a digest already: nobody can tell its key", to follow the name of its row. REQUIRES: no key
const char* explain(PlainShape shape) noexcept;

// StoredShape::digits: a key or the digest of one.
bool may_be_digest(std::string_view text) noexcept;

inline constexpr double kWeakBelowBits = 64;
inline constexpr std::size_t kWeakBelowBytes = 16;

// How many bits such a text has when each of its characters was drawn by itself, from the classes
// that it has characters of. Of a text of words, or of few different characters, it has fewer.
double bits_at_most(std::string_view text) noexcept;
// Somebody may find it by trying, or guess it: it should be replaced soon.
bool is_weak(std::string_view text) noexcept;

}  // namespace pcx::apikey

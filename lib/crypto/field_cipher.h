// Encrypted fields: one value of one column, sealed and opened. The formats are in enc_v1.h (the
// application's) and guide_envelope.h (the guide's).
//
// Reading is strict where Node.js is not: a tag of 4 bytes, base64 with holes or a fourth part are
// refused by name (Refusal). An attacker who may write the database would need only 2^32 tries
// against a reader that lets the value choose the length of its tag.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/random.h"
#include "core/secret.h"

namespace pcx::crypto {

// Longest plaintext in bytes; longer ones are refused, sealing throws.
inline constexpr std::size_t kFieldBytesMax = std::size_t{64} * 1024 * 1024;

// What a value turned out to be under one key, or under several (open_with_each).
enum class Verdict {
  not_encrypted,  // does not claim to be of this format: NULL's '', plain text, another format
  authentic,      // well-formed, and it opens; of several keys, with exactly one
  malformed,      // claims the format and breaks it; Opened::refusal says how. No key was tried
  not_authentic,  // well-formed, but no key given opens it: another key, or damage
  ambiguous,      // several different keys open it: somebody forged it, no key can be trusted
};

// Why a value is malformed. Names are stable: they appear in findings.
enum class Refusal : std::uint8_t {
  none,
  missing_part,       // fewer than nonce, tag and data
  extra_part,         // more than these
  repeated_part,      // one of them twice (JSON)
  not_json,           // begins like the guide's object and is no JSON of strings
  white_space,        // inside base64 or hex
  other_alphabet,     // base64url in base64, upper case in hex
  foreign_character,  // neither
  padding,            // base64 without its '=', or too many
  stray_bits,         // base64 whose last character is not canonical
  odd_length,         // hex with half a byte
  nonce_size,         // not the format's number of bytes
  tag_truncated,      // shorter than 16 bytes: Node accepts 4, 8 and 12 to 15
  tag_size,           // longer than 16 bytes
  too_long,           // above kFieldBytesMax
  key_id,             // enc:v2: no decimal number from 1 on, or nothing behind it
  unknown_format,     // begins as the application's formats do and is none that pcx knows
};

// The enumerator's name, "tag_truncated", and a phrase for people, "the tag is shorter than 16
// bytes".
const char* to_string(Refusal refusal) noexcept;
const char* explain(Refusal refusal) noexcept;
const char* to_string(Verdict verdict) noexcept;

struct Opened {
  Verdict verdict = Verdict::not_encrypted;
  Refusal refusal = Refusal::none;  // set when malformed
  Secret plaintext;                 // set when authentic; any bytes, perhaps not UTF-8
};

// One format under one key. For one thread at a time (the cipher context is reused).
class FieldCipher {
 public:
  virtual ~FieldCipher() = default;

  // The stored text of `plaintext` under a fresh nonce from `random`. At most 2^32 values a key.
  // Throws Error{crypto} above kFieldBytesMax.
  virtual std::string seal(std::string_view plaintext, Random& random) = 0;

  // Never throws for what `value` holds. `value` is bytes from the database, trusted in nothing.
  virtual Opened open(std::string_view value) = 0;

  // True when `value` claims to be of this format; well-formed or not. Whether a plaintext was
  // encrypted twice is another question: see crypto/sealed_shape.h.
  virtual bool claims(std::string_view value) const = 0;
};

// Tries every key, also after one fits: formats without a key id do not say which is theirs, and a
// value made to open under two keys is found only so.
struct Trial {
  Opened opened;
  std::size_t key_index = 0;  // into `ciphers`, when authentic
};
// REQUIRES: ciphers of one format, each with another key; at least one
Trial open_with_each(std::span<FieldCipher* const> ciphers, std::string_view value);

}  // namespace pcx::crypto

// Stored values of one field, read under every key that may open them.
//
// What does not open is told by name and never corrected: a short tag, a value of another row, a
// value that was sealed twice, whatever its client did to it in between (crypto/sealed_shape.h).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/secret.h"
#include "crypto/enc_v2.h"
#include "crypto/field_cipher.h"
#include "fields/field.h"
#include "keyring/data_key.h"

namespace pcx::fields {

using crypto::KeyId;

// What a stored value turned out to be. The names are stable: they are in findings and tables.
enum class Kind {
  empty,             // NULL or '': nothing is sealed
  authentic,         // opened
  plaintext,         // claims no format
  malformed,         // claims a format and breaks it; the refusal says how
  unknown_key,       // names a key that the keyring does not have, or that may not open any more
  not_authentic,     // no key opens it here: damaged, or of another key, row or column
  ambiguous,         // several keys open it: forged
  double_encrypted,  // opened, or claims no format, and is or holds a sealed value inside
  unbound,           // a copy that does not say which row it was sealed for
};
inline constexpr Kind kKinds[] = {Kind::empty,     Kind::authentic,        Kind::plaintext,
                                  Kind::malformed, Kind::unknown_key,      Kind::not_authentic,
                                  Kind::ambiguous, Kind::double_encrypted, Kind::unbound};

const char* to_string(Kind kind) noexcept;
// For people: "sealed twice".
const char* explain(Kind kind) noexcept;

struct Reading {
  Kind kind = Kind::empty;
  crypto::Refusal refusal = crypto::Refusal::none;  // of malformed ones
  std::optional<keyring::Format> format;            // that it claims
  KeyId key = 0;                                    // that opened it, or that it names; 0: none
  Secret plaintext;                                 // of authentic ones

  // Whether nothing is wrong with it where sealed values are expected.
  bool is_good() const { return kind == Kind::empty || kind == Kind::authentic; }
};

// A key that may open values.
struct FieldKey {
  KeyId id = 0;
  keyring::Format format = keyring::Format::v2;
  const Secret* key = nullptr;  // 32 bytes; needed while a Reader is made
};

// For one thread at a time.
class Reader {
 public:
  // Throws Error{crypto} for a key that is none.
  Reader(const crypto::Column& name, std::span<const FieldKey> keys);

  // Never throws for what `value` holds. `row` is the primary key's text, or kAnyRow.
  Reading read(std::string_view row, std::string_view value);

 private:
  struct Legacy {  // formats that do not name their key
    keyring::Format format;
    std::vector<KeyId> ids;
    std::vector<std::unique_ptr<crypto::FieldCipher>> ciphers;
    std::vector<crypto::FieldCipher*> tried;
  };

  Reading open_v2(std::string_view row, std::string_view value);
  static Reading open_legacy(const Legacy& legacy, std::string_view value);
  static void add_legacy(Legacy& legacy, KeyId id, std::unique_ptr<crypto::FieldCipher> cipher);

  std::map<KeyId, crypto::EncV2> v2_;
  Legacy v1_{keyring::Format::v1, {}, {}, {}};
  Legacy json_{keyring::Format::json, {}, {}, {}};
};

}  // namespace pcx::fields

// Encrypted fields that name their key and know their place, "enc:v2:<key id>:<data>": AES-256-GCM,
// data = base64url without padding of nonce (12 bytes), ciphertext and tag (16).
//
//   LP(x)      = length of x in 4 bytes, the highest first, then x
//   column key = HKDF-SHA-256(data key, no salt, "pcx-fe-v2/col\0" LP(table) LP(column))
//   associated = "pcx-fe-v2\0" LP(key id) LP(table) LP(column) LP(row)
//
// The key id is written in decimal there, too. Table and column are the registry's logical names,
// so that a renamed column keeps its values; `row` is the text of the primary key. A value that is
// moved to another row, column or table does not open. That an old value of the same cell is put
// back is not noticed.
//
// Length: 8 + digits of the key id + ceil(4 * (28 + n) / 3) characters for n bytes; about as long
// as enc:v1, so that an update finds room on its page.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/random.h"
#include "crypto/aead.h"
#include "crypto/field_cipher.h"

namespace pcx::crypto {

inline constexpr std::string_view kEncV2Prefix = "enc:v2:";

// Of a data key; from 1, never used again.
using KeyId = std::int32_t;

struct Column {
  std::string table;  // logical names
  std::string column;

  bool operator==(const Column&) const = default;
};

class EncV2 {
 public:
  // `key` is the data key; the column's is derived from it.
  // Throws Error{crypto} when it is not 32 bytes long, `id` is not positive or a name is empty.
  EncV2(const Secret& key, KeyId id, const Column& column);

  // "enc:v2:7:", what every value under this key begins with.
  const std::string& prefix() const { return prefix_; }

  // The stored text. At most 2^32 values for each key and column.
  // Throws Error{crypto} above kFieldBytesMax, or without a row.
  std::string seal(std::string_view row, std::string_view plaintext, Random& random);

  // Never throws for what `value` holds. A value that names another key is not authentic.
  Opened open(std::string_view row, std::string_view value);

  // Whether `value` claims to be of this format; well-formed or not.
  static bool claims(std::string_view value) { return value.starts_with(kEncV2Prefix); }
  // The key that a value names; std::nullopt where open() would call it malformed for its id.
  static std::optional<KeyId> key_id_of(std::string_view value);

 private:
  // Valid until the next call.
  Bytes associated_with(std::string_view row);
  // Room for a value's data, which is no secret. Valid until the next call.
  std::span<std::byte> room_for(std::size_t bytes);

  Aes256Gcm cipher_;
  std::string prefix_;
  std::string associated_;
  std::size_t associated_fixed_ = 0;  // bytes of it before the row
  std::vector<std::byte> room_;       // kept, so that most values need no memory of their own
};

}  // namespace pcx::crypto

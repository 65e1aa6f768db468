// API keys as a file, to be taken to another database: JSON Lines, without the keys themselves.
// Pure: text to values and back.
//
//   {"pcx_apikeys": 1, "written_at", "keys": n, "peppers": [{"id", "check"}]}
//   {"id", "row_id", "kind", "hash", "pepper", "owner", "tenant", "cidrs", "created_at",
//    "created_by", "revoked_at", "revoked_by", "revoke_reason", "replaced_by", "grace_until",
//    "row": {"name", "permissions", "rateLimit", "status", "expiresAt", "lastUsedAt", "createdAt",
//            "updatedAt"}}                                                             n times
//
// hash is in hexadecimal digits, times are RFC 3339. A digest is of use only under the pepper that
// made it; `check` is that of the data key (keyring/wrapped_key.h), by which another keyring knows
// whether it has the same one, under whatever id. Unknown members are ignored, so that later
// versions can add some; what they do not mean is for `pcx_apikeys` to say.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apikey/key.h"
#include "core/document.h"

namespace pcx::apikey {

inline constexpr int kTransferVersion = 1;
inline constexpr std::size_t kTransferLineBytesMax = std::size_t{64} * 1024;
inline constexpr std::size_t kTransferKeysMax = 500'000;
inline constexpr std::size_t kTransferBytesMax = std::size_t{512} * 1024 * 1024;

struct TransferPepper {
  keyring::KeyId id = 0;
  std::string check;  // kKeyCheckBytes, as bytes
};

struct TransferKey {
  Key key;
  bool has_permissions = true;  // false: NULL, and not an empty list
  // std::nullopt: the row has none that can be (infinity, the year 12026).
  std::optional<Time> row_created_at;
  std::optional<Time> row_updated_at;
};

struct Transfer {
  Time written_at{};
  std::vector<TransferPepper> peppers;
  std::vector<TransferKey> keys;
};

Document to_document(const TransferKey& key);

// Throws Error{data} for a key that makes a longer line than may be read again, naming it.
std::string to_lines(const Transfer& transfer);

// Throws Error{data} with `name` and the line, and the column where the JSON ends to be some; with
// reason "version" for another version, "truncated" for a file with fewer keys than it says. What
// has the same id, row or digest twice is refused, and so is a pepper that the first line has not.
Transfer parse_transfer(std::string_view text, const std::string& name);

// Whether both are one key: by its id, its row, its digest under the same pepper. Verifying makes a
// digest anew under the active pepper; of two under different ones nobody can tell, and the rest
// decides.
bool is_same_key(const Key& left, const Key& right);

// Whether both say the same of the same key. When it was last used, when its row was last written,
// which pepper made its digest, and when its row was made where only one says so, does not count.
bool is_same(const TransferKey& left, const TransferKey& right);

}  // namespace pcx::apikey

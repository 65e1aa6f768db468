// The file of a signing key (audit/note_key.h): its text and a line break, mode 0600. The key is
// nowhere else; the database never has it.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "audit/note_key.h"
#include "core/environment.h"
#include "core/random.h"

namespace pcx::audit {

inline constexpr std::string_view kSigningKeyName = "purple-cross/audit";

// A new key in a new file, whole or not at all. Returns what is public of it.
// Throws Error{data} for a name that is none, Error{cannot_create} with reason "exists" when there
// is such a file, and as core's create_secret_file().
VerifierKey create_signing_key_file(const std::filesystem::path& path, std::string_view name,
                                    Random& random);

// Throws as core's read_secret_file(), Error{permission} for a key that others may read included;
// Error{crypto} naming the file when it holds no signing key.
SigningKey read_signing_key_file(const std::filesystem::path& path);

// $CREDENTIALS_DIRECTORY/pcx-audit-signing-key, where a unit's LoadCredential= puts it
// (systemd.exec(5)); std::nullopt when there is none.
std::optional<std::filesystem::path> find_signing_credential(const Environment& environment);

}  // namespace pcx::audit

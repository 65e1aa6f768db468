#include "audit/signing_key_file.h"

#include <algorithm>
#include <fstream>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include "core/error.h"
#include "core/file.h"
#include "core/text.h"

namespace pcx::audit {

namespace {

constexpr std::size_t kKeyFileBytesMax = 1024;
constexpr std::string_view kSigningStart = "PRIVATE+KEY+";
constexpr std::string_view kCredential = "pcx-audit-signing-key";

Secret line_of(const Secret& text) {
  Secret line = Secret::with_size(text.reveal_bytes().size() + 1);
  const auto bytes = line.writable_bytes();
  std::ranges::copy(text.reveal_bytes(), bytes.begin());
  bytes.back() = std::byte{'\n'};
  return line;
}

// No more of it than every key begins with.
bool may_hold_key(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) return true;
  std::string beginning(kSigningStart.size(), '\0');
  file.read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  return beginning == kSigningStart;
}

// What others may read is only worth a chmod when it is a key.
Secret read_key(const std::filesystem::path& path) {
  try {
    return read_secret_file(path, kKeyFileBytesMax);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::permission || may_hold_key(path)) throw;
    throw Error{ErrorCode::crypto,
                fmt::format("{} holds no signing key", escape_controls(path.native())),
                "Name the file that 'pcx audit keygen' wrote."};
  }
}

}  // namespace

VerifierKey create_signing_key_file(const std::filesystem::path& path, std::string_view name,
                                    Random& random) {
  const SigningKey key = SigningKey::generate(name, random);
  create_secret_file(path, line_of(key.text()));
  return key.verifier();
}

SigningKey read_signing_key_file(const std::filesystem::path& path) {
  const Secret text = read_key(path);
  try {
    return SigningKey::parse(text);
  } catch (const Error& error) {
    throw Error{error.code(), fmt::format("{}: {}", escape_controls(path.native()), error.what()),
                "Restore the file as 'pcx audit keygen' wrote it."};
  }
}

std::optional<std::filesystem::path> find_signing_credential(const Environment& environment) {
  const auto folder = environment.get("CREDENTIALS_DIRECTORY");
  if (!folder || folder->empty()) return std::nullopt;
  std::filesystem::path file = std::filesystem::path{*folder} / kCredential;
  std::error_code failure;
  // What cannot be looked at counts as there: reading it says why.
  if (!std::filesystem::exists(file, failure) && !failure) return std::nullopt;
  return file;
}

}  // namespace pcx::audit

#include "audit/signing_key_file.h"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include "core/error.h"
#include "core/file.h"
#include "core/text.h"

namespace pcx::audit {

namespace {

constexpr std::size_t kKeyFileBytesMax = 1024;
constexpr std::string_view kCredential = "pcx-audit-signing-key";

Secret line_of(const Secret& text) {
  Secret line = Secret::with_size(text.reveal_bytes().size() + 1);
  const auto bytes = line.writable_bytes();
  std::ranges::copy(text.reveal_bytes(), bytes.begin());
  bytes.back() = std::byte{'\n'};
  return line;
}

}  // namespace

VerifierKey create_signing_key_file(const std::filesystem::path& path, std::string_view name,
                                    Random& random) {
  const SigningKey key = SigningKey::generate(name, random);
  create_secret_file(path, line_of(key.text()));
  return key.verifier();
}

SigningKey read_signing_key_file(const std::filesystem::path& path) {
  const Secret text = read_secret_file(path, kKeyFileBytesMax);
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

#include "migrate/migration.h"

#include <utility>

#include "crypto/digest.h"

namespace pcx::migrate {

namespace {

std::string to_lf(const std::string& text) {
  std::string converted;
  converted.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool pair = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    if (!pair) converted += text[i];
  }
  return converted;
}

std::string to_crlf(const std::string& text) {
  std::string converted;
  converted.reserve(text.size() + text.size() / 16);
  for (const char c : text) {
    if (c == '\n') converted += '\r';
    converted += c;
  }
  return converted;
}

// Bytes in hex without the zero before a single digit: 0x0a -> "a".
std::string without_padding(const std::string& hex) {
  std::string printed;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    if (hex[i] != '0') printed += hex[i];
    printed += hex[i + 1];
  }
  return printed;
}

bool means(const std::string& checksum, const std::string& recorded) {
  if (recorded == checksum) return true;
  return recorded.size() < checksum.size() && recorded == without_padding(checksum);
}

}  // namespace

bool matches_checksum(const Migration& migration, const std::string& recorded) {
  if (means(migration.checksum, recorded)) return true;
  for (const auto& tolerated : migration.tolerated_checksums) {
    if (means(tolerated, recorded)) return true;
  }
  return false;
}

Migration with_checksums(std::string name, const std::string& bytes) {
  Migration migration;
  migration.name = std::move(name);
  migration.checksum = crypto::sha256_hex(bytes);
  const std::string lf = to_lf(bytes);
  if (lf != bytes) migration.tolerated_checksums.push_back(crypto::sha256_hex(lf));
  migration.tolerated_checksums.push_back(crypto::sha256_hex(to_crlf(lf)));
  return migration;
}

}  // namespace pcx::migrate

// The application's keyfile, as its processes see it: each of them a little later.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/json.h"
#include "core/secret.h"
#include "crypto/encoding.h"
#include "keyring/data_key.h"
#include "tests/support/shell.h"

namespace pcx::testing {

// What a process of the application seals with.
struct WriteKey {
  keyring::KeyId id = 0;
  keyring::Format format = keyring::Format::v2;
  Secret key;
};

// The key that "write" of a keyfile names for fields.
inline WriteKey read_write_key(const std::filesystem::path& file) {
  const Document keyfile = parse_json(content_of(file), file.string());
  const auto id = std::get<std::int64_t>(keyfile.find("write")->find("field")->scalar());
  const Document& entry = *keyfile.find("keys")->find(std::to_string(id));
  const std::string& text = *entry.find("key")->text();
  WriteKey key{.id = static_cast<keyring::KeyId>(id),
               .format = *keyring::format_of(*entry.find("format")->text()),
               .key = Secret::with_size(crypto::base64_bytes(text))};
  if (crypto::read_base64(text, key.key.writable_bytes()) != crypto::EncodingFault::none) {
    throw std::runtime_error{"the keyfile has a key that is none"};
  }
  return key;
}

class Keyfiles {
 public:
  // The file has other content from now on.
  void publish(const std::filesystem::path& file) {
    auto key = std::make_shared<const WriteKey>(read_write_key(file));
    const std::lock_guard lock{mutex_};
    published_.emplace_back(std::chrono::steady_clock::now(), std::move(key));
  }

  // The newest one for a process that reads a changed file `delay` later.
  std::shared_ptr<const WriteKey> seen_after(std::chrono::milliseconds delay) const {
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard lock{mutex_};
    auto seen = published_.begin();
    while (std::next(seen) != published_.end() && std::next(seen)->first + delay <= now) ++seen;
    return seen->second;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::pair<std::chrono::steady_clock::time_point, std::shared_ptr<const WriteKey>>>
      published_;
};

}  // namespace pcx::testing

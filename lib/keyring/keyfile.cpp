#include "keyring/keyfile.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "core/time.h"
#include "crypto/encoding.h"

namespace pcx::keyring {

namespace {

constexpr std::size_t kEntryBytesMax = 200;  // of one key in the file

// Text that becomes a Secret. It never grows by itself, so that nothing of it is left elsewhere.
class SecretText {
 public:
  explicit SecretText(std::size_t bytes_max) : bytes_(Secret::with_size(bytes_max)) {}
  void append(std::string_view text) {
    if (text.size() > bytes_.size() - used_) {
      throw Error{ErrorCode::internal, "a keyfile longer than was reckoned"};
    }
    std::memcpy(bytes_.writable_bytes().data() + used_, text.data(), text.size());
    used_ += text.size();
  }
  Secret take() const { return Secret{bytes_.reveal_bytes().first(used_)}; }

 private:
  Secret bytes_;
  std::size_t used_ = 0;
};

// The active key, or those that the application may seal with while there is none.
std::vector<const DataKey*> field_keys_to_seal_with(const Keyring& keyring) {
  if (const DataKey* key = keyring.active(Purpose::field)) return {key};
  std::vector<const DataKey*> keys;
  for (const DataKey* key : keyring.openable(Purpose::field)) {
    const bool may_be_in_use = key->format == Format::v1 && key->state == KeyState::decrypt_only;
    if (may_be_in_use) keys.push_back(key);
  }
  return keys;
}

Error none_of_them(const DataKey& key) {
  Error error{ErrorCode::conflict,
              fmt::format("key {} ({}, {}, {}) is not the one to seal fields with", key.id,
                          to_string(key.purpose), to_string(key.format), to_string(key.state)),
              "That is the active field key; without one, a decrypt_only one of format v1."};
  return error.because("key_state");
}

Error several_keys(const std::vector<const DataKey*>& keys) {
  std::vector<std::string> ids;
  for (const DataKey* key : keys) ids.push_back(std::to_string(key->id));
  Error error{ErrorCode::conflict,
              fmt::format("no key is active, and the application may seal with any of the keys {}",
                          join(ids, ", ")),
              "Say which it is with --seal-with ID, or activate a new one: pcx help key activate"};
  return error.because("several_keys");
}

const DataKey* field_key_to_seal_with(const Keyring& keyring, std::optional<KeyId> wanted) {
  const auto keys = field_keys_to_seal_with(keyring);
  if (wanted) {
    const DataKey& key = keyring.require(*wanted);
    if (std::find(keys.begin(), keys.end(), &key) == keys.end()) throw none_of_them(key);
    return &key;
  }
  if (keys.size() > 1) throw several_keys(keys);
  return keys.empty() ? nullptr : keys.front();
}

// Of numbers and words of pcx only: nothing has to be escaped.
void append_key(SecretText& text, const DataKey& key, const Secret& secret) {
  text.append(
      fmt::format("\n    \"{}\": {{\"purpose\": \"{}\", \"format\": \"{}\", "
                  "\"state\": \"{}\", \"key\": \"",
                  key.id, to_string(key.purpose), to_string(key.format), to_string(key.state)));
  std::string base64 = crypto::to_base64(secret.reveal_bytes());
  text.append(base64);
  ::explicit_bzero(base64.data(), base64.size());
  text.append("\"}");
}

}  // namespace

Keyfile make_keyfile(const Keyring& keyring, const std::set<Purpose>& purposes,
                     std::optional<KeyId> seal_with, Time now) {
  std::vector<const DataKey*> keys;
  std::string write;
  Keyfile file;
  for (const Purpose purpose : purposes) {
    for (const DataKey* key : keyring.openable(purpose)) keys.push_back(key);
    const DataKey* sealing = purpose == Purpose::field ? field_key_to_seal_with(keyring, seal_with)
                                                       : keyring.active(purpose);
    if (sealing == nullptr) continue;
    write +=
        fmt::format("{}\"{}\": {}", write.empty() ? "" : ", ", to_string(purpose), sealing->id);
    file.seal_with.push_back(sealing->id);
  }
  std::sort(keys.begin(), keys.end(),
            [](const DataKey* left, const DataKey* right) { return left->id < right->id; });
  const std::string head = fmt::format(
      "{{\n  \"pcx_keyfile\": {},\n  \"written_at\": \"{}\",\n  \"write\": {{{}}},\n"
      "  \"keys\": {{",
      kKeyfileVersion, to_rfc3339(now), write);
  SecretText text{head.size() + (keys.size() + 1) * kEntryBytesMax};
  text.append(head);
  for (const DataKey* key : keys) {
    if (!file.keys.empty()) text.append(",");
    append_key(text, *key, keyring.open(key->id));
    file.keys.push_back(key->id);
  }
  text.append(keys.empty() ? "}\n}\n" : "\n  }\n}\n");
  file.text = text.take();
  return file;
}

}  // namespace pcx::keyring

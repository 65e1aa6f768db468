#include "keyring/keyfile.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

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

const DataKey* key_to_seal_with(const Keyring& keyring, Purpose purpose) {
  if (const DataKey* key = keyring.active(purpose)) return key;
  const DataKey* newest = nullptr;
  for (const DataKey* key : keyring.openable(purpose)) {
    const bool is_in_use = key->format == Format::v1 && key->state == KeyState::decrypt_only;
    if (is_in_use && !key->compromised) newest = key;  // they come by id
  }
  return purpose == Purpose::field ? newest : nullptr;
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

Keyfile make_keyfile(const Keyring& keyring, const std::set<Purpose>& purposes, Time now) {
  std::vector<const DataKey*> keys;
  std::string write;
  Keyfile file;
  for (const Purpose purpose : purposes) {
    for (const DataKey* key : keyring.openable(purpose)) keys.push_back(key);
    const DataKey* sealing = key_to_seal_with(keyring, purpose);
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

#include "audit/members.h"

#include "crypto/encoding.h"

namespace pcx::audit {

std::optional<std::int64_t> integer_in(const Document& object, std::string_view key) {
  const Document* found = object.find(key);
  if (found == nullptr || !found->is_scalar()) return std::nullopt;
  const auto* value = std::get_if<std::int64_t>(&found->scalar());
  return value == nullptr ? std::nullopt : std::optional{*value};
}

std::optional<std::string> text_in(const Document& object, std::string_view key) {
  const Document* found = object.find(key);
  const std::string* text = found == nullptr ? nullptr : found->text();
  return text == nullptr ? std::nullopt : std::optional{*text};
}

std::optional<Hash> hash_in(const Document& object, std::string_view key) {
  const auto text = text_in(object, key);
  Hash hash{};
  if (!text || text->size() != 2 * hash.size()) return std::nullopt;
  if (crypto::read_hex(*text, hash) != crypto::EncodingFault::none) return std::nullopt;
  return hash;
}

std::int64_t number_at(const Document& object, std::string_view key) {
  return integer_in(object, key).value_or(0);
}

std::string text_at(const Document& object, std::string_view key) {
  return text_in(object, key).value_or("");
}

}  // namespace pcx::audit

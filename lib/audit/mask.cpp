#include "audit/mask.h"

#include <algorithm>
#include <array>
#include <optional>

namespace pcx::audit {

namespace {

constexpr std::size_t kDataBytesMin = 16;
constexpr std::size_t kDigestBytes = 64;
constexpr std::size_t kKeyDigitsMax = 10;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }

bool is_data(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view{"+/-_=:"}.find(c) != std::string_view::npos;
}

// "&#x2F;", with its "&" escaped again, however often: how the application writes back "/".
std::size_t entity_bytes(std::string_view text) {
  if (!text.starts_with('&')) return 0;
  std::size_t at = 1;
  while (text.substr(at).starts_with("amp;")) at += 4;
  for (const std::string_view entity : {"#x2F;", "#x3D;", "#x2f;", "#x3d;", "#47;", "#61;"}) {
    if (text.substr(at).starts_with(entity)) return at + entity.size();
  }
  return 0;
}

std::size_t data_bytes(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t step = is_data(text[at]) ? 1 : entity_bytes(text.substr(at));
    if (step == 0) break;
    at += step;
  }
  return at;
}

std::size_t key_digits(std::string_view text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const auto count = static_cast<std::size_t>(end - text.begin());
  return count > kKeyDigitsMax ? 0 : count;
}

struct Found {
  std::size_t bytes;
  std::string shown;
};

// "v1:" or "v2:4:" at the beginning of `text`: its bytes, and what the key is called.
std::optional<Found> key_at(std::string_view text) {
  if (text.starts_with("v1:")) return Found{3, "v1"};
  if (!text.starts_with("v2:")) return std::nullopt;
  const std::size_t digits = key_digits(text.substr(3));
  if (digits == 0 || text.substr(3 + digits, 1) != ":") return std::nullopt;
  return Found{3 + digits + 1, std::string{text.substr(3, digits)}};
}

std::optional<Found> sealed_at(std::string_view text) {
  constexpr std::string_view kBeginning = "enc:";
  if (!text.starts_with(kBeginning)) return std::nullopt;
  const auto key = key_at(text.substr(kBeginning.size()));
  if (!key) return std::nullopt;
  const std::size_t data = data_bytes(text.substr(kBeginning.size() + key->bytes));
  if (data < kDataBytesMin) return std::nullopt;
  return Found{kBeginning.size() + key->bytes + data, "‹encrypted " + key->shown + "›"};
}

std::optional<Found> digest_at(std::string_view text) {
  constexpr std::string_view kBeginning = "hmac:";
  if (!text.starts_with(kBeginning)) return std::nullopt;
  std::string_view rest = text.substr(kBeginning.size());
  const auto key = key_at(rest);
  if (!key && !rest.starts_with(':')) return std::nullopt;
  const std::size_t head = key ? key->bytes : 1;
  rest.remove_prefix(head);
  const auto end = std::find_if_not(rest.begin(), rest.end(), is_hex);
  const auto digits = static_cast<std::size_t>(end - rest.begin());
  if (digits < kDataBytesMin || digits > kDigestBytes) return std::nullopt;
  return Found{kBeginning.size() + head + digits,
               key ? "‹encrypted " + key->shown + "›" : std::string{"‹digest›"}};
}

}  // namespace

std::string masked(std::string_view text) {
  std::string shown;
  std::size_t copied = 0;
  for (std::size_t at = text.find(':'); at != std::string_view::npos; at = text.find(':', at + 1)) {
    for (const std::size_t before : {std::size_t{3}, std::size_t{4}}) {
      if (at < copied + before) continue;
      const std::string_view rest = text.substr(at - before);
      const auto found = before == 3 ? sealed_at(rest) : digest_at(rest);
      if (!found) continue;
      shown += text.substr(copied, at - before - copied);
      shown += found->shown;
      copied = at - before + found->bytes;
      at = copied - 1;
      break;
    }
  }
  return shown += text.substr(copied);
}

}  // namespace pcx::audit

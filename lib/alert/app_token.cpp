#include "alert/app_token.h"

#include <chrono>

#include <fmt/format.h>

#include "core/error.h"
#include "core/file.h"
#include "core/json.h"
#include "core/text.h"
#include "core/time.h"
#include "crypto/digest.h"
#include "crypto/encoding.h"

namespace pcx::alert {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds kMargin = 30s;  // for this run, and clocks that differ a little
// Where a time_point of nanoseconds still holds it: the year 2261.
constexpr std::int64_t kSecondsMax = 9'200'000'000;
constexpr JsonLimits kTokenLimits{.bytes_max = 64 * 1024, .depth_max = 20};

// What is no JSON says nothing.
Document parsed(std::string_view text) {
  try {
    return parse_json(text, "token", kTokenLimits);
  } catch (const Error&) {
    return {};
  }
}

std::string text_in(const Document& document, std::string_view key) {
  const Document* const found = document.find(key);
  return found != nullptr && found->text() != nullptr ? *found->text() : "";
}

}  // namespace

Credentials read_credentials(const std::filesystem::path& file) {
  const Secret content = read_secret_file(file);
  const std::string_view text = content.reveal_text();
  const std::size_t end = text.find('\n');
  const std::string_view email = trim(text.substr(0, end));
  if (end == std::string_view::npos || email.empty()) {
    throw Error{ErrorCode::config,
                fmt::format("{}: is not an e-mail and a password, in two lines", file.string())};
  }
  std::string_view password = text.substr(end + 1);
  if (password.ends_with('\r')) password.remove_suffix(1);
  if (password.empty() || password.find('\n') != std::string_view::npos) {
    throw Error{ErrorCode::config,
                fmt::format("{}: is not an e-mail and a password, in two lines", file.string())};
  }
  return {.email = std::string{email}, .password = Secret{password}};
}

std::optional<Time> expiry_of(std::string_view token) {
  const std::size_t first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto claims = crypto::from_base64url(token.substr(first + 1, second - first - 1));
  if (!claims) return std::nullopt;
  const Document document = parsed(*claims);
  const Document* const claim = document.find("exp");
  if (claim == nullptr || !claim->is_scalar()) return std::nullopt;
  const auto* const seconds = std::get_if<std::int64_t>(&claim->scalar());
  if (seconds == nullptr || *seconds <= 0 || *seconds > kSecondsMax) return std::nullopt;
  return Time{std::chrono::seconds{*seconds}};
}

std::optional<AppToken> read_token(const std::filesystem::path& file, std::string_view account,
                                   Time now) {
  Secret content;
  try {
    content = read_secret_file(file);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::not_found) return std::nullopt;
    throw;
  }
  const Document kept = parsed(content.reveal_text());
  const std::string token = text_in(kept, "token");
  const auto expires_at = parse_rfc3339(text_in(kept, "expires_at"));
  if (token.empty() || text_in(kept, "account") != crypto::sha256_hex(account)) return std::nullopt;
  if (!expires_at || *expires_at <= now + kMargin) return std::nullopt;
  return AppToken{.text = Secret{token}, .expires_at = expires_at};
}

void keep_token(const std::filesystem::path& file, std::string_view account,
                const AppToken& token) {
  if (!token.expires_at) return;
  Document kept;
  kept.set("account", crypto::sha256_hex(account));
  kept.set("expires_at", to_rfc3339(*token.expires_at));
  kept.set("token", std::string{token.text.reveal_text()});
  write_file_atomically(file, to_json(kept) + "\n", 0600);
}

}  // namespace pcx::alert

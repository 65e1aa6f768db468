#include "apikey/verdict.h"

#include <utility>
#include <variant>

#include "apikey/token.h"
#include "core/text.h"

namespace pcx::apikey {

namespace {

bool begins_as_ours(std::string_view key) noexcept {
  return key.starts_with(kLivePrefix) || key.starts_with(kTestPrefix);
}

bool is_ours(std::string_view key) noexcept {
  return std::holds_alternative<ParsedToken>(parse_token(key));
}

std::optional<Code> refused_by_standing(const Key& key, Time now) {
  switch (standing_of(key, now)) {
    case Standing::good:
    case Standing::in_grace: return std::nullopt;
    case Standing::expired: return Code::expired;
    case Standing::revoked: return Code::revoked;
  }
  return Code::revoked;
}

bool is_admitted(Verdict& verdict, const std::optional<Address>& address) {
  if (verdict.key->key.cidrs.empty()) return true;
  if (address) verdict.range = first_containing(verdict.key->ranges, *address);
  return verdict.range != nullptr;
}

bool may_do_all(Verdict& verdict, std::span<const Scope> wanted) {
  verdict.rules.reserve(wanted.size());
  for (const Scope& scope : wanted) {
    const Scope* const rule = match(verdict.key->scopes, scope);
    if (rule == nullptr) return false;
    verdict.rules.push_back(rule);
  }
  return true;
}

}  // namespace

const char* to_string(Code code) noexcept {
  switch (code) {
    case Code::valid: return "VALID";
    case Code::not_found: return "NOT_FOUND";
    case Code::expired: return "EXPIRED";
    case Code::revoked: return "REVOKED";
    case Code::ip_denied: return "IP_DENIED";
    case Code::insufficient_scope: return "INSUFFICIENT_SCOPE";
    case Code::bad_checksum: return "BAD_CHECKSUM";
  }
  return "UNKNOWN";
}

PreparedKey prepare(Key key) {
  PreparedKey prepared{.key = std::move(key), .scopes = {}, .ranges = {}};
  prepared.scopes = read_scopes(prepared.key.scopes).scopes;
  for (const std::string& text : prepared.key.cidrs) {
    if (prepared.ranges.size() == kCidrsMax) break;
    const auto parsed = Cidr::parse(text);
    if (const auto* const range = std::get_if<Cidr>(&parsed)) prepared.ranges.push_back(*range);
  }
  return prepared;
}

std::optional<Code> refused_unseen(std::string_view key) noexcept {
  if (key.empty() || key.size() > kPresentedBytesMax) return Code::not_found;
  if (begins_as_ours(key) && !is_ours(key)) return Code::bad_checksum;
  return std::nullopt;
}

bool may_be_in_plain(std::string_view key) noexcept {
  if (key.empty() || key.size() > kPresentedBytesMax || begins_as_ours(key)) return false;
  const StoredShape shape = stored_shape_of(key);
  if (shape == StoredShape::placeholder || shape == StoredShape::digest) return false;
  return key.find('\0') == std::string_view::npos && !find_invalid_utf8(key);
}

Verdict judge(std::shared_ptr<const PreparedKey> key, const Request& request, Time now) {
  Verdict verdict{.code = Code::valid, .key = std::move(key)};
  if (const auto refused = refused_by_standing(verdict.key->key, now)) {
    verdict.code = *refused;
  } else if (!is_admitted(verdict, request.address)) {
    verdict.code = Code::ip_denied;
  } else if (!may_do_all(verdict, request.wanted)) {
    verdict.code = Code::insufficient_scope;
  }
  return verdict;
}

}  // namespace pcx::apikey

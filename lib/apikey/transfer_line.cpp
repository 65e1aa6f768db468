#include "apikey/transfer_line.h"

#include <fmt/format.h>

#include "apikey/transfer.h"
#include "core/error.h"
#include "core/json.h"
#include "core/time.h"
#include "crypto/encoding.h"

namespace pcx::apikey {

namespace {

constexpr int kDepthMax = 8;
constexpr const char* kHint = "Give a file as 'pcx apikey export' writes it. Nothing was imported.";

Document parse_line(std::string_view text, const std::string& name, int line) {
  try {
    return parse_json(text, name, {.bytes_max = kTransferLineBytesMax, .depth_max = kDepthMax});
  } catch (const Error& error) {
    Error placed{ErrorCode::data, error.what(), kHint};
    throw placed.at({name, line, error.location().column});
  }
}

bool has_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

}  // namespace

TransferLine::TransferLine(std::string_view text, const std::string& name, int line)
    : document_(parse_line(text, name, line)), name_(name), line_(line) {
  if (document_.is_object()) return;
  throw Error{ErrorCode::data, "the line is no JSON object", kHint}.at({name, line, 1});
}

void TransferLine::refuse(std::string_view member, const std::string& what) const {
  throw Error{ErrorCode::data, fmt::format("{}{} {}", path_, member, what), kHint}.at(
      {name_, line_, 0});
}

const Document& TransferLine::require(std::string_view member) const {
  const Document* found = document_.find(member);
  if (found == nullptr) refuse(member, "is missing");
  return *found;
}

bool TransferLine::is_null(std::string_view member) const {
  const Document* found = document_.find(member);
  return found == nullptr || found->is_null();
}

TransferLine TransferLine::part(std::string_view member) const {
  const Document& found = require(member);
  if (!found.is_object()) refuse(member, "is no object");
  return {found, *this, fmt::format("{}{}.", path_, member)};
}

std::vector<TransferLine> TransferLine::parts(std::string_view member) const {
  const Document& found = require(member);
  if (!found.is_array()) refuse(member, "is no list");
  std::vector<TransferLine> all;
  for (const Document& item : found.items()) {
    if (!item.is_object()) refuse(member, "has an entry that is no object");
    all.push_back({item, *this, fmt::format("{}{}[{}].", path_, member, all.size())});
  }
  return all;
}

std::string TransferLine::text(std::string_view member) const {
  const std::string* text = require(member).text();
  if (text == nullptr) refuse(member, "is no text");
  if (has_nul(*text)) refuse(member, "has a character that no table can hold");
  return *text;
}

std::optional<std::string> TransferLine::optional_text(std::string_view member) const {
  if (is_null(member)) return std::nullopt;
  return text(member);
}

std::string TransferLine::hex(std::string_view member, std::size_t bytes) const {
  const auto read = crypto::from_hex(text(member));
  if (!read || read->size() != bytes) {
    refuse(member, fmt::format("is no {} bytes in hexadecimal digits", bytes));
  }
  return *read;
}

Time TransferLine::time(std::string_view member) const {
  const auto time = parse_rfc3339(text(member));
  if (!time) refuse(member, "is no time (RFC 3339)");
  return *time;
}

std::optional<Time> TransferLine::optional_time(std::string_view member) const {
  if (is_null(member)) return std::nullopt;
  return time(member);
}

std::int64_t TransferLine::whole(std::string_view member, std::int64_t min,
                                 std::int64_t max) const {
  const Document& found = require(member);
  const auto* number = found.is_scalar() ? std::get_if<std::int64_t>(&found.scalar()) : nullptr;
  if (number == nullptr || *number < min || *number > max) {
    refuse(member, fmt::format("is no whole number from {} to {}", min, max));
  }
  return *number;
}

std::optional<std::int64_t> TransferLine::optional_whole(std::string_view member, std::int64_t min,
                                                         std::int64_t max) const {
  if (is_null(member)) return std::nullopt;
  return whole(member, min, max);
}

std::vector<std::string> TransferLine::texts(std::string_view member) const {
  const Document& found = require(member);
  if (!found.is_array()) refuse(member, "is no list");
  std::vector<std::string> all;
  for (const Document& item : found.items()) {
    if (item.text() == nullptr) refuse(member, "has an entry that is no text");
    if (has_nul(*item.text())) refuse(member, "has a character that no table can hold");
    all.push_back(*item.text());
  }
  return all;
}

}  // namespace pcx::apikey

#include "crypto/enc_v2.h"

#include <array>
#include <charconv>

#include <fmt/format.h>

#include "core/error.h"
#include "crypto/encoding.h"
#include "crypto/envelope.h"
#include "crypto/hkdf.h"
#include "crypto/parts.h"

namespace pcx::crypto {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kRoomBytesKept = std::size_t{64} * 1024;
constexpr std::string_view kColumnLabel = "pcx-fe-v2/col\0"sv;
constexpr std::string_view kAssociatedLabel = "pcx-fe-v2\0"sv;

Secret column_key(const Secret& key, const Column& column) {
  if (key.size() != kAeadKeyBytes) {
    throw Error{ErrorCode::crypto,
                fmt::format("a data key has {} bytes, not {}", kAeadKeyBytes, key.size())};
  }
  if (column.table.empty() || column.column.empty()) {
    throw Error{ErrorCode::crypto, "a field has a table and a column"};
  }
  std::string info{kColumnLabel};
  append_part(info, column.table);
  append_part(info, column.column);
  return hkdf_sha256(key, {}, info, kAeadKeyBytes);
}

// The digits of the key id; without a colon behind them "".
std::string_view id_part(std::string_view value) {
  value.remove_prefix(kEncV2Prefix.size());
  const std::size_t end = value.find(':');
  return end == std::string_view::npos ? std::string_view{} : value.substr(0, end);
}

Opened refused(Refusal refusal) { return {.verdict = Verdict::malformed, .refusal = refusal}; }

// What is wrong with the sizes of a value's data.
Refusal size_refusal(std::size_t bytes) {
  if (bytes < kNonceBytes) return Refusal::nonce_size;
  if (bytes < kNonceBytes + kAeadTagBytes) return Refusal::tag_truncated;
  return bytes - kNonceBytes - kAeadTagBytes > kFieldBytesMax ? Refusal::too_long : Refusal::none;
}

}  // namespace

EncV2::EncV2(const Secret& key, KeyId id, const Column& column)
    : cipher_(column_key(key, column)), associated_(kAssociatedLabel) {
  if (id < 1) throw Error{ErrorCode::crypto, "a key id is a positive number"};
  const std::string digits = std::to_string(id);
  prefix_ = fmt::format("{}{}:", kEncV2Prefix, digits);
  append_part(associated_, digits);
  append_part(associated_, column.table);
  append_part(associated_, column.column);
  associated_fixed_ = associated_.size();
}

Bytes EncV2::associated_with(std::string_view row) {
  associated_.resize(associated_fixed_);
  append_part(associated_, row);
  return bytes_of(associated_);
}

std::span<std::byte> EncV2::room_for(std::size_t bytes) {
  if (room_.size() < bytes || room_.size() > kRoomBytesKept) room_ = std::vector<std::byte>(bytes);
  return std::span{room_}.first(bytes);
}

std::string EncV2::seal(std::string_view row, std::string_view plaintext, Random& random) {
  if (row.empty()) throw Error{ErrorCode::crypto, "a field belongs to a row"};
  require_field_size(plaintext.size());
  const auto bytes = room_for(kNonceBytes + plaintext.size() + kAeadTagBytes);
  const auto nonce = bytes.first<kNonceBytes>();
  random.fill(nonce);
  cipher_.seal(nonce, associated_with(row), bytes_of(plaintext),
               bytes.subspan(kNonceBytes, plaintext.size()), bytes.last<kAeadTagBytes>());
  std::string value;
  value.reserve(prefix_.size() + (bytes.size() * 4 + 2) / 3);
  value = prefix_;
  append_base64url(value, bytes);
  return value;
}

Opened EncV2::open(std::string_view row, std::string_view value) {
  if (!claims(value)) return {};
  const bool is_ours = value.starts_with(prefix_);
  if (!is_ours && !key_id_of(value)) return refused(Refusal::key_id);
  const std::string_view data =
      value.substr(is_ours ? prefix_.size() : kEncV2Prefix.size() + id_part(value).size() + 1);
  const std::size_t size = base64url_bytes(data);
  if (size > kNonceBytes + kFieldBytesMax + kAeadTagBytes) return refused(Refusal::too_long);
  const auto bytes = room_for(size);
  const EncodingFault fault = read_base64url(data, bytes);
  if (fault != EncodingFault::none) return refused(refusal_for(fault));
  if (const Refusal bad = size_refusal(size); bad != Refusal::none) return refused(bad);
  if (!is_ours) return {.verdict = Verdict::not_authentic};

  const auto text = bytes.subspan(kNonceBytes, size - kNonceBytes - kAeadTagBytes);
  Opened opened{.plaintext = Secret::with_size(text.size())};
  const bool opens = cipher_.open(bytes.first<kNonceBytes>(), associated_with(row), text,
                                  bytes.last<kAeadTagBytes>(), opened.plaintext.writable_bytes());
  if (!opens) return {.verdict = Verdict::not_authentic};
  opened.verdict = Verdict::authentic;
  return opened;
}

std::optional<KeyId> EncV2::key_id_of(std::string_view value) {
  if (!claims(value)) return std::nullopt;
  const std::string_view digits = id_part(value);
  if (digits.empty() || digits.front() < '1' || digits.front() > '9') return std::nullopt;
  KeyId id = 0;
  const char* const end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, id);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return id;
}

}  // namespace pcx::crypto

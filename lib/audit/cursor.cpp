#include "audit/cursor.h"

#include <algorithm>

#include "audit/event.h"
#include "core/error.h"
#include "core/text.h"
#include "crypto/digest.h"
#include "crypto/encoding.h"

namespace pcx::audit {

namespace {

constexpr char kVersion = 1;
constexpr std::size_t kHashBytes = 8;
constexpr std::size_t kHeadBytes = 1 + kHashBytes + 2;

std::string hash_of(std::string_view filter) {
  const crypto::Sha256Digest digest = crypto::sha256(filter);
  return {reinterpret_cast<const char*>(digest.data()), kHashBytes};
}

Error no_cursor() {
  return Error{ErrorCode::data, "that is no cursor of 'pcx audit query'",
               "Give the one that the page before ended with, whole."}
      .because("cursor");
}

// As the server writes times: nothing else reaches it.
bool is_time(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || std::string_view{"-: .infityBC"}.find(c) < 12;
  });
}

}  // namespace

std::string to_text(const Cursor& cursor, std::string_view filter) {
  std::string bytes{kVersion};
  bytes += hash_of(filter);
  bytes += cursor.source == Source::app ? 'a' : 't';
  bytes += static_cast<char>(cursor.at.size());
  bytes += cursor.at + cursor.id;
  return crypto::to_base64url(crypto::bytes_of(bytes));
}

Cursor parse_cursor(std::string_view text, std::string_view filter) {
  if (text.size() > kCursorBytesMax) throw no_cursor();
  const auto bytes = crypto::from_base64url(text);
  if (!bytes || bytes->size() < kHeadBytes || bytes->front() != kVersion) throw no_cursor();
  const char source = (*bytes)[kHeadBytes - 2];
  const auto time_bytes = static_cast<unsigned char>((*bytes)[kHeadBytes - 1]);
  if ((source != 'a' && source != 't') || bytes->size() < kHeadBytes + time_bytes) {
    throw no_cursor();
  }
  Cursor cursor{source == 'a' ? Source::app : Source::trigger,
                bytes->substr(kHeadBytes, time_bytes), bytes->substr(kHeadBytes + time_bytes)};
  const bool is_id = cursor.source == Source::app ? !find_invalid_utf8(cursor.id) &&
                                                        cursor.id.find('\0') == std::string::npos
                                                  : parse_change_id(cursor.id).has_value();
  if (!is_id || !is_time(cursor.at)) throw no_cursor();
  if (bytes->substr(1, kHashBytes) != hash_of(filter)) {
    throw Error{ErrorCode::data, "the cursor is of another question",
                "A cursor goes on with the filter that it was made for; leave it out to begin."}
        .because("other_filter");
  }
  return cursor;
}

}  // namespace pcx::audit

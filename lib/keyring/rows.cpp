#include "keyring/rows.h"

#include <algorithm>
#include <array>
#include <span>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "core/text.h"
#include "core/time.h"
#include "crypto/hmac.h"
#include "crypto/parts.h"

namespace pcx::keyring {

namespace {

constexpr std::array<std::pair<KekKind, const char*>, 4> kKinds = {
    {{KekKind::file, "file"},
     {KekKind::environment, "env"},
     {KekKind::command, "command"},
     {KekKind::recovery, "recovery"}}};

void add_parts(std::string& text, std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts) crypto::append_part(text, part);
}

std::string tag_text(const crypto::HmacTag& tag) {
  return std::string{crypto::text_of(crypto::Bytes{tag})};
}

// Of all rows; the tags in them do not count.
crypto::HmacTag whole_tag(crypto::HmacSha256& mac, const Rows& rows) {
  std::string part{"pcx-keyring-1"};
  crypto::append_part(part, std::to_string(rows.generation));
  mac.update(part);
  const auto add = [&](const std::string& row) {
    part.clear();
    crypto::append_part(part, row);
    mac.update(part);
  };
  for (const KekRow& kek : rows.keks) add(canonical(kek));
  for (const KeyRow& key : rows.keys) add(canonical(key.key));
  for (const WrapRow& wrap : rows.wraps) add(canonical(wrap));
  return mac.finish();
}

void require_tag(crypto::HmacSha256& mac, const std::string& text, const std::string& tag,
                 std::string_view table, std::int64_t id) {
  if (mac.verify(text, crypto::bytes_of(tag))) return;
  throw tampered(fmt::format("row {} of {}", id, table), "does not fit its tag");
}

void put_in_order(Rows& rows) {
  std::sort(rows.keks.begin(), rows.keks.end(),
            [](const KekRow& left, const KekRow& right) { return left.id < right.id; });
  std::sort(rows.keys.begin(), rows.keys.end(),
            [](const KeyRow& left, const KeyRow& right) { return left.key.id < right.key.id; });
  std::sort(rows.wraps.begin(), rows.wraps.end(), [](const WrapRow& left, const WrapRow& right) {
    return std::tie(left.key, left.kek) < std::tie(right.key, right.kek);
  });
}

}  // namespace

const char* to_string(KekKind kind) noexcept {
  for (const auto& [each, name] : kKinds) {
    if (each == kind) return name;
  }
  return "unknown";
}

std::optional<KekKind> kek_kind_of(std::string_view name) noexcept {
  for (const auto& [each, own] : kKinds) {
    if (own == name) return each;
  }
  return std::nullopt;
}

KekKind kind_of(KekSource::Provider provider) noexcept {
  switch (provider) {
    case KekSource::Provider::file: return KekKind::file;
    case KekSource::Provider::environment: return KekKind::environment;
    case KekSource::Provider::command: return KekKind::command;
  }
  return KekKind::file;
}

std::string described(const KekRow& kek) {
  if (kek.kind == KekKind::recovery) return fmt::format("recovery key {}", kek.id);
  return fmt::format("{}:{}", to_string(kek.kind), escape_controls(kek.location));
}

KekSource source_of(const KekRow& kek) {
  using Provider = KekSource::Provider;
  const Provider provider = kek.kind == KekKind::environment ? Provider::environment
                            : kek.kind == KekKind::command   ? Provider::command
                                                             : Provider::file;
  return {provider, kek.location};
}

std::string canonical(const KekRow& kek) {
  std::string text{"pcx-kek-row-1"};
  add_parts(text, {std::to_string(kek.id), to_string(kek.kind), kek.location, kek.wrapped,
                   kek.check, to_rfc3339_us(kek.created_at)});
  return text;
}

std::string canonical(const WrapRow& wrap) {
  std::string text{"pcx-wrap-row-1"};
  add_parts(text, {std::to_string(wrap.key), std::to_string(wrap.kek), wrap.wrapped});
  return text;
}

const KeyRow& rows_key_of(const Rows& rows) {
  for (const KeyRow& row : rows.keys) {
    if (row.key.purpose == Purpose::rows && row.key.state == KeyState::active) return row;
  }
  throw tampered("the key of pcx.data_key that authenticates the rows", "is missing");
}

const KekRow* find_kek(const Rows& rows, KekId id) {
  const auto found = std::find_if(rows.keks.begin(), rows.keks.end(),
                                  [&](const KekRow& kek) { return kek.id == id; });
  return found == rows.keks.end() ? nullptr : &*found;
}

KeyRow* find_key(Rows& rows, KeyId id) {
  const auto found = std::find_if(rows.keys.begin(), rows.keys.end(),
                                  [&](const KeyRow& row) { return row.key.id == id; });
  return found == rows.keys.end() ? nullptr : &*found;
}

const WrapRow* find_wrap(const Rows& rows, KeyId key, KekId kek) {
  const auto found = std::find_if(rows.wraps.begin(), rows.wraps.end(), [&](const WrapRow& wrap) {
    return wrap.key == key && wrap.kek == kek;
  });
  return found == rows.wraps.end() ? nullptr : &*found;
}

void seal_rows(Rows& rows, const Secret& rows_key) {
  put_in_order(rows);
  crypto::HmacSha256 mac{rows_key};
  for (KekRow& kek : rows.keks) kek.tag = tag_text(mac.tag(canonical(kek)));
  for (KeyRow& row : rows.keys) row.tag = tag_text(mac.tag(canonical(row.key)));
  rows.tag = tag_text(whole_tag(mac, rows));
}

void verify_rows(const Rows& rows, const Secret& rows_key) {
  crypto::HmacSha256 mac{rows_key};
  for (const KekRow& kek : rows.keks) {
    require_tag(mac, canonical(kek), kek.tag, "pcx.kek", kek.id);
  }
  for (const KeyRow& row : rows.keys) {
    require_tag(mac, canonical(row.key), row.tag, "pcx.data_key", row.key.id);
  }
  if (tag_text(whole_tag(mac, rows)) == rows.tag) return;
  throw tampered("the row of pcx.keyring",
                 "does not fit the others: rows were deleted, put back or replaced");
}

Error tampered(const std::string& row, const std::string& what) {
  Error error{ErrorCode::crypto, fmt::format("{} {}", row, what),
              "Somebody changed the keyring without pcx, or put back a part of it: nothing is done "
              "with it. Put back schema pcx as a whole from a backup, and find out who may write "
              "to it."};
  return error.because("tag");
}

}  // namespace pcx::keyring

#include "audit/record.h"

#include <array>

#include "core/error.h"

namespace pcx::audit {

namespace {

constexpr std::uint32_t kBytea = 17;
constexpr std::uint32_t kChar = 18;
constexpr std::uint32_t kInt8 = 20;
constexpr std::uint32_t kText = 25;
constexpr std::uint32_t kTimestamp = 1114;
constexpr std::uint32_t kTimestamptz = 1184;
constexpr std::uint32_t kJsonb = 3802;
constexpr std::uint32_t kXid8 = 5069;

constexpr std::array kChangeColumns{
    RecordColumn{"seq", kInt8},         RecordColumn{"xid", kXid8},
    RecordColumn{"at", kTimestamptz},   RecordColumn{"relation", kText},
    RecordColumn{"op", kChar},          RecordColumn{"row_key", kText},
    RecordColumn{"tenant", kText},      RecordColumn{"actor", kText},
    RecordColumn{"correlation", kText}, RecordColumn{"address", kText},
    RecordColumn{"db_user", kText},     RecordColumn{"application", kText},
    RecordColumn{"before", kJsonb},     RecordColumn{"after", kJsonb}};

constexpr std::array kMetaColumns{
    RecordColumn{"seq", kInt8},  RecordColumn{"xid", kXid8},     RecordColumn{"at", kTimestamptz},
    RecordColumn{"kind", kText}, RecordColumn{"db_user", kText}, RecordColumn{"details", kJsonb}};

constexpr std::array kApplicationColumns{
    RecordColumn{"id", kText},         RecordColumn{"userId", kText},
    RecordColumn{"action", kText},     RecordColumn{"resource", kText},
    RecordColumn{"resourceId", kText}, RecordColumn{"changes", kJsonb},
    RecordColumn{"metadata", kJsonb},  RecordColumn{"ipAddress", kText},
    RecordColumn{"userAgent", kText},  RecordColumn{"timestamp", kTimestamp},
    RecordColumn{"tenantId", kText}};
constexpr std::size_t kChanges = 5;
static_assert(kApplicationColumns[kChanges].name == "changes");

void append_int32(std::string& bytes, std::uint32_t number) {
  const std::array<char, 4> big_endian{
      static_cast<char>(number >> 24), static_cast<char>(number >> 16 & 0xff),
      static_cast<char>(number >> 8 & 0xff), static_cast<char>(number & 0xff)};
  bytes.append(big_endian.data(), big_endian.size());
}

std::span<const RecordColumn> columns_of(LeafSource source, db::BinaryRow row) {
  const auto columns = record_columns(source);
  if (row.size() < columns.size()) {
    throw Error{ErrorCode::data, "a row of the trail has fewer columns than its record"};
  }
  return columns;
}

// Without the number of the format before it.
std::string_view text_of_jsonb(crypto::Bytes value) {
  if (value.empty() || value.front() != std::byte{1}) {
    throw Error{ErrorCode::data, "a jsonb of the trail is in no known format"};
  }
  return crypto::text_of(value.subspan(1));
}

}  // namespace

std::span<const RecordColumn> record_columns(LeafSource source) noexcept {
  switch (source) {
    case LeafSource::application: return kApplicationColumns;
    case LeafSource::change: return kChangeColumns;
    case LeafSource::meta: return kMetaColumns;
  }
  return {};
}

RecordTable record_table(LeafSource source) noexcept {
  switch (source) {
    case LeafSource::application: return {"public", "audit_logs"};
    case LeafSource::change: return {"pcx", "change"};
    case LeafSource::meta: return {"pcx", "audit_meta"};
  }
  return {};
}

void add_record_columns(db::Query& query, LeafSource source, std::string_view alias) {
  bool is_first = true;
  for (const RecordColumn& column : record_columns(source)) {
    if (!std::exchange(is_first, false)) query.sql(", ");
    if (!alias.empty()) query.identifier(alias).sql(".");
    query.identifier(column.name);
  }
}

crypto::Bytes RecordHasher::record(LeafSource source, db::BinaryRow row) {
  const auto columns = columns_of(source, row);
  if (source == LeafSource::application) return application_record(row, {});
  begin(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) append_field(columns[i].type, row[i]);
  return crypto::bytes_of(record_);
}

Hash RecordHasher::leaf(LeafSource source, db::BinaryRow row) {
  return hasher_.hash(source, record(source, row));
}

Hash RecordHasher::leaf_before_reseal(db::BinaryRow row, const crypto::Sha256Digest& was) {
  columns_of(LeafSource::application, row);
  return hasher_.hash(LeafSource::application, application_record(row, was));
}

crypto::Bytes RecordHasher::application_record(db::BinaryRow row,
                                               const std::optional<crypto::Sha256Digest>& was) {
  const auto& changes = row[kChanges];
  const auto sealed = changes ? texts_.mask(text_of_jsonb(*changes), masked_) : std::nullopt;
  begin(kApplicationColumns.size() + 1);
  for (std::size_t i = 0; i < kApplicationColumns.size(); ++i) {
    if (i == kChanges && sealed) {
      append_field(kText, crypto::bytes_of(masked_));
    } else {
      append_field(kApplicationColumns[i].type, row[i]);
    }
  }
  const auto& digest = was ? was : sealed;
  append_field(kBytea, digest ? db::BinaryField{*digest} : std::nullopt);
  return crypto::bytes_of(record_);
}

void RecordHasher::begin(std::size_t fields) {
  record_.clear();
  append_int32(record_, static_cast<std::uint32_t>(fields));
}

void RecordHasher::append_field(std::uint32_t type, const db::BinaryField& field) {
  append_int32(record_, type);
  append_int32(record_, field ? static_cast<std::uint32_t>(field->size()) : 0xffffffff);
  if (field) record_ += crypto::text_of(*field);
}

}  // namespace pcx::audit

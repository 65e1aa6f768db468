#include "audit/trail_rows.h"

#include <algorithm>
#include <cstring>

#include "audit/sql.h"
#include "core/error.h"
#include "crypto/encoding.h"

namespace pcx::audit {

namespace {

std::size_t number_of(LeafSource source) {
  const auto found = std::ranges::find(kLeafSources, source);
  return static_cast<std::size_t>(found - std::begin(kLeafSources));
}

// The server counts microseconds from 2000-01-01. Times that a Time cannot hold, infinity among
// them, become some far away ones.
Time time_of(std::int64_t server_time) {
  constexpr std::int64_t kServerEpoch = 946'684'800'000'000;
  constexpr std::int64_t kFarAway = 8'000'000'000'000'000;
  return Time{
      std::chrono::microseconds{kServerEpoch + std::clamp(server_time, -kFarAway, kFarAway)}};
}

void append(std::string& key, const db::BinaryField& field) { key += db::binary_text(field); }

// Rows of one scan, which share their buffer.
class LedgerReader {
 public:
  explicit LedgerReader(const std::function<void(const LedgerRow&)>& visit) : visit_(visit) {}

  void operator()(db::BinaryRow row) {
    const auto letter = row[4] ? db::binary_text(row[4]) : std::string_view{};
    const auto source = letter.size() == 1 ? leaf_source_of(letter[0]) : std::nullopt;
    const auto leaf = row[6] ? db::binary_text(row[6]) : std::string_view{};
    row_.position = {db::binary_int4(row[0]), static_cast<std::uint64_t>(db::binary_int8(row[1])),
                     db::binary_int8(row[2])};
    row_.is_sound = source && leaf.size() == sizeof(Hash);
    if (!row_.is_sound) {
      row_.key = row_.row_id = {};
      visit_(row_);
      return;
    }
    row_.at = time_of(db::binary_int8(row[3]));
    row_.source = *source;
    std::memcpy(row_.leaf.data(), leaf.data(), sizeof(Hash));
    row_.row_id = row[5] ? db::binary_text(row[5]) : std::string_view{};
    key_.clear();
    if (*source == LeafSource::application) {
      key_ += row_.row_id;
    } else {
      for (std::size_t i = *source == LeafSource::meta ? 1 : 0; i < 4; ++i) append(key_, row[i]);
    }
    row_.key = key_;
    visit_(row_);
  }

 private:
  const std::function<void(const LedgerRow&)>& visit_;
  std::string key_;
  LedgerRow row_;
};

}  // namespace

std::size_t bucket_of(LeafSource source, std::string_view leaf) noexcept {
  const auto byte = [&](std::size_t i) { return std::size_t{static_cast<unsigned char>(leaf[i])}; };
  return number_of(source) * kLeafBuckets + (byte(0) << 4 | byte(1) >> 4);
}

void scan_ledger(db::Transaction& tx, const std::function<void(const LedgerRow&)>& visit) {
  db::Query query{"audit.scan_ledger"};
  query.sql(
      "SELECT segment, xid, seq, at, src, row_id, leaf FROM pcx.ledger "
      "ORDER BY segment, xid, seq");
  db::copy_out_binary(tx, query, LedgerReader{visit});
}

void scan_ledger(db::Transaction& tx, const std::vector<std::size_t>& buckets,
                 const std::function<void(const LedgerRow&)>& visit) {
  db::Query query{"audit.scan_buckets"};
  query.sql(
      "SELECT segment, xid, seq, at, src, row_id, leaf FROM pcx.ledger "
      "WHERE CASE WHEN octet_length(leaf) = 32 AND src IN ('A', 'C', 'M') "
      "THEN position(src::text IN 'ACM') * 4096 - 4096 + get_byte(leaf, 0) * 16 "
      "+ get_byte(leaf, 1) / 16 END IN (-1");
  for (const std::size_t bucket : buckets) query.sql(", ").number(std::int64_t(bucket));
  query.sql(")");
  db::copy_out_binary(tx, query, LedgerReader{visit});
}

void scan_content(db::Transaction& tx, LeafSource source,
                  const std::function<void(const ContentRow&)>& visit) {
  const RecordTable table = record_table(source);
  const std::size_t columns = record_columns(source).size();
  db::Query query{"audit.scan_content"};
  query.sql("SELECT ");
  add_record_columns(query, source);
  if (source == LeafSource::change) query.sql(", segment");
  query.sql(" FROM ").identifier(table.schema, table.name);
  RecordHasher hasher;
  std::string key;
  db::copy_out_binary(tx, query, [&](db::BinaryRow fields) {
    key.clear();
    if (source == LeafSource::application) {
      append(key, fields[0]);
    } else {
      if (source == LeafSource::change) append(key, fields[columns]);
      for (const std::size_t i : {1, 0, 2}) append(key, fields[i]);
    }
    visit({source, hasher.leaf(source, fields), key, fields.first(columns)});
  });
}

void scan_resealed(db::Transaction& tx, const std::function<void(const ContentRow&)>& visit) {
  const std::size_t columns = record_columns(LeafSource::application).size();
  db::Query query{"audit.scan_resealed"};
  query.sql("SELECT ");
  add_record_columns(query, LeafSource::application, "a");
  query.sql(
      ", n.was FROM pcx.audit_meta AS m CROSS JOIN LATERAL ROWS FROM ("
      "jsonb_array_elements_text(CASE jsonb_typeof(m.details -> 'ids') WHEN 'array' "
      "THEN m.details -> 'ids' END), "
      "jsonb_array_elements_text(CASE jsonb_typeof(m.details -> 'was') WHEN 'array' "
      "THEN m.details -> 'was' END)) AS n (id, was) "
      "JOIN public.audit_logs AS a ON a.id = n.id "
      "WHERE m.kind = 'reseal' AND m.details ->> 'relation' = 'public.audit_logs' "
      "AND n.was IS NOT NULL");
  RecordHasher hasher;
  db::copy_out_binary(tx, query, [&](db::BinaryRow fields) {
    const auto was = crypto::from_hex(db::binary_text(fields[columns]));
    crypto::Sha256Digest digest;
    if (!was || was->size() != digest.size()) return;
    std::ranges::copy(crypto::bytes_of(*was), digest.begin());
    const db::BinaryRow record = fields.first(columns);
    visit({LeafSource::application, hasher.leaf_before_reseal(record, digest),
           db::binary_text(fields[0]), record});
  });
}

ElementPlace place_of(LeafSource source, std::string_view key) {
  if (source == LeafSource::application) return {.segment = {}, .id = key};
  const auto number = [&](std::size_t size) {
    const auto bytes = std::as_bytes(std::span{key.data(), size});
    key.remove_prefix(size);
    return db::BinaryField{bytes};
  };
  ElementPlace place;
  if (source == LeafSource::change) place.segment = db::binary_int4(number(4));
  place.xid = static_cast<std::uint64_t>(db::binary_int8(number(8)));
  place.seq = db::binary_int8(number(8));
  return place;
}

std::string element_of(const Hash& leaf, std::string_view key) {
  std::string element{crypto::text_of(leaf)};
  element += key;
  return element;
}

bool has_application_table(db::Transaction& tx) {
  return tx.query(sql::has_application_table).one()["is_there"].as<bool>();
}

}  // namespace pcx::audit

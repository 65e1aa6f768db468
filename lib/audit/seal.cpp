#include "audit/seal.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "audit/catalog.h"
#include "audit/census.h"
#include "audit/epoch_check.h"
#include "audit/note.h"
#include "audit/notes.h"
#include "audit/seal_point.h"
#include "audit/sql.h"
#include "audit/tile_store.h"
#include "audit/trail_reading.h"
#include "audit/trusted_keys.h"
#include "audit/xid.h"
#include "core/error.h"
#include "core/json.h"
#include "core/time.h"
#include "db/binary_copy.h"

namespace pcx::audit {

namespace {

using db::Isolation;

struct Horizon {
  std::int32_t segment = 0;
  std::uint64_t xid = 0;
  std::uint64_t xmax = 0;  // no transaction from it on had begun
  Time now{};              // by the server's clock
};

// The tree so far, as its newest checkpoint says.
struct Sealed {
  TreeHead tree;
  Position last;
  std::int64_t max_seq = 0;
  std::optional<Time> at;
};

Error altered(std::uint64_t size, const char* what) {
  return Error{ErrorCode::critical,
               fmt::format("the newest checkpoint, of {} leaves, does not hold up: {}", size, what),
               "Nothing was sealed over it. 'pcx audit verify --full' says more; "
               "runbooks/audit.md says what to do."}
      .because("checkpoint_altered");
}

// What the newest checkpoint says, believed because this key has signed it.
SealedTree open_newest(const CheckpointRow& row, const VerifierKey& key) {
  const auto opened = open_note(row.note, {&key, 1});
  if (const auto* const fault = std::get_if<NoteFault>(&opened)) {
    if (*fault != NoteFault::unknown_signers) throw altered(row.size, to_string(*fault));
    throw Error{ErrorCode::conflict,
                fmt::format("the newest checkpoint was signed by another key than {}", key.label()),
                "Seal with the key that signed it, or change keys with 'pcx audit key rotate'."}
        .because("other_key");
  }
  auto sealed = parse_sealed(std::get<Note>(opened).text);
  if (!sealed) throw altered(row.size, "it is none of pcx");
  if (sealed->point.key_change && sealed->point.key_change->before == key) {
    throw Error{ErrorCode::conflict,
                fmt::format("{} has taken over from {}", sealed->point.key_change->after.label(),
                            key.label()),
                "Seal with the new key."}
        .because("other_key");
  }
  const bool fits = sealed->checkpoint.tree.size == row.size && sealed->point.last == row.last &&
                    sealed->point.first_size == row.first_size &&
                    sealed->point.sealed_at == row.sealed_at;
  if (!fits) throw altered(row.size, "it is not the one that was signed for its row");
  return std::move(*sealed);
}

Sealed read_sealed(db::Transaction& tx, const Epoch& epoch, const VerifierKey& key,
                   TreeHasher& hasher) {
  const auto row = newest_checkpoint(tx, epoch.number);
  if (!row) return {.tree = {0, hasher.empty()}, .last = {2 * epoch.number, 0, 0}, .at = {}};
  const SealedTree sealed = open_newest(*row, key);
  if (sealed.checkpoint.origin != epoch.origin) throw altered(row->size, "it is another tree's");
  return {sealed.checkpoint.tree, sealed.point.last, row->max_seq, row->sealed_at};
}

Horizon read_horizon(db::Transaction& tx) {
  const db::Result rows = tx.query(sql::read_horizon);
  const db::Row row = rows.one();
  return {row["segment"].as<int>(), xid_in(row["xid"].as<std::string_view>()),
          xid_in(row["xmax"].as<std::string_view>()),
          parse_rfc3339(row["now"].as<std::string_view>()).value()};
}

// In the order of the trail, what lies behind `last` and may be sealed.
db::Query new_leaves(const Position& last, const Horizon& horizon) {
  db::Query query{"audit.new_leaves"};
  query.sql("SELECT segment, xid, seq, leaf FROM pcx.ledger WHERE (segment, xid, seq) > (");
  query.number(last.segment).sql(", ").literal(std::to_string(last.xid)).sql("::xid8, ");
  query.number(last.seq).sql(") AND (segment < ").number(horizon.segment);
  query.sql(" OR (segment = ").number(horizon.segment).sql(" AND xid < ");
  query.literal(std::to_string(horizon.xid)).sql("::xid8)) ORDER BY segment, xid, seq LIMIT ");
  query.number(kSealedRowsMax);
  return query;
}

class Batch {
 public:
  Batch(db::Transaction& tx, const Epoch& epoch, const Sealed& before, TreeHasher& hasher)
      : tx_(tx),
        epoch_(epoch),
        before_(before),
        sealed_(before),
        writer_(
            before.tree, tiles_of(tx, epoch.number),
            [this](const TileId& tile, std::string_view hashes) { tiles_.put(tile, hashes); },
            hasher) {}
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  std::int64_t take(const Horizon& horizon) {
    const auto rows =
        db::copy_out_binary(tx_, new_leaves(sealed_.last, horizon), [this](db::BinaryRow row) {
          sealed_.last = {db::binary_int4(row[0]),
                          static_cast<std::uint64_t>(db::binary_int8(row[1])),
                          db::binary_int8(row[2])};
          sealed_.max_seq = std::max(sealed_.max_seq, sealed_.last.seq);
          Hash leaf;
          const std::string_view bytes = db::binary_text(row[3]);
          if (bytes.size() != leaf.size()) throw Error{ErrorCode::data, "a leaf is no SHA-256"};
          std::ranges::copy(crypto::bytes_of(bytes), leaf.begin());
          writer_.append(leaf);
        });
    return rows;
  }

  CheckpointRow sign(const Horizon& horizon, std::span<const SigningKey> keys,
                     const std::optional<KeyChange>& change) {
    writer_.write_edge();
    tiles_.write(tx_, epoch_.number);
    const TreeHead tree = writer_.head();
    const std::string text = sealed_text(
        epoch_.origin, tree, {horizon.now, before_.tree.size, sealed_.last, horizon.xmax, change});
    CheckpointRow row{epoch_.number, tree.size,       horizon.now,          before_.tree.size,
                      sealed_.last,  sealed_.max_seq, sign_note(text, keys)};
    insert_checkpoint(tx_, row);
    return row;
  }

 private:
  db::Transaction& tx_;
  const Epoch& epoch_;
  Sealed before_;
  Sealed sealed_;
  TileBuffer tiles_;
  TileWriter writer_;
};

// One checkpoint, when there is a reason for one; the last one says a change of keys. True when
// there may be more to seal.
bool seal_some(const SealTools& tools, const std::optional<KeyChange>& change, SealReport& report) {
  TreeHasher hasher;
  db::Transaction tx = tools.database.begin(db::Access::read_write, Isolation::repeatable_read);
  see_every_row(tx);
  const Horizon horizon = read_horizon(tx);
  const Sealed sealed = read_sealed(tx, report.epoch, tools.keys[0].verifier(), hasher);
  Batch batch{tx, report.epoch, sealed, hasher};
  const std::int64_t rows = batch.take(horizon);
  const bool is_full = rows == kSealedRowsMax;
  const bool is_due = sealed.at && horizon.now - *sealed.at >= tools.heartbeat;
  const bool is_change = change && !is_full;
  if (rows == 0 && !is_due && !is_change) return false;
  report.newest = is_change ? batch.sign(horizon, tools.keys, change)
                            : batch.sign(horizon, tools.keys.first(1), std::nullopt);
  tx.commit();
  report.rows += rows;
  ++report.checkpoints;
  return is_full;
}

std::size_t note_census(db::Transaction& tx, const Epoch& epoch) {
  Census before;
  const auto notes = read_notes(tx, {"census"}, epoch.number);
  for (const TrailNote& note : notes) apply_census_note(before, note.details);
  const CensusSpan before_it = read_span(tx);
  const Census after = read_census(tx);
  const CensusSpan span{before_it.xmin, read_span(tx).xmax};
  const CensusChange change = compare(before, after);
  if (!notes.empty() && change.empty()) return 0;
  tx.query(sql::note_census, {to_json(census_note(after, change, span, notes.empty()))});
  return change.changed.size() + change.added.size() + change.gone.size();
}

SealReport prepare(const SealTools& tools) {
  SealReport report;
  db::Transaction tx = tools.database.begin();
  see_every_row(tx);
  require_trail(tx);
  auto epoch = newest_epoch(tx);
  if (!epoch) throw no_trail();
  tx.query(sql::make_months, {kMonthsAhead});
  const auto newest = newest_checkpoint(tx);
  auto opened = open_epoch_when_needed(tx, newest ? newest->note : "", tools.random);
  report.has_opened_epoch = opened.has_value();
  report.epoch = opened ? std::move(*opened) : std::move(*epoch);
  if (!is_origin_of(report.epoch.origin, read_cluster(tx), report.epoch.number)) {
    throw Error{ErrorCode::critical,
                fmt::format("the origin of tree {} does not name this server and database",
                            report.epoch.number),
                "Nothing was sealed. 'pcx audit verify --full' says more; runbooks/audit.md says "
                "what to do."}
        .because("origin_altered");
  }
  report.census_changes = note_census(tx, report.epoch);
  tx.commit();
  return report;
}

Unsealed read_rest(db::Database& database, const SealReport& report) {
  Unsealed rest;
  db::Transaction tx = database.begin(db::Access::read_only);
  see_every_row(tx);
  const auto newest = newest_checkpoint(tx, report.epoch.number);
  const Position last = newest ? newest->last : Position{2 * report.epoch.number, 0, 0};
  const db::Result unsealed =
      tx.query(sql::read_unsealed, {last.segment, std::to_string(last.xid), last.seq});
  const auto milliseconds = [](const db::Field& field) -> std::optional<std::chrono::milliseconds> {
    const auto count = db::nullable<std::int64_t>(field);
    if (!count) return std::nullopt;
    return std::chrono::milliseconds{*count};
  };
  rest.rows = unsealed.one()["rows"].as<std::int64_t>();
  rest.age = milliseconds(unsealed.one()["age_ms"]);
  if (rest.rows == 0) return rest;
  const db::Result holder = tx.query(sql::find_horizon_holder);
  if (holder.empty()) return rest;
  rest.holder = holder.one()["who"].as<std::string>();
  rest.holder_age = milliseconds(holder.one()["age_ms"]);
  return rest;
}

// Data that pcx never writes: somebody else did.
SealReport or_critical(const std::function<SealReport()>& work) {
  try {
    return work();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::data) throw;
    throw Error{ErrorCode::critical, fmt::format("the trail was altered: {}", error.what()),
                "Nothing was sealed over it. 'pcx audit verify --full' says more; "
                "runbooks/audit.md says what to do."}
        .because("trail_altered");
  }
}

// Before anything is written. Who has handed over his key does not get it back: what it signs would
// not be believed, behind the checkpoint that retired it.
void require_change(const SealTools& tools, const KeyChange& change) {
  db::Transaction tx = tools.database.begin(db::Access::read_only);
  see_every_row(tx);
  require_trail(tx);
  if (const auto newest = newest_checkpoint(tx)) open_newest(*newest, change.before);
  const TrustedKeys keys{{change.before}, list_key_changes(tx)};
  const VerifierKey* const successor = keys.successor_of(change.after);
  if (successor == nullptr) return;
  throw Error{ErrorCode::conflict,
              fmt::format("{} signed this trail before, and {} has taken over from it: nobody "
                          "would believe what it signs from now on",
                          change.after.label(), successor->label()),
              "Make a new key with 'pcx audit keygen --out FILE', and give that as --new-key."}
      .because("retired_key");
}

void seal_all(const SealTools& tools, const std::optional<KeyChange>& change, SealReport& report) {
  while (seal_some(tools, change, report)) {
  }
  report.rest = read_rest(tools.database, report);
}

}  // namespace

SealReport seal(const SealTools& tools) {
  return or_critical([&] {
    SealReport report = prepare(tools);
    seal_all(tools, std::nullopt, report);
    return report;
  });
}

SealReport change_key(const SealTools& tools) {
  const KeyChange change{tools.keys[0].verifier(), tools.keys[1].verifier()};
  if (change.before == change.after) {
    throw Error{ErrorCode::usage, "the new key is the one that signs already"};
  }
  return or_critical([&] {
    require_change(tools, change);
    SealReport report = prepare(tools);
    Document details = Document::object();
    details.set("before", change.before.text());
    details.set("after", change.after.text());
    tools.database.query(sql::note_key_change, {to_json(details)});
    seal_all(tools, change, report);
    return report;
  });
}

}  // namespace pcx::audit

#include "audit/epoch.h"

#include <fmt/format.h>

#include "audit/sql.h"
#include "core/error.h"
#include "core/sleep.h"

namespace pcx::audit {

namespace {

constexpr std::chrono::milliseconds kPause{250};
constexpr int kTries = 600;  // some minutes
constexpr std::uint64_t kOriginNumbers = std::uint64_t{1} << 32;

Cluster to_cluster(const db::Row& row) {
  return {.system_identifier = row["system_identifier"].as<std::string>(),
          .timeline = row["timeline"].as<int>(),
          .database_oid = row["database_oid"].as<std::int64_t>()};
}

}  // namespace

Cluster read_cluster(db::Transaction& tx) {
  const db::Result rows = tx.query(sql::read_cluster);
  return to_cluster(rows.one());
}

std::optional<Epoch> newest_epoch(db::Transaction& tx) {
  const db::Result rows = tx.query(sql::newest_epoch);
  if (rows.empty()) return std::nullopt;
  const db::Row row = rows.one();
  return Epoch{row["number"].as<int>(), row["origin"].as<std::string>(), to_cluster(row)};
}

std::string epoch_origin(const Cluster& cluster, std::int32_t number, Random& random) {
  return fmt::format("purple-cross/audit/{}/{}/{}-{}-{:08x}", cluster.system_identifier, number,
                     cluster.timeline, cluster.database_oid, random.below(kOriginNumbers));
}

std::optional<Epoch> open_epoch_when_needed(db::Transaction& tx, const std::string& last_note,
                                            Random& random) {
  const Cluster cluster = read_cluster(tx);
  const auto newest = newest_epoch(tx);
  if (newest && newest->cluster == cluster) return std::nullopt;
  const std::int32_t number = newest ? newest->number + 1 : 1;
  Epoch epoch{number, epoch_origin(cluster, number, random), cluster};
  tx.query(sql::limit_lock_wait, {kEpochLockWait.count()});
  std::optional<std::string> previous;
  if (!last_note.empty()) previous = last_note;
  const db::Result opened = tx.query(
      sql::open_epoch,
      {epoch.origin, cluster.system_identifier, cluster.timeline, cluster.database_oid, previous});
  epoch.number = opened.one()["number"].as<int>();
  return epoch;
}

std::optional<Epoch> open_epoch_politely(const db::PoliteTools& tools, const std::string& last_note,
                                         Random& random) {
  for (int tries = 1;; ++tries) {
    try {
      db::Transaction tx = tools.database.begin();
      auto epoch = open_epoch_when_needed(tx, last_note, random);
      tx.commit();
      return epoch;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::busy || tries == kTries) throw;
    }
    sleep_unless_stopped(tools.clock, tools.interrupt, kPause);
  }
}

}  // namespace pcx::audit

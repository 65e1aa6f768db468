#include "alert/health_checks.h"

#include <algorithm>
#include <cstdint>

#include "alert/sql.h"

namespace pcx::alert {

namespace {

using Checks = std::vector<HealthCheck>;

Checks of_sessions() {
  return {
      {"backends",
       &sql::health_backends,
       HealthNeed::stats,
       {{"pcx_health_backends", "clients that are connected", ""},
        {"pcx_health_backends_ratio", "share of the connections that clients may have", ""}}},
      {"locks",
       &sql::health_locks,
       HealthNeed::nothing,
       {{"pcx_health_lock_waiters", "sessions that wait for a lock", ""},
        {"pcx_health_lock_wait_seconds", "longest wait for a lock that is going on", ""}}},
      {"transactions",
       &sql::health_transactions,
       HealthNeed::stats,
       {{"pcx_health_transaction_seconds", "age of a client's longest transaction", ""},
        {"pcx_health_idle_in_transaction_seconds",
         "longest time that a client has been idle in a transaction", ""}}},
  };
}

Checks of_replicas() {
  return {
      {"replication",
       &sql::health_standbys,
       HealthNeed::stats,
       {{"pcx_health_standbys", "standbys that stream from this server", ""},
        {"pcx_health_in_recovery", "1 when this server is a standby itself", ""}}},
      {"replication",
       &sql::health_standby_lag,
       HealthNeed::stats,
       {{"pcx_health_replication_lag_bytes", "log that a standby has not replayed", "standby"},
        {"pcx_health_replication_lag_seconds",
         "how long ago was written what a standby replays; 0 when it has everything", "standby"}}},
      {"replication",
       &sql::health_replay,
       HealthNeed::stats,
       {{"pcx_health_wal_receiver_up", "1 when this standby receives log", ""},
        {"pcx_health_replay_lag_bytes", "log that this standby has received, not replayed", ""},
        {"pcx_health_replay_lag_seconds",
         "age of what this standby replays; 0 when it has replayed everything", ""}}},
      {"slots",
       &sql::health_slots,
       HealthNeed::nothing,
       {{"pcx_health_slot_retained_bytes", "log that is kept for a replication slot", "slot"},
        {"pcx_health_slot_active", "1 when somebody uses the replication slot", "slot"}}},
      {"archive",
       &sql::health_archive,
       HealthNeed::nothing,
       {{"pcx_health_archive_ready_files", "files of log that wait to be archived", ""},
        {"pcx_health_archiver_failing", "1 when the last try to archive a file failed", ""}}},
  };
}

// From one to the other, both counted; more than 2^63 there can be.
double numbers_between(std::int64_t low, std::int64_t high) {
  return static_cast<double>(static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low)) +
         1;
}

// How much of its numbers a sequence has given out, as far as its column can hold them. Its last
// one is younger than the bounds: a sequence that is changed meanwhile may have begun beyond them.
double used_ratio(const db::Row& row) {
  const auto last = db::nullable<std::int64_t>(row["last"]);
  if (!last) return 0;
  const auto lowest = row["lowest"].as<std::int64_t>();
  const auto highest = row["highest"].as<std::int64_t>();
  if (*last < lowest || *last > highest) return 0;
  if (row["step"].as<std::int64_t>() < 0) {
    return numbers_between(*last, highest) / numbers_between(lowest, highest);
  }
  const auto end =
      std::min(highest, db::nullable<std::int64_t>(row["column_highest"]).value_or(highest));
  return end < lowest ? 1 : numbers_between(lowest, *last) / numbers_between(lowest, end);
}

// What runs out.
Checks of_numbers() {
  return {
      {"wraparound",
       &sql::health_wraparound,
       HealthNeed::nothing,
       {{"pcx_health_wraparound_ratio",
         "share of the transaction numbers used; at 1 the server takes no new transactions",
         "database"},
        {"pcx_health_freeze_age_ratio",
         "the same as a share of autovacuum_freeze_max_age, where freezing is forced",
         "database"}}},
      {"prepared",
       &sql::health_prepared,
       HealthNeed::nothing,
       {{"pcx_health_prepared_transactions", "prepared transactions that nobody ended", ""},
        {"pcx_health_prepared_transaction_seconds", "age of the oldest of them", ""}}},
      {"sequences",
       &sql::health_sequences,
       HealthNeed::values,
       {{"pcx_health_sequence_used_ratio", "share of its numbers that a sequence has given out",
         "sequence"}},
       used_ratio},
  };
}

Checks of_database() {
  return {
      {"triggers",
       &sql::health_triggers,
       HealthNeed::nothing,
       {{"pcx_health_disabled_triggers", "triggers of tables that are disabled", ""},
        {"pcx_health_disabled_event_triggers", "event triggers that are disabled", ""}}},
      {"bloat",
       &sql::health_bloat,
       HealthNeed::values,
       {{"pcx_health_table_bloat_bytes", "estimate of a table's pages that its rows do not need",
         "table"},
        {"pcx_health_table_bloat_ratio", "the same as a share of the table", "table"}}},
      {"size",
       &sql::health_size,
       HealthNeed::nothing,
       {{"pcx_health_database_bytes", "size of a database", "database"}}},
      {"checkpoint",
       &sql::health_checkpoint,
       HealthNeed::nothing,
       {{"pcx_health_checkpoint_age_seconds",
         "time since the last checkpoint; 0 when nothing was written since", ""}}},
      {"vacuum",
       &sql::health_vacuum,
       HealthNeed::nothing,
       {{"pcx_health_tables_due_for_vacuum", "tables with more dead rows than autovacuum waits for",
         ""},
        {"pcx_health_vacuum_age_seconds", "longest time since one of them was vacuumed", ""}}},
      {"settings",
       &sql::health_settings,
       HealthNeed::stats,
       {{"pcx_health_settings_pending_restart", "changed settings that want a restart", ""},
        {"pcx_health_settings_checksum", "a number that changes when a setting does", ""},
        {"pcx_health_settings_age_seconds", "time since the settings were read from their files",
         ""}}},
      {"partitions",
       &sql::health_partitions,
       HealthNeed::nothing,
       {{"pcx_health_audit_partitions_ahead",
         "months after this one for which pcx's audit trail has partitions", ""}}},
  };
}

}  // namespace

const std::vector<HealthCheck>& health_checks() {
  static const Checks all = [] {
    Checks checks;
    for (const Checks& some : {of_sessions(), of_replicas(), of_numbers(), of_database()}) {
      checks.insert(checks.end(), some.begin(), some.end());
    }
    return checks;
  }();
  return all;
}

}  // namespace pcx::alert

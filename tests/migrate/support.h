// A small language for folders and ledgers.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "migrate/folder.h"
#include "migrate/ledger.h"
#include "migrate/state.h"

namespace pcx::migrate::testing {

inline Migration file(const std::string& name, const std::string& sql = "SELECT 1;") {
  Migration migration = with_checksums(name, sql);
  migration.up = {sql, name + "/migration.sql"};
  return migration;
}

inline Migration reversible(const std::string& name) {
  Migration migration = file(name);
  migration.down = Script{"SELECT 0;", name + "/down.sql"};
  return migration;
}

inline LedgerRow applied(const std::string& name, const std::string& sql = "SELECT 1;") {
  LedgerRow row;
  row.id = "row-" + name;
  row.name = name;
  row.checksum = with_checksums(name, sql).checksum;
  row.started_at = Time{std::chrono::seconds{1'000'000}};
  row.finished_at = row.started_at + std::chrono::seconds{1};
  row.applied_steps_count = 1;
  return row;
}

inline LedgerRow failed(const std::string& name) {
  LedgerRow row = applied(name);
  row.id = "failed-" + name;
  row.finished_at.reset();
  row.logs = "ERROR: it broke";
  return row;
}

inline LedgerRow rolled_back(LedgerRow row) {
  row.rolled_back_at = row.started_at + std::chrono::seconds{2};
  return row;
}

inline Folder folder_of(std::vector<Migration> migrations) {
  return {"migrations", Layout::prisma, std::move(migrations)};
}

inline Ledger ledger_of(std::vector<LedgerRow> rows) { return {true, std::move(rows)}; }

}  // namespace pcx::migrate::testing

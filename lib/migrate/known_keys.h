// Which migration tool takes which advisory lock: a lock has no name, only a number.
//
// Sources: the tools' own code, as named beside each number. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace pcx::migrate {

// Where the lock is: some tools make their number of these names.
struct LockPlace {
  std::string_view database;
  std::string_view schema;  // of the tool's own table
};

// "Flyway"; empty when no known tool takes `key` there. Tables with another name than the tool's
// default are recognised of Flyway only.
std::string_view tool_of(std::int64_t key, const LockPlace& place);

// golang-migrate, database.GenerateAdvisoryLockId() as its PostgreSQL driver calls it.
std::int64_t golang_migrate_key(const LockPlace& place,
                                std::string_view table = "schema_migrations");
// Rails, ActiveRecord::Migrator#generate_migrator_advisory_lock_id.
std::int64_t rails_key(std::string_view database);
// Atlas, sql/postgres Driver.Lock(): 32-bit FNV-1 of the lock's name.
std::int64_t atlas_key(std::string_view name);

}  // namespace pcx::migrate

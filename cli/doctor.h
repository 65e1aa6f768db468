// `pcx doctor`: a table of checks, each one question about this machine, the configuration or the
// database. A check never stops the next one.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/target.h"
#include "core/config.h"
#include "core/error.h"
#include "db/database.h"
#include "db/server_facts.h"

namespace pcx::cli {

enum class Health { ok, warn, fail, skip };

struct Checked {
  Health health = Health::ok;
  std::string message;
  std::string hint;  // what to do about it, sentences; empty when there is nothing to do
};

// What is examined. Everything that several checks need is looked up once; what went wrong then is
// kept, so that one check tells it and the others are skipped.
class Patient {
 public:
  // Both outlive it. Waits at most 3 s for a connection and 2 s for each answer.
  Patient(Context& context, const Values& values);

  Context& context() { return context_; }
  const std::optional<Error>& config_mistake() const { return config_mistake_; }
  const Config& config() const { return config_; }  // empty after a mistake

  // nullptr when there is none: see database_mistake(), or nobody named one.
  db::Database* database();
  bool names_database();
  const db::Target* target();  // of it; nullptr likewise
  const std::optional<Error>& database_mistake() const { return database_mistake_; }
  const db::ServerFacts& facts();  // REQUIRES: database() != nullptr
  std::chrono::milliseconds clock_skew() const { return clock_skew_; }  // after facts()
  // As the environment, the file or the default has it; empty when nothing does.
  std::string setting(std::string_view config_key) const;

 private:
  void read_configuration(const Values& values);
  Values::Entry setting_entry(std::string_view config_key) const;
  Values::Entry database_url() const;
  void connect();

  Context& context_;
  const Values& values_;
  Config config_;
  std::optional<Error> config_mistake_;
  bool tried_ = false;
  bool is_named_ = false;
  std::optional<db::Target> target_;
  std::optional<db::Database> database_;
  std::optional<Error> database_mistake_;
  std::optional<db::ServerFacts> facts_;
  std::chrono::milliseconds clock_skew_{0};
};

struct Check {
  std::string_view id;  // stable: "clock_skew"
  Checked (*run)(Patient& patient);
};

// Skips a check when there is no session to ask.
template <Checked (*kCheck)(Patient&)>
Checked connected(Patient& patient) {
  if (patient.database() == nullptr) return {Health::skip, "no connection", {}};
  return kCheck(patient);
}

std::vector<Check> machine_checks();
std::vector<Check> place_checks();  // where pcx writes
std::vector<Check> database_checks();
std::vector<Check> migrate_checks();  // of the database, too
std::vector<Check> keyring_checks();
std::vector<Check> field_checks();  // what rotations left
std::vector<Check> apikey_checks();
std::vector<Check> audit_checks();
std::vector<Check> alert_checks();
std::vector<Check> kpi_checks();
std::vector<Check> load_checks();  // is this machine fit for load tests?

// What so many descriptors and local ports mean for a load test.
Checked judge_capacity(std::int64_t files, std::int64_t ports);
// What `bytes_free` in `folder` mean.
Checked judge_space(const std::string& folder, std::uintmax_t bytes_free);

std::string_view name_of(Health health);
// Runs a check; an error becomes Health::fail with its message and hint.
Checked examine(const Check& check, Patient& patient);

}  // namespace pcx::cli

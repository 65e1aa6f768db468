// The database sessions of one run: the command's own, its locks, and those opened on the side.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "cli/command.h"
#include "cli/progress.h"
#include "core/clock.h"
#include "core/config.h"
#include "core/environment.h"
#include "core/interrupt.h"
#include "db/database.h"

namespace pcx::cli {

// What a session needs from around it; all of it outlives Sessions.
struct SessionTools {
  const Cmd& command;
  const Values& values;
  const Environment& environment;
  const Config& config;
  Clock& clock;
  Interrupt& interrupt;
  Progress& progress;
};

class Sessions {
 public:
  explicit Sessions(const SessionTools& tools);
  ~Sessions();

  // Connects, checks what Needs asks for, upgrades schema pcx for a mutating command (saying so),
  // then takes the locks in their order. Throws as these do: see db/database.h, db/schema.h,
  // db/advisory_lock.h.
  void prepare();

  // Brings schema pcx up to date, saying so; prepare() has done it unless the command asks for it
  // itself (Cmd::schema_when_asked).
  void upgrade_schema();

  db::Database& database();                            // REQUIRES: prepare()
  db::AdvisoryLock& lock(const db::AdvisoryKey& key);  // REQUIRES: prepare(), one of Cmd::locks
  db::Database open(const db::ConnectOptions& options);
  db::Database open(const db::Target& target, const db::ConnectOptions& options);

 private:
  struct State;
  SessionTools tools_;
  std::unique_ptr<State> state_;
};

// Whether a command that has --dry-run was given it, or one that needs a flag to change anything
// (Cmd::mutating_with) was not.
bool is_dry_run(const Cmd& command, const Values& values);

}  // namespace pcx::cli

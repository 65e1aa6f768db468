// What a running command may touch. Prepared by App from the command's Needs; asking for something
// that was not named there is a bug (Error{internal}).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/progress.h"
#include "cli/prompt.h"
#include "core/clock.h"
#include "core/config.h"
#include "core/environment.h"
#include "core/interrupt.h"
#include "core/random.h"
#include "db/advisory_lock.h"
#include "db/database.h"
#include "db/journal.h"

namespace pcx::cli {

class Context {
 public:
  virtual ~Context() = default;

  virtual const Config& config() = 0;
  virtual db::Database& database() = 0;
  // A second session of its own, for watching; closed by the caller.
  virtual db::Database open_database(const db::ConnectOptions& options) = 0;
  // A session somewhere else (a sandbox's socket).
  virtual db::Database open_database(const db::Target& target,
                                     const db::ConnectOptions& options) = 0;

  // One of the locks of the command, held now; for a deed that must not hold it all the time.
  virtual db::AdvisoryLock& lock(const db::AdvisoryKey& key) = 0;

  // Before the first change, for commands with Cmd::schema_when_asked: makes or upgrades schema
  // pcx, saying so. Throws as db::upgrade_schema() does.
  virtual void upgrade_schema() = 0;

  virtual Clock& clock() = 0;
  virtual Random& random() = 0;
  virtual const Environment& environment() = 0;
  virtual Interrupt& interrupt() = 0;
  virtual const db::Actor& actor() = 0;
  virtual Progress& progress() = 0;
  virtual Prompt& prompt() = 0;

  // Asks on the terminal before something that cannot be undone. Returns when it may be done:
  // --yes was given, or the operator answered yes. Throws Error{usage} without a terminal, and
  // Error{declined} when the answer is no. `consequences` are shown first, a line each.
  virtual void confirm(const Values& values, std::string_view question,
                       const std::vector<std::string>& consequences) = 0;
  // For the journal: the deed with what confirm() let pass as its details' "consequences". With
  // --yes --quiet that is the only place where they are written down.
  virtual db::Deed agreed(db::Deed deed) const = 0;
};

}  // namespace pcx::cli

// One statement outside of any transaction: run until it took effect, also after it was stopped.
#pragma once

#include <chrono>
#include <string>

#include "core/error.h"
#include "db/database.h"
#include "db/script.h"
#include "migrate/migrator.h"
#include "migrate/operation.h"
#include "migrate/probe.h"
#include "migrate/statement_watch.h"
#include "migrate/step_journal.h"

namespace pcx::migrate {

struct LoneStatement {
  std::string migration;
  std::string kind;      // "CREATE INDEX CONCURRENTLY"
  Script script;         // the statement alone
  std::string settings;  // SQL that the file ran before it for the session
};

class LoneStep {
 public:
  // All outlive it.
  LoneStep(db::Database& database, const LoneStatement& statement, const Tools& tools,
           StatementWatch& watch);

  // What the catalog holds now.
  Facts look();

  enum class End {
    done,
    found,    // an attempt took effect that had seemed to fail
    unknown,  // it was begun before, and the catalog does not tell how that ended
  };
  // `was_begun`: by a run before this one. Tries again what may help, within the patience.
  // Throws Error with places in the statement's own script. Then it is as if it had not run, unless
  // may_have_effect() says otherwise.
  End run(const Facts& facts, bool was_begun);

  // After run() threw: whether something may be done or half done.
  bool may_have_effect() const { return may_have_effect_; }

 private:
  End try_once(const Facts& facts);
  Error given_up(const Error& error, const Facts& facts);
  std::string look_back(const std::string& sqlstate, const Facts& facts);
  template <typename Work>
  auto in_settings(std::chrono::milliseconds lock_timeout, Work work);
  void enter(std::chrono::milliseconds lock_timeout);
  db::Ticker ticker();

  db::Database& database_;
  const LoneStatement& statement_;
  const Tools& tools_;
  StatementWatch& watch_;
  Operation operation_;
  bool may_have_effect_ = false;
};

}  // namespace pcx::migrate

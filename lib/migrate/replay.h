// What a script in steps has set for the session so far, to be set again before its next step.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/error.h"
#include "db/database.h"
#include "migrate/migration.h"
#include "migrate/step.h"

namespace pcx::migrate {

// The error of a part of a script, told with its place in the whole. `begin` is where the part
// begins; without a place of its own it is that.
Error moved(const Error& error, const Location& begin);

class Replay {
 public:
  // The settings of a step of `script`.
  void add(const Script& script, const Step& step);

  bool empty() const { return texts_.empty(); }
  std::string text() const;  // as one script

  // Throws as db::run_script(), with the place in the file of the setting that failed.
  void run(db::Transaction& tx) const;

 private:
  std::vector<std::string> texts_;
  std::vector<Location> places_;
};

}  // namespace pcx::migrate

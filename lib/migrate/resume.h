// Where a run in steps goes on. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "migrate/migration.h"
#include "migrate/step.h"
#include "migrate/step_journal.h"

namespace pcx::migrate {

struct Resume {
  std::size_t next = 0;  // index of the first step that is not known to be done
  // That step was begun, and nobody knows how it ended.
  std::optional<Facts> in_flight;
};

// What is done must still stand in the file; what comes after it may have been corrected.
// Throws Error{conflict} with reason "edited" and the place of a step that ran and was changed, or
// was begun and changed.
Resume find_resume(const Migration& migration, const std::vector<Step>& steps,
                   const std::vector<StepRecord>& records);

}  // namespace pcx::migrate

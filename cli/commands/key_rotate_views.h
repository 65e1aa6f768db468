// How a rotation looks, while it runs and at its end.
#pragma once

#include <chrono>
#include <vector>

#include "cli/command.h"
#include "cli/progress.h"
#include "fields/registry.h"
#include "rotate/eta.h"
#include "rotate/preflight.h"
#include "rotate/rotator.h"

namespace pcx::cli {

using rotate::Eta;

// The progress line: pages, rows a second, time left.
void show_progress(Progress& progress, Eta& eta, const rotate::RotationProgress& now,
                   std::chrono::nanoseconds elapsed);

// What there is to do, counted, and what is in the way. A warning when there is something.
Outcome show_rotation_plan(db::Database& database, const std::vector<rotate::Heap>& heaps,
                           const std::vector<rotate::Obstacle>& obstacles,
                           const fields::Registry& registry, const rotate::Rotation& wanted);

// A warning when values are left.
Outcome show_rotation(const rotate::RotationReport& report, const rotate::Rotation& rotation);
Outcome show_paused(const rotate::Rotation& rotation, bool is_paused);

// For the journal.
Document details_of(const rotate::RotationReport& report);

}  // namespace pcx::cli

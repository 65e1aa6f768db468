// The check of encrypted fields: did rotations come to their end, and does what they proved stand?
#include <fmt/format.h>

#include "cli/doctor.h"
#include "core/text.h"
#include "fields/registry.h"
#include "inspect/field_health.h"

namespace pcx::cli {

namespace {

constexpr std::chrono::hours kIdleMax{24};  // a day

void look_at_rotation(const inspect::UnfinishedRotation& rotation,
                      std::vector<std::string>& problems, std::vector<std::string>& hints) {
  if (rotation.idle < kIdleMax) return;
  problems.push_back(
      fmt::format("rotation {} to key {} {} for {}", rotation.id, rotation.target_key,
                  rotation.is_paused ? "has been paused" : "is not finished, and idle",
                  counted(rotation.idle / kIdleMax, "day")));
  hints.push_back(rotation.is_paused
                      ? "Run 'pcx key resume', and 'pcx key rotate' where no worker waits any more."
                      : "Run 'pcx key rotate' with the options that it was begun with.");
}

Checked check_fields(Patient& patient) {
  db::Database& database = *patient.database();
  const auto fields = fields::read_registry(database, patient.config()).fields;
  const auto health = inspect::read_field_health(database, fields);
  if (!health) return {Health::skip, "no field was ever rotated", {}};
  std::vector<std::string> problems;
  std::vector<std::string> hints;
  if (health->quarantined > 0) {
    problems.push_back(fmt::format("{} in quarantine", counted(health->quarantined, "value")));
    hints.emplace_back(
        "Table pcx.quarantine says which and why: mend them, then run 'pcx key rotate'.");
  }
  if (health->unfinished) look_at_rotation(*health->unfinished, problems, hints);
  if (!health->unfenced.empty()) {
    problems.push_back(fmt::format("no valid constraint around {}", join(health->unfenced, ", ")));
    hints.emplace_back("Run 'pcx key rotate' as the owner of the table: it puts them up again.");
  }
  if (!problems.empty()) return {Health::warn, join(problems, "; "), join(hints, " ")};
  return {Health::ok, counted(health->fields, "field"), {}};
}

}  // namespace

std::vector<Check> field_checks() { return {{"fields", connected<check_fields>}}; }

}  // namespace pcx::cli

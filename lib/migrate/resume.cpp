#include "migrate/resume.h"

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "migrate/check.h"

namespace pcx::migrate {

namespace {

[[noreturn]] void refuse_edited(const Migration& migration, const Step* step,
                                const StepRecord& record) {
  const Location place = step != nullptr ? location_in(migration.up, step->offset)
                                         : Location{escape_controls(migration.up.file.native())};
  const std::string other_way =
      record.finished
          ? "Or finish the migration by hand, and run: pcx migrate resolve --applied "
          : "Or, when that step took no effect, run: pcx migrate resolve --step-undone ";
  throw Error{ErrorCode::conflict,
              fmt::format("step {} of migration {} ({}) {}, and the file has another one now",
                          record.number, migration.name, record.kind,
                          record.finished ? "is done" : "was begun"),
              "Restore the file up to there. " + other_way + migration.name}
      .at(place)
      .because("edited");
}

}  // namespace

Resume find_resume(const Migration& migration, const std::vector<Step>& steps,
                   const std::vector<StepRecord>& records) {
  Resume resume;
  for (const StepRecord& record : records) {
    const auto index = static_cast<std::size_t>(record.number) - 1;
    const Step* step = index < steps.size() ? &steps[index] : nullptr;
    if (step == nullptr || step->hash != record.hash) refuse_edited(migration, step, record);
    resume.next = record.finished ? index + 1 : index;
    if (!record.finished) resume.in_flight = record.facts;
  }
  return resume;
}

}  // namespace pcx::migrate

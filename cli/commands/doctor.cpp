// pcx doctor
#include "cli/doctor.h"

#include <array>

#include <fmt/format.h>

#include "cli/commands/groups.h"
#include "cli/context.h"
#include "core/redact.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

Cell text_or_null(const std::string& text) { return text.empty() ? Cell{} : Cell{redact(text)}; }

Outcome run_doctor(Context& context, const Values& values) {
  Patient patient{context, values};
  View view{.columns = {{"check", "CHECK"},
                        {"state", "STATE"},
                        {"ms", "MS"},
                        {"message", "MESSAGE"},
                        {"hint", "HINT"}},
            .rows = {},
            .summary = {}};
  std::array<int, 4> counts{};
  const auto examine_all = [&](const std::vector<Check>& checks) {
    for (const Check& check : checks) {
      const auto began = context.clock().steady_now();
      const Checked checked = examine(check, patient);
      const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
          context.clock().steady_now() - began);
      ++counts[static_cast<std::size_t>(checked.health)];
      view.rows.push_back({std::string{check.id}, std::string{name_of(checked.health)},
                           std::int64_t{took.count()}, text_or_null(checked.message),
                           text_or_null(checked.hint)});
    }
  };
  for (const auto checks :
       {machine_checks, place_checks, database_checks, migrate_checks, keyring_checks, field_checks,
        apikey_checks, audit_checks, kpi_checks, alert_checks, load_checks}) {
    examine_all(checks());
  }
  const int failed = counts[static_cast<std::size_t>(Health::fail)];
  view.summary = fmt::format("{} ok, {}, {} failed, {} skipped.", counts[0],
                             counted(counts[1], "warning"), failed, counts[3]);
  return {std::move(view), failed > 0 ? Finding::warning : Finding::ok};
}

}  // namespace

std::vector<Cmd> doctor_commands() {
  return {{.path = "doctor",
           .summary = "Check this machine, the configuration and the connection",
           .detail = "Looks at everything pcx relies on and says what to do where something is "
                     "amiss. It works without a configuration and without a database, changes "
                     "nothing, and waits at most 3 seconds for a server.",
           .examples = {{"pcx doctor", "all checks"},
                        {"pcx doctor -o json", "the same for a monitoring system"}},
           .exits = {{0, "nothing failed; there may be warnings"}, {1, "a check failed"}},
           .run = run_doctor}};
}

}  // namespace pcx::cli

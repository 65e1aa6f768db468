#include "load/script_usage.h"

#include <fmt/format.h>

#include "core/text.h"

namespace pcx::load {

namespace {

bool is_built_in(const std::string& name) {
  return name == "$uuid" || name == "target" || name == "$environment" || name == "$testId" ||
         name == "$dirname" || name == "$scenarioFile" || name == "$processEnvironment" ||
         name == "$env";
}

std::string hint_for(const Names& names, const std::string& name) {
  std::vector<std::string> known = {"$uuid", "$environment", "target", "$testId"};
  for (const auto& [other, how] : names.known()) known.push_back(other);
  if (name == "$loopCount" || name == "$loopElement") {
    return "It has a value only inside of a loop.";
  }
  if (const auto meant = nearest(name, known)) {
    return fmt::format("Did you mean {}? As it is, \"undefined\" is sent.", *meant);
  }
  return "Capture it, set it with a `set:` step, or give it in config.variables; as it is, "
         "\"undefined\" is sent.";
}

void check_unknown(Reading& reading) {
  for (const auto& [name, place] : reading.names.uses()) {
    if (is_built_in(name) || reading.names.known().contains(name)) continue;
    reading.faults.fault("variable_never_set", place,
                         fmt::format("nobody sets {}", escape_controls(name)),
                         hint_for(reading.names, name));
  }
}

void check_unused(Reading& reading) {
  for (const auto& [name, how] : reading.names.known()) {
    if (reading.names.uses().contains(name)) continue;
    const std::string shown = escape_controls(name);
    switch (how.origin) {
      case NameOrigin::capture:
        reading.faults.fault("capture_never_used", how.place,
                             fmt::format("nobody uses the capture {}", shown),
                             "Remove it, or check it: `expect: {hasProperty: ...}` says more.");
        break;
      case NameOrigin::column:
        reading.faults.fault("column_never_used", how.place,
                             fmt::format("nobody uses the field {}", shown),
                             "Use it in a template, or remove it from the end of the fields.");
        break;
      case NameOrigin::variable:
        // The command line's variables are for several scripts.
        if (how.place.line == 0) break;
        reading.faults.fault("variable_never_used", how.place,
                             fmt::format("nobody uses the variable {}", shown), "Remove it.");
        break;
      case NameOrigin::step:
        reading.faults.fault("set_never_used", how.place,
                             fmt::format("nobody uses {}, which is set here", shown), "Remove it.");
        break;
      case NameOrigin::loop: break;
    }
  }
}

// Where nobody looks at the variable it does not matter.
void check_loops(Reading& reading) {
  if (reading.options.strict) return;
  for (const auto& [counter, place] : reading.sharing_loops) {
    if (!reading.names.uses().contains(counter)) continue;
    reading.faults.differs(
        "shared_loop_variable", place,
        fmt::format("Artillery counts with one {} for this loop and the one around it",
                    escape_controls(counter)),
        "pcx keeps them apart. Give one of them a `loopValue:`.");
  }
}

}  // namespace

void check_usage(Reading& reading) {
  check_loops(reading);
  const bool runs_javascript = reading.has_hooks && !reading.options.skip_hooks;
  if (runs_javascript) return;
  check_unknown(reading);
  if (!reading.has_hooks) check_unused(reading);
}

}  // namespace pcx::load

// pcx load check: flags -> load::read_script -> show.
#include <algorithm>

#include <fmt/format.h>

#include "cli/commands/load_tools.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

using load::Fault;

using Paths = std::vector<std::filesystem::path>;

// What a script cannot even be read for is a finding among others here.
std::vector<Fault> faults_of(Context& context, const Paths& files,
                             const load::ScriptOptions& options) {
  try {
    return load::read_script(files, options, context.environment()).faults;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::data) throw;
    const Location place =
        error.location().file.empty() ? Location{files.front().native()} : error.location();
    return {{Fault::Level::refused, "unreadable", place, error.what(), error.hint()}};
  }
}

std::string summary_of(const std::vector<Fault>& faults, std::size_t scripts) {
  if (faults.empty()) {
    return scripts == 1 ? "No findings." : fmt::format("No findings in {} scripts.", scripts);
  }
  std::vector<std::string> counts;
  for (const auto level : {Fault::Level::refused, Fault::Level::fault, Fault::Level::differs}) {
    const std::int64_t count = count_of(faults, level);
    if (count > 0) counts.push_back(counted(count, word_of(level)));
  }
  return join(counts, ", ") + ".";
}

// As compilers write them, so that editors find the place.
std::string text_of(const std::vector<Fault>& faults, std::size_t scripts) {
  std::string text;
  for (const Fault& fault : faults) text += escape_controls(line_of(fault)) + "\n";
  return text + summary_of(faults, scripts) + "\n";
}

View view_of(const std::vector<Fault>& faults) {
  View view{.columns = {{"file", "FILE"},
                        {"line", "LINE"},
                        {"column", "COLUMN"},
                        {"level", "LEVEL"},
                        {"rule", "RULE"},
                        {"message", "MESSAGE"},
                        {"hint", "HINT"}},
            .rows = {},
            .summary = {}};
  const auto number = [](int value) { return value > 0 ? Cell{std::int64_t{value}} : Cell{}; };
  for (const Fault& fault : faults) {
    view.rows.push_back({fault.place.file, number(fault.place.line), number(fault.place.column),
                         std::string{word_of(fault.level)}, fault.rule, fault.message, fault.hint});
  }
  return view;
}

// A script that cannot be run is bad data; it has been shown by then.
std::optional<Error> failure_of(const std::vector<Fault>& faults, bool warnings_count) {
  const std::int64_t errors = count_of(faults, Fault::Level::refused);
  const std::int64_t warnings = count_of(faults, Fault::Level::fault);
  if (errors == 0 && (warnings == 0 || !warnings_count)) return std::nullopt;
  const std::string what = errors > 0 ? counted(errors, "error") : counted(warnings, "warning");
  return Error{ErrorCode::data, fmt::format("{} found", what)}.because("load_check");
}

Outcome run_check(Context& context, const Values& values) {
  const auto options = script_options_of(context, values, 0);
  const auto& names = values.texts("SCRIPT");
  const Paths files{names.begin(), names.end()};
  std::vector<Fault> faults;
  if (values.flag("--merge")) {
    faults = faults_of(context, files, options);
  } else {
    for (const auto& file : files) {
      for (Fault& fault : faults_of(context, {file}, options)) faults.push_back(std::move(fault));
    }
  }
  const std::size_t scripts = values.flag("--merge") ? 1 : files.size();
  Outcome outcome;
  outcome.shown = values.text("--format") == "text" ? Shown{PlainText{text_of(faults, scripts)}}
                                                    : Shown{view_of(faults)};
  outcome.error = failure_of(faults, values.flag("--warnings-as-errors"));
  return outcome;
}

std::vector<Opt> check_options() {
  std::vector<Opt> options = script_options();
  options.push_back({.name = "--merge",
                     .type = Type::flag,
                     .help = "the files are one script, each laid over those before it, as load "
                             "run takes them"});
  options.push_back({.name = "--warnings-as-errors",
                     .type = Type::flag,
                     .help = "end with 65 for warnings, too"});
  return options;
}

}  // namespace

std::vector<Cmd> load_check_commands() {
  return {{.path = "load check",
           .summary = "Find the mistakes of load test scripts, without sending anything",
           .detail =
               "Each SCRIPT is read as load run reads it, with the same options, and with the "
               "files that it names. Findings are of three kinds: an error is what pcx cannot "
               "run; a warning is a mistake, where the script does not do what it says (a variable "
               "that nobody sets, a key that nobody looks at, a check that never fails); a note "
               "says what Artillery would do otherwise.\n\nErrors make the exit code 65. "
               "Warnings and notes alone make it 0, unless --warnings-as-errors is given.",
           .options = check_options(),
           .arguments = {script_argument("scripts, each by itself")},
           .examples = {{"pcx load check load-test.yml", "before a run, or in CI"},
                        {"pcx load check --format json tests/load/*.yml", "for programs"}},
           .exits = {{0, "there is no error; warnings and notes do not count"},
                     {65, "there is an error"},
                     {66, "a script does not exist"}},
           .needs = Needs::config,
           .run = run_check}};
}

}  // namespace pcx::cli

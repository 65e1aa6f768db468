#include "cli/commands/load_tools.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "core/error.h"
#include "core/file.h"
#include "core/json.h"
#include "core/text.h"
#include "load/dotenv.h"
#include "load/figures.h"
#include "load/judge.h"
#include "load/report.h"

namespace pcx::cli {

namespace {

using load::Fault;

Time wall_now() { return std::chrono::system_clock::now(); }

std::optional<Document> object_in(const Values& values, std::string_view option) {
  const auto text = values.optional_text(option);
  if (!text) return std::nullopt;
  try {
    Document document = parse_json(*text, option);
    if (document.is_object()) return document;
  } catch (const Error& error) {
    throw Error{ErrorCode::usage, fmt::format("option {}: {}", option, error.what()),
                "Write a JSON object, in single quotes for the shell: '{\"name\": \"Rex\"}'."};
  }
  throw Error{ErrorCode::usage, fmt::format("option {}: not a JSON object", option),
              "Write a JSON object: '{\"name\": \"Rex\"}'."};
}

}  // namespace

Arg script_argument(std::string_view help) {
  return {.name = "SCRIPT", .help = help, .type = Type::file, .repeated = true};
}

std::vector<Opt> script_options() {
  return {
      {.name = "--target",
       .letter = 't',
       .metavar = "URL",
       .help = "instead of the script's target"},
      {.name = "--environment",
       .letter = 'e',
       .metavar = "NAME",
       .help = "one of config.environments",
       .dynamic = "load_environments"},
      {.name = "--variables",
       .letter = 'v',
       .metavar = "JSON",
       .help = "an object: variables of all users, over the script's"},
      {.name = "--overrides",
       .metavar = "JSON",
       .help = "an object that is laid over the whole script; its lists replace those there"},
      {.name = "--dotenv",
       .type = Type::file,
       .metavar = "FILE",
       .help = "NAME=value lines, for variables that the environment does not have"},
      {.name = "--env-file",
       .type = Type::file,
       .metavar = "FILE",
       .help = "the same as --dotenv",
       .hidden = true},
      {.name = "--payload",
       .letter = 'p',
       .type = Type::file,
       .metavar = "FILE",
       .help = "the CSV file of the script's only payload"},
      {.name = "--scenario-name",
       .metavar = "NAME",
       .help = "only the scenario of this name, or whose name it matches as a regular expression",
       .dynamic = "load_scenarios"},
      {.name = "--solo",
       .letter = 's',
       .type = Type::flag,
       .help = "one user instead of the phases"},
      {.name = "--insecure",
       .letter = 'k',
       .type = Type::flag,
       .help = "do not verify the target's certificate"},
      {.name = "--skip-hooks",
       .type = Type::flag,
       .help = "leave out JavaScript, which pcx does not run, instead of refusing the script"},
      {.name = "--artillery-strict",
       .type = Type::flag,
       .help = "do as Artillery does, also where pcx knows better: pcx help artillery"},
  };
}

load::ScriptOptions script_options_of(Context& context, const Values& values, std::uint64_t seed) {
  load::ScriptOptions options;
  options.environment = values.optional_text("--environment").value_or("");
  options.target = values.optional_text("--target");
  options.insecure = values.flag("--insecure");
  options.variables = object_in(values, "--variables");
  options.overrides = object_in(values, "--overrides");
  if (const auto file = values.optional_text("--payload")) options.payload = *file;
  for (const char* option : {"--env-file", "--dotenv"}) {
    const auto file = values.optional_text(option);
    if (!file) continue;
    for (const auto& [name, value] : load::parse_dotenv(read_file(*file))) {
      options.dotenv[name] = value;
    }
  }
  options.scenario_name = values.optional_text("--scenario-name");
  options.solo = values.flag("--solo");
  options.strict = values.flag("--artillery-strict");
  options.skip_hooks = values.flag("--skip-hooks");
  options.seed = seed;
  options.wall_now = wall_now;
  context.interrupt().throw_if_requested();
  return options;
}

const char* word_of(Fault::Level level) {
  switch (level) {
    case Fault::Level::refused: return "error";
    case Fault::Level::fault: return "warning";
    case Fault::Level::differs: return "note";
  }
  return "error";
}

std::string text_of(const Fault& fault) {
  std::string text = fmt::format("{}: {}.", to_string(fault.place), fault.message);
  if (!fault.hint.empty()) text += " " + fault.hint;
  return text;
}

std::string line_of(const Fault& fault) {
  std::string text =
      fmt::format("{}: {}: {}.", to_string(fault.place), word_of(fault.level), fault.message);
  if (!fault.hint.empty()) text += " " + fault.hint;
  return text + fmt::format(" [{}]", fault.rule);
}

std::int64_t count_of(const std::vector<Fault>& faults, Fault::Level level) {
  return std::ranges::count(faults, level, &Fault::level);
}

Finding finding_of(const load::Result& result) {
  const bool is_answered = load::count_of(result.counters, "http.responses") > 0;
  if (!is_answered) return Finding::warning;
  switch (result.verdict.grade) {
    case load::Grade::invalid: return Finding::unknown;
    case load::Grade::degraded: return Finding::warning;
    case load::Grade::valid: break;
  }
  return load::is_passed(result) ? Finding::ok : Finding::warning;
}

Outcome show_result(const load::Result& result) {
  const Document report = parse_json(load::report_artillery(result), "report");
  Document document = Document::object();
  for (const auto& [name, value] : report.members()) {
    if (name != "intermediate") document.set(name, value);
  }
  return {PlainText{load::report_text(result), std::move(document)}, finding_of(result)};
}

std::vector<ExitNote> verdict_exits() {
  return {{0, "the figures are VALID, and all that the script demands is met"},
          {1, "a threshold, expectation or check is missed, or the figures are DEGRADED"},
          {1, "nothing was answered at all"},
          {3, "the figures are INVALID: it was pcx that was the limit"}};
}

}  // namespace pcx::cli
